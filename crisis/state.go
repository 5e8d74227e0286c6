package crisis

import "time"

// state is what a ledger's events amount to.
type state struct {
	proposed *Announcement
	approved []*Announcement // since the last Off, oldest first
}

func fold(events []Event) state {
	var s state
	for _, e := range events {
		switch e.What {
		case Proposed:
			s.proposed = e.Announcement
		case Approved:
			if s.proposed != nil && s.proposed.ID == e.ID {
				a := *s.proposed
				a.Reviewer = e.Who
				s.approved, s.proposed = append(s.approved, &a), nil
			}
		case Immediate:
			if e.Announcement != nil {
				s.approved = append(s.approved, e.Announcement)
			}
		case Rejected:
			s.proposed = nil
		case Off:
			s.approved = nil
		}
	}
	return s
}

// at is what holds at a time: the latest of those that do.
func (s state) at(now time.Time) *Announcement {
	for i := len(s.approved) - 1; i >= 0; i-- {
		if s.approved[i].holds(now) {
			return s.approved[i]
		}
	}
	return nil
}

// next is the one that begins first after a time.
func (s state) next(now time.Time) *Announcement {
	var out *Announcement
	for _, a := range s.approved {
		if a.From.After(now) && (out == nil || a.From.Before(out.From)) {
			out = a
		}
	}
	return out
}
