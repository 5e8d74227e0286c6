package numbers

import (
	"strings"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Digits a telephone number may have, without the plus: local numbers are
// short, ITU-T E.164 section 6.2 allows 15; 00 in front adds two.
const (
	MinDigits = 5
	MaxDigits = 17
)

// Count is the number of digits.
func Count(number string) int { return len(strings.TrimPrefix(number, "+")) }

// Valid says whether the digits may be a telephone number.
func Valid(number string) bool {
	n := Count(number)
	return n >= MinDigits && n <= MaxDigits
}

// Groups cuts a number into the pieces in which people write it down: the
// first four digits (an area code, mostly), then threes, never a single one.
func Groups(number string) []string {
	var groups []string
	rest := number
	for size := 4; len(rest) > 0; size = 3 {
		switch {
		case len(rest) <= size:
			size = len(rest)
		case len(rest)-size == 1:
			size--
		}
		groups = append(groups, rest[:size])
		rest = rest[size:]
	}
	return groups
}

// Read is the number in words, digit by digit, a comma between the groups; in a
// language whose words are not known, in figures that a voice reads one by one.
func (p *Parser) Read(number, language string) string {
	if !p.Knows(language) {
		return figures(number)
	}
	l := p.language(language)
	groups := Groups(number)
	spoken := make([]string, 0, len(groups))
	for _, g := range groups {
		words := make([]string, 0, len(g))
		for _, d := range g {
			switch {
			case d == '+':
				words = append(words, l.readPlus)
			case d >= '0' && d <= '9':
				words = append(words, l.read[d-'0'])
			default:
				words = append(words, string(d))
			}
		}
		spoken = append(spoken, strings.Join(words, " "))
	}
	return strings.Join(spoken, ", ")
}

// Knows says that the number words of the language are known.
func (p *Parser) Knows(language string) bool { return p.languages[transcript.Primary(language)] != nil }

func figures(number string) string {
	groups := Groups(number)
	for i, g := range groups {
		groups[i] = strings.Join(strings.Split(g, ""), " ")
	}
	return strings.Join(groups, ", ")
}
