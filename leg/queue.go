package leg

import "sync"

// Queue carries a leg's events to whom it may concern; the oldest is dropped
// for a reader that does not keep up.
type Queue struct {
	c      chan Event
	mu     sync.Mutex
	closed bool
}

// NewQueue makes an empty one.
func NewQueue() *Queue { return &Queue{c: make(chan Event, 64)} }

// C delivers the events; it is closed by Close.
func (q *Queue) C() <-chan Event { return q.c }

// Put never blocks; after Close it does nothing.
func (q *Queue) Put(e Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	for {
		select {
		case q.c <- e:
			return
		default:
		}
		select {
		case <-q.c:
		default:
		}
	}
}

// Close ends the events; what waits is still delivered.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	close(q.c)
}
