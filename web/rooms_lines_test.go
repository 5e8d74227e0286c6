package web

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// earpiece is a leg without a network: its playout counts what it is given.
type earpiece struct {
	done  chan struct{}
	once  sync.Once
	mu    sync.Mutex
	heard int
	sink  media.Sink
}

func newEarpiece() *earpiece { return &earpiece{done: make(chan struct{})} }

func (e *earpiece) Info() leg.Info               { return leg.Info{Call: "1"} }
func (e *earpiece) Answer(context.Context) error { return nil }
func (e *earpiece) Playout() leg.Playout         { return e }
func (e *earpiece) Events() <-chan leg.Event     { return nil }
func (e *earpiece) Done() <-chan struct{}        { return e.done }
func (e *earpiece) Stats() leg.Stats             { return leg.Stats{} }
func (e *earpiece) Hangup(context.Context, leg.Cause) error {
	e.once.Do(func() { close(e.done) })
	return nil
}
func (e *earpiece) Receive(to media.Sink) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sink = to
}
func (e *earpiece) WriteFrame(media.Frame) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard++
	return nil
}
func (e *earpiece) frames() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard
}
func (e *earpiece) Flush() time.Duration        { return 0 }
func (e *earpiece) Pause()                      {}
func (e *earpiece) Resume()                     {}
func (e *earpiece) Played() time.Duration       { return 0 }
func (e *earpiece) Buffered() time.Duration     { return 0 }
func (e *earpiece) Drain(context.Context) error { return nil }

// exchange answers every offer but "bad" with an earpiece; it is Lines and
// Ingest.
type exchange struct {
	mu      sync.Mutex
	legs    map[string]*earpiece
	infos   []LineInfo
	patched []string
	serving sync.WaitGroup
}

func newExchange() *exchange { return &exchange{legs: map[string]*earpiece{}} }

func (x *exchange) Open(_ context.Context, sdp string, info LineInfo, serve func(context.Context, leg.Leg)) (string, string, error) {
	if sdp == "bad" {
		return "", "", ErrCallerOffer
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	id := string(rune('a' + len(x.legs)))
	e := newEarpiece()
	x.legs[id], x.infos = e, append(x.infos, info)
	ctx, cancel := context.WithCancel(context.Background())
	x.serving.Go(func() {
		defer cancel()
		go func() { <-e.done; cancel() }()
		serve(ctx, e)
		_ = e.Hangup(ctx, leg.CauseNormal)
	})
	return id, "answer to " + sdp, nil
}

func (x *exchange) Take(ctx context.Context, info LineInfo, sdp string, serve func(context.Context, leg.Leg)) (string, string, error) {
	return x.Open(ctx, sdp, info, serve)
}

func (x *exchange) leg(id string) *earpiece {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.legs[id]
}

func (x *exchange) Offer(_ context.Context, id, sdp string) (string, error) {
	if x.leg(id) == nil {
		return "", ErrCallerOver
	}
	return "another answer to " + sdp, nil
}

func (x *exchange) Patch(_ context.Context, id, fragment string) (string, error) {
	x.mu.Lock()
	x.patched = append(x.patched, fragment)
	x.mu.Unlock()
	switch fragment {
	case "restart":
		return "a=ice-ufrag:ours", nil
	case "bad":
		return "", ErrCallerOffer
	}
	return "", nil
}

func (x *exchange) Hangup(id string) { x.End(id) }

func (x *exchange) End(id string) bool {
	e := x.leg(id)
	return e != nil && e.Hangup(context.Background(), leg.CauseNormal) == nil
}

func (x *exchange) ICEServers() []ICEServer {
	return []ICEServer{{URLs: []string{"turn:relay.example:3478"}, Username: `a"b`, Credential: "c"}}
}

// newConnected is a council with lines, and a voice for German and English.
func newConnected(t *testing.T, change func(*Options, *meeting.HallOptions)) (*council, *exchange) {
	x := newExchange()
	c := newCouncil(t, func(o *Options, h *meeting.HallOptions) {
		o.Meetings.Lines, o.Meetings.Ingest = x, x
		h.Booth.Speak = func(context.Context, string, string, float64, media.Sink) error { return nil }
		if change != nil {
			change(o, h)
		}
	})
	t.Cleanup(func() {
		for _, e := range x.legs {
			_ = e.Hangup(context.Background(), leg.CauseNormal)
		}
		x.serving.Wait()
	})
	return c, x
}

func (h *held) inputs() int {
	h.c.t.Helper()
	s, err := h.room.Status(h.c.t.Context())
	require.NoError(h.c.t, err)
	return len(s.Inputs)
}

func (c *council) line(code int, text string) string {
	c.t.Helper()
	require.Equal(c.t, 201, code, text)
	var made struct{ Leg, SDP string }
	require.NoError(c.t, json.Unmarshal([]byte(text), &made))
	require.Contains(c.t, made.SDP, "answer to offer")
	return made.Leg
}

func TestABrowserSpeaks(t *testing.T) {
	c, x := newConnected(t, nil)
	h := c.hold(`{}`)
	code, _, _ := c.ask("POST", h.path("/speak"), `{"sdp":"offer"}`)
	require.Equal(t, 401, code)
	for body, want := range map[string]int{`{}`: 400, `{"sdp":"bad"}`: 400, `{"sdp":"offer","language":"<b>"}`: 400, `no`: 400} {
		code, text := c.by(h.keys.Speak, "POST", h.path("/speak"), body)
		require.Equal(t, want, code, text)
	}
	code, text := c.by(h.keys.Speak, "POST", h.path("/speak"), `{"sdp":"offer","name":"Frau <b>Winter</b>","language":"de"}`)
	line := c.line(code, text)
	require.Eventually(t, func() bool { return h.inputs() == 2 }, 10*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool { return c.meetings.lines.find(line).inputID() != "" }, 10*time.Second, 10*time.Millisecond)
	require.NotEqual(t, h.input, c.meetings.lines.find(line).inputID())
	require.Equal(t, LineInfo{Room: h.code, Page: "speak", Language: "de", Source: "127.0.0.1"}, x.infos[0])
	code, text = c.by(h.keys.Speak, "POST", h.path("/speak/"+line), `{"sdp":"offer 2"}`)
	require.Equal(t, 200, code, text)
	require.Contains(t, text, "another answer to offer 2")
	other := c.hold(`{}`)
	code, _ = c.by(other.keys.Secret, "DELETE", other.path("/speak/"+line), "")
	require.Equal(t, 404, code, "a line of another meeting")
	code, _ = c.by(h.keys.Speak, "DELETE", h.path("/listen/"+line), "")
	require.Equal(t, 404, code, "it does not listen")
	code, _ = c.by(h.keys.Speak, "DELETE", h.path("/speak/"+line), "")
	require.Equal(t, 204, code)
	require.Eventually(t, func() bool { return h.inputs() == 1 }, 10*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		code, _ := c.by(h.keys.Speak, "DELETE", h.path("/speak/"+line), "")
		return code == 404
	}, 10*time.Second, 10*time.Millisecond)
}

func TestABrowserListens(t *testing.T) {
	c, x := newConnected(t, nil)
	h := c.hold(`{"languages":["de","en"]}`)
	_, text, _ := c.ask("GET", h.path(""), "")
	require.Contains(t, text, `"channels":["original"`)
	for body, want := range map[string]int{`{"language":"original"}`: 400, `{"sdp":"offer","language":"tlh"}`: 400, `{"sdp":"bad","language":"original"}`: 400} {
		code, text, _ := c.ask("POST", h.path("/listen"), body)
		require.Equal(t, want, code, text)
	}
	code, text, _ := c.ask("POST", h.path("/listen"), `{"sdp":"offer","language":"original"}`)
	line := c.line(code, text)
	ear := x.leg("a")
	mt, err := c.hall.Enter("test", h.code)
	require.NoError(t, err)
	in, err := mt.Booth.Open(t.Context(), booth.Source{Source: rooms.Source{Name: "Saal", Kind: rooms.Microphone}, Language: "de"})
	require.NoError(t, err)
	loud := media.Frame{PCM: make([]int16, media.FrameSamples)}
	for i := range loud.PCM {
		loud.PCM[i] = int16(i * 50)
	}
	require.Eventually(t, func() bool { return in.WriteFrame(loud) == nil && ear.frames() > 5 }, 10*time.Second, 20*time.Millisecond)
	code, text, _ = c.ask("PUT", h.path("/listen/"+line), `{"language":"tlh"}`)
	require.Equal(t, 400, code, text)
	code, text, _ = c.ask("PUT", h.path("/listen/"+line), `{"language":"en"}`)
	require.Equal(t, 204, code, text)
	code, text, _ = c.ask("GET", h.path("/ice"), "")
	require.Equal(t, 200, code)
	require.Contains(t, text, "turn:relay.example:3478")
	code, _ = c.by(h.keys.Secret, "POST", h.path("/close"), "")
	require.Equal(t, 204, code)
	select {
	case <-ear.done:
	case <-time.After(10 * time.Second):
		t.Fatal("a line outlives its meeting")
	}
}

func TestLinesOfOneAddressAreBounded(t *testing.T) {
	c, x := newConnected(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.PerSource = 1 })
	h := c.hold(`{}`)
	code, text := c.by(h.keys.Speak, "POST", h.path("/speak"), `{"sdp":"offer"}`)
	c.line(code, text)
	code, text = c.by(h.keys.Speak, "POST", h.path("/speak"), `{"sdp":"offer"}`)
	require.Equal(t, 429, code, text)
	code, _, _ = c.whip("POST", "/whip/"+h.code, h.keys.Speak, "offer", sdpType)
	require.Equal(t, 429, code)
	x.Hangup("a")
	require.Eventually(t, func() bool {
		code, _ := c.by(h.keys.Speak, "POST", h.path("/speak"), `{"sdp":"offer"}`)
		return code == 201
	}, 10*time.Second, 10*time.Millisecond)
}

func (c *council) whip(method, path, key, body, kind string, header ...string) (int, string, http.Header) {
	c.t.Helper()
	all := []string{"Content-Type", kind}
	if key != "" {
		all = append(all, "Authorization", "Bearer "+key)
	}
	return c.ask(method, path, body, append(all, header...)...)
}

func TestWHIP(t *testing.T) {
	c, x := newConnected(t, nil)
	h := c.hold(`{}`)
	at := "/whip/" + h.code
	code, text, header := c.whip("POST", at+"?name=OBS&language=de", h.keys.Speak, "offer", sdpType)
	require.Equal(t, 201, code, text)
	require.Equal(t, "answer to offer", text)
	require.Equal(t, sdpType, header.Get("Content-Type"))
	require.Equal(t, fragmentType, header.Get("Accept-Patch"))
	require.Equal(t, `<turn:relay.example:3478>; rel="ice-server"; username="a\"b"; credential="c"; credential-type="password"`, header.Get("Link"))
	require.Equal(t, "*", header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, header.Get("Access-Control-Expose-Headers"), "Location")
	session, tag := header.Get("Location"), header.Get("ETag")
	require.Regexp(t, `^/whip/`+h.code+`/\w{20,}$`, session)
	require.Regexp(t, `^"\w+"$`, tag)
	require.Eventually(t, func() bool { return h.inputs() == 2 }, 10*time.Second, 10*time.Millisecond)

	code, _, _ = c.whip("PATCH", session, h.keys.Speak, "a=candidate:1", fragmentType, "If-Match", tag)
	require.Equal(t, 204, code)
	code, text, header = c.whip("PATCH", session, h.keys.Speak, "restart", fragmentType, "If-Match", "*")
	require.Equal(t, 200, code)
	require.Equal(t, "a=ice-ufrag:ours", text)
	require.NotEqual(t, tag, header.Get("ETag"))
	for name, w := range map[string]struct {
		body, kind, match string
		code              int
	}{
		"of the ICE session before": {"x", fragmentType, tag, 412}, "of none": {"x", fragmentType, "", 428},
		"no fragment": {"x", sdpType, "*", 415}, "a bad one": {"bad", fragmentType, "*", 422}, "nothing": {"", fragmentType, "*", 400},
	} {
		code, text, _ = c.whip("PATCH", session, h.keys.Speak, w.body, w.kind, "If-Match", w.match)
		require.Equal(t, w.code, code, "%s: %s", name, text)
	}
	code, _, _ = c.whip("DELETE", session, "", "", "")
	require.Equal(t, 401, code)
	code, _, _ = c.whip("DELETE", session, h.keys.Speak, "", "")
	require.Equal(t, 200, code)
	require.Eventually(t, func() bool { return h.inputs() == 1 }, 10*time.Second, 10*time.Millisecond)
	code, _, _ = c.whip("DELETE", session, h.keys.Speak, "", "")
	require.Equal(t, 404, code)
	require.Equal(t, []string{"a=candidate:1", "restart", "bad"}, x.patched)
}

func TestWHIPRefuses(t *testing.T) {
	c, _ := newConnected(t, nil)
	h := c.hold(`{}`)
	at := "/whip/" + h.code
	for name, w := range map[string]struct {
		method, path, key, body, kind string
		header                        []string
		code                          int
	}{
		"no key":              {"POST", at, "", "offer", sdpType, nil, 401},
		"another key":         {"POST", at, "wrong", "offer", sdpType, nil, 403},
		"no meeting":          {"POST", "/whip/000000", "wrong", "offer", sdpType, nil, 404},
		"an answer elsewhere": {"POST", at, h.keys.Speak, "offer", sdpType, []string{"Accept", "text/html"}, 406},
		"JSON":                {"POST", at, h.keys.Speak, "{}", "application/json", nil, 415},
		"no offer":            {"POST", at, h.keys.Speak, "", sdpType, nil, 400},
		"an offer too large":  {"POST", at, h.keys.Speak, strings.Repeat("x", maxCallerBody+1), sdpType, nil, 413},
		"a bad offer":         {"POST", at, h.keys.Speak, "bad", sdpType, nil, 422},
		"a bad query":         {"POST", at + "?language=%3Cb%3E", h.keys.Speak, "offer", sdpType, nil, 400},
		"a cookie alone":      {"POST", at, "", "offer", sdpType, []string{"Cookie", "room_" + h.code + "=" + h.keys.Secret}, 401},
		"GET":                 {"GET", at, h.keys.Speak, "", "", nil, 405},
		"HEAD":                {"HEAD", at, h.keys.Speak, "", "", nil, 405},
		"PUT":                 {"PUT", at, h.keys.Speak, "offer", sdpType, nil, 405},
		"GET of a session":    {"GET", at + "/x", h.keys.Speak, "", "", nil, 405},
		"POST to a session":   {"POST", at + "/x", h.keys.Speak, "offer", sdpType, nil, 405},
		"no session":          {"PATCH", at + "/x", h.keys.Speak, "x", fragmentType, []string{"If-Match", "*"}, 404},
	} {
		code, text, header := c.whip(w.method, w.path, w.key, w.body, w.kind, w.header...)
		require.Equal(t, w.code, code, "%s: %s", name, text)
		require.Equal(t, "*", header.Get("Access-Control-Allow-Origin"), name)
		require.NotContains(t, text, h.keys.Speak)
		switch code {
		case 401:
			require.Equal(t, "Bearer", header.Get("WWW-Authenticate"))
		case 405:
			require.NotEmpty(t, header.Get("Allow"), name)
		}
	}
	code, _, header := c.whip("OPTIONS", at, "", "", "", "Origin", "https://studio.example", "Access-Control-Request-Method", "POST")
	require.Equal(t, 204, code)
	require.Equal(t, sdpType, header.Get("Accept-Post"))
	require.Contains(t, header.Get("Access-Control-Allow-Headers"), "Authorization")
	require.Contains(t, header.Get("Access-Control-Allow-Methods"), "POST")
}

func TestEveryRouteOfMeetingsIsDescribed(t *testing.T) {
	c, _ := newConnected(t, nil)
	var doc struct{ Paths map[string]map[string]any }
	require.NoError(t, json.Unmarshal(openapi, &doc))
	checked := map[string]bool{}
	for _, r := range c.app.GetRoutes(true) {
		mine := strings.HasPrefix(r.Path, "/api/v1/rooms") || strings.HasPrefix(r.Path, "/whip/")
		if !mine || r.Method == http.MethodHead {
			continue
		}
		path := regexp.MustCompile(`:(\w+)`).ReplaceAllString(strings.TrimSuffix(r.Path, "/"), "{$1}")
		if _, ok := doc.Paths[path][strings.ToLower(r.Method)]; !ok && strings.HasPrefix(path, "/whip") {
			continue // refused there
		}
		require.Contains(t, doc.Paths[path], strings.ToLower(r.Method), path)
		checked[r.Method+" "+path] = true
	}
	described := 0
	for path, methods := range doc.Paths {
		for method := range methods {
			if method == "parameters" || !strings.HasPrefix(path, "/api/v1/rooms") && !strings.HasPrefix(path, "/whip") {
				continue
			}
			described++
			require.True(t, checked[strings.ToUpper(method)+" "+path], "%s %s is described and not there", method, path)
		}
	}
	require.Equal(t, len(checked), described)
	require.Greater(t, described, 40)
}

// A viewer who takes nothing is cut off in the end, and until then holds up
// nobody: neither other viewers nor who speaks.
func TestAStalledViewerSlowsNobody(t *testing.T) {
	c := newCouncil(t, nil)
	h := c.hold(`{"languages":["de"]}`)
	conn, err := net.Dial("tcp", c.addr)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(4096))
	_, err = conn.Write([]byte("GET " + h.path("/events") + " HTTP/1.1\r\nHost: x\r\n\r\n"))
	require.NoError(t, err)
	events, end := h.stream("/events")
	defer end()
	events.Buffer(nil, 1<<20)
	next(t, events, "event: snapshot")
	for range 800 { // some MB: more than any buffer in between
		require.NoError(t, h.room.Announce(t.Context(), strings.Repeat("<", 2000), false)) // six bytes each
		next(t, events, "event: notice")
	}
	code, _ := c.by(h.keys.Secret, "GET", h.path("/status"), "")
	require.Equal(t, 200, code)
}

func TestOnlyTheTownsPeopleOpenMeetings(t *testing.T) {
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Create = "agent" })
	code, _, _ := c.ask("POST", "/api/v1/rooms", `{}`)
	require.Equal(t, 403, code, "nobody can sign in")
	token, hash := session.NewToken()
	keeper, err := session.New(session.Options{Machines: []session.Machine{{Name: "ratsinformation", Role: session.Agent, Hash: hash}}})
	require.NoError(t, err)
	c = newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Create, o.Sessions = session.Agent, keeper })
	code, _, _ = c.ask("POST", "/api/v1/rooms", `{}`)
	require.Equal(t, 401, code)
	code, text, _ := c.ask("POST", "/api/v1/rooms", `{"title":"Rat"}`, "Authorization", "Bearer "+token)
	require.Equal(t, 201, code, text)
	open := newCouncil(t, func(o *Options, _ *meeting.HallOptions) { o.Meetings.Streams = 1 })
	code, _, _ = open.ask("POST", "/api/v1/rooms", `{}`, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, 403, code, "a page of another site")
	last := 0
	for range 25 {
		last, _, _ = open.ask("POST", "/api/v1/rooms", `{}`)
	}
	require.Equal(t, 429, last)
}
