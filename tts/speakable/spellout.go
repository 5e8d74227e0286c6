package speakable

import (
	"fmt"
	"strconv"
	"strings"
)

// spellout holds the number rules of a language by name ("cardinal",
// "ordinal", ...), a small form of the rule-based number formats of Unicode
// TR35 part 3: "100: <ein<hundert[>>]" says that from 100 on the quotient is
// spelt by the rules "ein", the remainder by these; brackets are left out when
// nothing remains; "=name=" spells the same number by other rules.
type spellout map[string][]numberRule

type numberRule struct {
	base, divisor int64
	parts         []numberPart
}

type numberPart struct {
	text string // literal
	kind byte   // 0 literal, '<' quotient, '>' remainder, '=' the number itself
	set  string // rules to use, "" these
	rest bool   // inside brackets
}

// maxSpelt is the largest number that is spelt; longer ones are read digit by digit.
const maxSpelt = 999_999_999_999_999

func parseSpellout(source map[string][]string) (spellout, error) {
	out := spellout{}
	for name, lines := range source {
		for _, line := range lines {
			r, err := parseNumberRule(line)
			if err != nil {
				return nil, fmt.Errorf("number rule %q: %w", line, err)
			}
			if n := len(out[name]); n > 0 && out[name][n-1].base >= r.base {
				return nil, fmt.Errorf("number rule %q is out of order", line)
			}
			out[name] = append(out[name], r)
		}
	}
	return out, nil
}

func parseNumberRule(line string) (numberRule, error) {
	head, pattern, ok := strings.Cut(line, ":")
	if !ok {
		return numberRule{}, fmt.Errorf("no colon")
	}
	base, radix, hasRadix := strings.Cut(head, "/")
	r := numberRule{divisor: 1}
	var err error
	if r.base, err = strconv.ParseInt(base, 10, 64); err != nil {
		return r, err
	}
	step := int64(10)
	if hasRadix {
		if step, err = strconv.ParseInt(radix, 10, 64); err != nil || step < 2 {
			return r, fmt.Errorf("radix %q", radix)
		}
	}
	for r.divisor*step <= r.base {
		r.divisor *= step
	}
	r.parts, err = parseNumberParts(strings.TrimPrefix(pattern, " "))
	return r, err
}

func parseNumberParts(pattern string) (parts []numberPart, err error) {
	rest := false
	for pattern != "" {
		switch c := pattern[0]; c {
		case '[', ']':
			rest, pattern = c == '[', pattern[1:]
		case '<', '>', '=':
			end := strings.IndexByte(pattern[1:], c)
			if end < 0 {
				return nil, fmt.Errorf("%q is not closed", c)
			}
			parts = append(parts, numberPart{kind: c, set: pattern[1 : 1+end], rest: rest})
			pattern = pattern[end+2:]
		default:
			end := strings.IndexAny(pattern, "[]<>=")
			if end < 0 {
				end = len(pattern)
			}
			parts = append(parts, numberPart{text: pattern[:end], rest: rest})
			pattern = pattern[end:]
		}
	}
	return parts, nil
}

// spell writes n by a rule set, or by "cardinal" where the language has no such set.
func (s spellout) spell(set string, n int64) string {
	if s[set] == nil {
		set = "cardinal"
	}
	if n < 0 || n > maxSpelt || s[set] == nil {
		return strconv.FormatInt(n, 10)
	}
	var b strings.Builder
	s.write(&b, set, n, 0)
	return b.String()
}

// deepest is far more than any number needs; wrong rules end here.
const deepest = 64

func (s spellout) write(b *strings.Builder, set string, n int64, depth int) {
	rules := s[set]
	if depth > deepest || len(rules) == 0 {
		return
	}
	i := len(rules) - 1
	for i > 0 && rules[i].base > n {
		i--
	}
	r := rules[i]
	for _, p := range r.parts {
		if p.rest && n%r.divisor == 0 {
			continue
		}
		name, value := p.set, n
		if name == "" {
			name = set
		}
		switch p.kind {
		case 0:
			b.WriteString(p.text)
			continue
		case '<':
			value = n / r.divisor
		case '>':
			value = n % r.divisor
		}
		s.write(b, name, value, depth+1)
	}
}
