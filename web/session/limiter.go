package session

import (
	"sync"
	"time"
)

// Limits of attempts: after so many failures of a name or an address within
// the window, further ones are refused until the window has passed.
const (
	maxFailures = 8
	window      = time.Minute
	maxKeys     = 10_000 // names and addresses remembered
)

// limiter counts failures by key.
type limiter struct {
	mu       sync.Mutex
	failures map[string]*attempts
}

type attempts struct {
	count int
	since time.Time
}

func (l *limiter) allow(now time.Time, keys ...string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if a := l.failures[key]; a != nil && now.Sub(a.since) < window && a.count >= maxFailures {
			return false
		}
	}
	return true
}

func (l *limiter) failed(now time.Time, keys ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failures == nil {
		l.failures = map[string]*attempts{}
	}
	if len(l.failures) > maxKeys {
		for key, a := range l.failures {
			if now.Sub(a.since) >= window || len(l.failures) > maxKeys {
				delete(l.failures, key)
			}
		}
	}
	for _, key := range keys {
		a := l.failures[key]
		if a == nil || now.Sub(a.since) >= window {
			a = &attempts{since: now}
			l.failures[key] = a
		}
		a.count++
	}
}

func (l *limiter) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.failures, key)
}
