package minutes

import (
	"cmp"
	"time"
)

// when is what was said of a day; zero fields were not said.
type when struct {
	n                int // how far off: days, weeks, months, or a calendar week
	day, month, year int
	weekday          int // 1 is Monday
	unit             int // days; 30 is a month
	nth              int // which of a month's weekdays or weeks
}

// fromEnd is the last one of a month.
const fromEnd = -1

// farewellDay is when an office's week ends: "bis Ende der Woche". It is
// a guess, and such dates are marked as unsure.
const farewellDay = 5

// midWeek is Wednesday; "by the middle of next week" is as vague.
const midWeek = 3

// reckon finds the day, seen from that of the meeting. It is zero where the
// meeting's day would be needed and is not known, or where there is no such day.
func (w when) reckon(kind string, meeting time.Time) (day time.Time, unsure bool) {
	if kind == "date" && w.year > 0 {
		return w.exact(w.year), false
	}
	if meeting.IsZero() {
		return time.Time{}, false
	}
	today := time.Date(meeting.Year(), meeting.Month(), meeting.Day(), 0, 0, 0, 0, time.UTC)
	monday := today.AddDate(0, 0, 1-iso(today))
	switch kind {
	case "date":
		return w.coming(today), false
	case "day":
		return w.thisOrNextMonth(today), false
	case "shift":
		return today.AddDate(0, 0, w.n), false
	case "after":
		if w.unit == 30 {
			return today.AddDate(0, w.n, 0), false
		}
		return today.AddDate(0, 0, w.n*w.unit), false
	case "weekday", "next_weekday", "weekday_next_week":
		return w.onWeekday(kind, today, monday)
	case "weekday_after": // "Friday week": so many weeks after the coming one
		day, unsure = w.onWeekday("weekday", today, monday)
		return day.AddDate(0, 0, 7*w.n), unsure
	case "weekend":
		return monday.AddDate(0, 0, 7*w.n+6), true
	case "week_start":
		return monday.AddDate(0, 0, 7*w.n), true
	case "month_weekday":
		return w.inMonth(today), false
	case "month_week": // vague: the Friday of it
		w.weekday = farewellDay
		return w.inMonth(today), true
	case "week", "week_end":
		return monday.AddDate(0, 0, 7*w.n+farewellDay-1), true
	case "week_mid":
		return monday.AddDate(0, 0, 7*w.n+midWeek-1), true
	case "week_number":
		return w.inWeek(today), true
	case "month":
		return lastOf(today.Year(), today.Month()+time.Month(w.n)), true
	case "month_in": // "im März": its last day at the latest
		day, _ = w.partOfMonth("month_end", today)
		return day, true
	case "month_end", "month_mid", "month_start":
		return w.partOfMonth(kind, today)
	case "quarter_end":
		return lastOf(today.Year(), (today.Month()+2)/3*3), false
	case "year_end":
		return lastOf(cmp.Or(w.year, today.Year()), time.December), false
	}
	return time.Time{}, false
}

// iso is the number of a day of the week, 1 for Monday (ISO 8601).
func iso(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

func lastOf(year int, month time.Month) time.Time {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC)
}

// exact is the day of a year, or zero if there is none: the 30th of February.
func (w when) exact(year int) time.Time {
	d := time.Date(year, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC)
	if d.Day() != w.day {
		return time.Time{}
	}
	return d
}

// coming is the next such day of any year: the 29th of February may be years away.
func (w when) coming(today time.Time) time.Time {
	for year := today.Year(); year < today.Year()+9; year++ {
		if d := w.exact(year); !d.IsZero() && !d.Before(today) {
			return d
		}
	}
	return time.Time{}
}

// thisOrNextMonth is the next such day of any month.
func (w when) thisOrNextMonth(today time.Time) time.Time {
	for m := range 12 {
		first := time.Date(today.Year(), today.Month()+time.Month(m), 1, 0, 0, 0, 0, time.UTC)
		d := first.AddDate(0, 0, w.day-1)
		if d.Month() == first.Month() && !d.Before(today) {
			return d
		}
	}
	return time.Time{}
}

// onWeekday is the next such day. Today's name, and "next Friday" while this
// week's is still to come, may be meant either way.
func (w when) onWeekday(kind string, today, monday time.Time) (time.Time, bool) {
	this := monday.AddDate(0, 0, w.weekday-1)
	following := this.AddDate(0, 0, 7)
	switch {
	case kind == "weekday_next_week":
		return following, false
	case kind == "next_weekday":
		return following, this.After(today)
	case this.After(today):
		return this, false
	}
	return following, this.Equal(today)
}

// inWeek is the end of a numbered week; one that is over is next year's.
func (w when) inWeek(today time.Time) time.Time {
	for year := today.Year(); year < today.Year()+2; year++ {
		first := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC) // always in week 1
		end := first.AddDate(0, 0, 1-iso(first)+7*(w.n-1)+farewellDay-1)
		if y, n := end.ISOWeek(); y == year && n == w.n && !end.Before(today) {
			return end
		}
	}
	return time.Time{}
}

// inMonth is the nth weekday of a month that is not over.
func (w when) inMonth(today time.Time) time.Time {
	for year := today.Year(); year < today.Year()+2; year++ {
		first := time.Date(year, time.Month(w.month), 1, 0, 0, 0, 0, time.UTC)
		day := first.AddDate(0, 0, (w.weekday-iso(first)+7)%7+7*(w.nth-1))
		if w.nth == fromEnd {
			end := lastOf(year, first.Month())
			day = end.AddDate(0, 0, -((iso(end) - w.weekday + 7) % 7))
		}
		if day.Month() == first.Month() && !day.Before(today) {
			return day
		}
	}
	return time.Time{}
}

// partOfMonth is the last day of a month, or about its middle or its start.
func (w when) partOfMonth(kind string, today time.Time) (time.Time, bool) {
	year, month := today.Year(), today.Month()+time.Month(w.n)
	if w.month > 0 {
		month = time.Month(w.month)
		switch {
		case w.year > 0:
			year = w.year
		case month < today.Month():
			year++
		}
	}
	switch kind {
	case "month_mid":
		return time.Date(year, month, 15, 0, 0, 0, 0, time.UTC), true
	case "month_start":
		return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC), true
	}
	return lastOf(year, month), false
}
