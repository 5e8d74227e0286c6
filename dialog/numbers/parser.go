// Package numbers understands telephone numbers as people dictate them: words
// flow in ("null zwei zwei acht, siebenundsiebzig, doppel drei"), digits flow
// out ("02287733"). It also reads digits back in groups.
package numbers

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// maxWords limits what is looked at: nobody dictates longer in one breath.
const maxWords = 200

// Parser holds the number words of all languages. It does not change and may
// be shared.
type Parser struct {
	languages map[string]*language
}

func (p *Parser) language(name string) *language {
	if l := p.languages[transcript.Primary(name)]; l != nil {
		return l
	}
	return p.languages["de"]
}

// Parse returns the digits in the text, with a leading plus if one was said.
// Slips corrected in the same breath are applied ("vier, nein, fünf").
func (p *Parser) Parse(text, language string) string {
	l := p.language(language)
	return l.digits(l.apart(split(text)))
}

// split cuts text into folded words, runs of digits and plus signs.
func split(text string) []string {
	text = strings.ReplaceAll(intent.Fold(text), "+", " + ")
	words := strings.FieldsFunc(strings.Map(western, text), func(r rune) bool {
		return !unicode.IsLetter(r) && !(r >= '0' && r <= '9') && r != '+'
	})
	return words[:min(len(words), maxWords)]
}

// apart splits an "and" off the tens that it is written onto, as in Arabic.
func (l *language) apart(words []string) []string {
	var out []string
	for _, w := range words {
		for and := range l.and {
			if rest, joined := strings.CutPrefix(w, and); joined && l.tens[rest] > 0 {
				out, w = append(out, and), rest
				break
			}
		}
		out = append(out, w)
	}
	return out
}

// western turns the digits of Arabic and Persian into 0 to 9.
func western(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	}
	return r
}

// digits walks over the words once.
func (l *language) digits(words []string) string {
	var before, units []string // before: what a correction will mend
	mending := false
	for i := 0; i < len(words); {
		w := words[i]
		switch {
		case l.restart[w]:
			before, units, mending = nil, nil, false
			i++
			continue
		case l.correct[w] && len(units) > 0:
			if mending {
				units = mend(before, units)
			}
			before, units, mending = units, nil, true
			i++
			continue
		}
		unit, used := l.unit(words[i:])
		if unit != "" {
			units = append(units, unit)
		}
		i += max(1, used)
	}
	if mending {
		units = mend(before, units)
	}
	return clean(strings.Join(units, ""))
}

// mend applies the units said after a word of correction to those before it.
func mend(before, after []string) []string {
	said := strings.Join(after, "")
	all := strings.Join(before, "")
	switch {
	case said == "":
		return before
	case len(said) >= 6 && (said[0] == '0' || said[0] == '+'), len(said) >= len(all):
		return after
	case len(said) >= 2 && all[len(all)-len(said)] == said[0]:
		return append([]string{all[:len(all)-len(said)]}, after...)
	}
	return append(before[:len(before)-1:len(before)-1], after...)
}

// clean leaves digits and a plus in front.
func clean(s string) string {
	plus := strings.HasPrefix(s, "+")
	s = strings.ReplaceAll(s, "+", "")
	if plus && s != "" {
		return "+" + s
	}
	return s
}

// Number reads one whole number from the front of folded words: its value and
// how many words it took, 0 when they begin with none. Articles that are
// numbers too ("ein Sofa") count.
func (p *Parser) Number(words []string, language string) (value, used int) {
	if len(words) == 0 {
		return 0, 0
	}
	l := p.language(language)
	digits, used := l.unit(words)
	if digits == "" && l.inside[words[0]] {
		v, ok := l.value(words[0])
		if !ok {
			return 0, 0
		}
		return v, 1
	}
	if used == 0 || digits == "" || digits == "+" || len(digits) > 9 {
		return 0, 0
	}
	value, err := strconv.Atoi(digits)
	if err != nil {
		return 0, 0
	}
	return value, used
}

// Digit is how a digit is read aloud.
func (p *Parser) Digit(d rune, language string) string {
	if d < '0' || d > '9' {
		return string(d)
	}
	return p.language(language).read[d-'0']
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
