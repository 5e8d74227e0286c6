package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media/wav"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// newInterpreted is a desk whose calls are interpreted, with one in tina's hand.
func newInterpreted(t *testing.T) *counters {
	t.Helper()
	w := newCounters(t, func(o *Options) {
		o.Desk.Languages = []string{"de", "de-leicht", "pt", "ar"}
		o.Desk.Original = func(call, leg string, segment int) ([]int16, bool) {
			return []int16{1, -2, 300}, call == waiting && leg == "caller" && segment == 7
		}
	})
	w.wait(waiting, "tiefbauamt")
	require.NoError(t, w.floor.Present("tina", floor.Paused, ""))
	require.NoError(t, w.floor.Accept(t.Context(), "tina", waiting))
	return w
}

func TestInterpretationIsOrdered(t *testing.T) {
	w := newInterpreted(t)
	quiet := 0.0
	for _, tc := range []struct {
		body string
		want DeskOrder
	}{
		{`{"on":true}`, DeskOrder{Kind: "interpret", On: true}},
		{`{"on":false}`, DeskOrder{Kind: "interpret"}},
		{`{"on":true,"mode":"simultaneous","caller":"pt","person":"de","guest":"ar","original":0}`, DeskOrder{Kind: "interpret", On: true, Mode: "simultaneous", Caller: "pt", Person: "de", Guest: "ar", Original: &quiet}},
		{`{"on":false,"caller":"de","person":"de"}`, DeskOrder{Kind: "interpret", Caller: "de", Person: "de"}},
	} {
		w.orders = nil
		code, text := w.post("tina", "calls/"+waiting+"/interpret", tc.body)
		require.Equal(t, 204, code, text)
		require.Equal(t, []DeskOrder{tc.want}, w.orders)
	}
	w.orders = nil
	for _, bad := range [][2]string{
		{`{}`, "on must be true or false"},
		{`{"on":true,"mode":"whispering"}`, "mode must be consecutive or simultaneous"},
		{`{"on":true,"caller":"tlh"}`, "caller must be one of de, pt, ar"},
		{`{"on":true,"person":"<b>"}`, "person must be one of de, pt, ar"},
		{`{"on":true,"guest":"PT"}`, "guest must be one of de, pt, ar"},
		{`{"on":true,"caller":"pt","person":"pt"}`, "caller and person must be different languages"},
		{`{"on":true,"original":1.01}`, "original must be between 0 and 1"},
		{`{"on":true,"original":-0.1}`, "original must be between 0 and 1"},
	} {
		code, text := w.post("tina", "calls/"+waiting+"/interpret", bad[0])
		require.Equal(t, 422, code, bad[0])
		require.JSONEq(t, `{"error":"`+bad[1]+`"}`, text)
	}
	for _, bad := range []string{`{"on":true,"original":"loud"}`, `{"on":`, `{"on":true,"original":1e999}`} {
		code, _ := w.post("tina", "calls/"+waiting+"/interpret", bad)
		require.Equal(t, 400, code, bad)
	}
	require.Empty(t, w.orders)
	w.fail = errors.New(`this service does not translate between these languages: ["pt" "sw"]`)
	code, text := w.post("tina", "calls/"+waiting+"/interpret", `{"on":true}`)
	require.Equal(t, 409, code)
	require.Contains(t, text, "does not translate")
}

func TestInterpretationIsNotOffered(t *testing.T) {
	w := newCounters(t, nil)
	code, text := w.post("tina", "calls/"+waiting+"/interpret", `{"on":true}`)
	require.Equal(t, 422, code)
	require.Contains(t, text, "interpretation.enabled")
	require.Empty(t, w.orders)
}

func TestHandTellsOfTheInterpretation(t *testing.T) {
	w := newInterpreted(t)
	_, text := w.ask("tina", http.MethodGet, "/api/v1/desk", "")
	require.Contains(t, text, `"interpretation":null`)
	require.Contains(t, text, `"interpreted":false`)
}

func TestOriginalIsHeardAgain(t *testing.T) {
	w := newInterpreted(t)
	path := "/api/v1/desk/calls/" + waiting + "/original?leg=caller&segment="
	code, text := w.ask("tina", http.MethodGet, path+"7", "")
	require.Equal(t, 200, code)
	r, err := wav.NewReader(bytes.NewReader([]byte(text)))
	require.NoError(t, err)
	require.Equal(t, wav.Format{Rate: 16000, Channels: 1, Bits: 16}, wav.Format{Rate: r.Format().Rate, Channels: r.Format().Channels, Bits: r.Format().Bits})
	pcm := make([]int16, 10)
	n, err := r.Read(pcm)
	require.True(t, err == nil || errors.Is(err, io.EOF))
	require.Equal(t, []int16{1, -2, 300}, pcm[:n])

	for path, want := range map[string]int{path + "6": 404, path + "x": 422, path + "-1": 422, path: 422, "/api/v1/desk/calls/" + waiting + "/original?segment=7": 422, "/api/v1/desk/calls/01K/original?leg=caller&segment=7": 404} {
		code, text := w.ask("tina", http.MethodGet, path, "")
		require.Equal(t, want, code, "%s: %s", path, text)
	}
	for user, want := range map[string]int{"": 401, "erika": 403, "nobody": 403, "paul": 409, "lea": 409} {
		code, _ := w.ask(user, http.MethodGet, path+"7", "")
		require.Equal(t, want, code, user)
	}
}

func TestLanguageOfWhoIsCalledIsOffered(t *testing.T) {
	w := newInterpreted(t)
	for _, path := range []string{"callbacks/327-1/call", "calls"} {
		code, text := w.post("paul", path, `{"target":"0228770123","language":"tlh"}`)
		require.Equal(t, 422, code)
		require.Contains(t, text, "language must be one of de, pt, ar")
	}
	code, _ := w.post("paul", "callbacks/327-1/call", `{"language":"pt"}`)
	require.Equal(t, 404, code, "the language is good, the request is not there")
}

func TestContextOfACall(t *testing.T) {
	const outside, evil = "01KAP0000000000000000OUTS1", "</script><b>"
	w := newInterpreted(t)
	w.floor.Handed(call.Handover{Call: outside, Department: "werkhof", Language: "pt", Concern: evil, From: "01765551234", Summary: dialog.Summary{Concern: "Laterne"}})
	w.journal.Begin(journal.Call{ID: outside, State: journal.Ringing, Department: "werkhof"})
	w.journal.Add(outside, journal.Line{Segment: transcript.Segment{Call: outside, Leg: "caller", Text: evil, Final: true}})
	for _, user := range []string{"tina", "paul", "nobody"} {
		code, text := w.ask(user, http.MethodGet, "/api/v1/desk/calls/"+outside+"/context?lang=en", "")
		require.Equal(t, 200, code, text)
		require.Contains(t, text, `"summary":["en: Laterne"]`)
		require.Contains(t, text, `"from":"017•`, "the number is on their telephone")
		require.Contains(t, text, `"records":[]`)
		code, text = w.ask(user, http.MethodGet, "/desk?call="+outside, "")
		require.Equal(t, 200, code)
		require.Contains(t, text, "desk-outside.js")
		require.NotContains(t, text, evil, "what callers say is no markup")
	}
	for user, want := range map[string]int{"": 303, "erika": 403} {
		code, _ := w.ask(user, http.MethodGet, "/desk?call="+outside, "")
		require.Equal(t, want, code, user)
	}
	_, same := w.ask("nobody", http.MethodGet, "/desk?call=01K", "")
	for user, id := range map[string]string{"tina": "01K", "nobody": waiting, "paul": waiting} {
		code, text := w.ask(user, http.MethodGet, "/desk?call="+id, "")
		require.Equal(t, 404, code, user)
		require.Contains(t, text, "Dieses Gespräch gibt es hier nicht")
		require.NotContains(t, text, "desk-outside.js")
		if user == "nobody" {
			require.Equal(t, same, text, "a call of others looks like none")
		}
		code, _ = w.ask(user, http.MethodGet, "/api/v1/desk/calls/"+id+"/context", "")
		require.Equal(t, 404, code)
	}
	code, text := w.ask("tina", http.MethodGet, "/desk?call="+waiting, "")
	require.Equal(t, 200, code)
	require.Contains(t, text, `"mine":true`)
}
