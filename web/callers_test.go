package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// switchboard keeps calls as the real one does, without audio.
type switchboard struct {
	mu     sync.Mutex
	calls  map[string]*wire
	refuse error
}

func (b *switchboard) Begin(_ context.Context, c NewCaller) (Caller, string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return nil, "", fmt.Errorf("rtc: %w", b.refuse)
	}
	w := &wire{id: fmt.Sprintf("01%d", len(b.calls)), begun: c, done: make(chan struct{})}
	b.calls[w.id] = w
	answer, err := w.Offer(context.Background(), c.SDP)
	return w, answer, err
}

func (b *switchboard) Find(call string) (Caller, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w, ok := b.calls[call]
	if !ok || w.over {
		return nil, false
	}
	return w, true
}

func (*switchboard) ICEServers() []ICEServer {
	return []ICEServer{{URLs: []string{"turn:127.0.0.1:3478"}, Username: "1:x", Credential: "secret"}}
}

type wire struct {
	id    string
	begun NewCaller
	done  chan struct{}

	mu   sync.Mutex
	did  []string
	seen int
	over bool
}

func (w *wire) note(s string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.did = append(w.did, s)
	return nil
}

func (w *wire) Info() leg.Info              { return leg.Info{Call: w.id, Leg: "caller"} }
func (w *wire) Token() string               { return "token-of-" + w.id }
func (w *wire) Done() <-chan struct{}       { return w.done }
func (w *wire) Write(text string) error     { return w.note("text " + text) }
func (w *wire) Press(key rune) error        { return w.note("key " + string(key)) }
func (w *wire) Leave(context.Context) error { w.over = true; close(w.done); return nil }

func (w *wire) Offer(_ context.Context, sdp string) (string, error) {
	switch {
	case sdp == "":
		return "", nil
	case !strings.HasPrefix(sdp, "v=0"):
		return "", fmt.Errorf("%w: it is no SDP", ErrCallerOffer)
	}
	return "answer to " + sdp, nil
}

func (w *wire) Seen() func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen++
	return func() { w.mu.Lock(); defer w.mu.Unlock(); w.seen-- }
}

func (w *wire) watchers() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
}

func callerServer(t *testing.T) (*Server, *switchboard) {
	b := &switchboard{calls: map[string]*wire{}}
	return newServer(t, func(o *Options) { o.Callers = b }), b
}

// do sends a request and returns the status and what JSON came back.
func do(t *testing.T, s *Server, method, path, body string, headers ...string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.app.Test(r, -1)
	require.NoError(t, err)
	defer resp.Body.Close()
	var out map[string]any
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	if len(text) > 0 {
		require.NoError(t, json.Unmarshal(text, &out), "%s", text)
	}
	return resp.StatusCode, out
}

const speaking = `{"language":"de","page":"anruf","sdp":"v=0"}`

func TestCallFromAPage(t *testing.T) {
	s, b := callerServer(t)
	code, got := do(t, s, "POST", "/api/v1/browser/calls", speaking)
	require.Equal(t, 201, code)
	require.Equal(t, map[string]any{"call": "010", "token": "token-of-010", "sdp": "answer to v=0"}, got)
	w := b.calls["010"]
	require.Equal(t, NewCaller{Language: "de", Page: "anruf", Source: "0.0.0.0", SDP: "v=0"}, w.begun)

	auth := []string{"Authorization", "Bearer token-of-010"}
	code, _ = do(t, s, "POST", "/api/v1/browser/calls/010/text", `{"text":" Guten Tag \n"}`, auth...)
	require.Equal(t, 204, code)
	code, _ = do(t, s, "POST", "/api/v1/browser/calls/010/digit", `{"digit":"#"}`, auth...)
	require.Equal(t, 204, code)
	require.Equal(t, []string{"text Guten Tag", "key #"}, w.did)
	code, got = do(t, s, "POST", "/api/v1/browser/calls/010/sdp", `{"sdp":"v=0 again"}`, auth...)
	require.Equal(t, 200, code)
	require.Equal(t, "answer to v=0 again", got["sdp"])
	code, _ = do(t, s, "DELETE", "/api/v1/browser/calls/010", "", auth...)
	require.Equal(t, 204, code)
	code, _ = do(t, s, "POST", "/api/v1/browser/calls/010/text", `{"text":"noch da?"}`, auth...)
	require.Equal(t, 404, code)
}

func TestWrittenCallAndBeacon(t *testing.T) {
	s, b := callerServer(t)
	code, got := do(t, s, "POST", "/api/v1/browser/calls", `{"page":"chat"}`)
	require.Equal(t, 201, code)
	require.Empty(t, got["sdp"])
	code, _ = do(t, s, "POST", "/api/v1/browser/calls/010/end?token=token-of-010", "", "Content-Type", "text/plain")
	require.Equal(t, 204, code)
	require.True(t, b.calls["010"].over)
}

func TestCallerRefusals(t *testing.T) {
	s, b := callerServer(t)
	code, _ := do(t, s, "POST", "/api/v1/browser/calls", speaking)
	require.Equal(t, 201, code)
	const mine = "Bearer token-of-010"
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		code               int
	}{
		"page":          {"POST", "", `{"page":"admin"}`, nil, 422},
		"language":      {"POST", "", `{"page":"chat","language":"<b>"}`, nil, 422},
		"no json":       {"POST", "", `page=chat`, nil, 400},
		"form":          {"POST", "", `{"page":"chat"}`, []string{"Content-Type", "text/plain"}, 415},
		"other site":    {"POST", "", `{"page":"chat"}`, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"too large":     {"POST", "", `{"page":"chat","sdp":"` + strings.Repeat("x", maxCallerBody) + `"}`, nil, 413},
		"bad offer":     {"POST", "", `{"page":"chat","sdp":"x"}`, nil, 422},
		"no token":      {"POST", "/010/text", `{"text":"a"}`, nil, 404},
		"wrong token":   {"POST", "/010/text", `{"text":"a"}`, []string{"Authorization", "Bearer token-of-011"}, 404},
		"query token":   {"POST", "/010/text?token=token-of-010", `{"text":"a"}`, nil, 404},
		"unknown call":  {"POST", "/099/text", `{"text":"a"}`, []string{"Authorization", mine}, 404},
		"no text":       {"POST", "/010/text", `{"text":"  "}`, []string{"Authorization", mine}, 422},
		"long text":     {"POST", "/010/text", `{"text":"` + strings.Repeat("ä", 4001) + `"}`, []string{"Authorization", mine}, 422},
		"no digit":      {"POST", "/010/digit", `{"digit":"x"}`, []string{"Authorization", mine}, 422},
		"digits":        {"POST", "/010/digit", `{"digit":"11"}`, []string{"Authorization", mine}, 422},
		"bad new offer": {"POST", "/010/sdp", `{"sdp":"x"}`, []string{"Authorization", mine}, 422},
		"foreign end":   {"DELETE", "/010", ``, []string{"Authorization", "Bearer x"}, 404},
		"no events":     {"GET", "/010/events?token=x", ``, nil, 404},
	} {
		t.Run(name, func(t *testing.T) {
			code, got := do(t, s, c.method, "/api/v1/browser/calls"+c.path, c.body, c.headers...)
			require.Equal(t, c.code, code)
			require.NotEmpty(t, got["error"])
		})
	}
	require.Empty(t, b.calls["010"].did)
	for err, code := range map[error]int{ErrCallersFull: 503, ErrCallersSource: 429, ErrCallerOver: 410, errors.New("secret"): 500} {
		b.refuse = err
		got, body := do(t, s, "POST", "/api/v1/browser/calls", speaking)
		require.Equal(t, code, got)
		require.NotContains(t, body["error"], "secret")
	}
}

func TestCallsOfOneAddressAreLimited(t *testing.T) {
	s, _ := callerServer(t)
	codes := map[int]int{}
	for range 40 {
		code, _ := do(t, s, "POST", "/api/v1/browser/calls", `{"page":"chat"}`)
		codes[code]++
	}
	require.GreaterOrEqual(t, codes[201], 30)
	require.Positive(t, codes[429])
}

func TestQuota(t *testing.T) {
	q := newQuota(2, time.Second)
	now := time.Now()
	take := func(key string, after time.Duration) bool { _, ok := q.take(key, now.Add(after)); return ok }
	require.True(t, take("a", 0))
	require.True(t, take("a", 0))
	require.False(t, take("a", 0))
	require.True(t, take("b", 0))
	require.True(t, take("a", time.Second))
	require.False(t, take("a", time.Second))
	for i := range 3 * maxQuotas {
		take(fmt.Sprint(i), 0)
	}
	require.LessOrEqual(t, len(q.full), maxQuotas)
}

func TestICEServersForPages(t *testing.T) {
	s, _ := callerServer(t)
	code, got := do(t, s, "GET", "/api/v1/browser/ice", "")
	require.Equal(t, 200, code)
	require.Equal(t, []any{map[string]any{"urls": []any{"turn:127.0.0.1:3478"}, "username": "1:x", "credential": "secret"}}, got["ice_servers"])
}

func TestEveryRouteOfCallersIsDescribed(t *testing.T) {
	s, _ := callerServer(t)
	var doc struct {
		Paths map[string]map[string]any
	}
	require.NoError(t, json.Unmarshal(openapi, &doc))
	checked := 0
	for _, r := range s.app.GetRoutes(true) {
		if !strings.HasPrefix(r.Path, "/api/v1/browser/") || r.Method == http.MethodHead {
			continue
		}
		path := regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "{$1}")
		require.Contains(t, doc.Paths[path], strings.ToLower(r.Method), path)
		checked++
	}
	require.Equal(t, 8, checked)
}

func TestEventsOfACall(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := ln.Addr().String()
	require.NoError(t, ln.Close())
	b := &switchboard{calls: map[string]*wire{}}
	s := newServer(t, func(o *Options) { o.Callers, o.Listen = b, addr })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done); http.DefaultClient.CloseIdleConnections() })
	w, _, err := b.Begin(ctx, NewCaller{})
	require.NoError(t, err)
	url := "http://" + addr + "/api/v1/browser/calls/010/events?token=token-of-010"
	j := s.options.Journal

	// The stream may begin before the journal knows the call.
	first := openEvents(ctx, t, url)
	events := bufio.NewScanner(first)
	require.Contains(t, next(t, events, "event: beat"), "{}")
	require.Equal(t, 1, w.(*wire).watchers())
	j.Begin(journal.Call{ID: "010", State: journal.Listening})
	j.Begin(journal.Call{ID: "other", State: journal.Listening})
	j.Add("other", journal.Line{Segment: transcript.Segment{Leg: "caller", Text: "not for you"}})
	require.Contains(t, next(t, events, "event: call"), `"state":"listening"`)
	j.Add("010", journal.Line{Segment: transcript.Segment{Leg: "caller", ID: 1, Text: "Guten Tag"}})
	require.Contains(t, next(t, events, "event: line"), "Guten Tag")
	require.NoError(t, first.Close())
	require.Eventually(t, func() bool { return w.(*wire).watchers() == 0 || !poke(j) }, 10*time.Second, 10*time.Millisecond)

	// Another one begins with all that is there, and ends with the call.
	second := openEvents(ctx, t, url)
	defer second.Close()
	events = bufio.NewScanner(second)
	require.Contains(t, next(t, events, "event: line"), "Guten Tag")
	require.Contains(t, next(t, events, "event: call"), `"id":"010"`)
	j.End("010", "normal", time.Now(), 4)
	require.Contains(t, next(t, events, "event: call"), `"state":"ended"`)
	for events.Scan() {
		require.NotContains(t, events.Text(), "not for you")
	}
	require.NoError(t, events.Err())
}

// poke changes something, so that the server writes and sees who is gone.
func poke(j *journal.Journal) bool {
	j.Change("010", func(c *journal.Call) { c.Codec += "x" })
	return true
}
