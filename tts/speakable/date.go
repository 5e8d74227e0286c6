package speakable

import (
	"regexp"
	"strconv"
	"strings"
)

// dateRules read 2026-05-01, 01.05.2026, 1. Mai 2026, May 1, 2026 and 01/05/2026.
func (l *language) dateRules() []rule {
	month := `(` + strings.Join([]string{alternativeWords(l.Months), `(?:` + alternatives(l.Short) + `)\.?`}, "|") + `)`
	year := `(?:,? +(\d{4}))?`
	return []rule{
		{regexp.MustCompile(`(\d{4})-(\d{2})-(\d{2})`), func(m match) (string, bool) {
			return l.sayDate(m, m.group(3), m.group(2), m.group(1))
		}},
		{regexp.MustCompile(`(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?(?: ?[-–] ?|` + ` bis )(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?`), l.sayDateRange},
		{regexp.MustCompile(`(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?`), func(m match) (string, bool) {
			return l.sayDate(m, m.group(1), m.group(2), m.group(3))
		}},
		{regexp.MustCompile(`(\d{1,2})/(\d{1,2})/(\d{4})`), func(m match) (string, bool) {
			return l.sayDate(m, m.group(1), m.group(2), m.group(3))
		}},
		{regexp.MustCompile(`(\d{1,2})\. ?(?:([-–/&,]|bis|und|oder) ?(\d{1,2})\. ?)?` + month + year), l.sayDottedMonth},
		{regexp.MustCompile(`(\d{1,2})(?:st|nd|rd|th|er|º|°)? (?:of |de )?` + month + `(?:,? (?:del? )?(\d{4}))?`), func(m match) (string, bool) {
			return l.sayDate(m, m.group(1), strconv.Itoa(l.month(m.group(2))), m.group(3))
		}},
		{regexp.MustCompile(month + ` (\d{1,2})(?:st|nd|rd|th)?` + `(?:,? +(\d{4}))?`), l.sayMonthFirst},
	}
}

// month is 1..12, or 0 for a word that is none.
func (l *language) month(name string) int {
	for i, m := range l.Months {
		if strings.EqualFold(m, name) {
			return i + 1
		}
	}
	return l.Short[strings.TrimSuffix(name, ".")]
}

func (l *language) sayDate(m match, day, month, year string) (string, bool) {
	d, err1 := strconv.Atoi(day)
	mo, err2 := strconv.Atoi(month)
	if err1 != nil || err2 != nil || d < 1 || d > 31 || mo < 1 || mo > 12 || !m.whole() || m.before() == '.' {
		return "", false
	}
	return l.dayMonth(m, d, mo) + l.yearAfter(year), true
}

// dayMonth says the day as the words before it ask.
func (l *language) dayMonth(m match, d, mo int) string {
	if l.Date.Template == "" {
		return l.lead(m) + l.spellout.spell("ordinal", int64(d)) + l.ending(m, "m") + " " + l.Months[mo-1]
	}
	set := l.Date.Ordinal
	if set == "" {
		set = "ordinal"
	}
	said := strings.NewReplacer("{day}", l.spellout.spell(set, int64(d)), "{month}", l.Months[mo-1]).Replace(l.Date.Template)
	if l.Date.Article != "" && strings.EqualFold(m.previous(0), l.Date.Article) {
		said = strings.TrimPrefix(said, l.Date.Article+" ")
	}
	return said
}

func (l *language) yearAfter(year string) string {
	if year == "" {
		return ""
	}
	y, err := strconv.ParseInt(year, 10, 64)
	if err != nil {
		return ""
	}
	if len(year) == 2 {
		y += 2000
	}
	join := l.Date.Year
	if join == "" {
		join = " "
	}
	return join + l.spellout.spell("year", y)
}

// lead is the article that German says after a weekday: "Montag, der erste Mai".
func (l *language) lead(m match) string {
	if !l.isWeekday(m.previous(0)) || len(l.Grammar.En) == 0 {
		return ""
	}
	if l.is("en", m.previous(1)) {
		return "dem "
	}
	return "der "
}

func (l *language) isWeekday(word string) bool {
	for _, name := range l.Weekdays {
		if name == word {
			return true
		}
	}
	return false
}

// ending of an ordinal by the words before it and the noun's gender.
func (l *language) ending(m match, gender string) string {
	if len(l.Grammar.En) == 0 {
		return ""
	}
	before := m.previous(0)
	switch {
	case l.isWeekday(before) && l.is("en", m.previous(1)):
		return "en"
	case l.isWeekday(before):
		return "e"
	case l.is("en", before):
		return "en"
	case l.is("e", before) && l.is("prepositions", m.previous(1)):
		return "en"
	case l.is("e", before):
		return "e"
	}
	switch gender {
	case "f":
		return "e"
	case "n":
		return "es"
	}
	return "er"
}

func (l *language) sayDateRange(m match) (string, bool) {
	first, ok1 := l.sayDate(m, m.group(1), m.group(2), m.group(3))
	second, ok2 := l.sayDate(m, m.group(4), m.group(5), m.group(6))
	if !ok1 || !ok2 {
		return "", false
	}
	return first + " " + l.Words.To + " " + second, true
}

// sayDottedMonth reads "1. Mai", "1.-3. Mai" and "1. und 2. Mai 2026".
func (l *language) sayDottedMonth(m match) (string, bool) {
	mo := l.month(m.group(4))
	d, _ := strconv.Atoi(m.group(1))
	if mo == 0 || d < 1 || d > 31 || !m.whole() {
		return "", false
	}
	if m.group(3) == "" {
		return l.dayMonth(m, d, mo) + l.yearAfter(m.group(5)), true
	}
	d2, _ := strconv.Atoi(m.group(3))
	if d2 < 1 || d2 > 31 {
		return "", false
	}
	link := m.group(2)
	switch link {
	case "-", "–":
		link = l.Words.To
	case "/", "&", ",":
		link = l.Words.And
	}
	first := l.lead(m) + l.spellout.spell("ordinal", int64(d)) + l.ending(m, "m")
	second := l.spellout.spell("ordinal", int64(d2)) + l.ending(m, "m")
	return first + " " + link + " " + second + " " + l.Months[mo-1] + l.yearAfter(m.group(5)), true
}

// sayMonthFirst reads "May 1st, 2026" for languages that write so; "Mai 2026"
// has no day and is left to the years.
func (l *language) sayMonthFirst(m match) (string, bool) {
	if len(l.Ordinals) == 0 {
		return "", false
	}
	said, ok := l.sayDate(m, m.group(2), strconv.Itoa(l.month(m.group(1))), "")
	if ok && m.group(3) != "" {
		said += "," + l.yearAfter(m.group(3))
	}
	return said, ok
}
