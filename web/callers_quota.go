package web

import (
	"sync"
	"time"
)

// maxQuotas bounds the memory: beyond it those who asked for little lately are forgotten.
const maxQuotas = 10_000

// quota lets each key do burst things at once and one more each interval.
type quota struct {
	burst    int
	interval time.Duration

	mu   sync.Mutex
	full map[string]time.Time // when a key may do all of burst again
}

func newQuota(burst int, interval time.Duration) *quota {
	return &quota{burst: burst, interval: interval, full: map[string]time.Time{}}
}

// take says whether the key may, and otherwise how long it has to wait.
func (q *quota) take(key string, now time.Time) (wait time.Duration, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	full := q.full[key]
	if full.Before(now) {
		full = now
	}
	full = full.Add(q.interval)
	if over := full.Sub(now) - time.Duration(q.burst)*q.interval; over > 0 {
		return over, false
	}
	if len(q.full) >= maxQuotas {
		q.forget(now)
	}
	q.full[key] = full
	return 0, true
}

// forget drops those who may do all of it again, and if there are none, all.
func (q *quota) forget(now time.Time) {
	for k, full := range q.full {
		if full.Before(now) {
			delete(q.full, k)
		}
	}
	if len(q.full) >= maxQuotas {
		clear(q.full)
	}
}
