package desk

import (
	"time"
)

// Hours are when the service works. The zero value is Monday to Friday from 8
// to 18 h local time without holidays.
type Hours struct {
	Days      []time.Weekday // none: Monday to Friday
	From, To  time.Duration  // since midnight; both 0: 8 h and 18 h
	Location  *time.Location // nil: local
	Calendar  *Calendar      // nil: no holidays
	Land      string         // of the holidays, e.g. "NW"; "": those of all Länder
	ClosedToo []Day          // further days without service, e.g. 24 December
}

// farthest is how many days ahead a due date is looked for; only hours that
// never open come near.
const farthest = 2000

// Add is the moment when so many service hours have passed since from; the zero
// time when there never are so many.
func (h Hours) Add(from time.Time, hours time.Duration) time.Time {
	loc := h.location()
	at := from.In(loc)
	for range farthest {
		open, shut, ok := h.open(at)
		if ok && at.Before(open) {
			at = open
		}
		if ok && at.Before(shut) {
			if left := shut.Sub(at); hours > left {
				hours -= left
			} else {
				return at.Add(hours).UTC()
			}
		}
		at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, loc)
	}
	return time.Time{}
}

// open are the service hours of a day. Wall clock times are meant: a day on
// which the clock changes opens at 8 as well.
func (h Hours) open(day time.Time) (open, shut time.Time, ok bool) {
	if !h.works(day) {
		return open, shut, false
	}
	from, to := h.From, h.To
	if from == 0 && to == 0 {
		from, to = 8*time.Hour, 18*time.Hour
	}
	at := func(d time.Duration) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), int(d/time.Hour), int(d%time.Hour/time.Minute), 0, 0, day.Location())
	}
	return at(from), at(to), from < to
}

func (h Hours) works(day time.Time) bool {
	days := h.Days
	if len(days) == 0 {
		days = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
	for _, c := range h.ClosedToo {
		if c.is(day) {
			return false
		}
	}
	if h.Calendar != nil {
		if _, holiday := h.Calendar.Holiday(day, h.Land); holiday {
			return false
		}
	}
	for _, d := range days {
		if d == day.Weekday() {
			return true
		}
	}
	return false
}
