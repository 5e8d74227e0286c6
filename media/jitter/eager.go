package jitter

// eagerSlots is how many packets an eager reader may find at once: 5 s of 20 ms.
const eagerSlots = 2 * slots

// longestFill is how much of a hole in time Take fills; what lasts longer was
// no loss, and its length is for who has a clock on the wall.
const longestFill = 5 // s

// Eager prepares the buffer for Take, or for Next again. An eager reader writes
// down what is said: nothing waits for it, and it can hear faster than people speak.
func (b *Buffer) Eager(on bool) {
	if on == b.eager {
		return
	}
	b.eager, b.hushed = on, false
	b.stream.skew = maxSkew
	if !on {
		b.quiet, b.spurt = true, true // the delay is set anew by the next packet
		return
	}
	b.stream.skew = eagerSkew
	if len(b.ring) < eagerSlots {
		old := b.ring
		b.ring = make([]slot, eagerSlots)
		for _, s := range old {
			if s.full {
				*b.slot(s.seq) = s
			}
		}
	}
}

// Take gives what there is, and false when that is all for the next 20 ms.
// Packets in their order pass as they have come, a burst as a whole: nothing is
// left out or made up to keep a pace. Only behind a hole they wait as long as
// late packets usually take, for those that are missing.
func (b *Buffer) Take(dst []byte) (Item, bool) {
	b.passQuiet()
	s := b.first()
	switch {
	case s == nil:
		return b.hush(dst)
	case s.seq != b.next && b.clock-s.came < b.delay.target():
		b.clock += int64(b.frame)
		return Item{Payload: dst}, false
	}
	if gap := s.at - b.head; gap > 0 {
		b.head = max(b.head+min(gap, b.starved), s.at-longestFill*b.rate)
	}
	b.starved, b.quiet, b.hushed = 0, false, false
	return b.play(dst, s), true
}

// hush is the silence that the sender announced, 20 ms at a time.
func (b *Buffer) hush(dst []byte) (Item, bool) {
	if !b.quiet || b.hushed {
		b.hushed = false
		b.clock += int64(b.frame)
		return Item{Payload: dst}, false
	}
	b.hushed = true
	b.starved += int64(b.frame)
	return Item{Verdict: Silent, Ticks: b.frame, Payload: dst}, true
}
