package journal

import "sync/atomic"

// Subscription is a bounded view of the changes from the moment it was made.
type Subscription struct {
	C       <-chan Entry
	c       chan Entry
	journal *Journal
	dropped atomic.Uint64
}

// Subscribe returns a subscription that holds at most size entries.
func (j *Journal) Subscribe(size int) *Subscription {
	c := make(chan Entry, max(1, size))
	s := &Subscription{C: c, c: c, journal: j}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.subs[s] = struct{}{}
	return s
}

// Close ends the subscription; C is not closed.
func (s *Subscription) Close() {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	delete(s.journal.subs, s)
}

// Dropped counts the entries the reader was too slow for.
func (s *Subscription) Dropped() uint64 { return s.dropped.Load() }

// offer is called with the journal's lock held, so there is one writer.
func (s *Subscription) offer(e Entry) {
	for {
		select {
		case s.c <- e:
			return
		default:
		}
		select {
		case <-s.c:
			s.dropped.Add(1)
		default:
		}
	}
}
