package interpreter

import (
	"sync"
	"time"
)

// loose keeps count of engine calls: of all, because who runs them waits for
// them in the end, and of those that hang, because they may be given up.
type loose struct {
	mu    sync.Mutex
	count int
	hung  int
	idle  chan struct{} // closed when count is 0 again
}

// errand is one engine call.
type errand struct{ over, hangs bool }

// begin says no when too many hang already.
func (l *loose) begin() (*errand, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hung >= mostHung {
		return nil, false
	}
	if l.count++; l.count == 1 {
		l.idle = make(chan struct{})
	}
	return &errand{}, true
}

// hang marks a call that has not come back in time.
func (l *loose) hang(e *errand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !e.over && !e.hangs {
		e.hangs = true
		l.hung++
	}
}

func (l *loose) end(e *errand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.over = true; e.hangs {
		l.hung--
	}
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
