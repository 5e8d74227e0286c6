package speakable

import "regexp"

// unitRules read "20 km", "3-5 %" and "35 x 45 mm".
func (l *language) unitRules() []rule {
	figure := l.price()
	return []rule{
		{regexp.MustCompile(`([\d\pL]) [x×] (\d)|(\d)[x×](\d)`), func(m match) (string, bool) {
			return m.group(1) + m.group(3) + " " + l.Words.Times + " " + m.group(2) + m.group(4), true
		}},
		{regexp.MustCompile(`(\d) ?[x×] (\p{L})`), func(m match) (string, bool) {
			return m.group(1) + " " + l.Words.Repeat + " " + m.group(2), true
		}},
		{regexp.MustCompile(`(-)?` + figure + `(?: ?(?:[-–]|bis|to|à) ?` + figure + `)? ?(` + alternatives(l.Units) + `)`), l.sayUnit},
	}
}

func (l *language) sayUnit(m match) (string, bool) {
	if isWord(m.before()) || isWord(m.after()) || m.before() == ',' || m.before() == '.' {
		return "", false
	}
	u := l.Units[m.group(4)]
	first := l.parse(m.group(2))
	minus := ""
	if m.group(1) != "" {
		minus = l.Words.Minus + " "
	}
	if m.group(3) == "" {
		return minus + l.count(first, u.One, u.Many) + endOfText(m), true
	}
	return minus + l.say(first, "cardinal") + " " + l.Words.To + " " + l.count(l.parse(m.group(3)), u.One, u.Many) + endOfText(m), true
}

// endOfText keeps the full stop of an abbreviation that ends the text.
func endOfText(m match) string {
	if m.index[1] == len(m.text) && m.text[m.index[1]-1] == '.' {
		return "."
	}
	return ""
}
