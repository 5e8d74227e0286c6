package speakable

import (
	"maps"
	"regexp"
	"slices"
)

// weekdayRules read "Mo-Fr 8:00-16:00" and "Mo, Mi, Fr 8-12 Uhr". A short
// name alone may be another word, so it needs a time, a follower or company.
func (l *language) weekdayRules() []rule {
	names := alternatives(l.Weekdays)
	day := `(?:` + names + `)\.?`
	list := `(` + day + `(?: ?(?:[-–,/&+]|bis|und|and|to) ?` + day + `)*)`
	follow := `(:? +(?:\(?\d|` + alternativeWords(l.Followers) + `)|, +\d{1,2}\.)`
	single := regexp.MustCompile(`(` + names + `)\.?`)
	dash := regexp.MustCompile(` ?[-–] ?`)
	expand := func(m match) (string, bool) {
		if isWord(m.before()) {
			return "", false
		}
		said := single.ReplaceAllStringFunc(m.group(1), func(s string) string {
			return l.Weekdays[trimDot(s)]
		})
		return dash.ReplaceAllString(said, " "+l.Words.To+" ") + m.tail(2), true
	}
	return []rule{
		{regexp.MustCompile(list + follow), expand},
		{regexp.MustCompile(`((?:` + names + `)\.? ?(?:[-–]|bis|to) ?(?:` + names + `)\.?)`), func(m match) (string, bool) {
			if !m.whole() {
				return "", false
			}
			return expand(m)
		}},
		{regexp.MustCompile(`(` + alternativeWords(l.fullWeekdays()) + `) (` + l.Words.To + `) (` + names + `)\.?`), func(m match) (string, bool) {
			return m.group(1) + " " + m.group(2) + " " + l.Weekdays[m.group(3)], !isWord(m.after())
		}},
	}
}

func (l *language) fullWeekdays() []string { return slices.Collect(maps.Values(l.Weekdays)) }

// tail is a group that may not exist.
func (m match) tail(i int) string {
	if 2*i >= len(m.index) {
		return ""
	}
	return m.group(i)
}

func trimDot(s string) string {
	if n := len(s); n > 0 && s[n-1] == '.' {
		return s[:n-1]
	}
	return s
}
