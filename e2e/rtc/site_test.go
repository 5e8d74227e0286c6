package rtc_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/rtc"
	"github.com/amtsleitung/amtsleitung/web"
)

// callers bring the calls of pages to the browser side, as the command does.
type callers struct{ rtc *rtc.Server }

func (c callers) Begin(ctx context.Context, n web.NewCaller) (web.Caller, string, error) {
	l, answer, err := c.rtc.Open(ctx, leg.Info{Trunk: n.Page, Language: n.Language}, n.Source, n.SDP)
	if errors.Is(err, rtc.ErrOffer) {
		err = fmt.Errorf("%w: %w", web.ErrCallerOffer, err)
	}
	if err != nil {
		return nil, "", err
	}
	return l, answer, nil
}

func (c callers) Find(call string) (web.Caller, bool) {
	l := c.rtc.Find(call)
	return l, l != nil
}

func (c callers) ICEServers() []web.ICEServer {
	var out []web.ICEServer
	for _, s := range c.rtc.ICEServers("") {
		out = append(out, web.ICEServer(s))
	}
	return out
}

// site is the web server and the browser side behind it. Each leg that comes
// is answered and hears a tone, and what it says is kept.
type site struct {
	t       *testing.T
	addr    string
	journal *journal.Journal
	rtc     *rtc.Server
	legs    chan *answered
}

// answered is one leg on our side.
type answered struct {
	*rtc.Leg
	heard recording
	stop  chan struct{} // hangs up
	first time.Duration // from the leg's begin to the first loud frame
}

// serviceHz is the tone that legs hear.
const serviceHz = 440

func newSite(t *testing.T, o rtc.Options) *site {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	s := &site{t: t, addr: ln.Addr().String(), journal: journal.New(5), legs: make(chan *answered, 8)}
	if o.Grace.Drain == 0 {
		o.Grace.Drain = time.Millisecond
	}
	level := slog.LevelInfo
	if os.Getenv("RTC_DEBUG") != "" {
		level = slog.LevelDebug
	}
	o.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: level}))
	s.rtc, err = rtc.NewServer(o, s.serve)
	require.NoError(t, err)
	pages, err := web.NewServer(web.Options{
		Listen: s.addr, City: "Musterstadt", Journal: s.journal, Callers: callers{s.rtc},
		Status: func() web.Status { return web.Status{} }, Log: o.Log,
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { require.NoError(t, s.rtc.Run(ctx)) })
	running.Go(func() { require.NoError(t, pages.Run(ctx)) })
	t.Cleanup(func() { cancel(); running.Wait() })
	<-s.rtc.Ready()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	require.Eventually(t, func() bool {
		resp, err := client.Get(s.url("/healthz"))
		return err == nil && resp.Body.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
	return s
}

func (s *site) url(path string) string { return "http://" + s.addr + path }

// leg is the next one that came.
func (s *site) leg() *answered {
	s.t.Helper()
	select {
	case a := <-s.legs:
		return a
	case <-time.After(20 * time.Second):
		s.t.Fatal("no leg came")
		return nil
	}
}

// serve is the handler: a call like the bot's, as far as audio goes.
func (s *site) serve(ctx context.Context, l leg.Leg) {
	began := time.Now()
	a := &answered{Leg: l.(*rtc.Leg), stop: make(chan struct{})}
	id := l.Info().Call
	s.journal.Begin(journal.Call{ID: id, State: journal.Listening})
	defer func() { s.journal.End(id, "over", time.Now(), l.Stats().MOS) }()
	l.Receive(media.SinkFunc(func(f media.Frame) error {
		if a.first == 0 && audiotest.RMS(f.PCM) > 500 {
			a.first = time.Since(began)
		}
		return a.heard.WriteFrame(f)
	}))
	s.legs <- a
	if l.Answer(ctx) != nil {
		return
	}
	for pcm := audiotest.Sine(serviceHz, time.Second, 8000); ; {
		for at := 0; at < len(pcm); at += media.FrameSamples {
			select {
			case <-ctx.Done():
				return
			case <-a.stop:
				return
			default:
			}
			if !a.Voice() { // writing: frames would be swallowed at once
				select {
				case <-ctx.Done():
					return
				case <-a.stop:
					return
				case <-time.After(media.FrameDuration):
				}
			}
			if l.Playout().WriteFrame(media.Frame{PCM: pcm[at : at+media.FrameSamples]}) != nil {
				return
			}
		}
	}
}

// recording keeps what came.
type recording struct {
	mu  sync.Mutex
	pcm []int16
}

func (r *recording) WriteFrame(f media.Frame) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pcm = append(r.pcm, f.PCM...)
	return nil
}

func (r *recording) last(n int) []int16 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]int16(nil), r.pcm[max(0, len(r.pcm)-n):]...)
}

func (r *recording) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pcm = nil
}

// hears waits until the last half second is the tone of the microphone.
func (a *answered) hears(t *testing.T, hz float64) {
	t.Helper()
	require.Eventually(t, func() bool {
		pcm := a.heard.last(media.SampleRate / 2)
		if len(pcm) < media.SampleRate/2 || audiotest.RMS(pcm) < 500 {
			return false
		}
		peak := audiotest.Peak(pcm, media.SampleRate, 200, 3400)
		return peak > hz-15 && peak < hz+15
	}, 20*time.Second, 20*time.Millisecond, "%v Hz from the microphone", hz)
}

// ended waits for the leg's end and says how it was.
func (a *answered) ended(t *testing.T) string {
	t.Helper()
	select {
	case <-a.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("the leg does not end")
	}
	return a.Stats().Ended
}
