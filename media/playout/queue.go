// Package playout is the paced queue towards one party: frames of speech flow
// in as fast as a synthesiser makes them, and one frame flows out each 20 ms
// when the media loop asks for it. It implements leg.Playout and media.Source.
package playout

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// Sizes in frames of 20 ms.
const (
	limit   = 20 // 400 ms may wait before WriteFrame blocks
	history = 30 // 600 ms are kept to step back into
	slots   = 64 // holds limit + history
)

// fade is how long a cut takes, so that it makes no click: 8 ms.
const fade = media.SampleRate * 8 / 1000

// Errors of WriteFrame.
var (
	// ErrFlushed tells a blocked writer that its frame was dropped by Flush.
	ErrFlushed = errors.New("playout was flushed while the frame waited")
	// ErrClosed tells that the leg is gone.
	ErrClosed = errors.New("playout is closed")
)

// Queue holds what waits and the last 600 ms of what was sent. One goroutine
// writes, the media loop reads, anybody may control it.
type Queue struct {
	mu   sync.Mutex
	room sync.Cond // signalled when a blocked writer may look again

	ring   [slots][media.FrameSamples]int16
	power  [slots]float64 // mean square of each frame
	base   uint64         // first frame since the last Flush
	read   uint64         // next frame to send
	write  uint64         // next frame to fill
	flush  uint64         // counts flushes
	paused bool
	closed bool

	tail    [media.FrameSamples]int16 // fades out what was cut
	hasTail bool
	sounds  bool // the last frame sent came from the queue
	fadeIn  bool // the next frame starts in the middle of sound

	empty []chan struct{} // Drain's waiters
}

// New returns an empty queue; it starts nothing.
func New() *Queue {
	q := &Queue{}
	q.room.L = &q.mu
	return q
}

// WriteFrame copies the frame into the queue, waiting while 400 ms are queued.
// Short frames are filled with silence.
func (q *Queue) WriteFrame(f media.Frame) error {
	if len(f.PCM) > media.FrameSamples {
		return fmt.Errorf("playout takes frames of %d samples, got %d", media.FrameSamples, len(f.PCM))
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for flush := q.flush; q.write-q.read >= limit && !q.closed; {
		q.room.Wait()
		if q.flush != flush {
			return ErrFlushed
		}
	}
	if q.closed {
		return ErrClosed
	}
	slot := &q.ring[q.write%slots]
	clear(slot[copy(slot[:], f.PCM):])
	q.power[q.write%slots] = power(slot[:])
	q.write++
	return nil
}

// ReadFrame gives the next frame to send. It returns false when nothing is
// queued or the queue is paused; dst is then silence, save for the fade of a cut.
func (q *Queue) ReadFrame(dst []int16) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.hasTail {
		q.hasTail, q.sounds = false, false
		copy(dst, q.tail[:])
		return false
	}
	if q.paused || q.read == q.write {
		q.sounds = false
		clear(dst)
		q.release()
		return false
	}
	copy(dst, q.ring[q.read%slots][:])
	if q.fadeIn {
		rampUp(dst)
	}
	q.fadeIn, q.sounds = false, true
	q.read++
	q.room.Signal()
	q.release()
	return true
}

// Flush drops what waits, fading out over 8 ms, frees a blocked writer with
// ErrFlushed, ends a pause, and returns how much audio had been sent since the last Flush.
func (q *Queue) Flush() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	played := q.played()
	q.cut()
	q.read = q.write
	q.base = q.write
	q.flush++
	q.paused, q.fadeIn = false, false
	q.room.Broadcast()
	q.release()
	return played
}

// Pause holds the queue; silence is sent instead.
func (q *Queue) Pause() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.paused || q.closed {
		return
	}
	q.cut()
	q.paused = true
}

// Resume goes on from the last quiet place among the 600 ms before the pause,
// so that no word starts in its middle.
func (q *Queue) Resume() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.paused {
		return
	}
	q.paused = false
	q.read = q.quietPlace()
	q.fadeIn = q.read > q.base
	q.release()
}

// Played is how much queued audio has been sent since the last Flush; stepping
// back takes the repeated part off again.
func (q *Queue) Played() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.played()
}

// Buffered is how much still waits.
func (q *Queue) Buffered() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	return time.Duration(q.write-q.read) * media.FrameDuration
}

// Drain waits until everything written has been sent, the queue was flushed or
// closed, or ctx ends.
func (q *Queue) Drain(ctx context.Context) error {
	q.mu.Lock()
	if q.read == q.write || q.closed {
		q.mu.Unlock()
		return nil
	}
	done := make(chan struct{})
	q.empty = append(q.empty, done)
	q.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		q.forget(done)
		return ctx.Err()
	}
}

// Close drops everything and frees all who wait; later writes fail with ErrClosed.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.read = q.write
	q.room.Broadcast()
	q.release()
}

func (q *Queue) played() time.Duration {
	return time.Duration(q.read-q.base) * media.FrameDuration
}

// cut keeps the first 8 ms of the next frame, fading out, if sound is being sent.
func (q *Queue) cut() {
	if !q.sounds || q.read == q.write || q.paused {
		return
	}
	clear(q.tail[:])
	copy(q.tail[:fade], q.ring[q.read%slots][:fade])
	for i := range q.tail[:fade] {
		q.tail[i] = int16(int32(q.tail[i]) * int32(fade-i) / fade)
	}
	q.hasTail = true
}

// release frees Drain's waiters once nothing waits. Called with mu held.
func (q *Queue) release() {
	if len(q.empty) == 0 || q.read != q.write {
		return
	}
	for _, done := range q.empty {
		close(done)
	}
	q.empty = q.empty[:0]
}

func (q *Queue) forget(done chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.empty {
		if q.empty[i] == done {
			q.empty = append(q.empty[:i], q.empty[i+1:]...)
			return
		}
	}
}
