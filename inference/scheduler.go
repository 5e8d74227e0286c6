// Package inference lets all local models share the machine without fighting:
// jobs flow in with a priority, and at most Workers of them run at a time,
// each with Threads threads. The final words of a call go first, offline
// files last.
package inference

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Priority orders waiting jobs; lower runs first.
type Priority int

// Priorities, highest first.
const (
	Final     Priority = iota // the last words of a caller's turn
	Turn                      // end-of-turn decision
	Partial                   // words while the caller still speaks, or a speculative start
	Subtitles                 // live captions: a sentence that is over
	Glance                    // live captions: words while somebody still speaks
	Offline                   // files
)

var priorityNames = [...]string{"final", "turn", "partial", "subtitles", "glance", "offline"}

func (p Priority) String() string {
	if p < 0 || int(p) >= len(priorityNames) {
		return "unknown"
	}
	return priorityNames[p]
}

// Errors of the queue.
var (
	ErrDropped = errors.New("dropped from the inference queue by newer work")
	ErrFull    = errors.New("inference queue is full")
)

// errPreempted is the cause of the context of a Glance or an Offline job that must make
// room; Do runs the job again and the caller never sees it.
var errPreempted = errors.New("preempted by the words of a caller")

const (
	// fairTurn: of so many places given to Partial and lower work, one goes
	// to the oldest of it, so that nothing starves while calls go on.
	fairTurn = 8
	// patience is how often such a job gives way before it may finish.
	patience = 3
)

// Options of a Scheduler; the zero value suits one machine.
type Options struct {
	Workers int // jobs at a time; default 1
	Threads int // per job; default cores - 1, at least 1
	Queue   int // waiting jobs; default 64
	// Waited, if set, is told how long each job waited.
	Waited func(Priority, time.Duration)
}

// Scheduler is a bounded priority queue in front of the models.
type Scheduler struct {
	options Options
	mu      sync.Mutex
	running []*job
	waiting []*job // not empty only while all workers are busy
	order   uint64
	lesser  int // places given to Partial and lower work
}

type job struct {
	priority  Priority
	order     uint64
	preempted int
	admit     chan error // capacity 1
	cancel    context.CancelCauseFunc
}

// NewScheduler makes a scheduler; it starts no goroutine.
func NewScheduler(o Options) *Scheduler {
	if o.Workers <= 0 {
		o.Workers = 1
	}
	if o.Threads <= 0 {
		o.Threads = max(1, runtime.NumCPU()-1)
	}
	if o.Queue <= 0 {
		o.Queue = 64
	}
	return &Scheduler{options: o}
}

// Threads is how many threads a job may use.
func (s *Scheduler) Threads() int { return s.options.Threads }

// Waiting is the number of queued jobs.
func (s *Scheduler) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

// Do waits for a turn and runs f in the caller's goroutine. A waiting job
// ends early when ctx ends (ctx.Err()), when better or newer work needs its
// place in a full queue (ErrDropped), or when it finds the queue full of
// better work (ErrFull).
//
// When a caller's final words or turn decision find all workers busy, a
// running Glance or Offline job is cancelled through the context f gets, and f is
// run again later: such an f must be repeatable and obey its context.
func (s *Scheduler) Do(ctx context.Context, p Priority, f func(ctx context.Context) error) (waited time.Duration, err error) {
	j := &job{priority: p, admit: make(chan error, 1)}
	for {
		start := time.Now()
		if err := s.acquire(ctx, j); err != nil {
			return waited + time.Since(start), err
		}
		waited += time.Since(start)
		again, err := s.run(ctx, j, waited, f)
		if !again {
			return waited, err
		}
	}
}

// run reports whether the job was preempted and must run again.
func (s *Scheduler) run(ctx context.Context, j *job, waited time.Duration, f func(ctx context.Context) error) (again bool, err error) {
	runCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.mu.Lock()
	j.cancel = cancel
	s.mu.Unlock()
	defer s.release(j) // also when f panics
	if s.options.Waited != nil {
		s.options.Waited(j.priority, waited)
	}
	err = f(runCtx)
	again = err != nil && ctx.Err() == nil && errors.Is(context.Cause(runCtx), errPreempted)
	return again, err
}

func (s *Scheduler) acquire(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if len(s.running) < s.options.Workers {
		s.start(j)
		s.mu.Unlock()
		return nil
	}
	// A preempted job comes back to the place it had.
	if j.order == 0 {
		if len(s.waiting) >= s.options.Queue && !s.dropFor(j.priority) {
			s.mu.Unlock()
			return ErrFull
		}
		s.order++
		j.order = s.order
	}
	s.waiting = append(s.waiting, j)
	s.preemptFor(j.priority)
	s.mu.Unlock()

	select {
	case err := <-j.admit:
		return err
	case <-ctx.Done():
	}
	if s.forget(j) {
		return ctx.Err()
	}
	// Admitted or dropped in the same moment: hand a won place on.
	if err := <-j.admit; err == nil {
		s.release(j)
	}
	return ctx.Err()
}

// start gives the job a worker. Called with mu held.
func (s *Scheduler) start(j *job) {
	if j.order == 0 {
		s.order++
		j.order = s.order
	}
	s.running = append(s.running, j)
}

// preemptFor asks one running Glance or Offline job to give way. Called with mu held.
func (s *Scheduler) preemptFor(p Priority) {
	if p > Turn {
		return
	}
	for _, r := range s.running {
		if r.priority >= Glance && r.cancel != nil && r.preempted < patience {
			r.preempted++
			r.cancel(errPreempted)
			r.cancel = nil // one place for one caller
			return
		}
	}
}

// victims says whose place in a full queue newer work may take, in this
// order. A partial is void as soon as a newer one exists, and nothing is lost
// with it; files and captions can be asked for again. Files do not push each
// other out: who brings them waits.
func victims(p Priority) []Priority {
	switch {
	case p <= Partial:
		return []Priority{Partial, Glance, Offline, Subtitles}
	case p == Subtitles:
		return []Priority{Glance, Offline, Subtitles}
	case p == Glance:
		return []Priority{Glance}
	}
	return nil
}

// dropFor makes room for work of priority p. Called with mu held.
func (s *Scheduler) dropFor(p Priority) bool {
	for _, v := range victims(p) {
		i := s.oldest(func(j *job) bool { return j.priority == v })
		if i >= 0 {
			s.waiting[i].admit <- ErrDropped
			s.remove(i)
			return true
		}
	}
	return false
}

// oldest is the index of the waiting job that came first among those that
// match, or -1.
func (s *Scheduler) oldest(match func(*job) bool) int {
	found := -1
	for i, j := range s.waiting {
		if match(j) && (found < 0 || j.order < s.waiting[found].order) {
			found = i
		}
	}
	return found
}

func (s *Scheduler) forget(j *job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.waiting, j); i >= 0 {
		s.remove(i)
		return true
	}
	return false
}

func (s *Scheduler) remove(i int) { s.waiting = slices.Delete(s.waiting, i, i+1) }

// release gives the job's worker to the next one.
func (s *Scheduler) release(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j.cancel = nil
	s.running = slices.DeleteFunc(s.running, func(r *job) bool { return r == j })
	if i := s.next(); i >= 0 {
		next := s.waiting[i]
		s.remove(i)
		s.start(next)
		next.admit <- nil
	}
}

// next is the waiting job to run: the oldest of the best priority, but now
// and then the oldest of all below Turn.
func (s *Scheduler) next() int {
	best := Offline + 1
	for _, j := range s.waiting {
		best = min(best, j.priority)
	}
	if best <= Turn {
		return s.oldest(func(j *job) bool { return j.priority == best })
	}
	if s.lesser++; s.lesser%fairTurn == 0 {
		return s.oldest(func(*job) bool { return true })
	}
	return s.oldest(func(j *job) bool { return j.priority == best })
}
