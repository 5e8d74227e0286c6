package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/stt"
)

// kind of a window.
type kind int

const (
	look  kind = iota // while somebody speaks; may be lost
	final             // of a stretch that is over; never lost
	check             // a finished sentence again
)

// job is one window on its way to the recogniser.
type job struct {
	kind     kind
	stretch  *stretch
	pcm      []int16
	from, to time.Duration
	heard    time.Duration // when it was made: all until then is in the window, or quiet
	language string
	prompt   string
	terms    []string
	pause    time.Duration // end of the last voice, if it is quiet; else 0
	words    []Word        // committed, of a check
	shift    time.Duration
	cancel   context.CancelFunc
	dropped  bool // nobody waits for it any more
}

type result struct {
	*job
	stt.Hypothesis
	err error
}

// desk hands one job at a time to the worker's goroutine. Both channels have
// room for it, so that neither side waits.
type desk struct {
	jobs    chan func() result
	results chan result
	current *job // nil: the worker is idle
}

func newDesk() *desk { return &desk{jobs: make(chan func() result, 1), results: make(chan result, 1)} }

// run is the worker.
func (d *desk) run(ctx context.Context) {
	for {
		select {
		case work := <-d.jobs:
			d.results <- work()
		case <-ctx.Done():
			return
		}
	}
}

func (s *Stream) start(ctx context.Context, j *job) {
	ctx, j.cancel = context.WithCancel(ctx)
	s.desk.current = j
	s.desk.jobs <- func() result { return s.recognize(ctx, j) }
}

// done takes a result off the desk.
func (d *desk) done(r result) {
	r.cancel()
	d.current = nil
}

// drop gives up the look that is under way.
func (d *desk) drop() {
	d.current.dropped = true
	d.current.cancel()
}

// Tries of a final window. A busy recogniser is asked for ever, a broken one so often.
const (
	retryAfter = 250 * time.Millisecond
	retryMost  = 2 * time.Second
	brokenMost = 3
)

// recognize runs in the worker's goroutine.
func (s *Stream) recognize(ctx context.Context, j *job) result {
	pause, broken := retryAfter, 0
	for {
		h, err := s.once(ctx, j)
		switch {
		case err == nil, j.kind != final, ctx.Err() != nil:
			return result{j, h, err}
		case !errors.Is(err, stt.ErrUnavailable) && !errors.Is(err, inference.ErrDropped) && !errors.Is(err, inference.ErrFull):
			if broken++; broken == brokenMost {
				return result{j, h, err}
			}
		}
		if err := wait(ctx, pause); err != nil {
			return result{j, h, err}
		}
		pause = min(2*pause, retryMost)
	}
}

// once makes a panic of the recogniser an error of this window.
func (s *Stream) once(ctx context.Context, j *job) (h stt.Hypothesis, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("recognition panicked: %T", p) // the value may quote what was said
		}
	}()
	return s.options.Recognizer.Recognize(ctx, stt.Window{
		PCM: j.pcm, Language: j.language, Languages: s.tongue.among, Prompt: j.prompt, Terms: j.terms,
		Priority: s.options.Priority, Words: true,
	})
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
