package floor

import "github.com/amtsleitung/amtsleitung/journal"

// Follow says whether somebody may follow what is said in a call: a caller who
// waits for them, the call in their hand, or the one they listen to, of which
// everybody in it has been told; and one that was handed outside, see Handed.
func (f *Floor) Follow(agent, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.outside(id) {
		return nil
	}
	s, err := f.seat(f.o.Now(), agent)
	if err != nil {
		return err
	}
	v := f.find(s, id)
	switch {
	case v == nil:
		return ErrNoCall
	case f.follows(s, v):
		return nil
	case f.sees(s, v):
		return ErrNotInHand
	}
	return ErrNotYours
}

func (f *Floor) follows(s *seat, v *visit) bool {
	return v.id == s.hand || s.hears() == v.h.Call || v.person == nil && f.sees(s, v)
}

// said are the lines of a call, for who may follow it.
func (f *Floor) said(s *seat, v *visit) []journal.Line {
	if !f.follows(s, v) {
		return []journal.Line{}
	}
	return f.lines(v.h.Call)
}

// Hear says whether somebody may hear again what was said last in a call: who
// has it in hand while it lasts, and who listens to it.
func (f *Floor) Hear(agent, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.seat(f.o.Now(), agent)
	if err != nil {
		return err
	}
	v := f.find(s, id)
	switch {
	case v == nil:
		return ErrNoCall
	case v.id == s.hand && v.ended.IsZero(), s.hears() != "" && s.hears() == v.h.Call:
		return nil
	}
	return ErrNotInHand
}
