package translate

import (
	"context"
	"errors"
	"sync"
	"time"
)

// breaker lets an engine rest that fails again and again, so that callers do
// not wait for it each time. After the rest one call may try.
type breaker struct {
	mu     sync.Mutex
	failed int // in a row
	rests  int // in a row
	until  time.Time
	trying bool
}

// A call that hangs costs its caller a whole timeout: two of them are enough.
const (
	mostFailures = 4
	timeoutCosts = 2
	firstRest    = 10 * time.Second
	longestRest  = 2 * time.Minute
)

func (b *breaker) allows(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < mostFailures {
		return true
	}
	if now.Before(b.until) || b.trying {
		return false
	}
	b.trying = true
	return true
}

// judge says how an allowed call ended. What the engine cannot help (a missing
// pair, a text too long, speech that nobody understands) is no failure of it.
func (b *breaker) judge(now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	switch {
	case err == nil:
		b.failed, b.rests = 0, 0
		return
	case errors.Is(err, ErrNoPair), errors.Is(err, ErrTooLong), errors.Is(err, ErrUnsure):
		return
	case errors.Is(err, context.DeadlineExceeded):
		b.failed += timeoutCosts
	default:
		b.failed++
	}
	if b.failed >= mostFailures {
		b.until = now.Add(min(longestRest, firstRest<<min(b.rests, 5)))
		b.rests++
	}
}

// undecided is for a call that nobody waited for until its end.
func (b *breaker) undecided() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}
