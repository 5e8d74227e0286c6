package speakable

import (
	"regexp"
	"strings"
)

// phoneRules read telephone numbers digit by digit in the groups they are
// written in, and the short numbers (112, 115) that everybody knows by digits.
func (l *language) phoneRules() []rule {
	short := alternativeWords(l.ShortNumbers)
	return []rule{
		{regexp.MustCompile(`(?:\+|\(0|\(\+|0)[\d ()/-]*\d(?:[ -]*\d)*`), l.sayPhone},
		{regexp.MustCompile(`(?i)(` + alternativeWords(l.PhoneWords) + `)(\.?:? *)(\d[\d /-]{1,20}\d)`), l.sayAnnounced},
		{regexp.MustCompile(`(?:` + short + `)`), l.sayShort},
		{regexp.MustCompile(`\d{5}`), l.sayPostcode},
	}
}

func (l *language) sayPhone(m match) (string, bool) {
	s := m.group(0)
	if !m.whole() || m.before() == '.' || m.before() == ',' || countDigits(s) < 6 {
		return "", false
	}
	if (m.after() == '.' || m.after() == ',') && m.digitFollows() {
		return "", false
	}
	return l.phone(s), true
}

// digitFollows says that the mark after the finding stands inside a number.
func (m match) digitFollows() bool {
	i := m.index[1] + 1
	return i < len(m.text) && m.text[i] >= '0' && m.text[i] <= '9'
}

func (l *language) phone(s string) string {
	var out []string
	if strings.HasPrefix(strings.Trim(s, "("), "+") {
		out = append(out, l.Symbols["+"])
	}
	if len(out) > 0 {
		s = strings.Replace(s, "(0)", " ", 1) // not dialled after the country code
	}
	var groups []string
	for group := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < '0' || r > '9' }) {
		groups = append(groups, l.phoneGroup(group))
	}
	out = append(out, strings.Join(groups, ", "))
	return strings.Join(out, " ")
}

// phoneGroup cuts groups that are too long to follow.
func (l *language) phoneGroup(s string) string {
	if len(s) <= 5 {
		return l.digits(s)
	}
	return l.digitGroups(s)
}

func (l *language) sayAnnounced(m match) (string, bool) {
	if !m.whole() || l.sets["short"][m.group(3)] {
		return "", false
	}
	return m.group(1) + m.group(2) + l.phone(m.group(3)), true
}

// sayShort reads 112 digit by digit when a word beside it or the end of the
// phrase says that it is called, not counted.
func (l *language) sayShort(m match) (string, bool) {
	if !m.whole() || m.before() == '-' || m.before() == '.' || m.digitFollows() {
		return "", false
	}
	next := m.next()
	called := next == "" && strings.ContainsRune(" .,;:!?)-", m.after())
	if (m.after() == '-') && m.index[1]+1 < len(m.text) && m.text[m.index[1]+1] == ' ' {
		called = false
	}
	if called || l.is("after", next) || l.is("before", m.previous(0)) && !counted(next) {
		return l.digits(m.group(0)), !l.moneyFollows(m)
	}
	return "", false
}

// counted says that the word after a number is what it counts.
func counted(next string) bool { return capital(next) }

func (l *language) moneyFollows(m match) bool {
	return strings.ContainsAny(strings.TrimLeft(m.text[m.index[1]:min(len(m.text), m.index[1]+4)], " "), "€$%£°")
}

// sayPostcode reads the five digits before a place name one by one.
func (l *language) sayPostcode(m match) (string, bool) {
	next := m.next()
	if !m.whole() || m.before() == '.' || m.before() == '-' {
		return "", false
	}
	afterCode := l.Lexicon["PLZ"] != "" && (m.previous(0) == "PLZ" || m.previous(0) == l.Lexicon["PLZ"])
	place := l.Lexicon["PLZ"] == "Postleitzahl" && capital(next) && !l.countable(next)
	if !afterCode && !place {
		return "", false
	}
	return l.digits(m.group(0)), true
}

// countable nouns follow a number without being a place.
func (l *language) countable(noun string) bool {
	for _, c := range l.Currencies {
		for _, s := range c.Signs {
			if s == noun {
				return true
			}
		}
	}
	_, isUnit := l.Units[noun]
	return isUnit || strings.HasSuffix(noun, "en") || strings.HasSuffix(noun, "er") || strings.HasSuffix(noun, "innen") || strings.HasSuffix(noun, "stück") || noun == "Stück" || noun == "Mal"
}
