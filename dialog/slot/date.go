package slot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/knowledge/lexical"
)

// dateForm is the one form of a date.
const dateForm = time.DateOnly

// day is a date as it was said.
type day struct {
	at       time.Time
	yearless bool // any year would do
	weekly   bool // a day of the week without more: any week would do
	unsure   *time.Time
	from, to int
}

// date reads the day that is named; lone ones ("am dritten", "14") count only
// where a date was asked for.
func (h *hearing) date(s Spec, asked bool) Value {
	today := midnight(h.Now)
	for _, read := range []func(time.Time) (day, bool){h.calendar, h.weekdayNamed, h.relativeDay} {
		if d, ok := read(today); ok {
			return h.dated(s, today, d)
		}
	}
	if asked {
		if d, ok := h.dayOnly(s, today); ok {
			return h.dated(s, today, d)
		}
	}
	return Value{}
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// bounds are the first and the last possible day.
func (s Spec) bounds(today time.Time) (first, last time.Time) {
	if s.Min == 0 && s.Max == 0 {
		return today, today.AddDate(2, 0, 0)
	}
	return today.AddDate(0, 0, s.Min), today.AddDate(0, 0, s.Max)
}

// dated puts the day into the bounds, or says what is wrong with it.
func (h *hearing) dated(s Spec, today time.Time, d day) Value {
	first, last := s.bounds(today)
	switch {
	case d.at.IsZero():
		return Value{Text: "-", Doubt: Impossible, Confidence: 0.9, from: d.from, to: d.to}
	case d.yearless:
		d.at = nearest(d.at, first, last, 1, 0)
	case d.weekly:
		d.at = nearest(d.at, first, last, 0, 7)
	}
	v := Value{Text: d.at.Format(dateForm), Confidence: 0.9, from: d.from, to: d.to}
	switch {
	case d.at.Before(first):
		v.Doubt = Past
	case d.at.After(last):
		v.Doubt = Late
	case len(s.Weekdays) > 0 && !slices.Contains(s.Weekdays, d.at.Weekday()):
		v.Doubt = Closed
	case d.unsure != nil && !d.unsure.After(last):
		v.Doubt, v.Others, v.Confidence = Ambiguous, []string{d.unsure.Format(dateForm)}, 0.6
	}
	return v
}

// nearest moves the day by years or days until it lies within the bounds, if
// it can.
func nearest(at, first, last time.Time, years, days int) time.Time {
	moved := at
	for range 60 {
		if !moved.Before(first) {
			break
		}
		moved = moved.AddDate(years, 0, days)
	}
	for range 60 {
		if !moved.After(last) {
			break
		}
		moved = moved.AddDate(-years, 0, -days)
	}
	if moved.Before(first) || moved.Month() != at.Month() && years > 0 {
		return at
	}
	return moved
}

// calendar reads "3.5.", "am dritten Mai 2027", "May 3rd", "dritter fünfter".
func (h *hearing) calendar(today time.Time) (day, bool) {
	for i := range h.toks {
		if h.toks[i].mark {
			continue
		}
		if m, ok := h.l.named(h.l.months, h.word(i)); ok {
			if d, used := h.dayNumber(h.skip(i+1, h.l.dayLead)); used > 0 { // May 3rd
				end := h.skip(i+1, h.l.dayLead) + used
				return h.make(today, d, m, i, end), true
			}
		}
		d, used := h.dayNumber(i)
		if used == 0 {
			continue
		}
		at := h.skip(i+used, h.l.dayLead)
		if m, ok := h.l.named(h.l.months, h.word(at)); ok {
			return h.make(today, d, m, i, at+1), true
		}
		if m, more := h.dayNumber(at); more > 0 && m <= 12 && h.dateMark(i, at) {
			return h.make(today, d, m, i, at+more), true
		}
	}
	return day{}, false
}

// dateMark says that two numbers are day and month: a full stop between the
// digits, or ordinals in words.
func (h *hearing) dateMark(i, at int) bool {
	if h.toks[i].digits() && h.toks[at].digits() {
		for _, t := range h.toks[i+1 : at] {
			if t.is(".") || t.is("/") || t.is("-") {
				return true
			}
		}
		return false
	}
	_, first := h.ordinal(i)
	_, second := h.ordinal(at)
	return first > 0 && second > 0 || first > 0 && h.toks[at].digits()
}

// skip goes over marks and words that lead to a day.
func (h *hearing) skip(i int, also words) int {
	for i < len(h.toks) && (h.toks[i].mark && !h.toks[i].is("@") || also[h.word(i)]) {
		i++
	}
	return i
}

// make is the day of this year, or of the year that follows at end.
func (h *hearing) make(today time.Time, d, m, from, end int) day {
	year, yearless := today.Year(), true
	at := h.skip(end, nil)
	if at < len(h.toks) && h.toks[at].digits() {
		if y, err := strconv.Atoi(h.toks[at].raw); err == nil && (y >= 1900 && y < 2200 || y >= 20 && y < 99 && h.toks[at].glued) {
			if y < 100 {
				y += 2000
			}
			year, yearless, end = y, false, at+1
		}
	}
	date := time.Date(year, time.Month(m), d, 0, 0, 0, 0, today.Location())
	if date.Day() != d && !(d == 29 && m == 2 && yearless) {
		return day{from: from, to: end}
	}
	return day{at: date, yearless: yearless, from: from, to: end}
}

// dayNumber reads a day of the month, as an ordinal or a plain number.
func (h *hearing) dayNumber(i int) (n, used int) {
	if n, used = h.ordinal(i); used > 0 {
		return n, used
	}
	if n, used = h.number(i); used == 0 || n < 1 || n > 31 {
		return 0, 0
	}
	if h.word(i) == "ein" || h.word(i) == "eine" || h.word(i) == "a" {
		return 0, 0
	}
	return n, used
}

// ordinal reads "dritten", "twenty-third", "3rd", "3.".
func (h *hearing) ordinal(i int) (n, used int) {
	w := h.word(i)
	if w == "" {
		return 0, 0
	}
	if h.toks[i].digits() {
		n, err := strconv.Atoi(w)
		if err != nil || n < 1 || n > 31 {
			return 0, 0
		}
		switch next := h.word(i + 1); {
		case (next == "st" || next == "nd" || next == "rd" || next == "th" || next == "er" || next == "e") && h.toks[i+1].glued:
			return n, 2
		case i+1 < len(h.toks) && h.toks[i+1].is(".") && h.toks[i+1].glued:
			return n, 2
		}
		return 0, 0
	}
	if n := h.l.ordinalWord(w); n > 0 {
		return n, 1
	}
	if tens, used := h.number(i); used == 1 && (tens == 20 || tens == 30) { // twenty-third
		at := i + 1
		if at < len(h.toks) && h.toks[at].is("-") {
			at++
		}
		if n := h.l.ordinalWord(h.word(at)); n > 0 && n < 10 {
			return tens + n, at + 1 - i
		}
	}
	return 0, 0
}

func (l *language) ordinalWord(w string) int {
	if n := l.ordinals[w]; n > 0 {
		return n
	}
	for _, ending := range l.endings {
		if root, ok := strings.CutSuffix(w, ending); ok && l.ordinals[root] > 0 {
			return l.ordinals[root]
		}
	}
	return 0
}

// weekdayNamed reads "Dienstag", "nächsten Dienstag", "Dienstag in einer Woche".
func (h *hearing) weekdayNamed(today time.Time) (day, bool) {
	for i := range h.toks {
		n, ok := h.l.named(h.l.weekdays, h.word(i))
		if !ok {
			continue
		}
		days := (n - isoDay(today) + 7) % 7
		coming := today.AddDate(0, 0, days)
		d := day{at: coming, weekly: true, from: i, to: i + 1}
		before := intentWords(h, i-3, i)
		near := intentWords(h, i-4, i+5)
		switch {
		case anyOf(near, h.l.afterNext):
			d.at, d.weekly = coming.AddDate(0, 0, 7), false
			if days == 0 {
				d.at = coming.AddDate(0, 0, 14)
			}
		case anyOf(before, h.l.last) || anyOf(near, h.l.last) && anyOf(near, h.l.weeks):
			d.at, d.weekly = coming.AddDate(0, 0, -7), false
		case anyOf(near, h.l.weeks) && anyOf(near, h.l.in): // Tuesday in a week
			weeks := 1
			for j := max(0, i-4); j < min(len(h.toks), i+5); j++ {
				if m, used := h.number(j); used > 0 && h.l.weeks[h.word(j+used)] {
					weeks = min(m, 52)
				}
			}
			d.at, d.weekly = coming.AddDate(0, 0, 7*weeks), false
		case anyOf(near, h.l.weeks) && anyOf(near, h.l.next): // Tuesday next week
			d.at, d.weekly = today.AddDate(0, 0, 8-isoDay(today)+n-1), false
		case anyOf(before, h.l.next):
			if d.weekly = false; days == 0 {
				d.at = coming.AddDate(0, 0, 7)
			} else if days <= 2 { // said on a Monday, "nächsten Dienstag" may be either
				later := coming.AddDate(0, 0, 7)
				d.unsure = &later
			}
		case anyOf(before, h.l.this):
			d.weekly = false
		}
		return d, true
	}
	return day{}, false
}

// shortestMisheard is how long a word must be to be known by its sound.
const shortestMisheard = 6

// named finds the name of a month or a weekday, or the one that sounds the
// same and begins with the same letter ("Deanstag").
func (l *language) named(names map[string]int, w string) (int, bool) {
	if n, ok := names[w]; ok {
		return n, true
	}
	if len(w) < shortestMisheard || w[0] > 'z' {
		return 0, false
	}
	code, found := lexical.Cologne(w), 0
	for name, n := range names {
		if len(name) < shortestMisheard || name[0] != w[0] || lexical.Cologne(name) != code {
			continue
		}
		if found != 0 && found != n {
			return 0, false
		}
		found = n
	}
	return found, found != 0
}

// isoDay numbers the days from Monday, 1, to Sunday, 7.
func isoDay(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

func intentWords(h *hearing, from, to int) []string {
	var out []string
	for i := max(0, from); i < min(to, len(h.toks)); i++ {
		out = append(out, h.word(i))
	}
	return out
}

func anyOf(list []string, w words) bool {
	return slices.ContainsFunc(list, func(s string) bool { return w[s] })
}

// relativeDay reads "morgen", "in drei Tagen", "vor einer Woche".
func (h *hearing) relativeDay(today time.Time) (day, bool) {
	best := day{}
	longest := 0
	for _, rel := range h.l.relative {
		for i := range h.toks {
			if n := h.phrase(i, rel.words); n > 0 && n > longest {
				best, longest = day{at: today.AddDate(0, 0, rel.days), from: i, to: i + n}, n
			}
		}
	}
	for i := range h.toks {
		n, used := h.number(i)
		if used == 0 || n > 400 {
			continue
		}
		sign := 0
		switch lead := intentWords(h, i-2, i); {
		case anyOf(lead, h.l.in):
			sign = 1
		case anyOf(lead, h.l.ago), h.l.ago[h.word(i+used+1)]:
			sign = -1
		default:
			continue
		}
		d := day{from: i, to: i + used + 1}
		switch unit := h.word(i + used); {
		case h.l.days[unit]:
			d.at = today.AddDate(0, 0, sign*n)
		case h.l.weeks[unit]:
			d.at = today.AddDate(0, 0, sign*7*n)
		case h.l.mon[unit]:
			d.at = today.AddDate(0, sign*n, 0)
		default:
			continue
		}
		if longest > 0 { // "heute in zwei Wochen"
			d.from = min(d.from, best.from)
		}
		return d, true
	}
	return best, longest > 0
}

// dayOnly reads a day of the month without the month: the next one.
func (h *hearing) dayOnly(s Spec, today time.Time) (day, bool) {
	for i := range h.toks {
		n, used := h.ordinal(i)
		if used == 0 && h.l.dayLead[h.word(i-1)] {
			n, used = h.dayNumber(i)
		}
		if used == 0 {
			continue
		}
		first, _ := s.bounds(today)
		at := time.Date(first.Year(), first.Month(), n, 0, 0, 0, 0, today.Location())
		for k := 1; k < 4 && (at.Day() != n || at.Before(first)); k++ {
			at = time.Date(first.Year(), first.Month()+time.Month(k), n, 0, 0, 0, 0, today.Location())
		}
		return day{at: at, from: i, to: i + used}, true
	}
	return day{}, false
}
