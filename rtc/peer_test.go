package rtc

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newServer runs a server until the test ends.
func newServer(t testing.TB, o Options, h Handler) *Server {
	t.Helper()
	if o.Grace.Drain == 0 {
		o.Grace.Drain = time.Millisecond
	}
	s, err := NewServer(o, h)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { require.NoError(t, s.Run(ctx)) })
	t.Cleanup(func() { stop(); running.Wait() })
	<-s.Ready()
	return s
}

// stay serves a leg until it ends.
func stay(ctx context.Context, l leg.Leg) {
	_ = l.Answer(ctx)
	<-l.Done()
}

// newBrowser reuses a leg as the other end: it has a session and a wire of its
// own, and a server for its socket.
func newBrowser(t testing.TB) *Leg {
	t.Helper()
	s := newServer(t, Options{}, stay)
	l := s.newLeg(leg.Info{Call: "browser"}, "")
	s.calls.Go(func() { l.run(s.stop) })
	return l
}

// connect offers a new peer connection of the browser's to ask, who answers.
func connect(t testing.TB, b *Leg, ask func(offer string) string) *link {
	t.Helper()
	k, err := b.newLink(time.Now().String())
	require.NoError(t, err)
	restart(t, b, k, ask, nil)
	return k
}

func restart(t testing.TB, b *Leg, k *link, ask func(offer string) string, o *webrtc.OfferOptions) {
	t.Helper()
	offer, err := k.pc.CreateOffer(o)
	require.NoError(t, err)
	gathered := webrtc.GatheringCompletePromise(k.pc)
	require.NoError(t, k.pc.SetLocalDescription(offer))
	<-gathered
	answer := ask(k.pc.LocalDescription().SDP)
	require.NoError(t, k.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
	if k != b.link {
		require.True(t, b.install(k))
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

// play writes a tone until the test or the leg ends.
func play(t testing.TB, l leg.Leg, hz float64) {
	t.Helper()
	done := make(chan struct{})
	stop := make(chan struct{})
	pcm := sine(hz, time.Second)
	go func() {
		defer close(done)
		for i := 0; ; i = (i + media.FrameSamples) % len(pcm) {
			select {
			case <-stop:
				return
			default:
			}
			if l.Playout().WriteFrame(media.Frame{PCM: pcm[i : i+media.FrameSamples]}) != nil {
				return
			}
			if v, ok := l.(leg.Written); ok && !v.Voice() {
				return // swallowed at once: there is nobody to play to
			}
		}
	}()
	t.Cleanup(func() { close(stop); l.Playout().Flush(); <-done })
}
