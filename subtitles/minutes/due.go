package minutes

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// calendarWords are what a language calls days.
type calendarWords struct {
	Weekdays map[string]int `yaml:"weekdays"`
	Months   map[string]int `yaml:"months"`
	Units    map[string]int `yaml:"units"` // in days; 30 is a month
	Before   string         `yaml:"before"`
	Not      string         `yaml:"not"`    // words that make the day another one
	Events   string         `yaml:"events"` // what has a day of its own: "the meeting on Friday"
	About    string         `yaml:"about"`  // before an event that something is for: "the list for the fair on Friday"
	States   string         `yaml:"states"` // verbs that tell when something is, not when it is done
	Lasts    string         `yaml:"lasts"`  // verbs that tell how long something is
	Since    string         `yaml:"since"`  // before the first of two days: "from Monday until Friday"
	Patterns []rule         `yaml:"patterns"`
}

// calendar is the same, ready for use.
type calendar struct {
	words  calendarWords
	before map[string]bool
	not    map[string]bool
	events []string
	about  map[string]bool
	states map[string]bool
	lasts  map[string]bool
	since  map[string]bool
}

func (c calendar) month(word string) int { return c.words.Months[word] }

func (b *rulebook) compileDates() error {
	d := b.Dates
	b.dates = calendar{d, wordSet(d.Before), wordSet(d.Not), strings.Fields(d.Events), wordSet(d.About), wordSet(d.States), wordSet(d.Lasts), wordSet(d.Since)}
	for i := range b.Dates.Patterns {
		r := &b.Dates.Patterns[i]
		var err error
		if r.re, err = b.pattern(r.Say); err != nil {
			return err
		}
	}
	return nil
}

// dated is a date where the words name it.
type dated struct {
	Due
	first, last int // tokens
	points      int // how much it tells
}

// due is the date that the words name: a deadline before a day, the longer
// before the shorter. Its words are kept as they were said.
func (t *talk) due(s *sentence, from, to int) Due { return best(t.dates(s, from, to)) }

func best(all []dated) Due {
	d := dated{}
	for _, o := range all {
		if o.points > d.points {
			d = o
		}
	}
	return d.Due
}

// dates are all the words name, in the order of the patterns.
func (t *talk) dates(s *sentence, from, to int) (all []dated) {
	part := s.part(from, to)
	offset := 0
	if from < len(s.tokens) {
		offset = s.tokens[from].at - 1
	}
	for _, r := range s.book.Dates.Patterns {
		for at := 0; at < len(part); {
			m := r.re.FindStringSubmatchIndex(part[at:])
			if m == nil {
				break
			}
			for k := range m {
				if m[k] >= 0 {
					m[k] += at
				}
			}
			at = m[1] - 1
			d := dated{first: s.index(offset + m[0] + 1), last: s.index(offset + m[1] - 2), points: m[1] - m[0]}
			if s.noDate(d, r) {
				continue
			}
			if s.book.dates.before[s.tokens[d.first].low] {
				d.points += 100
			}
			day, unsure, ok := t.day(s.book, r, part, m)
			if !ok {
				continue
			}
			d.Due = Due{Said: s.said(d.first, d.last+1), Unsure: unsure, month: r.Is == "month_in"}
			if !day.IsZero() {
				d.Date = day.Format(time.DateOnly)
			}
			all = append(all, d)
		}
	}
	return s.ofEvents(all)
}

// noDate says that the words around speak against a date: "not by Friday", "from
// Monday until Friday", "am ersten Tag".
func (s *sentence) noDate(d dated, r rule) bool {
	if d.first > 0 {
		before := s.tokens[d.first-1].low
		if negates[before] || s.book.dates.not[before] && !s.book.dates.before[s.tokens[d.first].low] {
			return true
		}
	}
	if next := d.last + 1; r.Is == "day" && next < len(s.tokens) && s.book.Language == "de" && isName(s.tokens[next]) {
		return true
	}
	return s.tokens[d.first].low == "der" && !s.isPut(d) || s.endsSpan(d)
}

// isPut says that somebody names a day as one, where German has its nominative:
// "das wäre der zehnte Juni", and not "der zehnte Juni passt mir".
func (s *sentence) isPut(d dated) bool {
	if d.first > 0 && puts[s.tokens[d.first-1].low] {
		return true
	}
	next := d.last + 1
	return s.leading(d.first) && (next == len(s.tokens) || s.tokens[next].mark)
}

// puts are words before a day that somebody names as one.
var puts = wordSet("ist wäre wären also wir stichtag")

// negates are words right before a date that is none: "aber nicht vor Weihnachten".
var negates = wordSet("nicht kaum not never")

// day reckons with what a pattern found. A zero day cannot be told; ok is false
// where the words are no date.
func (t *talk) day(b *rulebook, r rule, part string, m []int) (day time.Time, unsure, ok bool) {
	get := func(name string) string {
		if from, to, ok := group(r.re, m, name); ok {
			return part[from:to]
		}
		return ""
	}
	w := when{n: r.N, month: b.Dates.Months[get("month")], weekday: b.Dates.Weekdays[get("weekday")], unit: b.Dates.Units[get("unit")]}
	if n := get("n"); n != "" {
		if w.n, ok = b.number(n); !ok {
			return time.Time{}, false, false
		}
	}
	if d := get("day"); d != "" {
		if w.day, ok = b.ordinal(d); !ok {
			return time.Time{}, false, false
		}
	}
	if nth := get("nth"); nth != "" {
		if w.nth, ok = b.ordinal(nth); !ok {
			w.nth = fromEnd
		}
	}
	if mon := get("mon"); mon != "" {
		w.month, _ = strconv.Atoi(mon)
	}
	if y := get("year"); y != "" {
		if w.year, _ = strconv.Atoi(y); w.year < 100 {
			w.year += 2000
		}
	}
	if w.month > 12 || w.day > 31 {
		return time.Time{}, false, false
	}
	if r.Is == "open" {
		return time.Time{}, false, true
	}
	day, unsure = w.reckon(r.Is, t.options.Began)
	return day, unsure, true
}

var endings = regexp.MustCompile(`(?:st|nd|rd|th|\.)$`)

// ordinal reads "12.", "3rd", "zwölften", "twenty-first".
func (b *rulebook) ordinal(word string) (int, bool) {
	if n, err := strconv.Atoi(endings.ReplaceAllString(word, "")); err == nil {
		return n, n > 0
	}
	n, ok := b.number(word)
	if !ok && strings.HasSuffix(word, "te") {
		n, ok = b.number(word + "n") // "der zehnte"
	}
	return n, ok && n > 0
}

// number reads digits and words up to 999: "einundzwanzig", "hundertzwölf", "twenty-one".
func (b *rulebook) number(word string) (int, bool) {
	if n, err := strconv.Atoi(strings.TrimRight(word, ".")); err == nil {
		return n, n >= 0 && n < 100_000
	}
	if n, ok := b.Numbers[word]; ok {
		return n, true
	}
	if hundreds, rest, ok := strings.Cut(word, "hundert"); ok && rest != "" {
		h, r := 1, 0
		if hundreds != "" {
			if h, ok = b.Numbers[hundreds]; !ok {
				return 0, false
			}
		}
		if r, ok = b.number(strings.TrimPrefix(rest, "und")); !ok || r >= 100 {
			return 0, false
		}
		return 100*h + r, true
	}
	for _, between := range []string{"und", "-"} {
		first, second, ok := strings.Cut(word, between)
		a, okA := b.Numbers[first]
		c, okC := b.Numbers[second]
		if ok && okA && okC {
			if units, tens := min(a, c), max(a, c); units > 0 && units < 10 && tens >= 20 && tens < 100 {
				return units + tens, true
			}
		}
	}
	return 0, false
}
