package call

import (
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// earFrames is how much audio may wait for the call's goroutine: 2 s.
const earFrames = 100

// ear carries frames from the leg's media goroutine to the call's goroutine.
// When the call is late the oldest frames are dropped and counted, so that
// the media goroutine never waits.
type ear struct {
	frames  chan heardFrame
	dropped atomic.Uint64
}

type heardFrame struct {
	pcm       [media.FrameSamples]int16
	at        time.Duration
	concealed bool
}

func newEar() *ear { return &ear{frames: make(chan heardFrame, earFrames)} }

// drain forgets what waits.
func (e *ear) drain() {
	for {
		select {
		case <-e.frames:
		default:
			return
		}
	}
}

// WriteFrame copies the frame; it never blocks.
func (e *ear) WriteFrame(f media.Frame) error {
	h := heardFrame{at: f.At, concealed: f.Concealed}
	copy(h.pcm[:], f.PCM)
	for {
		select {
		case e.frames <- h:
			return nil
		default:
		}
		select {
		case <-e.frames:
			e.dropped.Add(1)
		default:
		}
	}
}
