package numbers

import "strings"

// Amend applies what somebody says about a number that was read back to them:
// "die letzte ist eine fünf", "nicht sechs, sondern sieben", "am Ende vier
// vier", or the whole number again. It reports whether anything was said
// about digits.
func (p *Parser) Amend(number, text, language string) (string, bool) {
	l := p.language(language)
	words := split(text)
	if changed, ok := l.exchange(number, words); ok {
		return changed, true
	}
	if changed, ok := l.place(number, words); ok {
		return changed, true
	}
	said := l.digits(words)
	switch {
	case said == "":
		return number, false
	case len(said) >= 6 || len(said) >= len(number) || said[0] == '+':
		return said, true
	}
	return number[:len(number)-len(said)] + said, true
}

// exchange understands "nicht X, sondern Y" and "Y statt X".
func (l *language) exchange(number string, words []string) (string, bool) {
	wrong, right := "", ""
	if i, j := index(words, l.not), index(words, l.but); i >= 0 && j > i {
		wrong, right = l.digits(words[i+1:j]), l.digits(words[j+1:])
	} else if i := index(words, l.instead); i >= 0 {
		wrong, right = l.digits(words[i+1:]), l.digits(words[:i])
	}
	if wrong == "" || right == "" {
		return "", false
	}
	at := strings.LastIndex(number, wrong)
	if at < 0 {
		return "", false
	}
	return clean(number[:at] + right + number[at+len(wrong):]), true
}

// place understands "die letzten zwei sind vier fünf" and "die dritte Ziffer
// ist eine vier".
func (l *language) place(number string, words []string) (string, bool) {
	tail := words
	if i := index(words, l.is); i >= 0 {
		tail = words[i+1:]
	}
	if i := index(words, l.last); i >= 0 {
		if len(tail) == len(words) {
			tail = words[i+1:]
		}
		said := l.digits(tail)
		if said == "" || len(said) > len(number) {
			return "", false
		}
		return clean(number[:len(number)-len(said)] + said), true
	}
	for _, w := range words {
		n, ok := l.ordinals[strings.TrimSuffix(w, "n")]
		said := l.digits(tail)
		if ok && len(tail) < len(words) && len(said) == 1 && n <= len(number) {
			return number[:n-1] + said + number[n:], true
		}
	}
	return "", false
}

// States says that the folded words state a value: "ist", "lautet", "heißt".
func (p *Parser) States(words []string, language string) bool {
	return index(words, p.language(language).is) >= 0
}

func index(words []string, any map[string]bool) int {
	for i, w := range words {
		if any[w] {
			return i
		}
	}
	return -1
}
