package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/browsertest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
)

// line is the citizens' pages of the real web server with a line behind them
// whose part the test plays: it says what shall happen in a call, and has what
// callers did.
type line struct {
	t     *testing.T
	url   string
	pages *httputil.ReverseProxy

	mu     sync.Mutex
	calls  []*lineCall
	refuse int           // status that calls are refused with, 0 takes them
	cut    chan struct{} // closed to break all event streams
	down   bool          // streams are refused
}

// lineCall is what the line knows of one call.
type lineCall struct {
	line                      *line
	id, token, page, language string

	mu      sync.Mutex
	did     did
	events  []string // as they are sent
	changed chan struct{}
	peer    *webrtc.PeerConnection
	ids     map[string]int
}

// did is what the caller did so far.
type did struct {
	texts, digits []string
	offers, heard int // of sound: offers, packets
	ended, beacon bool
}

func newLine(t *testing.T, citizens web.Citizens) *line {
	t.Helper()
	if citizens.Phone == "" {
		citizens.Phone = "115"
	}
	s := &site{t: t, journal: journal.New(keptCalls)}
	addr := freeAddress(t)
	server, err := web.NewServer(web.Options{
		Listen: addr, City: "Musterstadt", Journal: s.journal, Citizens: &citizens, Log: slog.New(slog.DiscardHandler),
		Notice: map[string]string{"de": "Musterstadt ist eine erfundene Stadt. Ämter, Adressen, Personen und städtische Gebühren sind ausgedacht.", "en": "Musterstadt is a made-up city. Offices, addresses, people and city fees are invented."},
		Status: func() web.Status { return web.Status{} },
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	target := &url.URL{Scheme: "http", Host: addr}
	transport := &http.Transport{}
	l := &line{t: t, cut: make(chan struct{}), pages: &httputil.ReverseProxy{Transport: transport, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0), Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}}
	front := httptest.NewServer(l)
	l.url = front.URL
	t.Cleanup(func() {
		l.breakStreams()
		for _, c := range l.all() {
			c.hang()
		}
		front.CloseClientConnections()
		front.Close()
		transport.CloseIdleConnections()
		cancel()
		require.NoError(t, <-done)
	})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	require.Eventually(t, func() bool {
		resp, err := client.Get(l.url + "/healthz")
		return err == nil && resp.Body.Close() == nil && resp.StatusCode == 200
	}, 10*time.Second, 20*time.Millisecond)
	return l
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v1/browser")
	switch {
	case !ok:
		l.pages.ServeHTTP(w, r)
	case path == "/ice":
		reply(w, 200, map[string]any{"ice_servers": []any{}})
	case path == "/calls":
		l.begin(w, r)
	default:
		parts := strings.Split(strings.TrimPrefix(path, "/calls/"), "/")
		c := l.find(parts[0])
		if c == nil || r.Header.Get("Authorization") != "Bearer "+c.token && r.URL.Query().Get("token") != c.token {
			reply(w, 404, map[string]string{"error": "no such call"})
			return
		}
		c.serve(w, r, strings.Join(parts[1:], "/"))
	}
}

func reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

func (l *line) begin(w http.ResponseWriter, r *http.Request) {
	var ask struct{ Language, Page, SDP string }
	_ = json.NewDecoder(r.Body).Decode(&ask)
	l.mu.Lock()
	n, refuse := len(l.calls), l.refuse
	l.mu.Unlock()
	if refuse != 0 {
		reply(w, refuse, map[string]string{"error": "no"})
		return
	}
	c := &lineCall{line: l, id: fmt.Sprintf("01K%023d", n), token: fmt.Sprintf("secret-%d", n), page: ask.Page, language: ask.Language, changed: make(chan struct{}), ids: map[string]int{}}
	out := map[string]string{"call": c.id, "token": c.token, "sdp": ""}
	if ask.SDP != "" {
		out["sdp"] = c.accept(ask.SDP)
	}
	l.mu.Lock()
	l.calls = append(l.calls, c)
	l.mu.Unlock()
	reply(w, 201, out)
}

func (l *line) all() []*lineCall {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*lineCall(nil), l.calls...)
}

func (l *line) find(id string) *lineCall {
	for _, c := range l.all() {
		if c.id == id {
			return c
		}
	}
	return nil
}

// call waits for the nth call, from 0.
func (l *line) call(t *testing.T, n int) *lineCall {
	t.Helper()
	require.Eventually(t, func() bool { return len(l.all()) > n }, 10*time.Second, 20*time.Millisecond, "no call arrives")
	return l.all()[n]
}

// breakStreams cuts all streams off; they may come back at once.
func (l *line) breakStreams() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.cut)
	l.cut = make(chan struct{})
}

func (l *line) setDown(down bool) {
	l.mu.Lock()
	l.down = down
	l.mu.Unlock()
	if down {
		l.breakStreams()
	}
}

func (l *line) refuseWith(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refuse = status
}

func (c *lineCall) serve(w http.ResponseWriter, r *http.Request, what string) {
	var body struct{ SDP, Text, Digit string }
	if r.Method == http.MethodPost {
		data, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(data, &body)
	}
	switch {
	case what == "events":
		c.stream(w, r)
		return
	case what == "sdp":
		reply(w, 200, map[string]string{"sdp": c.accept(body.SDP)})
		return
	case what == "text":
		c.note(func() { c.did.texts = append(c.did.texts, body.Text) })
		c.say("caller", body.Text)
	case what == "digit":
		c.note(func() { c.did.digits = append(c.did.digits, body.Digit) })
	case what == "end" || r.Method == http.MethodDelete:
		c.note(func() { c.did.ended, c.did.beacon = true, what == "end" })
	}
	w.WriteHeader(204)
}

func (c *lineCall) note(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// stream sends what the reader has not had yet, then what happens.
func (c *lineCall) stream(w http.ResponseWriter, r *http.Request) {
	c.line.mu.Lock()
	cut, down := c.line.cut, c.line.down
	c.line.mu.Unlock()
	if down {
		reply(w, 503, map[string]string{"error": "down"})
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	at := 0
	_, _ = fmt.Sscan(r.Header.Get("Last-Event-ID"), &at)
	for {
		c.mu.Lock()
		events, changed := c.events[min(at, len(c.events)):], c.changed
		c.mu.Unlock()
		for _, e := range events {
			at++
			fmt.Fprintf(w, "id: %d\n%s\n\n", at, e)
		}
		w.(http.Flusher).Flush()
		select {
		case <-changed:
		case <-cut:
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (c *lineCall) send(name string, v any) {
	data, _ := json.Marshal(v)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, fmt.Sprintf("event: %s\ndata: %s", name, data))
	close(c.changed)
	c.changed = make(chan struct{})
}

// state tells how the call stands.
func (c *lineCall) state(state string, change ...func(*journal.Call)) {
	j := journal.Call{ID: c.id, State: state, Language: c.language}
	for _, f := range change {
		f(&j)
	}
	c.send("call", j)
}

// say adds a final line of a leg in the language of the call.
func (c *lineCall) say(leg, text string, change ...func(*journal.Line)) {
	c.mu.Lock()
	id := c.ids[leg]
	c.ids[leg]++
	c.mu.Unlock()
	l := journal.Line{Segment: transcript.Segment{Call: c.id, Leg: leg, ID: id, Language: c.language, Text: text, Confidence: 0.95, Final: true}}
	for _, f := range change {
		f(&l)
	}
	c.send("line", l)
}

// accept answers an offer with a new peer, or the one there is, and sends a tone.
func (c *lineCall) accept(offer string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.did.offers++
	if c.peer != nil && c.peer.ConnectionState() != webrtc.PeerConnectionStateConnected {
		_ = c.peer.Close()
		c.peer = nil
	}
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	peer, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(codecs())).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return ""
	}
	if c.peer != nil {
		_ = c.peer.Close()
	}
	c.peer = peer
	track, _ := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}, "answers", "line")
	_, _ = peer.AddTrack(track)
	peer.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			if _, _, err := remote.ReadRTP(); err != nil {
				return
			}
			c.note(func() { c.did.heard++ })
		}
	})
	stop := make(chan struct{})
	var once sync.Once
	peer.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			go tone(track, stop)
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			once.Do(func() { close(stop) })
		}
	})
	if err := peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return ""
	}
	sdp, err := peer.CreateAnswer(nil)
	if err != nil {
		return ""
	}
	ready := webrtc.GatheringCompletePromise(peer)
	_ = peer.SetLocalDescription(sdp)
	<-ready
	return peer.LocalDescription().SDP
}

func codecs() *webrtc.MediaEngine {
	m := &webrtc.MediaEngine{}
	_ = m.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}, PayloadType: 0}, webrtc.RTPCodecTypeAudio)
	return m
}

// tone is a square wave of 400 Hz until the peer has gone.
func tone(track *webrtc.TrackLocalStaticSample, stop <-chan struct{}) {
	frame := make([]byte, 160)
	for i := range frame {
		frame[i] = 0x90 // positive
		if i/10%2 == 1 {
			frame[i] = 0x10
		}
	}
	pace := time.NewTicker(20 * time.Millisecond)
	defer pace.Stop()
	for {
		select {
		case <-stop:
			return
		case <-pace.C:
			_ = track.WriteSample(media.Sample{Data: frame, Duration: 20 * time.Millisecond})
		}
	}
}

// hang breaks the sound of the call.
func (c *lineCall) hang() {
	c.mu.Lock()
	peer := c.peer
	c.mu.Unlock()
	if peer != nil {
		_ = peer.GracefulClose()
	}
}

func (c *lineCall) snapshot() did {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.did
}

func (c *lineCall) until(t *testing.T, what string, holds func(did) bool) {
	t.Helper()
	require.Eventually(t, func() bool { return holds(c.snapshot()) }, 20*time.Second, 20*time.Millisecond, what)
}

// newPhoneBrowser is a Chromium whose microphone beeps; asked says whether
// people are asked for it, else it is theirs without a question.
func newPhoneBrowser(t *testing.T, asked bool) *browser {
	t.Helper()
	return &browser{t: t, ctx: browsertest.Start(t,
		chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", !asked),
		chromedp.Flag("disable-site-isolation-trials", true), browsertest.Without("IsolateOrigins", "site-per-process"))} // a frame of another site is reached through its page
}
