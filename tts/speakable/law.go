package speakable

import (
	"regexp"
	"strings"
)

// genderRules read "Bürger*innen", "Bürger:innen", "Bürger/-innen" as two words
// with the short pause people make.
func (l *language) genderRules() []rule {
	if len(l.GenderForms) == 0 {
		return nil
	}
	forms := alternativeWords(l.GenderForms)
	return []rule{{regexp.MustCompile(`(\p{L}{2,})(?:[*:_]|/-?)(` + forms + `)`), func(m match) (string, bool) {
		return m.group(1) + " " + m.group(2), m.whole()
	}}}
}

// lawRules read the paragraph sign; what follows it is left to the abbreviations.
func (l *language) lawRules() []rule {
	if l.Symbols["§"] == "" {
		return nil
	}
	return []rule{{regexp.MustCompile(`(§+) ?(\d+)([a-z])?`), func(m match) (string, bool) {
		said := l.Symbols["§"]
		if m.group(1) != "§" {
			said = l.plural(said)
		}
		said = m.spaced(said) + " " + l.say(l.parse(m.group(2)), "cardinal")
		if letter := m.group(3); letter != "" {
			said += " " + letter
		}
		return said, true
	}}}
}

// plural of "Paragraf" and "section".
func (l *language) plural(word string) string {
	if strings.HasSuffix(word, "f") {
		return word + "en"
	}
	return word + "s"
}
