package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	requests "github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web/session"
)

const waiting = "01KAP0000000000000000WAIT1"

// counters is a server with the real floor of a desk and its people.
type counters struct {
	*Server
	t       *testing.T
	floor   *floor.Floor
	journal *journal.Journal
	keeper  *session.Keeper
	ids     map[string]string // session by user

	mu     sync.Mutex
	orders []DeskOrder
	fail   error // of the next order
}

func newCounters(t *testing.T, change func(*Options)) *counters {
	t.Helper()
	hash, err := session.Hash(secret)
	require.NoError(t, err)
	w := &counters{t: t, ids: map[string]string{}, journal: journal.New(5)}
	w.keeper, err = session.New(session.Options{Users: []session.User{
		{Name: "tina", Role: session.Agent, Hash: hash}, {Name: "paul", Role: session.Agent, Hash: hash}, {Name: "lea", Role: session.Agent, Hash: hash},
		{Name: "nobody", Role: session.Agent, Hash: hash}, {Name: "erika", Role: session.Editor, Hash: hash},
	}})
	require.NoError(t, err)
	db, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	w.floor, err = floor.New(floor.Options{
		Agents: []floor.AgentOptions{{Name: "tina", Title: "Tina Sommer"}, {Name: "paul", Title: "Paul Winter", Departments: []string{"tiefbauamt"}}, {Name: "lea", Title: "Lea Herbst", Supervisor: true}},
		Permit: func(target string) (call.Target, error) {
			if target == "werkhof" {
				return call.Target{Name: target}, nil
			}
			return call.Target{}, errors.New("not listed")
		},
		Targets: []string{"werkhof"}, Journal: w.journal, Store: db, Records: true, Listening: false, Dial: noDial{},
		Lines: func(s dialog.Summary, lang string) []string { return []string{lang + ": " + s.Concern} },
	})
	require.NoError(t, err)
	w.Server = newServer(t, func(o *Options) {
		o.Sessions, o.Journal = w.keeper, w.journal
		o.Desk = &Desk{
			Floor: w.floor, Order: w.order, Names: requests.Names{Departments: map[string]map[string]string{"tiefbauamt": {"de": "Tiefbauamt", "en": "roads department"}}},
			Titles: map[string]map[string]string{"werkhof": {"de": "Werkhof", "en": "depot"}},
			Articles: func(_ context.Context, text, language, page string) ([]DeskArticle, error) {
				if !strings.Contains(text, "Laterne") {
					return nil, nil
				}
				return []DeskArticle{{ID: "laterne", Title: "Laterne melden", Answer: language + "/" + page, Confidence: 0.9}}, nil
			},
		}
		if change != nil {
			change(o)
		}
	})
	for user := range map[string]bool{"tina": true, "paul": true, "lea": true, "nobody": true, "erika": true} {
		w.ids[user], err = w.keeper.SignIn(user, secret, "test")
		require.NoError(t, err)
	}
	return w
}

// noDial is a telephone network in which nobody answers.
type noDial struct{}

func (noDial) Dial(context.Context, leg.Callee) (leg.Leg, error) { return nil, leg.ErrNoAnswer }

func (w *counters) order(_ context.Context, agent, call string, o DeskOrder) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.orders = append(w.orders, o)
	return w.fail
}

// wait puts a caller who writes into the queue.
func (w *counters) wait(id, department string) {
	w.t.Helper()
	require.NoError(w.t, w.floor.Present("lea", floor.Paused, "")) // an empty desk has no queue
	w.journal.Begin(journal.Call{ID: id, State: "waiting", Language: "tr"})
	w.journal.Add(id, journal.Line{Segment: transcript.Segment{Call: id, Leg: "caller", Text: "Die Laterne ist aus", Language: "tr", Final: true, Confidence: 0.9}})
	_, err := w.floor.Seek(w.t.Context(), call.Handover{Call: id, Department: department, Language: "tr", Concern: "Laterne aus", Written: true, From: "01765551234", Summary: dialog.Summary{Concern: "Laterne aus"}, Asked: time.Now()})
	require.NoError(w.t, err)
}

// ask sends a request of somebody with their token, unless header says another.
func (w *counters) ask(user, method, path, body string, header ...string) (int, string) {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if s, ok := w.keeper.Find(w.ids[user]); ok {
		r.AddCookie(&http.Cookie{Name: "session", Value: w.ids[user]})
		r.Header.Set("X-Token", s.Token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := w.app.Test(r, 10_000)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	return resp.StatusCode, string(text)
}

func (w *counters) post(user, path, body string) (int, string) {
	w.t.Helper()
	return w.ask(user, http.MethodPost, "/api/v1/desk/"+path, body)
}

func TestDeskIsForPeopleOfTheDesk(t *testing.T) {
	w := newCounters(t, nil)
	for _, path := range []string{"/api/v1/desk", "/api/v1/desk/events", "/api/v1/desk/targets", "/api/v1/desk/articles", "/api/v1/desk/calls"} {
		code, _ := w.ask("", http.MethodGet, path, "")
		require.Equal(t, 401, code, path)
		code, _ = w.ask("erika", http.MethodGet, path, "")
		require.Equal(t, 403, code, path)
	}
	for _, path := range []string{"/api/v1/desk", "/api/v1/desk/events", "/api/v1/desk/targets", "/api/v1/desk/calls"} {
		code, text := w.ask("nobody", http.MethodGet, path, "")
		require.Equal(t, 403, code, path)
		require.JSONEq(t, `{"error":"nobody of this name works at the desk","code":"nobody"}`, text)
	}
	code, text := w.ask("nobody", http.MethodGet, "/desk", "")
	require.Equal(t, 200, code)
	require.Contains(t, text, "nicht am Servicedesk eingetragen")
	require.NotContains(t, text, "desk.js")
	code, _ = w.ask("erika", http.MethodGet, "/desk", "")
	require.Equal(t, 403, code)
	code, _ = w.ask("", http.MethodGet, "/desk", "")
	require.Equal(t, 303, code)
}

func TestForgedDeskTokensAreRefused(t *testing.T) {
	w := newCounters(t, nil)
	w.wait(waiting, "tiefbauamt")
	for _, path := range []string{"presence", "device", "audio", "calls", "calls/" + waiting + "/accept", "calls/" + waiting + "/finish", "callbacks/1/call", "calls/" + waiting + "/interpret"} {
		for _, header := range [][]string{{"X-Token", ""}, {"X-Token", "forged"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
			code, _ := w.ask("tina", http.MethodPost, "/api/v1/desk/"+path, `{"state":"paused"}`, header...)
			require.Equal(t, 403, code, "%s %v", path, header)
		}
	}
	snap, err := w.floor.Snapshot("tina", "de")
	require.NoError(t, err)
	require.Nil(t, snap.Hand)
	require.Equal(t, floor.Offline, snap.Me.State)
	require.Empty(t, w.orders)
}

func TestACallIsTakenOnce(t *testing.T) {
	w := newCounters(t, nil)
	w.wait(waiting, "tiefbauamt")
	code, text := w.ask("tina", http.MethodGet, "/api/v1/desk", "", "Accept-Language", "en")
	require.Equal(t, 200, code)
	require.Contains(t, text, `"concern":"Laterne aus"`)
	require.Contains(t, text, `"offer":null`)
	require.NoError(t, w.floor.Present("tina", floor.Paused, ""))
	code, text = w.post("tina", "calls/"+waiting+"/accept", "")
	require.Equal(t, 204, code, text)
	code, text = w.post("paul", "calls/"+waiting+"/accept", "")
	require.Equal(t, 409, code)
	require.JSONEq(t, `{"error":"somebody else has taken this call","code":"taken"}`, text)
	for _, other := range []string{"paul", "lea"} {
		code, text = w.ask(other, http.MethodGet, "/api/v1/desk/calls/"+waiting+"/events", "")
		require.Equal(t, 409, code, "what is said in somebody's call is not for "+other)
		require.Contains(t, text, "not_in_hand")
	}
	code, text = w.post("paul", "calls/01K/accept", "")
	require.Equal(t, 404, code)
	require.Contains(t, text, "no_call")
	_, text = w.ask("tina", http.MethodGet, "/api/v1/desk?lang=en", "")
	var snap floor.Snapshot
	require.NoError(t, json.Unmarshal([]byte(text), &snap))
	require.Equal(t, waiting, snap.Hand.Call)
	require.Equal(t, []string{"en: Laterne aus"}, snap.Hand.Preview.Summary)
	require.Equal(t, "01765551234", snap.Hand.Preview.From)
}

func TestRightsOfTheDesk(t *testing.T) {
	w := newCounters(t, nil)
	w.wait(waiting, "standesamt")
	code, text := w.post("paul", "calls/"+waiting+"/accept", "")
	require.Equal(t, 403, code)
	require.Contains(t, text, "not_yours")
	code, _ = w.ask("paul", http.MethodGet, "/api/v1/desk/calls/"+waiting+"/events", "")
	require.Equal(t, 403, code)
	code, text = w.post("tina", "calls/"+waiting+"/listen", "")
	require.Equal(t, 403, code)
	require.Contains(t, text, `"listening"`)
	code, text = w.post("tina", "calls/"+waiting+"/note", `{"text":"x"}`)
	require.Equal(t, 409, code)
	require.Contains(t, text, "not_in_hand")
	code, text = w.post("tina", "presence", `{"state":"ready"}`)
	require.Equal(t, 204, code, text)
	_, text = w.ask("tina", http.MethodGet, "/api/v1/desk", "")
	require.Contains(t, text, `"device":{"kind":"browser","ready":false`, "for those who write only")
	code, text = w.post("tina", "device", `{"kind":"phone"}`)
	require.Equal(t, 409, code)
	require.Contains(t, text, "no_device")
}

func TestOrdersAreReadAndAnswered(t *testing.T) {
	w := newCounters(t, nil)
	for _, tc := range []struct {
		path, body string
		want       DeskOrder
	}{
		{"hold", `{"on":true}`, DeskOrder{Kind: "hold", On: true}}, {"mute", `{"on":false}`, DeskOrder{Kind: "mute"}},
		{"text", `{"text":" Guten Tag "}`, DeskOrder{Kind: "text", Text: "Guten Tag"}}, {"say", `{"text":"Merhaba","language":"tr"}`, DeskOrder{Kind: "say", Text: "Merhaba", Language: "tr"}},
		{"transfer", `{"target":"werkhof","mode":"blind"}`, DeskOrder{Kind: "transfer", Target: "werkhof", Mode: "blind"}},
		{"transfer", `{"target":"","mode":"attended"}`, DeskOrder{Kind: "transfer", Mode: "attended"}},
		{"consult", `{"target":"@paul"}`, DeskOrder{Kind: "consult", Target: "@paul"}}, {"merge", ``, DeskOrder{Kind: "merge"}}, {"drop", `{}`, DeskOrder{Kind: "drop"}},
		{"bot", `{"mode":"back"}`, DeskOrder{Kind: "bot_back"}}, {"digit", `{"digit":"#"}`, DeskOrder{Kind: "digit", Digit: '#'}}, {"finish", ``, DeskOrder{Kind: "finish"}},
	} {
		w.orders = nil
		code, text := w.post("tina", "calls/"+waiting+"/"+tc.path, tc.body)
		require.Equal(t, 204, code, text)
		require.Equal(t, []DeskOrder{tc.want}, w.orders)
	}
	w.orders = nil
	for _, bad := range [][3]string{
		{"hold", `{}`, "on must be"}, {"text", `{"text":"  "}`, "text is missing"}, {"text", `{"text":"` + strings.Repeat("ä", 2001) + `"}`, "too long"}, {"consult", `{}`, "target is missing"},
		{"transfer", `{"target":"werkhof","mode":"wild"}`, "mode must be"}, {"bot", `{}`, "mode must be"}, {"digit", `{"digit":"12"}`, "digit must be"}, {"digit", `{"digit":"x"}`, "digit must be"},
		{"wrapup", `{"resolution":"perhaps"}`, "resolution must be"}, {"wrapup", `{"resolution":"open","bot":"stupid"}`, "bot must be"}, {"note", `{"text":"` + strings.Repeat("x", 4001) + `"}`, "too long"},
	} {
		code, text := w.post("tina", "calls/"+waiting+"/"+bad[0], bad[1])
		require.Equal(t, 422, code, bad)
		require.Contains(t, text, bad[2])
	}
	code, _ := w.post("tina", "calls/"+waiting+"/hold", `{"on":`)
	require.Equal(t, 400, code)
	require.Empty(t, w.orders)
	for _, bad := range [][2]string{{"presence", `{"state":"busy"}`}, {"device", `{"kind":"tin can"}`}, {"calls", `{"target":" "}`}} {
		code, _ := w.post("tina", bad[0], bad[1])
		require.Equal(t, 422, code, bad)
	}
	code, text := w.post("tina", "audio", `{"sdp":"v=0"}`)
	require.Equal(t, 501, code)
	require.Contains(t, text, "browser.enabled")

	for _, tc := range []struct {
		err  error
		code int
		line string
	}{
		{floor.ErrNotInHand, 409, "not_in_hand"}, {floor.ErrTarget, 422, "may not be called"}, {leg.ErrBusy, 502, "callee_busy"}, {leg.ErrNoAnswer, 502, "callee_silent"},
		{context.DeadlineExceeded, 504, "timeout"}, {errors.New("this caller cannot read"), 409, `{"error":"this caller cannot read"}`},
	} {
		w.fail = tc.err
		code, text := w.post("tina", "calls/"+waiting+"/finish", "")
		require.Equal(t, tc.code, code, text)
		require.Contains(t, text, tc.line)
	}
}

func TestTargetsHaveTitles(t *testing.T) {
	w := newCounters(t, nil)
	_, text := w.ask("tina", http.MethodGet, "/api/v1/desk/targets?lang=en", "")
	require.JSONEq(t, `{"targets":[{"name":"tiefbauamt","kind":"department","title":"roads department","ready":0,"open":true},{"name":"werkhof","kind":"outside","title":"depot","ready":0,"open":true}]}`, text)
	_, text = w.ask("tina", http.MethodGet, "/api/v1/desk/articles?lang=tr&q=Laterne", "")
	require.Contains(t, text, `"answer":"tr/de"`)
	_, text = w.ask("tina", http.MethodGet, "/api/v1/desk/articles?q=nichts", "")
	require.JSONEq(t, `{"articles":[]}`, text)
	_, text = w.ask("tina", http.MethodGet, "/api/v1/desk/calls?q=nichts", "")
	require.JSONEq(t, `{"calls":[]}`, text)
	code, _ := w.ask("tina", http.MethodGet, "/api/v1/desk/calls/01K", "")
	require.Equal(t, 404, code)
}

func TestACallIsFollowed(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	w := newCounters(t, func(o *Options) { o.Listen, o.Log = ln.Addr().String(), slog.New(slog.DiscardHandler) })
	w.wait(waiting, "tiefbauamt")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", ln.Addr().String())
		return err == nil && c.Close() == nil
	}, 10*time.Second, 10*time.Millisecond)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	open := func(path string) (*bufio.Scanner, func() error) {
		r, err := http.NewRequest(http.MethodGet, "http://"+ln.Addr().String()+path, nil)
		require.NoError(t, err)
		r.AddCookie(&http.Cookie{Name: "session", Value: w.ids["tina"]})
		resp, err := client.Do(r)
		require.NoError(t, err)
		require.Equal(t, 200, resp.StatusCode)
		return bufio.NewScanner(resp.Body), resp.Body.Close
	}
	lines, closeLines := open("/api/v1/desk/calls/" + waiting + "/events")
	require.Contains(t, next(t, lines, "event: line"), "Die Laterne ist aus")
	require.Contains(t, next(t, lines, "event: call"), `"language":"tr"`)
	require.Contains(t, next(t, lines, "event: suggest"), `"answer":"tr/de"`)
	w.journal.Add(waiting, journal.Line{Segment: transcript.Segment{Call: waiting, Leg: "caller", ID: 1, Text: "Ja"}})
	require.Contains(t, next(t, lines, "event: line"), `"Ja"`)
	w.journal.Add(waiting, journal.Line{Segment: transcript.Segment{Call: waiting, Leg: "caller", ID: 1, Text: "Ja, die Laterne", Final: true}})
	require.Contains(t, next(t, lines, "event: line"), `"Ja, die Laterne"`)

	w.journal.Translated(waiting, "caller", 1, journal.Translation{Language: "de", Text: "Ja", State: journal.TranslationSpoken})
	require.Contains(t, next(t, lines, "event: suggest"), `"answer":"/de"`, "of the line itself")
	require.Contains(t, next(t, lines, "event: line"), `"translations":[{"language":"de","text":"Ja","state":"spoken"}]`)
	w.journal.Add(waiting, journal.Line{Segment: transcript.Segment{Call: waiting, Leg: "caller", ID: 2, Text: "Noch", Final: true}})
	require.True(t, lines.Scan())
	for lines.Text() != "event: line" {
		require.NotEqual(t, "event: suggest", lines.Text(), "the same words are looked for once")
		require.True(t, lines.Scan())
	}

	const rings = "01KAP0000000000000000RINGS" // is in the journal once it is answered
	_, err = w.floor.Seek(t.Context(), call.Handover{Call: rings, Department: "tiefbauamt", Language: "de", Written: true})
	require.NoError(t, err)
	late, closeLate := open("/api/v1/desk/calls/" + rings + "/events")
	require.Contains(t, next(t, late, "event: beat"), "{}", "the stream stands")
	w.journal.Begin(journal.Call{ID: rings, State: "talking"})
	require.Contains(t, next(t, late, "event: call"), `"talking"`)
	w.journal.Add(rings, journal.Line{Segment: transcript.Segment{Call: rings, Leg: "caller", Text: "Hallo?"}})
	require.Contains(t, next(t, late, "event: line"), "Hallo?")
	require.NoError(t, w.floor.Present("paul", floor.Paused, ""))
	require.NoError(t, w.floor.Accept(t.Context(), "paul", rings))
	w.journal.Add(rings, journal.Line{Segment: transcript.Segment{Call: rings, Leg: "caller", ID: 1, Text: "für Paul"}})
	for late.Scan() {
		require.NotContains(t, late.Text(), "Paul", "somebody else's call now")
	}
	require.NoError(t, closeLate())

	news, closeNews := open("/api/v1/desk/events")
	next(t, news, "event: changed")
	code, _ := w.post("tina", "presence", `{"state":"paused","reason":"lunch"}`)
	require.Equal(t, 204, code)
	next(t, news, "event: changed")
	require.NoError(t, closeLines())
	require.NoError(t, closeNews())
	cancel()
	require.NoError(t, <-done)
}

func TestOpenAPIHasTheDesk(t *testing.T) {
	w := newCounters(t, nil)
	var doc struct{ Paths map[string]map[string]any }
	require.NoError(t, json.Unmarshal(openapi, &doc))
	count := 0
	for _, r := range w.app.GetRoutes(true) {
		if r.Method == http.MethodHead || !strings.HasPrefix(r.Path, "/api/v1/desk") {
			continue
		}
		path := strings.NewReplacer(":call", "{call}", ":reference", "{reference}").Replace(strings.TrimSuffix(r.Path, "/"))
		require.Contains(t, doc.Paths[path], strings.ToLower(r.Method), path)
		count++
	}
	require.Equal(t, 34, count)
}

func TestDeskTextsExistInEachLanguage(t *testing.T) {
	w := newCounters(t, nil)
	de, en := w.admin.texts["de"], w.admin.texts["en"]
	for key, text := range de {
		require.NotEmpty(t, text, key)
		require.NotEmpty(t, en[key], "en lacks %s", key)
	}
	require.Len(t, en, len(de))
}

// The page's scripts are small: a clerk's computer is no developer's.
func TestDeskScriptsAreSmall(t *testing.T) {
	names, err := filepath.Glob("static/desk*.js")
	require.NoError(t, err)
	total := 0
	names = slices.DeleteFunc(names, func(name string) bool { return name == "static/desk-outside.js" }) // of another page
	for _, name := range append(names, "static/aloud.js", "static/request.js", "static/source.js", "static/stream.js", "static/texts.js", "static/theme.js", "static/typed.js") {
		data, err := static.ReadFile(name)
		require.NoError(t, err)
		total += len(data)
	}
	t.Logf("%d files, %d KB", len(names)+7, total/1024)
	require.Less(t, total, 96<<10)
}
