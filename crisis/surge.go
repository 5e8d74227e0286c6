package crisis

import (
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/inference"
)

// Surge says whether more people call than can be served well. It is safe for
// concurrent use.
type Surge struct {
	Calls func() int // in progress
	Most  int        // calls from which on it is a surge; 0: calls do not count
	// Wait is how long callers' words may stand in the inference queue; 0: the
	// queue does not count.
	Wait time.Duration
	Now  func() time.Time

	mu    sync.Mutex
	busy  bool
	late  float64 // share of recent words that waited too long
	heard time.Time
}

const (
	// share of late words that makes a surge, and half of it ends it.
	tooLate = 0.5
	// weight of one more word in the share.
	weight = 0.1
	// quiet is when old words no longer count.
	quiet = 30 * time.Second
)

// Waited is told how long a job stood in the queue; it never blocks for long.
func (s *Surge) Waited(p inference.Priority, d time.Duration) {
	if s.Wait <= 0 || p > inference.Turn {
		return
	}
	late := 0.0
	if d > s.Wait {
		late = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late += weight * (late - s.late)
	s.heard = s.Now()
}

// Busy says that the bot shall be brief. It begins at a bound and ends well
// below, so that two callers in a row are not treated in two ways.
func (s *Surge) Busy() bool {
	calls := 0
	if s.Calls != nil {
		calls = s.Calls()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Now().Sub(s.heard) > quiet {
		s.late = 0
	}
	most, late := s.Most, tooLate
	if s.busy {
		most, late = s.Most*8/10, tooLate/2
	}
	s.busy = s.Most > 0 && calls > most || s.Wait > 0 && s.late > late
	return s.busy
}
