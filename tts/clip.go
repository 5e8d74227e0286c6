package tts

import (
	"context"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// clip is the audio of one sentence, written by the engine at its own speed
// and read at the speed of the line.
type clip struct {
	text    string // as it was written
	changed chan struct{}

	mu   sync.Mutex
	pcm  []int16
	done bool
	err  error
}

func newClip(text string) *clip {
	return &clip{text: text, changed: make(chan struct{}, 1), pcm: make([]int16, 0, 4*media.SampleRate)}
}

// WriteFrame copies the frame.
func (c *clip) WriteFrame(f media.Frame) error {
	c.mu.Lock()
	c.pcm = append(c.pcm, f.PCM...)
	c.mu.Unlock()
	c.notify()
	return nil
}

func (c *clip) finish(err error) {
	c.mu.Lock()
	c.done, c.err = true, err
	c.mu.Unlock()
	c.notify()
}

func (c *clip) notify() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// frame returns the samples of one frame from an offset, or nil at the end.
func (c *clip) frame(ctx context.Context, from int) ([]int16, error) {
	for {
		c.mu.Lock()
		pcm, done, err := c.pcm, c.done, c.err
		c.mu.Unlock()
		if from+media.FrameSamples <= len(pcm) {
			return pcm[from : from+media.FrameSamples], ctx.Err()
		}
		if done {
			return nil, err
		}
		select {
		case <-c.changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// length is the whole duration, estimated while the engine is still at it.
func (c *clip) length(rate float64) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	have := media.Duration(len(c.pcm))
	if c.done && c.err == nil {
		return have
	}
	estimate := time.Duration(float64(len([]rune(c.text))) / charsPerSecond / rate * float64(time.Second))
	return max(have, estimate)
}

// charsPerSecond is German read by Pico at normal rate.
const charsPerSecond = 15
