package interpreter

import "sync"

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
