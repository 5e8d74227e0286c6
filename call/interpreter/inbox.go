package interpreter

import (
	"sync"
	"time"
)

// inboxLimit bounds what waits for Run; it is never reached while Run runs.
const inboxLimit = 10000

// inbox carries what others tell to Run. It never blocks.
type inbox struct {
	ready chan struct{}

	mu    *sync.Mutex
	tasks []func()
}

func newInbox() inbox { return inbox{ready: make(chan struct{}, 1), mu: &sync.Mutex{}} }

func (b *inbox) put(f func()) {
	b.mu.Lock()
	if len(b.tasks) < inboxLimit {
		b.tasks = append(b.tasks, f)
	}
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

func (b *inbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	tasks := b.tasks
	b.tasks = nil
	return tasks
}

// loose counts engine calls that may not come back when they are told to.
type loose struct {
	mu    sync.Mutex
	count int
	idle  chan struct{} // closed when count is 0 again
}

// begin says no when too many hang already.
func (l *loose) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count >= mostLoose {
		return false
	}
	if l.count++; l.count == 1 {
		l.idle = make(chan struct{})
	}
	return true
}

func (l *loose) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count--; l.count == 0 {
		close(l.idle)
	}
}

// wait says whether all have come back in time.
func (l *loose) wait(patience time.Duration) bool {
	l.mu.Lock()
	idle, none := l.idle, l.count == 0
	l.mu.Unlock()
	if none {
		return true
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-idle:
		return true
	case <-t.C:
		return false
	}
}
