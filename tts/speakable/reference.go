package speakable

import (
	"regexp"
	"strings"
)

// referenceRules spell file numbers, number plates and account numbers.
func (l *language) referenceRules() []rule {
	return []rule{
		{regexp.MustCompile(`[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?`), l.sayCode},
		{regexp.MustCompile(`[A-ZÄÖÜ]{1,3}-[A-ZÄÖÜ]{1,2}[ -]?\d{1,4}[EH]?`), l.sayCode},
		{regexp.MustCompile(`[A-ZÄÖÜ]{1,6}\d*(?:[-/_.][A-Z0-9]{1,12}){1,6}`), l.sayReference},
		{regexp.MustCompile(`\d+(?:[-/.]\d+){2,6}`), l.sayFigures},
		{regexp.MustCompile(`[A-Z]{1,4}\d{4,12}`), l.sayCode},
	}
}

func (l *language) sayCode(m match) (string, bool) {
	return l.code(m.group(0)), m.whole()
}

// sayReference takes what has three digits or more, so that "CO-2" and
// "SPD/CDU" stay words.
func (l *language) sayReference(m match) (string, bool) {
	if !m.whole() || countDigits(m.group(0)) < 3 {
		return "", false
	}
	return l.code(m.group(0)), true
}

// sayFigures takes "50-21/2024" and numbered headings, which have dots.
func (l *language) sayFigures(m match) (string, bool) {
	s := m.group(0)
	switch {
	case !m.whole() || m.before() == '+' || strings.HasPrefix(s, "0"):
		return "", false
	case l.Decimal.Group == "." && grouped(s) || strings.ContainsRune(s, '.') && !strings.ContainsAny(s, "-/") && countDigits(s) > 8:
		return "", false
	case !strings.ContainsAny(s, "-/"):
		return l.dotted3(s), true
	}
	return l.code(s), true
}

// dotted3 reads "1.2.3" as numbers with "Punkt" between.
func (l *language) dotted3(s string) string {
	parts := strings.Split(s, ".")
	for i, p := range parts {
		if parts[i] = l.say(l.parse(p), "cardinal"); len(p) > 1 && p[0] == '0' {
			parts[i] = l.digits(p)
		}
	}
	return strings.Join(parts, " "+l.Words.Point+" ")
}

// grouped says whether dots separate thousands: "1.000.000".
func grouped(s string) bool {
	parts := strings.Split(s, ".")
	for i, p := range parts {
		if !isNumber(p) || (i > 0 && len(p) != 3) || len(p) > 3 {
			return false
		}
	}
	return true
}

func countDigits(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
