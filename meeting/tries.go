package meeting

import "time"

// Bounds of guessing. A PIN is one of a million: who tries as often as all
// together may (4,320 a day) finds one of five meetings that never end after
// 46 days, and everybody sees a telephone come in.
const (
	usualWrong   = 10               // of one source in a minute
	usualKeys    = 100              // of all sources at one meeting in a minute
	usualPINs    = 30               // of all sources in pinWindow
	sourceWindow = time.Minute      // of sources, and of keys at a meeting
	pinWindow    = 10 * time.Minute // of all PINs
	mostSources  = 10_000           // that are remembered
)

// tries counts wrong ones by name in windows. It is not safe for concurrent
// use; the hall locks it.
type tries struct {
	most   int
	window time.Duration
	of     map[string]*attempt
}

type attempt struct {
	since time.Time
	wrong int
}

func newTries(most int, window time.Duration) tries {
	return tries{most: most, window: window, of: map[string]*attempt{}}
}

// over says whether a name has to wait.
func (t *tries) over(name string, now time.Time) bool {
	a := t.of[name]
	return a != nil && !t.past(a, now) && a.wrong >= t.most
}

func (t *tries) past(a *attempt, now time.Time) bool {
	return now.Sub(a.since) >= t.window || now.Before(a.since)
}

// note counts a wrong one.
func (t *tries) note(name string, now time.Time) {
	a := t.of[name]
	if a == nil || t.past(a, now) {
		if a == nil && len(t.of) >= mostSources {
			t.forget(now)
		}
		a = &attempt{since: now}
		t.of[name] = a
	}
	a.wrong++
}

// forget drops who waited long enough, and when all are new, any of them.
func (t *tries) forget(now time.Time) {
	for name, a := range t.of {
		if t.past(a, now) {
			delete(t.of, name)
		}
	}
	for name := range t.of {
		if len(t.of) < mostSources {
			return
		}
		delete(t.of, name)
	}
}
