package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk/floor"
)

// pad is a block of forms of one kind: a street, and a day that must not be too early.
type pad struct {
	mu     sync.Mutex
	taken  []DeskRequest
	broken error // of the next one
}

func (p *pad) List(lang string) []DeskForm {
	return []DeskForm{{ID: "defect", Title: "defect in " + lang, Fields: []DeskField{{Name: "street", Title: "Street", Kind: "street", Required: true}}}}
}

func (p *pad) Check(r DeskRequest) (DeskCheck, bool) {
	out := DeskCheck{Faults: map[string]DeskFinding{}, Hints: map[string]DeskFinding{}}
	switch r.Slots["street"] {
	case "":
		out.Faults["street"] = DeskFinding{Code: "required"}
	case "Lindenweg":
		out.Hints["street"] = DeskFinding{Code: "meant", Values: map[string]string{"street": "Lindenstraße"}}
	}
	if r.Slots["day"] == "2020-01-01" {
		out.Faults["day"] = DeskFinding{Code: "past", Values: map[string]string{"first": "2026-12-06"}}
	}
	return out, r.Form == "defect"
}

func (p *pad) Take(_ context.Context, r DeskRequest) (DeskTaken, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.broken; err != nil {
		p.broken = nil
		return DeskTaken{}, err
	}
	p.taken = append(p.taken, r)
	return DeskTaken{Reference: fmt.Sprintf("327-%05d", len(p.taken)), Due: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}, nil
}

// withPad is a desk where tina has the call in hand.
func withPad(t *testing.T) (*counters, *pad) {
	t.Helper()
	p := &pad{}
	w := newCounters(t, func(o *Options) { o.Desk.Forms = p })
	w.wait(waiting, "tiefbauamt")
	require.NoError(t, w.floor.Present("tina", floor.Paused, ""))
	code, text := w.post("tina", "calls/"+waiting+"/accept", "")
	require.Equal(t, 204, code, text)
	return w, p
}

func filled(id, street string) string {
	return fmt.Sprintf(`{"id":%q,"call":%q,"form":"defect","slots":{"street":%q}}`, id, waiting, street)
}

func TestARequestIsTakenAtTheDesk(t *testing.T) {
	w, p := withPad(t)
	code, text := w.ask("tina", http.MethodGet, "/api/v1/desk/forms?lang=en", "")
	require.Equal(t, 200, code)
	require.JSONEq(t, `{"forms":[{"id":"defect","title":"defect in en","fields":[{"name":"street","title":"Street","kind":"street","required":true}]}]}`, text)
	code, text = w.post("tina", "requests", filled("", "Ahornweg"))
	require.Equal(t, 201, code, text)
	require.JSONEq(t, `{"reference":"327-00001","due":"2026-11-24T12:00:00Z"}`, text)
	require.Equal(t, []DeskRequest{{Agent: "tina", Call: waiting, Form: "defect", Page: "de", Language: "tr", Department: "tiefbauamt", Concern: "Laterne aus", Slots: map[string]string{"street": "Ahornweg"}}}, p.taken)
}

func TestWrongValuesAreToldInALine(t *testing.T) {
	w, p := withPad(t)
	body := fmt.Sprintf(`{"call":%q,"form":"defect","slots":{"street":"","day":"2020-01-01"}}`, waiting)
	for lang, want := range map[string]string{
		"de": `{"error":"Bitte prüfen Sie die markierten Angaben.","code":"form","fields":{"street":"Diese Angabe fehlt noch.","day":"Das ist zu früh. Möglich ist es ab 06.12.2026."}}`,
		"en": `{"error":"Please check the marked values.","code":"form","fields":{"street":"This is still missing.","day":"This is too early. It is possible from 6 December 2026."}}`,
	} {
		code, text := w.post("tina", "requests?lang="+lang, body)
		require.Equal(t, 422, code)
		require.JSONEq(t, want, text)
	}
	code, text := w.post("tina", "requests/check", filled("", "Lindenweg"))
	require.Equal(t, 200, code)
	require.JSONEq(t, `{"fields":{},"hints":{"street":"Diese Straße steht nicht im Straßenverzeichnis. Gemeint ist vielleicht Lindenstraße."}}`, text)
	for _, bad := range []string{
		fmt.Sprintf(`{"call":%q,"form":"other"}`, waiting), fmt.Sprintf(`{"call":%q,"form":"defect","slots":{"street":%q}}`, waiting, strings.Repeat("ä", maxNotes+1)),
		filled(strings.Repeat("x", maxWord+1), "Ahornweg"),
	} {
		for _, path := range []string{"requests", "requests/check"} {
			code, text := w.post("tina", path, bad)
			require.Equal(t, 422, code, text)
			require.NotContains(t, text, "fields")
		}
	}
	code, _ = w.post("tina", "requests", `{"call":`)
	require.Equal(t, 400, code)
	require.Empty(t, p.taken)
}

func TestRequestsBelongToTheCallInHand(t *testing.T) {
	w, p := withPad(t)
	for _, path := range []string{"requests", "requests/check"} {
		code, text := w.post("lea", path, filled("1", "Ahornweg"))
		require.Equal(t, 409, code, "a supervisor has no other's call in hand")
		require.Contains(t, text, "not_in_hand")
		code, _ = w.post("tina", path, strings.ReplaceAll(filled("1", "Ahornweg"), waiting, "01KOTHER"))
		require.Equal(t, 409, code)
		code, text = w.post("nobody", path, filled("1", "Ahornweg"))
		require.Equal(t, 403, code)
		require.Contains(t, text, "nobody")
		code, _ = w.post("erika", path, filled("1", "Ahornweg"))
		require.Equal(t, 403, code)
		for _, header := range [][]string{{"X-Token", "forged"}, {"Sec-Fetch-Site", "cross-site"}} {
			code, _ = w.ask("tina", http.MethodPost, "/api/v1/desk/"+path, filled("1", "Ahornweg"), header...)
			require.Equal(t, 403, code)
		}
	}
	code, _ := w.ask("nobody", http.MethodGet, "/api/v1/desk/forms", "")
	require.Equal(t, 403, code)
	require.Empty(t, p.taken)
}

func TestADoubleClickStoresOnce(t *testing.T) {
	w, p := withPad(t)
	var wg sync.WaitGroup
	answers := make([]string, 8)
	for i := range answers {
		wg.Go(func() { _, answers[i] = w.post("tina", "requests", filled("one", "Ahornweg")) })
	}
	wg.Wait()
	for _, a := range answers {
		require.Equal(t, answers[0], a)
	}
	require.Len(t, p.taken, 1)
	_, text := w.post("tina", "requests", filled("two", "Ahornweg"))
	require.Contains(t, text, "327-00002")

	p.broken = errors.New("disk full")
	code, _ := w.post("tina", "requests", filled("three", "Ahornweg"))
	require.Equal(t, 500, code)
	code, text = w.post("tina", "requests", filled("three", "Ahornweg"))
	require.Equal(t, 201, code, "what failed may be tried again")
	require.Contains(t, text, "327-00003")
}

func TestWithoutFormsThereAreNone(t *testing.T) {
	w := newCounters(t, nil)
	_, text := w.ask("tina", http.MethodGet, "/api/v1/desk/forms", "")
	require.JSONEq(t, `{"forms":[]}`, text)
}

// Who comes while it is stored waits for the same answer.
func TestOnceWaitsForWhoCameFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o onceOnly
		stored := 0
		store := func() (DeskTaken, error) {
			time.Sleep(time.Second) // a slow disk, in the test's own time
			stored++
			return DeskTaken{Reference: fmt.Sprint(stored)}, nil
		}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				taken, err := o.once("a", store)
				require.NoError(t, err)
				require.Equal(t, "1", taken.Reference)
			})
		}
		wg.Wait()
		for i := range mostRemembered + 10 {
			_, err := o.once(fmt.Sprint(i), func() (DeskTaken, error) { return DeskTaken{}, nil })
			require.NoError(t, err)
		}
		require.Len(t, o.known, mostRemembered)
		require.Len(t, o.order, mostRemembered)
	})
}

// Each finding that a form can have is worded in each language.
func TestFindingsHaveWords(t *testing.T) {
	w := newCounters(t, nil)
	for lang, texts := range w.admin.texts {
		for key, text := range texts {
			if strings.HasPrefix(key, "desk_field_") {
				code := strings.TrimPrefix(key, "desk_field_")
				values := map[string]string{"first": "2026-12-06", "last": "2026-12-07", "min": "1", "max": "5", "a": "A", "b": "B", "street": "C"}
				d := deskPages{Server: w.Server}
				line := d.lines(map[string]DeskFinding{"x": {Code: code, Values: values}}, lang)["x"]
				require.NotContains(t, line, "{", "%s: %s", key, text)
				require.NotEmpty(t, line)
			}
		}
	}
}
