package desk

import "time"

// Open says whether the service works at a moment.
func (h Hours) Open(t time.Time) bool {
	at := t.In(h.location())
	open, shut, ok := h.open(at)
	return ok && !at.Before(open) && at.Before(shut)
}

// Next is when the service opens next: t itself while it works, the zero time
// when it never does.
func (h Hours) Next(t time.Time) time.Time {
	at := t.In(h.location())
	for range farthest {
		open, shut, ok := h.open(at)
		if ok && at.Before(open) {
			return open
		}
		if ok && at.Before(shut) {
			return at
		}
		at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, at.Location())
	}
	return time.Time{}
}

func (h Hours) location() *time.Location {
	if h.Location == nil {
		return time.Local
	}
	return h.Location
}

// Schedule says when the departments work.
type Schedule struct {
	Hours Hours // of departments without hours of their own
	// Departments have hours of their own; Closed ones take no calls at all.
	Departments map[string]Hours
	Closed      []string
}

// For a department.
func (s Schedule) For(department string) Hours {
	if h, ok := s.Departments[department]; ok {
		return h
	}
	return s.Hours
}

// Open says whether a department works at a moment.
func (s Schedule) Open(department string, t time.Time) bool {
	for _, c := range s.Closed {
		if c == department {
			return false
		}
	}
	return s.For(department).Open(t)
}
