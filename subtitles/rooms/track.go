package rooms

import "sort"

// track is the bounded history of one language: a ring of events, oldest first.
type track struct {
	ring    []*Event
	first   int // index of the oldest
	n       int
	most    int
	lost    uint64        // id of the newest event that fell out
	changed chan struct{} // closed when something was added
	viewers int
	ended   bool
}

// add takes room for the event as the history grows, up to its bound.
func (t *track) add(e *Event) {
	switch {
	case t.n == t.most:
		t.lost = t.ring[t.first].ID
		t.ring[t.first] = e
		t.first = (t.first + 1) % t.most
	case t.n == len(t.ring):
		t.grow()
		fallthrough
	default:
		t.ring[(t.first+t.n)%len(t.ring)] = e
		t.n++
	}
	t.wake()
}

func (t *track) grow() {
	larger := make([]*Event, min(t.most, max(16, 2*len(t.ring))))
	for i := range t.n {
		larger[i] = t.at(i)
	}
	t.ring, t.first = larger, 0
}

func (t *track) at(i int) *Event { return t.ring[(t.first+i)%len(t.ring)] }

// wake tells all who wait: one channel is closed, whatever their number.
func (t *track) wake() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// after is the index of the first event newer than id.
func (t *track) after(id uint64) int {
	if t.n == 0 || t.at(t.n-1).ID <= id {
		return t.n
	}
	return sort.Search(t.n, func(i int) bool { return t.at(i).ID > id })
}

func (t *track) forget(about func(key string) bool) {
	kept := make([]*Event, 0, t.n)
	for i := range t.n {
		if e := t.at(i); e.key == "" || !about(e.key) {
			kept = append(kept, e)
		}
	}
	t.n, t.first = len(kept), 0
	t.ring = kept
}

func (t *track) clear(last uint64) {
	t.ring, t.first, t.n, t.lost = nil, 0, 0, last
}
