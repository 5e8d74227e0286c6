package bridge

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// earLimit is the size of the inbound queue in frames of 20 ms: beyond 100 ms
// the oldest is dropped.
const earLimit = 5

// Adaptation of the delay. A gap makes the queue one frame longer by itself.
// A frame is taken out again once all frames have waited for longer than a
// frame and the margin: then the next one would still have been in time.
const (
	trimAfter = 25   // ticks (0.5 s) that are looked at
	calmAfter = 3000 // ticks (60 s) without a gap until the margin is halved
	minMargin = 4 * time.Millisecond
	maxMargin = 32 * time.Millisecond
)

// ear queues a party's audio between the leg's media goroutine and the
// bridge. Both run at 20 ms but not at the same moment, and either may be late.
type ear struct {
	tap   media.Sink
	now   func() time.Time
	muted atomic.Bool

	mu      sync.Mutex
	ring    [earLimit][media.FrameSamples]int16
	came    [earLimit]time.Time
	first   int
	count   int
	flowing bool // a frame has been read since the last gap
	leapt   bool // what was first has been dropped

	margin time.Duration // that frames shall be early
	least  time.Duration // that a frame has waited in this window
	window int
	calm   int

	last    [media.FrameSamples]int16
	figures EarStats
	total   time.Duration
}

// EarStats are the counters of one party's way into the bridge.
type EarStats struct {
	Frames  uint64
	Gaps    uint64        // ticks without a frame while audio was flowing
	Dropped uint64        // frames taken out to keep the delay short
	Latency time.Duration // mean time a frame waited for its tick
	Worst   time.Duration
}

var silence [media.FrameSamples]int16

func newEar(tap media.Sink, now func() time.Time) *ear {
	return &ear{tap: tap, now: now, margin: minMargin}
}

func (e *ear) mute(on bool) { e.muted.Store(on) }

// WriteFrame copies the frame; it never blocks, and drops the oldest beyond
// 100 ms. A tap that fails is not the party's fault: it is heard all the same.
func (e *ear) WriteFrame(f media.Frame) error {
	e.push(f.PCM)
	if e.tap == nil {
		return nil
	}
	if e.muted.Load() {
		f.PCM = silence[:]
	}
	_ = e.tap.WriteFrame(f)
	return nil
}

func (e *ear) push(pcm []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.count == earLimit {
		e.drop()
	}
	i := (e.first + e.count) % earLimit
	clear(e.ring[i][copy(e.ring[i][:], pcm):])
	e.came[i] = e.now()
	e.count++
}

// ReadFrame gives the next 20 ms, or fades into silence when there are none.
func (e *ear) ReadFrame(dst []int16) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.count == 0 {
		return e.gap(dst)
	}
	if !e.flowing {
		e.begin()
	}
	e.adapt()
	copy(dst, e.ring[e.first][:])
	e.pop()
	if e.leapt {
		splice(dst, e.last[:])
		e.leapt = false
	}
	copy(e.last[:], dst)
	return true
}

// begin drops what came before anybody listened. After a gap one frame more
// is kept, else the next one would follow at once.
func (e *ear) begin() {
	keep := 1
	if e.margin > minMargin {
		keep = 2
	}
	for e.count > keep {
		e.drop()
	}
	e.flowing, e.leapt = true, true
}

// gap fades out once and is silent from then on.
func (e *ear) gap(dst []int16) bool {
	clear(dst)
	if !e.flowing {
		return false
	}
	e.flowing = false
	e.figures.Gaps++
	e.margin = min(2*e.margin, maxMargin)
	e.window, e.calm = 0, 0
	splice(dst, e.last[:])
	clear(e.last[:])
	return true
}

// adapt takes a frame out when all of them come earlier than needed.
func (e *ear) adapt() {
	waited := e.now().Sub(e.came[e.first])
	if e.window == 0 {
		e.least = waited
	}
	e.least = min(e.least, waited)
	if e.calm++; e.calm >= calmAfter {
		e.calm = 0
		e.margin = max(e.margin/2, minMargin)
	}
	if e.window++; e.window >= trimAfter {
		e.window = 0
		if e.count > 1 && e.least > media.FrameDuration+e.margin {
			e.drop()
		}
	}
	e.measure(e.now().Sub(e.came[e.first]))
}

func (e *ear) drop() {
	e.pop()
	e.leapt = true
	e.figures.Dropped++
}

func (e *ear) pop() {
	e.first = (e.first + 1) % earLimit
	e.count--
}

func (e *ear) measure(waited time.Duration) {
	e.figures.Frames++
	e.total += waited
	e.figures.Worst = max(e.figures.Worst, waited)
}

func (e *ear) stats() EarStats {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.figures
	if s.Frames > 0 {
		s.Latency = e.total / time.Duration(s.Frames)
	}
	return s
}
