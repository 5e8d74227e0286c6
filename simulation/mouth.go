package simulation

import (
	"context"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

// lead is how much audio waits in the playout, against a late ticker.
const lead = 80 * time.Millisecond

// mouth sends frames without a gap: words when there are some, and always the
// noise around the caller.
type mouth struct {
	out   leg.Playout
	noise *Noise

	mu  sync.Mutex
	pcm []int16
}

func newMouth(out leg.Playout, noise *Noise) *mouth { return &mouth{out: out, noise: noise} }

// say queues words and returns how long they last.
func (m *mouth) say(pcm []int16) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pcm = append(m.pcm, pcm...)
	return media.Duration(len(m.pcm))
}

// run sends until ctx ends or the leg is gone.
func (m *mouth) run(ctx context.Context) error {
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	frame := make([]int16, media.FrameSamples)
	for {
		for m.out.Buffered() < lead {
			m.fill(frame)
			if err := m.out.WriteFrame(media.Frame{PCM: frame}); err != nil {
				return nil // the call is over
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (m *mouth) fill(frame []int16) {
	clear(frame)
	m.mu.Lock()
	n := copy(frame, m.pcm)
	m.pcm = m.pcm[n:]
	m.mu.Unlock()
	if m.noise != nil {
		m.noise.add(frame)
	}
}
