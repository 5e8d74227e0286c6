package easy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// fact is what must not change: a number with its unit, a date, a day, an
// address, a link.
type fact struct {
	value string // in one spelling: "37", "1.5.2026", "montag"
	unit  string // "euro", "uhr"; "" is none
	found string // as it is written
}

type facts struct{ all []fact }

var (
	linkForm    = regexp.MustCompile(`(?i)https?://[^\s,;)]+|www\.[^\s,;)]+|[\p{L}\d._%+-]+@[\p{L}\d.-]+|\b[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:de|eu|org|com|example)(?:/[^\s,;)]*)?`)
	numberForm  = regexp.MustCompile(`\d+(?:[.,:]\d+)*`)
	dateForm    = regexp.MustCompile(`\b(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}))?`)
	afterNumber = regexp.MustCompile(`^[\s\x{a0}-]*([%€]|\p{L}+)`)
	wordForm    = regexp.MustCompile(`\p{L}+`)
)

// factsOf takes them out of a text one kind after the other.
func (w *words) factsOf(text string) facts {
	var f facts
	text = linkForm.ReplaceAllStringFunc(text, func(found string) string {
		found = strings.TrimRight(found, ".:!?")
		f.add(strings.ToLower(found), "", found)
		return " "
	})
	text = w.addresses(&f, text)
	text = w.dates(&f, text)
	text = w.days(&f, text)
	text = wordForm.ReplaceAllStringFunc(text, func(word string) string {
		if n, ok := w.Numbers[strings.ToLower(word)]; ok {
			return strconv.Itoa(n)
		}
		return word
	})
	for _, at := range numberForm.FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		value, clock := number(found)
		unit := ""
		if m := afterNumber.FindStringSubmatch(text[at[1]:]); m != nil {
			unit = w.unit[strings.ToLower(m[1])]
		}
		if clock && unit == "" {
			unit = "uhr"
		}
		f.add(value, unit, found)
	}
	return f
}

func (f *facts) add(value, unit, found string) {
	f.all = append(f.all, fact{value, unit, strings.TrimSpace(found)})
}

// number in one spelling: "37,00" is 37, "1.234,5" is 1234,5 and "8:00" is 8.
func number(found string) (value string, clock bool) {
	clock = strings.Contains(found, ":")
	found = strings.ReplaceAll(found, ":", ",")
	parts := strings.Split(found, ".")
	joined := parts[0]
	for _, p := range parts[1:] {
		whole, _, _ := strings.Cut(p, ",")
		if len(whole) == 3 {
			joined += p // thousands
		} else {
			joined += "," + p
		}
	}
	if whole, rest, ok := strings.Cut(joined, ","); ok && strings.Trim(rest, "0") == "" {
		joined = whole
	}
	if trimmed := strings.TrimLeft(joined, "0"); trimmed != "" && trimmed[0] != ',' {
		joined = trimmed
	}
	return joined, clock
}

// addresses are streets with their numbers.
func (w *words) addresses(f *facts, text string) string {
	return w.address.ReplaceAllStringFunc(text, func(found string) string {
		value := strings.ToLower(strings.Join(strings.FieldsFunc(found, func(r rune) bool { return r == ' ' || r == '-' || r == '·' || r == '\u00a0' }), ""))
		f.add(strings.Replace(value, "str.", "straße", 1), "", found)
		return " "
	})
}

// dates with a month: "1. Mai 2026" is "01.05.2026".
func (w *words) dates(f *facts, text string) string {
	text = w.date.ReplaceAllStringFunc(text, func(found string) string {
		m := w.date.FindStringSubmatch(found)
		f.date(m[1], strconv.Itoa(1+slices.Index(w.Months, strings.ToLower(m[2]))), m[3], found)
		return " "
	})
	text = dateForm.ReplaceAllStringFunc(text, func(found string) string {
		m := dateForm.FindStringSubmatch(found)
		f.date(m[1], m[2], m[3], found)
		return " "
	})
	return wordForm.ReplaceAllStringFunc(text, func(word string) string {
		if slices.Contains(w.Months, strings.ToLower(word)) {
			f.add(strings.ToLower(word), "", word)
			return " "
		}
		return word
	})
}

func (f *facts) date(day, month, year, found string) {
	f.add(strings.TrimLeft(day, "0")+"."+strings.TrimLeft(month, "0")+"."+year, "", found)
}

// days of the week, a range as all of its days: "Mo–Fr".
func (w *words) days(f *facts, text string) string {
	return w.someDays.ReplaceAllStringFunc(text, func(found string) string {
		m := w.someDays.FindStringSubmatch(found)
		from := w.day(m[1])
		to := from
		if m[2] != "" {
			to = w.day(m[2])
		}
		for d := from; ; d = (d + 1) % 7 {
			f.add(w.Days[d], "", found)
			if d == to {
				return " "
			}
		}
	})
}

func (w *words) day(name string) int {
	name = strings.ToLower(name)
	if i := slices.Index(w.ShortDays, name); i >= 0 {
		return i
	}
	return max(0, slices.Index(w.Days, strings.TrimSuffix(name, "s")))
}

// keeps says that a fact of the original is still there. A unit may be said
// once for two numbers: "8 bis 16 Uhr".
func (f facts) keeps(was fact) bool {
	return slices.ContainsFunc(f.all, func(now fact) bool {
		return now.value == was.value && (now.unit == was.unit || was.unit == "" || now.unit == "" && f.has(was.unit))
	})
}

// backs says that a fact of a draft is in the original.
func (f facts) backs(now fact) bool {
	return slices.ContainsFunc(f.all, func(was fact) bool {
		return now.value == was.value && (now.unit == was.unit || now.unit == "" || was.unit == "" && f.has(now.unit))
	})
}

func (f facts) has(unit string) bool {
	return slices.ContainsFunc(f.all, func(o fact) bool { return o.unit == unit })
}
