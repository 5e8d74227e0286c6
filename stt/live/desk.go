package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
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

// run is the worker. What it was doing when ctx ended is of no use.
func (d *desk) run(ctx context.Context) {
	for {
		select {
		case work := <-d.jobs:
			r := work()
			if ctx.Err() != nil {
				return
			}
			d.results <- r
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

// Tries of a final window. A busy recogniser is asked for ever or for
// Options.Patience, a broken one so often.
const (
	retryAfter = 250 * time.Millisecond
	retryMost  = 2 * time.Second
	brokenMost = 3
)

// recognize runs in the worker's goroutine.
func (s *Stream) recognize(ctx context.Context, j *job) result {
	pause, broken, waited := retryAfter, 0, time.Duration(0)
	patience := s.options.Patience
	for {
		h, err := s.once(ctx, j)
		if err == nil || j.kind != final || ctx.Err() != nil {
			return result{j, h, err}
		}
		if !s.busy(err) {
			broken++
		}
		if broken == brokenMost || (patience > 0 && waited >= patience) {
			if patience > 0 {
				s.giveUp(err)
			}
			return result{j, h, err}
		}
		if err := wait(ctx, pause); err != nil {
			return result{j, h, err}
		}
		waited += pause
		pause = min(2*pause, retryMost)
	}
}

// busy says that a recogniser may answer later. A server that is down is as
// good as broken to who has no time for ever.
func (s *Stream) busy(err error) bool {
	return errors.Is(err, inference.ErrDropped) || errors.Is(err, inference.ErrFull) ||
		(errors.Is(err, stt.ErrUnavailable) && s.options.Patience == 0)
}

// once makes a panic of the recogniser an error of this window.
func (s *Stream) once(ctx context.Context, j *job) (h stt.Hypothesis, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("recognition panicked: %T", p) // the value may quote what was said
		}
	}()
	h, err = s.options.Recognizer.Recognize(ctx, stt.Window{
		PCM: j.pcm, Language: j.language, Languages: s.tongue.among, Prompt: strings.TrimSpace(s.options.Prompt + " " + j.prompt),
		Terms: j.terms, Priority: s.priority(j), Words: true, Beams: s.options.Beams, Translate: s.options.Translate,
	})
	if s.options.Translate {
		h = evened(h)
	}
	return h, err
}

// priority: what is still being said gives way to what is over.
func (s *Stream) priority(j *job) inference.Priority {
	if j.kind != final && s.options.Priority == inference.Subtitles {
		return inference.Glance
	}
	return s.options.Priority
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
