package rtc

import (
	"sync"

	"github.com/amtsleitung/amtsleitung/leg"
)

// events is the bounded queue of a leg's events; the oldest is dropped for a
// reader that does not keep up.
type events struct {
	c      chan leg.Event
	mu     sync.Mutex
	closed bool
}

func newEvents() *events { return &events{c: make(chan leg.Event, 64)} }

func (e *events) put(ev leg.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	for {
		select {
		case e.c <- ev:
			return
		default:
		}
		select {
		case <-e.c:
		default:
		}
	}
}

func (e *events) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	close(e.c)
}
