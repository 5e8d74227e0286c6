package speakable

import (
	"regexp"
	"strings"
	"unicode"
)

// abbreviationRules read what the table lists.
func (l *language) abbreviationRules() []rule {
	plain, number, name := map[string]string{}, map[string]string{}, map[string]string{}
	for key, said := range l.Abbreviations {
		switch {
		case strings.HasSuffix(key, " #"):
			number[strings.TrimSuffix(key, " #")] = said
		case strings.HasSuffix(key, " ^"):
			name[strings.TrimSuffix(key, " ^")] = said
		default:
			plain[key] = said
		}
	}
	return []rule{
		l.abbreviations(number, func(m match) bool {
			return unicode.IsDigit(m.nextRune()) || unicode.IsUpper(m.nextRune()) && m.nextIsWord(number, l)
		}),
		l.abbreviations(name, func(m match) bool { return unicode.IsUpper(m.nextRune()) }),
		l.abbreviations(plain, func(match) bool { return true }),
		{regexp.MustCompile(`(\p{Ll})str\.`), func(m match) (string, bool) {
			if l.Abbreviations["Str."] == "" {
				return "", false
			}
			return m.group(1) + "straße" + m.stop(), true
		}},
	}
}

func (l *language) abbreviations(table map[string]string, fits func(match) bool) rule {
	if len(table) == 0 {
		return rule{regexp.MustCompile(`[^\x00-\x{10FFFF}]`), func(match) (string, bool) { return "", false }}
	}
	said := map[string]string{}
	for key, words := range table {
		said[strings.ReplaceAll(key, " ", "")] = words
	}
	return rule{regexp.MustCompile(`(?:` + alternatives(table) + `)`), func(m match) (string, bool) {
		if isWord(m.before()) || m.before() == '-' || !strings.HasSuffix(m.group(0), ".") && isWord(m.after()) || !fits(m) {
			return "", false
		}
		words := said[strings.ReplaceAll(m.group(0), " ", "")]
		if isWord(m.after()) {
			words += " "
		}
		return words + m.stop(), true
	}}
}

// stop is the full stop that an abbreviation at the end of the text shares
// with its sentence.
func (m match) stop() string {
	if strings.TrimSpace(m.text[m.index[1]:min(len(m.text), m.index[1]+8)]) == "" && strings.HasSuffix(m.group(0), ".") {
		return "."
	}
	return ""
}

func (m match) nextRune() rune {
	return firstRune(strings.TrimLeft(m.text[m.index[1]:min(len(m.text), m.index[1]+reach)], " "))
}

// nextIsWord accepts a roman numeral after "Abs." and the like.
func (m match) nextIsWord(_ map[string]string, _ *language) bool {
	next := m.next()
	return next != "" && strings.Trim(next, "IVX") == ""
}

// wordRules read words that are spelt otherwise than they sound, and spell
// acronyms that nobody can pronounce.
func (l *language) wordRules() []rule {
	return []rule{{regexp.MustCompile(`\p{L}+`), func(m match) (string, bool) {
		if unicode.IsDigit(m.before()) || m.before() == '\'' {
			return "", false
		}
		word := m.group(0)
		if said := l.Lexicon[word]; said != "" {
			if m.after() == '-' {
				return said + " ", true
			}
			return said, true
		}
		if l.Acronyms == "spell" && len(word) > 1 && len(word) <= 6 && word == strings.ToUpper(word) && !hasVowel(word) && !roman(word) {
			return spelled(word), true
		}
		return "", false
	}}}
}

func roman(word string) bool { return strings.Trim(word, "IVX") == "" }
