package speakable

import (
	"regexp"
	"strconv"
	"strings"
)

// clockRules read "8-12 Uhr", "14:30", "8.30 Uhr", "9 am" and "8:00-16:00".
func (l *language) clockRules() []rule {
	suffix := alternativeWords(l.Clock.Suffix)
	at := `(\d{1,2})(?:[:.](\d{2}))?`
	colon := `(\d{1,2}):(\d{2})`
	to := ` ?(?:[-–—]|bis|to|à|a|until) ?`
	var rules []rule
	if l.Clock.Twelve {
		half := ` ?([aApP])\.?[mM]\b\.?`
		rules = append(rules,
			rule{regexp.MustCompile(at + `(?:` + half + `)?` + to + at + half), l.sayHalfDayRange},
			rule{regexp.MustCompile(at + half), l.sayHalfDay})
	}
	return append(rules,
		rule{regexp.MustCompile(at + `(?: ?(?:` + suffix + `))?` + to + at + ` ?(` + suffix + `)`), l.sayClockRange},
		rule{regexp.MustCompile(colon + `(?: ?(?:` + suffix + `))?` + to + colon), l.sayClockRange},
		rule{regexp.MustCompile(`(\d{1,2}) ?h ?(\d{2})`), l.sayClock},
		rule{regexp.MustCompile(at + ` ?(` + suffix + `)`), l.sayClock},
		rule{regexp.MustCompile(colon), l.sayClock},
	)
}

// moment is a time of day.
type moment struct {
	h, m int
	ok   bool
}

func parseMoment(hour, minute string) moment {
	h, err := strconv.Atoi(hour)
	t := moment{h: h, ok: err == nil && h <= 24}
	if minute != "" {
		t.m, _ = strconv.Atoi(minute)
		t.ok = t.ok && t.m < 60
	}
	return t
}

func (l *language) sayClock(m match) (string, bool) {
	t := parseMoment(m.group(1), m.group(2))
	if !t.ok || !m.whole() || m.before() == ':' || m.after() == ':' {
		return "", false
	}
	if l.Clock.OClock != "" && t.m == 0 && m.tail(3) != "" {
		return strings.ReplaceAll(l.Clock.OClock, "{h}", l.hour(t.h)), true
	}
	return l.time(t), true
}

func (l *language) sayClockRange(m match) (string, bool) {
	from, to := parseMoment(m.group(1), m.group(2)), parseMoment(m.group(3), m.group(4))
	if !from.ok || !to.ok || !m.whole() {
		return "", false
	}
	first := l.time(from)
	if from.m == 0 && !l.Clock.Twelve {
		first = strings.ReplaceAll(l.Clock.Bare, "{h}", l.hour(from.h))
	}
	return first + " " + l.Words.To + " " + l.time(to), true
}

func (l *language) hour(h int) string { return l.spellout.spell("counting", int64(h)) }

func (l *language) time(t moment) string {
	if l.Clock.Twelve {
		return l.twelve(t)
	}
	form := l.Clock.Minutes
	if t.m == 0 {
		form = l.Clock.Hour
		if t.h == 1 && l.Clock.One != "" {
			return l.Clock.One
		}
	}
	return strings.NewReplacer("{h}", l.hour(t.h), "{m}", l.spellout.spell("cardinal", int64(t.m))).Replace(form)
}

func (l *language) twelve(t moment) string {
	half := l.Clock.AM
	if t.h >= 12 && t.h < 24 {
		half = l.Clock.PM
	}
	if t.m == 0 && t.h == 12 {
		return l.Clock.Noon
	}
	if t.m == 0 && t.h%24 == 0 {
		return l.Clock.Midnight
	}
	return l.halfDay((t.h+11)%12+1, t.m, half)
}

func (l *language) halfDay(h, m int, half string) string {
	form, minutes := l.Clock.Hour, ""
	if m > 0 {
		form, minutes = l.Clock.Minutes, l.spellout.spell("cardinal", int64(m))
		if m < 10 {
			minutes = l.Clock.Oh + " " + minutes
		}
	}
	said := strings.NewReplacer("{h}", l.spellout.spell("cardinal", int64(h)), "{m}", minutes, "{ap}", half).Replace(form)
	return strings.TrimSpace(said)
}

func (l *language) sayHalfDay(m match) (string, bool) {
	t := parseMoment(m.group(1), m.group(2))
	if !t.ok || t.h > 12 || isWord(m.before()) {
		return "", false
	}
	return l.halfDay(t.h, t.m, l.half(m.group(3))), true
}

func (l *language) sayHalfDayRange(m match) (string, bool) {
	from, to := parseMoment(m.group(1), m.group(2)), parseMoment(m.group(4), m.group(5))
	if !from.ok || !to.ok || from.h > 12 || to.h > 12 || isWord(m.before()) {
		return "", false
	}
	half := ""
	if m.group(3) != "" {
		half = l.half(m.group(3))
	}
	return l.halfDay(from.h, from.m, half) + " " + l.Words.To + " " + l.halfDay(to.h, to.m, l.half(m.group(6))), true
}

func (l *language) half(letter string) string {
	if strings.EqualFold(letter, "a") {
		return l.Clock.AM
	}
	return l.Clock.PM
}
