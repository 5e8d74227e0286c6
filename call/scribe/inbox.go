package scribe

import (
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// inboxFrames is how much audio may wait for Run: 2 s.
const inboxFrames = 100

var silence [media.FrameSamples]int16

type frame struct {
	pcm [media.FrameSamples]int16
	at  time.Duration
}

// inbox carries frames from the media goroutine to Run; it drops the oldest
// and counts.
type inbox struct {
	frames  chan frame
	dropped atomic.Uint64
}

func newInbox() *inbox { return &inbox{frames: make(chan frame, inboxFrames)} }

func (b *inbox) put(f media.Frame) {
	h := frame{at: f.At}
	copy(h.pcm[:], f.PCM)
	for {
		select {
		case b.frames <- h:
			return
		default:
		}
		select {
		case <-b.frames:
			b.dropped.Add(1)
		default:
		}
	}
}
