package speakable

import (
	"strconv"
	"strings"
	"unicode"
)

func (l *language) digit(r rune) string { return l.spellout.spell("cardinal", int64(r-'0')) }

// digits reads a run one by one.
func (l *language) digits(s string) string {
	var out []string
	for _, r := range s {
		if r >= '0' && r <= '9' {
			out = append(out, l.digit(r))
		}
	}
	return strings.Join(out, " ")
}

// digitGroups reads a long run in groups that can be remembered: threes, and
// no single digit at the end.
func (l *language) digitGroups(s string) string {
	var out []string
	for len(s) > 5 {
		n := 3
		if len(s)%3 == 1 {
			n = 2
		}
		out = append(out, l.digits(s[:n]))
		s = s[n:]
	}
	return strings.Join(append(out, l.digits(s)), ", ")
}

// codes reads letters by name and digits one by one, parts set apart.
func (l *language) code(s string) string {
	var out []string
	run := ""
	flush := func() {
		if run == "" {
			return
		}
		if run[0] >= '0' && run[0] <= '9' {
			out = append(out, l.digitGroups(run))
		} else {
			out = append(out, spelled(run))
		}
		run = ""
	}
	digit := false
	for _, r := range s {
		if !isWord(r) {
			flush()
			continue
		}
		if d := unicode.IsDigit(r); d != digit {
			flush()
			digit = d
		}
		run += string(r)
	}
	flush()
	return strings.Join(out, ", ")
}

// number is a written figure taken apart.
type number struct {
	whole int64
	digit string // whole as written, without groups
	frac  string // digits after the decimal sign
	long  bool   // too long to be spelt
}

// figure is the expression of a number as the language writes it.
func (l *language) figure() string {
	group, sign := `\`+l.Decimal.Group, `\`+l.Decimal.Sign
	return `(?:\d{1,3}(?:` + group + `\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:` + sign + `\d+)?`
}

func (l *language) parse(s string) number {
	if i := strings.LastIndex(s, l.Decimal.Group); i > 0 && len(s)-i <= 3 {
		s = s[:i] + l.Decimal.Sign + s[i+1:] // the other language's decimal sign
	}
	s = strings.NewReplacer(l.Decimal.Group, "", " ", "").Replace(s)
	whole, frac, _ := strings.Cut(s, l.Decimal.Sign)
	n := number{digit: whole, frac: frac}
	v, err := strconv.ParseInt(whole, 10, 64)
	n.long = err != nil || v > maxSpelt
	n.whole = v
	return n
}

// price also takes the other decimal sign before one or two digits: "22.80 Euro".
func (l *language) price() string {
	return `(` + l.figure() + `|\d+\` + l.Decimal.Group + `\d{1,2})`
}

// say spells a number by a rule set.
func (l *language) say(n number, set string) string {
	said := l.digitGroups(n.digit)
	if !n.long {
		said = l.spellout.spell(set, n.whole)
	}
	if n.frac != "" {
		if !n.long {
			said = l.spellout.spell("cardinal", n.whole)
		}
		said += " " + l.Decimal.Word + " " + l.digits(n.frac)
	}
	return said
}
