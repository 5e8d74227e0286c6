package phonetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
)

// Phone is a telephone in a call.
type Phone struct {
	*sip.Leg
	words chan []int16
	mu    sync.Mutex
	heard []int16
}

// patience is how long somebody lets it ring.
const patience = 90 * time.Second

// Dial calls an address from a telephone of its own.
func Dial(t *testing.T, to string) *Phone {
	t.Helper()
	server, _ := Exchange(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	l, err := server.Dial(ctx, to, sip.DialOptions{From: "0301234567"})
	require.NoError(t, err)
	return Talk(t, l)
}

// Talk uses a leg as a telephone until the test ends.
func Talk(t *testing.T, l *sip.Leg) *Phone {
	p := &Phone{Leg: l, words: make(chan []int16, 8)}
	l.Receive(media.SinkFunc(func(f media.Frame) error {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.heard = append(p.heard, f.PCM...)
		return nil
	}))
	var running sync.WaitGroup
	running.Go(p.run)
	t.Cleanup(func() { _ = p.Hangup(context.Background(), leg.CauseNormal); running.Wait() })
	return p
}

// run says what it is told to, and silence in between.
func (p *Phone) run() {
	silence := make([]int16, media.FrameSamples)
	for {
		frames := []media.Frame{{PCM: silence}}
		select {
		case <-p.Done():
			return
		case said := <-p.words:
			frames = audiotest.Frames(said)
		default:
		}
		for _, f := range frames {
			if p.Playout().WriteFrame(f) != nil {
				return
			}
		}
	}
}

// Say speaks when what was said before is over.
func (p *Phone) Say(pcm []int16) { p.words <- pcm }

// Keys presses keys.
func (p *Phone) Keys(t *testing.T, typed string) {
	t.Helper()
	for _, k := range typed {
		require.NoError(t, p.SendDigit(k))
	}
}

// Heard is all that was heard so far.
func (p *Phone) Heard() []int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]int16(nil), p.heard...)
}
