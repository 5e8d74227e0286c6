// Package inference lets all local models share the machine without fighting:
// jobs flow in with a priority, and at most Workers of them run at a time,
// each with Threads threads. The final words of a call go first, offline
// files last.
package inference

import (
	"context"
	"errors"
	"runtime"
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
	Subtitles                 // live captions
	Offline                   // files
)

var priorityNames = [...]string{"final", "turn", "partial", "subtitles", "offline"}

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
	running int
	waiting []*job
	order   uint64
}

type job struct {
	priority Priority
	order    uint64
	admit    chan error // capacity 1
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
// ends early when ctx ends (ctx.Err()), when it is the oldest of the lowest
// priority in a full queue and better work arrives (ErrDropped), or when the
// queue is full of better work (ErrFull).
func (s *Scheduler) Do(ctx context.Context, p Priority, f func(ctx context.Context) error) (waited time.Duration, err error) {
	start := time.Now()
	if err := s.acquire(ctx, p); err != nil {
		return time.Since(start), err
	}
	defer s.release()
	waited = time.Since(start)
	if s.options.Waited != nil {
		s.options.Waited(p, waited)
	}
	return waited, f(ctx)
}

func (s *Scheduler) acquire(ctx context.Context, p Priority) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.running < s.options.Workers && len(s.waiting) == 0 {
		s.running++
		s.mu.Unlock()
		return nil
	}
	if len(s.waiting) >= s.options.Queue && !s.dropFor(p) {
		s.mu.Unlock()
		return ErrFull
	}
	s.order++
	j := &job{priority: p, order: s.order, admit: make(chan error, 1)}
	s.waiting = append(s.waiting, j)
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
		s.release()
	}
	return ctx.Err()
}

// dropFor makes room by dropping the oldest job of the lowest waiting
// priority, if that is at most p and droppable. Called with mu held.
func (s *Scheduler) dropFor(p Priority) bool {
	victim := -1
	for i, j := range s.waiting {
		if j.priority < Partial || j.priority < p {
			continue
		}
		if victim < 0 || j.priority > s.waiting[victim].priority ||
			(j.priority == s.waiting[victim].priority && j.order < s.waiting[victim].order) {
			victim = i
		}
	}
	if victim < 0 {
		return false
	}
	s.waiting[victim].admit <- ErrDropped
	s.remove(victim)
	return true
}

func (s *Scheduler) forget(j *job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.waiting {
		if s.waiting[i] == j {
			s.remove(i)
			return true
		}
	}
	return false
}

func (s *Scheduler) remove(i int) {
	s.waiting = append(s.waiting[:i], s.waiting[i+1:]...)
}

func (s *Scheduler) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	best := -1
	for i, j := range s.waiting {
		if best < 0 || j.priority < s.waiting[best].priority ||
			(j.priority == s.waiting[best].priority && j.order < s.waiting[best].order) {
			best = i
		}
	}
	if best < 0 {
		s.running--
		return
	}
	j := s.waiting[best]
	s.remove(best)
	j.admit <- nil
}
