package scribe

import (
	"context"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
)

// Limits of the work in front of the recogniser.
const (
	// maxFinals is how many finished segments may wait for a slow recogniser
	// before the oldest is given up: some minutes of speech.
	maxFinals = 32
	maxTries  = 8
	// retryAfter is waited before the second try, twice that before the third...
	retryAfter = 500 * time.Millisecond
	// patience is how long a job may take beyond the length of its audio.
	patience = 15 * time.Second
)

// job is audio to be recognised.
type job struct {
	segment  *segment
	pcm      []int16
	from     time.Duration // media time of pcm[0]
	language string        // "" is detected
	show     bool          // worth showing before it is final
	priority inference.Priority
	tries    int
	serial   int  // of the pause at its end
	look     bool // at what is being said: it is not worth much time

	// These belong to the goroutine of Scribe.Run also while the job runs.
	pause bool // all that was said up to a pause: final if nothing follows
	final bool
}

func (j *job) end() time.Duration { return j.from + media.Duration(len(j.pcm)) }

// result of a job.
type result struct {
	stt.Hypothesis
	job  *job
	err  error
	took time.Duration
}

// desk is the work in front of the recogniser: final words in the order they
// were spoken, then one look at what is being said, the newest. One job runs
// at a time. What is not final runs as Offline work does: the words of somebody
// who speaks to the bot cancel it, and it runs again after them. Final words run
// as Partial. Everything but run belongs to the goroutine of Scribe.Run.
type desk struct {
	jobs    chan task
	results chan result

	finals  []*job
	newest  *job // not final: a pause, or a peek
	running *job
	cancel  context.CancelFunc
	known   *result       // of the last pause, should it be final
	took    time.Duration // by the last job, waiting included
	lost    []*segment    // given up, to be told
}

type task struct {
	ctx context.Context
	job *job
}

func newDesk() *desk {
	return &desk{jobs: make(chan task, 1), results: make(chan result, 1), cancel: func() {}}
}

// run is the worker; it ends with ctx.
func (d *desk) run(ctx context.Context, recognize func(context.Context, *job) result) {
	for {
		var t task
		select {
		case t = <-d.jobs:
		case <-ctx.Done():
			return
		}
		r := recognize(t.ctx, t.job)
		select {
		case d.results <- r:
		case <-ctx.Done():
			return
		}
	}
}

// next gives the worker something to do. A look at what is being said makes
// room for final words.
func (d *desk) next() {
	if d.running != nil {
		if len(d.finals) > 0 && !d.running.final {
			d.cancel()
		}
		return
	}
	switch {
	case len(d.finals) > 0:
		d.running = d.finals[0]
		d.finals = slices.Delete(d.finals, 0, 1)
	case d.newest != nil:
		d.running, d.newest = d.newest, nil
	default:
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience+media.Duration(len(d.running.pcm)))
	d.cancel = cancel
	d.jobs <- task{ctx, d.running}
}

// speculate recognises what was said up to a pause.
func (d *desk) speculate(j *job) {
	j.pause, j.priority = true, inference.Offline
	d.drop(j.segment)
	d.newest = j
	d.next()
}

// peek recognises what is being said; it is the first to be dropped.
func (d *desk) peek(j *job) {
	j.look, j.priority = true, inference.Offline
	d.newest = j
	d.next()
}

// busy says whether a look at what is being said would only wait.
func (d *desk) busy() bool { return d.running != nil || d.newest != nil }

// drop voids what was to be known of a segment: it goes on, or was none.
func (d *desk) drop(seg *segment) {
	d.known = nil
	if d.newest != nil && d.newest.segment == seg {
		d.newest = nil
	}
	if d.running != nil && d.running.segment == seg && !d.running.final {
		d.running.pause = false
		d.cancel()
	}
}

// settle makes the words of the segment's last pause final. If they are known
// already they are returned.
func (d *desk) settle(seg *segment) *result {
	if r := d.known; r != nil && r.job.segment == seg {
		d.known = nil
		return r
	}
	switch {
	case d.newest != nil && d.newest.segment == seg:
		d.newest.final, d.newest.priority = true, inference.Partial
		d.finals = append(d.finals, d.newest)
		d.newest = nil
		d.bound()
	case d.running != nil && d.running.segment == seg && d.running.pause:
		d.running.final = true
	}
	d.next()
	return nil
}

// bound gives the oldest up when too many wait.
func (d *desk) bound() {
	for len(d.finals) > maxFinals {
		d.lost = append(d.lost, d.finals[0].segment)
		d.finals = slices.Delete(d.finals, 0, 1)
	}
}

// done takes a result in; it counts unless the job will be tried again.
func (d *desk) done(r result) (counts bool) {
	j := r.job
	d.running = nil
	d.cancel()
	if j.final {
		j.priority = inference.Partial
	}
	d.took = r.took
	defer d.next()
	if r.err == nil {
		if j.pause && !j.final {
			d.known = &r
		}
		return true
	}
	j.tries++
	switch {
	case j.final && j.tries < maxTries:
		d.finals = slices.Insert(d.finals, 0, j)
		d.bound()
		return false
	case !j.final && j.pause && d.newest == nil:
		j.tries = min(j.tries, maxTries-1)
		d.newest = j
		return false
	}
	return true
}

// owes says whether final words are still under way.
func (d *desk) owes() bool {
	return len(d.finals) > 0 || d.running != nil && d.running.final
}

// abandon gives all final words up that are under way.
func (d *desk) abandon() {
	if d.running != nil && d.running.final {
		d.lost = append(d.lost, d.running.segment)
	}
	for _, j := range d.finals {
		d.lost = append(d.lost, j.segment)
	}
	d.finals = nil
}
