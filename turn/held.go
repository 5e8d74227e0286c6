package turn

import "slices"

// held are the events of a turn that wait for the end of a firm text. Only
// the last turn is kept, as it will be true at that moment: what a later
// event takes back is not told at all.
type held []Event

func hold(h held, e Event) held {
	switch e.Kind {
	case Started:
		// A whole turn before this one is forgotten; the end of one that the
		// receiver has seen start is not.
		if i := h.index(Started); i >= 0 {
			h = h[:i]
		}
	case Resumed:
		if i := h.index(Paused); i >= 0 {
			return slices.Delete(h, i, i+1)
		}
	case Discarded:
		if i := h.index(Started); i >= 0 {
			return h[:i]
		}
	}
	return append(h, e)
}

// index finds the last event of a kind.
func (h held) index(k Kind) int {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].Kind == k {
			return i
		}
	}
	return -1
}
