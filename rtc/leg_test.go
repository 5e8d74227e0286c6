package rtc

import (
	"context"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

func sine(hz float64, d time.Duration) []int16 { return audiotest.Sine(hz, d, 8000) }

// hears waits until the last half second that came is the tone.
func hears(t testing.TB, r *recording, hz float64) {
	t.Helper()
	require.Eventually(t, func() bool {
		pcm := r.last(media.SampleRate / 2)
		return len(pcm) == media.SampleRate/2 && audiotest.RMS(pcm) > 3000 && near(audiotest.Peak(pcm, media.SampleRate, 200, 3400), hz)
	}, 10*time.Second, 20*time.Millisecond, "a tone of %v Hz", hz)
}

func near(a, b float64) bool { return a > b-15 && a < b+15 }

// silent waits until nothing comes that is loud.
func silent(t *testing.T, r *recording) {
	t.Helper()
	require.Eventually(t, func() bool {
		pcm := r.last(media.SampleRate / 5)
		return audiotest.RMS(pcm) < 100
	}, 10*time.Second, 20*time.Millisecond)
}

// opened is a leg with audio to a browser of pion's.
type opened struct {
	server   *Server
	leg      *Leg
	browser  *Leg
	link     *link
	heard    *recording // by us
	received *recording // by the browser
}

func open(t testing.TB, o Options) opened {
	t.Helper()
	s := newServer(t, o, stay)
	x := opened{server: s, browser: newBrowser(t), heard: &recording{}, received: &recording{}}
	x.browser.Receive(x.received)
	x.link = connect(t, x.browser, func(offer string) string {
		l, answer, err := s.Open(context.Background(), leg.Info{Trunk: "anruf"}, "", offer)
		require.NoError(t, err)
		x.leg = l
		return answer
	})
	x.leg.Receive(x.heard)
	require.NoError(t, x.leg.Answer(context.Background()))
	require.Eventually(t, x.browser.Voice, 10*time.Second, 10*time.Millisecond)
	return x
}

func TestToneBothWays(t *testing.T) {
	x := open(t, Options{})
	require.True(t, x.leg.Voice())
	require.Equal(t, leg.Event{Kind: leg.Voice}, <-x.leg.Events())
	play(t, x.leg, 600)
	play(t, x.browser, 1000)
	hears(t, x.heard, 1000)
	hears(t, x.received, 600)
	stats := x.leg.Stats()
	require.Equal(t, "opus", stats.Codec)
	require.Zero(t, stats.Strange)
	require.Positive(t, stats.MOS)
	require.NoError(t, x.leg.Hangup(context.Background(), leg.CauseNormal))
	require.Equal(t, "normal by us", x.leg.Stats().Ended)
	for range x.leg.Events() { // closed
	}
}

func TestNewPeerConnectionTakesOver(t *testing.T) {
	x := open(t, Options{})
	play(t, x.leg, 600)
	play(t, x.browser, 1000)
	hears(t, x.heard, 1000)
	x.link.close() // as a browser does that has got another network
	require.Eventually(t, func() bool { x.leg.mu.Lock(); defer x.leg.mu.Unlock(); return !x.leg.flowing }, 10*time.Second, 10*time.Millisecond)
	require.True(t, x.leg.Voice(), "it is expected back")
	x.link = connect(t, x.browser, func(offer string) string {
		answer, err := x.leg.Offer(context.Background(), offer)
		require.NoError(t, err)
		return answer
	})
	require.Eventually(t, func() bool { x.leg.mu.Lock(); defer x.leg.mu.Unlock(); return x.leg.flowing }, 10*time.Second, 10*time.Millisecond)
	silent(t, &recording{})
	hears(t, x.heard, 1000)
	hears(t, x.received, 600)
}

func TestICERestartOnTheSamePeerConnection(t *testing.T) {
	x := open(t, Options{})
	play(t, x.leg, 600)
	hears(t, x.received, 600)
	before := x.leg.link
	restart(t, x.browser, x.link, func(offer string) string {
		answer, err := x.leg.Offer(context.Background(), offer)
		require.NoError(t, err)
		return answer
	}, &webrtc.OfferOptions{ICERestart: true})
	require.Same(t, before, x.leg.link)
	x.received.mu.Lock()
	x.received.pcm = nil
	x.received.mu.Unlock()
	hears(t, x.received, 600)
}

// A browser sends its offer again when the connection breaks before our answer
// has come: then there must not be two calls that take each other's packets.
func TestOfferSentTwice(t *testing.T) {
	s := newServer(t, Options{}, stay)
	browser, heard := newBrowser(t), &recording{}
	var first, second *Leg
	connect(t, browser, func(offer string) string {
		var err error
		first, _, err = s.Open(context.Background(), leg.Info{Trunk: "anruf"}, "", offer)
		require.NoError(t, err)
		var answer string
		second, answer, err = s.Open(context.Background(), leg.Info{Trunk: "anruf"}, "", offer)
		require.NoError(t, err)
		return answer
	})
	select {
	case <-first.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the first call goes on")
	}
	second.Receive(heard)
	require.NoError(t, second.Answer(context.Background()))
	require.Eventually(t, browser.Voice, 10*time.Second, 10*time.Millisecond)
	play(t, browser, 1000)
	hears(t, heard, 1000)
}
