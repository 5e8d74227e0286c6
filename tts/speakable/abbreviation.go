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
	var rules []rule
	for _, kind := range []struct {
		table map[string]string
		fits  func(match) bool
	}{
		{number, func(m match) bool { return unicode.IsDigit(m.nextRune()) || m.numeralFollows() }},
		{name, func(m match) bool { return unicode.IsUpper(m.nextRune()) }},
		{plain, func(match) bool { return true }},
	} {
		if len(kind.table) > 0 {
			rules = append(rules, l.abbreviations(kind.table, kind.fits))
		}
	}
	return append(rules, rule{regexp.MustCompile(`(\p{Ll})str\.`), func(m match) (string, bool) {
		if l.Abbreviations["Str."] == "" {
			return "", false
		}
		return m.group(1) + "straße" + m.stop(), true
	}})
}

func (l *language) abbreviations(table map[string]string, fits func(match) bool) rule {
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

// numeralFollows accepts a roman numeral after "Abs." and the like.
func (m match) numeralFollows() bool {
	next := m.next()
	return next != "" && roman(next)
}

// wordRules read words that are spelt otherwise than they sound, and spell
// acronyms that nobody can pronounce.
func (l *language) wordRules() []rule {
	return []rule{{regexp.MustCompile(`\p{L}+`), func(m match) (string, bool) {
		if unicode.IsDigit(m.before()) || m.before() == '\'' {
			return "", false
		}
		said := l.Lexicon[m.group(0)]
		if said == "" {
			said = l.acronym(m.group(0))
		}
		if said == "" {
			return "", false
		}
		// Spelt letters do not join: "Ich-AG", "Kfz-Zulassung".
		if m.before() == '-' {
			said = " " + said
		}
		if m.after() == '-' {
			said += " "
		}
		return said, true
	}}}
}

// acronym spells capitals that nobody can pronounce, and returns "" for others.
func (l *language) acronym(word string) string {
	if l.Acronyms != "spell" || len(word) < 2 || len(word) > 6 || word != strings.ToUpper(word) || hasVowel(word) || roman(word) {
		return ""
	}
	return spelled(word)
}

func roman(word string) bool { return strings.Trim(word, "IVX") == "" }
