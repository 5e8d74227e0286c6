// Package whip lets senders that others have made (ffmpeg, libdatachannel as in
// OBS, a web client in Chromium) speak to us by WHIP, and listens.
package whip

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/rtc"
)

// TestMain lets more tests run side by side than there are cores: they wait for
// the pace of speech most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		_ = f.Value.Set("4") // a number, as it is
	}
	servicetest.Main(m)
}

// token is what senders show.
const token = "a-key-of-a-meeting"

// endpoint is the browser side behind the least that RFC 9725 asks of HTTP.
type endpoint struct {
	t    *testing.T
	rtc  *rtc.Server
	addr string
	legs chan *heard

	mu       sync.Mutex
	sessions map[string]*rtc.Leg
	asked    []string // methods, in order
}

// heard is one sender's leg and all that it said.
type heard struct {
	*rtc.Leg
	mu  sync.Mutex
	pcm []int16
}

func (h *heard) WriteFrame(f media.Frame) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pcm = append(h.pcm, f.PCM...)
	return nil
}

// Eager: a meeting writes down what arrives, too, and misses nothing of it.
func (h *heard) Eager() bool { return true }

func (h *heard) all() []int16 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]int16(nil), h.pcm...)
}

func newEndpoint(t *testing.T, o rtc.Options) *endpoint {
	t.Helper()
	return newEndpointOn(t, http.NewServeMux(), o)
}

// newEndpointOn serves other pages as well.
func newEndpointOn(t *testing.T, mux *http.ServeMux, o rtc.Options) *endpoint {
	t.Helper()
	o.Grace.Drain = time.Millisecond
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	e := &endpoint{t: t, legs: make(chan *heard, 4), sessions: map[string]*rtc.Leg{}}
	var err error
	e.rtc, err = rtc.NewServer(o, nil)
	require.NoError(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	e.addr = ln.Addr().String()
	mux.HandleFunc("POST /whip", e.keyed(e.begin))
	mux.HandleFunc("PATCH /whip/{id}", e.keyed(e.trickle))
	mux.HandleFunc("DELETE /whip/{id}", e.keyed(e.end))
	pages := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { require.NoError(t, e.rtc.Run(ctx)) })
	running.Go(func() { require.ErrorIs(t, pages.Serve(ln), http.ErrServerClosed) })
	t.Cleanup(func() {
		stop()
		require.NoError(t, pages.Close())
		running.Wait()
	})
	<-e.rtc.Ready()
	return e
}

func (e *endpoint) url(path string) string { return "http://" + e.addr + path }

func (e *endpoint) keyed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			http.Error(w, "no key", http.StatusUnauthorized)
			return
		}
		e.saw(r)
		next(w, r)
	}
}

func (e *endpoint) begin(w http.ResponseWriter, r *http.Request) {
	sdp, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Type") != "application/sdp" {
		http.Error(w, "application/sdp", http.StatusUnsupportedMediaType)
		return
	}
	l, answer, err := e.rtc.Ingest(r.Context(), leg.Info{Trunk: "whip"}, "", string(sdp), e.serve)
	if err != nil {
		e.t.Logf("refused: %v\n%s", err, sdp)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e.mu.Lock()
	e.sessions[l.Token()] = l
	e.mu.Unlock()
	w.Header().Set("Content-Type", "application/sdp")
	w.Header().Set("Location", "/whip/"+l.Token())
	w.Header().Set("ETag", `"1"`)
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer)
}

// serve keeps what a sender says.
func (e *endpoint) serve(ctx context.Context, l leg.Leg) {
	h := &heard{Leg: l.(*rtc.Leg)}
	l.Receive(h)
	if l.Answer(ctx) == nil {
		e.legs <- h
		<-l.Done()
	}
}

func (e *endpoint) trickle(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	reply, err := e.session(r).Trickle(r.Context(), string(text))
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case reply == "":
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Content-Type", "application/trickle-ice-sdpfrag")
		w.Header().Set("ETag", `"2"`)
		_, _ = io.WriteString(w, reply)
	}
}

func (e *endpoint) end(w http.ResponseWriter, r *http.Request) {
	if err := e.session(r).Leave(r.Context()); err != nil && !errors.Is(err, context.Canceled) {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (e *endpoint) session(r *http.Request) *rtc.Leg {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sessions[r.PathValue("id")]
}

func (e *endpoint) saw(r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, r.Method)
}

func (e *endpoint) methods() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.asked, " ")
}

// leg is the next sender whose sound flows.
func (e *endpoint) leg() *heard {
	e.t.Helper()
	select {
	case h := <-e.legs:
		return h
	case <-time.After(30 * time.Second):
		e.t.Fatal("no sender came")
		return nil
	}
}

// ended waits for the end of a leg and says why.
func (h *heard) ended(t *testing.T) string {
	t.Helper()
	select {
	case <-h.Done():
	case <-time.After(40 * time.Second):
		t.Fatal("the sender's leg goes on")
	}
	return h.Stats().Ended
}

// loud waits until something is heard.
func (h *heard) loud(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		pcm := h.all()
		return audiotest.RMS(pcm[max(0, len(pcm)-media.SampleRate/2):]) > 300
	}, 20*time.Second, 20*time.Millisecond)
}
