package speakable

import (
	"regexp"
	"strings"
	"unicode"
)

// numberRules read what no rule before has claimed: fractions, ranges,
// decimals, years, figures with leading zeros, and plain numbers.
func (l *language) numberRules() []rule {
	figure := `(` + l.figure() + `)`
	return []rule{
		{regexp.MustCompile(`(\d+)? ?([½⅓¼¾])`), l.sayFraction},
		{regexp.MustCompile(`\b([123])/([234])\b`), l.sayWrittenFraction},
		{regexp.MustCompile(`(\d+)-?(` + alternativeWords(append(l.Joined, "\x00")) + `)`), l.sayJoined},
		{regexp.MustCompile(`(\d)-(\p{L})`), func(m match) (string, bool) { return m.group(1) + " " + m.group(2), true }},
		{regexp.MustCompile(figure + ` ?[-–] ?` + figure), l.sayRange},
		{regexp.MustCompile(`(\d+)/(\d+)`), func(m match) (string, bool) {
			return m.group(1) + " " + m.group(2), m.whole()
		}},
		{regexp.MustCompile(`([-+])(\d)`), l.saySign},
		{regexp.MustCompile(`\d+(?:\.\d+)+`), l.sayDotted},
		{regexp.MustCompile(`\d{1,3}(?: 000)+|\d{1,3}(?:` + `\` + l.Decimal.Group + `\d{3})+(?:\` + l.Decimal.Sign + `\d+)?|\d+(?:\` + l.Decimal.Sign + `\d+)?`), l.sayNumber},
		{regexp.MustCompile(`\p{Nd}+|[\p{No}\p{Nl}]`), func(m match) (string, bool) { return m.spaced(l.foreign(m.group(0))), true }},
	}
}

// sayJoined reads "18-jährig" and "1990er" as one word.
func (l *language) sayJoined(m match) (string, bool) {
	if isWord(m.before()) {
		return "", false
	}
	n := l.parse(m.group(1))
	set := "counting"
	if n.whole >= 1100 && n.whole < 2100 {
		set = "year"
	}
	return l.say(n, set) + strings.ToLower(m.group(2)), true
}

func (l *language) sayFraction(m match) (string, bool) {
	said := map[string]string{"½": l.halfOf(m), "⅓": l.Words.Third, "¼": l.Words.Quarter, "¾": l.Words.ThreeQuarters}[m.group(2)]
	switch whole := m.group(1); {
	case whole == "":
	case m.group(2) == "½" && l.Words.AndHalf != "":
		said = l.say(l.parse(whole), "counting") + l.Words.AndHalf
	default:
		said = l.say(l.parse(whole), "cardinal") + " " + l.Words.And + " " + said
	}
	return m.spaced(said), true
}

// halfOf is the half before its noun: "eine halbe Stunde", "ein halbes Jahr".
func (l *language) halfOf(m match) string {
	gender := l.OrdinalNouns[m.next()]
	if l.is("feminine", m.next()) {
		gender = "f"
	}
	if said := l.Halves[gender]; said != "" {
		return said
	}
	return l.Words.Half
}

func (l *language) sayWrittenFraction(m match) (string, bool) {
	said := map[string]string{"1/2": l.halfOf(m), "1/3": l.Words.Third, "1/4": l.Words.Quarter, "3/4": l.Words.ThreeQuarters}[m.group(0)]
	return said, said != "" && m.whole() && m.before() != '/' && m.after() != '/'
}

// sayRange reads "3-5 Tage"; years and figures with leading zeros stay apart.
func (l *language) sayRange(m match) (string, bool) {
	if isWord(m.before()) || m.before() == '.' || m.before() == '-' || strings.ContainsRune("-/", m.after()) {
		return "", false
	}
	if second := m.group(2); len(second) > 2 && second[0] == '0' && isNumber(second) {
		return l.code(m.group(0)), true
	}
	return l.figureWords(m.group(1)) + " " + l.Words.To + " " + l.figureWords(m.group(2)) + gap(m), true
}

func gap(m match) string {
	if isWord(m.after()) {
		return " "
	}
	return ""
}

func (l *language) saySign(m match) (string, bool) {
	if m.before() != ' ' && m.before() != '(' {
		if m.group(1) == "+" {
			return " " + l.Words.Plus + " " + m.group(2), true
		}
		return " " + m.group(2), true
	}
	word := l.Words.Minus
	if m.group(1) == "+" {
		word = l.Words.Plus
	}
	return word + " " + m.group(2), true
}

// sayDotted reads versions such as 2.0 where the dot is no sign of the
// language's numbers.
func (l *language) sayDotted(m match) (string, bool) {
	s := m.group(0)
	if l.Decimal.Sign == "." && strings.Count(s, ".") == 1 || l.Decimal.Group == "." && grouped(s) {
		return "", false
	}
	return m.spaced(l.dotted3(s)), true
}

func (l *language) sayNumber(m match) (string, bool) {
	s := m.group(0)
	said := l.figureWords(s)
	if s == "1" {
		said = l.oneBefore(m)
	}
	return m.spaced(said), true
}

// figureWords says a figure that stands alone.
func (l *language) figureWords(s string) string {
	n := l.parse(s)
	switch {
	case n.long:
		return l.say(n, "cardinal")
	case len(n.digit) > 1 && n.digit[0] == '0':
		return l.digits(n.digit) + l.fraction(n)
	case len(s) == 4 && isNumber(s) && n.whole >= 1100 && n.whole < 2100:
		return l.say(n, "year")
	}
	return l.say(n, "cardinal")
}

func (l *language) fraction(n number) string {
	if n.frac == "" {
		return ""
	}
	return " " + l.Decimal.Word + " " + l.digits(n.frac)
}

// oneBefore bends "1" for the word after it: "ein Foto", "eine Kopie".
func (l *language) oneBefore(m match) string {
	plain := l.spellout.spell("cardinal", 1)
	if l.spellout["counting"] == nil && len(l.Feminine) == 0 {
		return plain
	}
	next := m.next()
	switch {
	case l.is("labels", m.previous(0)) || m.abbreviationFollows():
		return plain
	case next == "" || len(l.Grammar.En) == 0 && !capital(next) && !l.is("feminine", next):
		return plain
	case l.is("feminine", next):
		return l.one(next)
	case capital(next):
		return l.spellout.spell("counting", 1)
	case strings.HasSuffix(next, "es") || strings.HasSuffix(next, "er") && next != "oder":
		return l.spellout.spell("counting", 1)
	case strings.HasSuffix(next, "e") && len(next) > 4:
		return l.spellout.spell("counting", 1) + "e"
	}
	return plain
}

// abbreviationFollows: after "Satz 1" comes "Nr. 3", not what is counted.
func (m match) abbreviationFollows() bool {
	next := m.next()
	end := m.index[1] + 1 + len(next)
	return next != "" && end < len(m.text) && m.text[end] == '.' && end+1 < len(m.text)
}

// one is the numeral one before a noun by its gender.
func (l *language) one(noun string) string {
	said := l.spellout.spell("counting", 1)
	if !l.is("feminine", noun) {
		return said
	}
	switch said {
	case "un":
		if l.spellout.spell("cardinal", 1) == "uno" {
			return "una"
		}
		return "une"
	case "ein":
		return "eine"
	}
	return said
}

// foreign reads digits of other scripts and superscripts by their value.
func (l *language) foreign(s string) string {
	var out []string
	for _, r := range s {
		if v, ok := digitValue(r); ok {
			out = append(out, l.digit('0'+v))
		}
	}
	return strings.Join(out, " ")
}

func digitValue(r rune) (rune, bool) {
	switch {
	case r == '²':
		return 2, true
	case r == '³':
		return 3, true
	case r == '¹':
		return 1, true
	case unicode.Is(unicode.Nd, r):
		// Decimal digits stand in runs of ten from zero.
		zero := r
		for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
			zero--
		}
		return (r - zero) % 10, true
	}
	return 0, false
}
