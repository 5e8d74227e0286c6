package speakable

import (
	"regexp"
	"strings"
)

// symbolRules read or drop what is left of signs.
func (l *language) symbolRules() []rule {
	spoken := `[@&+=%°#*§€$£_]`
	return []rule{
		{regexp.MustCompile(`(\p{L})/-?(\p{L})`), func(m match) (string, bool) { return m.group(1) + " " + m.group(2), true }},
		{regexp.MustCompile(spoken), func(m match) (string, bool) { return " " + l.Symbols[m.group(0)] + " ", true }},
		{regexp.MustCompile(` [-–—]+ `), func(match) (string, bool) { return ", ", true }},
		{regexp.MustCompile(`[–—]`), func(match) (string, bool) { return " ", true }},
		{regexp.MustCompile(`[\p{P}\p{S}]+`), l.sayMarks},
	}
}

// sayMarks keeps the marks that a voice turns into pauses and melody.
func (l *language) sayMarks(m match) (string, bool) {
	s := m.group(0)
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '.', ',', ';', ':', '!', '?', '\'':
			b.WriteRune(r)
		case '-':
			if len(s) == 1 {
				b.WriteString(hyphen(m))
			}
		case '(', ')':
			b.WriteString(", ")
		case '¿', '¡', '。', '！', '？', '、', '،', '؟', '।':
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return b.String(), true
}

// hyphen stays inside a word ("E-Mail") and goes elsewhere ("An- und Abmeldung").
func hyphen(m match) string {
	if isWord(m.before()) && isWord(m.after()) {
		return "-"
	}
	return " "
}
