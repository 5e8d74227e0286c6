package speakable

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// moneyRules read "21,80 €", "€ 37", "10-20 Euro" and "2,5 Mio. €".
func (l *language) moneyRules() []rule {
	var rules []rule
	figure := l.price()
	times := alternatives(l.Multipliers)
	for _, c := range l.sortedCurrencies() {
		signs := `(?:` + alternativeWords(c.Signs) + `)`
		codes := `(?:` + alternativeWords(c.codes()) + `)`
		rules = append(rules,
			rule{regexp.MustCompile(figure + `(?: ?(?:[-–]|bis|to|à) ?` + figure + `)?(?:,[-–]{1,2})? ?(` + times + `)? ?` + signs + `(?: (\d{2}))?`), func(m match) (string, bool) {
				return l.sayMoney(m, c)
			}},
			rule{regexp.MustCompile(codes + ` ?` + figure + `(?: ?[-–] ?` + codes + `? ?` + figure + `)?(?:,[-–]{1,2})?(?: ?(` + times + `)\b)?`), func(m match) (string, bool) {
				return l.sayMoney(m, c)
			}})
	}
	return rules
}

func (l *language) sortedCurrencies() []currency {
	var out []currency
	for _, name := range slices.Sorted(maps.Keys(l.Currencies)) {
		out = append(out, l.Currencies[name])
	}
	return out
}

// codes are the signs that may stand before the figure: "€ 37", "EUR 37", not
// "Euro 37".
func (c currency) codes() []string {
	var out []string
	for _, s := range c.Signs {
		if s == strings.ToUpper(s) {
			out = append(out, s)
		}
	}
	return out
}

func (l *language) sayMoney(m match, c currency) (string, bool) {
	if isWord(m.after()) || isWord(m.before()) || m.before() == '.' || m.before() == ',' || m.digitFollows() {
		return "", false
	}
	first, second, times := m.group(1), m.group(2), m.group(3)
	if cents := m.tail(4); cents != "" {
		return l.wordedCents(m, c, first, cents), second == "" && times == ""
	}
	if times != "" {
		return l.multiplied(first, second, l.Multipliers[times]) + " " + c.Many, true
	}
	if second == "" {
		return l.amount(l.parse(first), c), true
	}
	a, b := l.parse(first), l.parse(second)
	said := l.amount(a, c)
	if a.frac == "" && (b.frac == "" || zeros(b.frac)) {
		said = l.say(a, "counting")
	}
	return said + " " + l.Words.To + " " + l.amount(b, c), true
}

// wordedCents reads "43 Euro 40" as people say it.
func (l *language) wordedCents(m match, c currency, whole, cents string) string {
	n := l.parse(whole)
	if n.frac != "" || capital(m.next()) && len(l.Grammar.En) > 0 {
		return l.amount(n, c) + " " + cents // the figure counts what follows
	}
	n.frac = cents
	return l.amount(n, c)
}

// multiplied says "2,5 Mio." and "1 Mio.", which is singular.
func (l *language) multiplied(first, second, times string) string {
	a := l.parse(first)
	if second != "" {
		return l.say(a, "counting") + " " + l.Words.To + " " + l.say(l.parse(second), "counting") + " " + times
	}
	if a.digit == "1" && a.frac == "" {
		single := l.singular(times)
		return l.one(single) + " " + single
	}
	return l.say(a, "counting") + " " + times
}

// singular of a multiplier is the longest other one that begins it.
func (l *language) singular(times string) string {
	best := times
	for _, m := range l.Multipliers {
		if m != times && strings.HasPrefix(times, m) {
			best = m
		}
	}
	return best
}

func (l *language) amount(n number, c currency) string {
	if zeros(n.frac) {
		n.frac = ""
	}
	if len(n.frac) == 1 {
		n.frac += "0"
	}
	switch {
	case len(n.frac) > 2 || n.long:
		return l.say(n, "cardinal") + " " + c.Many
	case n.frac == "":
		return l.count(n, c.One, c.Many)
	case n.whole == 0:
		return l.count(l.parse(strings.TrimPrefix(n.frac, "0")), c.Cent, c.Cents)
	}
	cents := l.parse(n.frac)
	join := c.Join
	if join == "" {
		join = " "
	}
	n.frac = ""
	return l.count(n, c.One, c.Many) + join + l.say(cents, "cardinal")
}

// count says a number of things: "ein Euro", "zwei Euro".
func (l *language) count(n number, one, many string) string {
	if n.digit == "1" && n.frac == "" {
		return one
	}
	return l.say(n, "counting") + " " + many
}

func zeros(frac string) bool { return frac != "" && strings.Trim(frac, "0") == "" }
