package meeting

import (
	"context"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/phonetest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
)

// TestABridgeOverSIP: the PIN and the announcement arrive at a real telephone exchange.
func TestABridgeOverSIP(t *testing.T) {
	typed, loud, left := make(chan string, 1), make(chan struct{}), make(chan struct{})
	_, bridge := phonetest.Exchange(t, func(ctx context.Context, l leg.Leg) {
		if l.Info().To == "busy" {
			_ = l.Hangup(ctx, leg.CauseBusy)
			return
		}
		defer close(left)
		if l.Answer(ctx) != nil {
			return
		}
		var heard atomic.Bool
		l.Receive(media.SinkFunc(func(f media.Frame) error {
			if audiotest.DBFS(f.PCM) > -30 && heard.CompareAndSwap(false, true) {
				close(loud)
			}
			return nil
		}))
		var pin strings.Builder
		for e := range l.Events() {
			if pin.WriteRune(e.Digit); e.Digit == '#' && e.How == "rfc4733" {
				typed <- pin.String()
			}
		}
	})
	own, _ := phonetest.Exchange(t, nil)
	o := calling(func(ctx context.Context, to leg.Callee) (leg.Leg, error) {
		return own.Dial(ctx, to.Address, sip.DialOptions{From: "0301234567"})
	}, func(string) {})
	o.Permit = func(n string) (leg.Callee, error) { return leg.Callee{Address: "sip:" + n + "@" + bridge}, nil }
	o.Booth.Speak = func(_ context.Context, _, _ string, _ float64, to media.Sink) error {
		pcm := make([]int16, media.FrameSamples)
		for i := range pcm {
			pcm[i] = int16(8000 * math.Sin(float64(i)*2*math.Pi*400/media.SampleRate))
		}
		for range 50 {
			if err := to.WriteFrame(media.Frame{PCM: pcm}); err != nil {
				return err
			}
		}
		return nil
	}
	h := NewHall(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	defer func() { cancel(); require.NoError(t, <-done) }()
	var m *Meeting
	require.Eventually(t, func() (ok bool) {
		var err error
		m, err = h.Create(New{})
		return err == nil
	}, 5*time.Second, 10*time.Millisecond)
	require.NoError(t, m.Start(ctx))
	require.ErrorIs(t, m.Phone(ctx, Outcall{Number: "busy"}), leg.ErrBusy)
	require.NoError(t, m.Phone(ctx, Outcall{Number: "700", PIN: "4711#"}))
	require.Equal(t, "4711#", <-typed)
	<-loud
	require.Eventually(t, func() bool {
		status, err := m.Room.Status(ctx)
		return err == nil && len(status.Inputs) == 1 && status.Inputs[0].Told
	}, 20*time.Second, 50*time.Millisecond)
	require.NoError(t, m.Stop(ctx))
	<-left
}
