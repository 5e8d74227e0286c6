package journal

import "sync/atomic"

// Subscription is a bounded view of the changes from the moment it was made.
type Subscription struct {
	C       <-chan Entry
	c       chan Entry
	call    string // "" is all
	journal *Journal
	dropped atomic.Uint64
}

// Subscribe returns a subscription that holds at most size entries.
func (j *Journal) Subscribe(size int) *Subscription {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.subscribe("", size)
}

// SubscribeCall is Subscribe for the changes of one call.
func (j *Journal) SubscribeCall(id string, size int) *Subscription {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.subscribe(id, size)
}

// Follow is a call as it is and what changes from that moment on, with
// nothing lost or told twice in between.
func (j *Journal) Follow(id string, size int) (Call, *Subscription, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.find(id)
	if c == nil {
		return Call{}, nil, false
	}
	return c.copy(), j.subscribe(id, size), true
}

// subscribe is called with mu held.
func (j *Journal) subscribe(call string, size int) *Subscription {
	c := make(chan Entry, max(1, size))
	s := &Subscription{C: c, c: c, call: call, journal: j}
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
	if s.call != "" && s.call != e.Call.ID {
		return
	}
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
