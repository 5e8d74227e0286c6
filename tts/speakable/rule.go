package speakable

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// rule replaces what its expression finds; say may decline.
type rule struct {
	re  *regexp.Regexp
	say func(m match) (string, bool)
}

// match is one finding with its surroundings.
type match struct {
	text  string
	index []int
}

func (m match) group(i int) string {
	if m.index[2*i] < 0 {
		return ""
	}
	return m.text[m.index[2*i]:m.index[2*i+1]]
}

func (m match) before() rune {
	r, _ := utf8.DecodeLastRuneInString(m.text[:m.index[0]])
	if m.index[0] == 0 {
		return ' '
	}
	return r
}

func (m match) after() rune {
	r, _ := utf8.DecodeRuneInString(m.text[m.index[1]:])
	if m.index[1] == len(m.text) {
		return ' '
	}
	return r
}

// whole says that the finding is not a part of a longer word or number.
func (m match) whole() bool { return !isWord(m.before()) && !isWord(m.after()) }

// reach is how far surroundings are looked at, in bytes.
const reach = 60

// previous returns the nth word before the finding (0 is the nearest) if only
// spaces and commas stand between.
func (m match) previous(n int) string {
	s := m.text[max(0, m.index[0]-reach):m.index[0]]
	for ; ; n-- {
		s = strings.TrimRight(s, " ,(„\"")
		start := strings.LastIndexFunc(s, func(r rune) bool { return !isWord(r) && r != '-' && r != '.' })
		if n == 0 {
			return strings.TrimRight(s[start+1:], ".")
		}
		s = s[:max(0, start+1)]
	}
}

// next returns the word after the finding if a space stands between.
func (m match) next() string {
	s := m.text[m.index[1]:min(len(m.text), m.index[1]+reach)]
	trimmed := strings.TrimLeft(s, " ")
	if trimmed == s {
		return ""
	}
	end := strings.IndexFunc(trimmed, func(r rune) bool { return !isWord(r) && r != '-' })
	if end < 0 {
		return trimmed
	}
	return trimmed[:end]
}

func (r rule) apply(text string) string {
	found := r.re.FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		return text
	}
	var b strings.Builder
	at := 0
	for _, index := range found {
		said, ok := r.say(match{text: text, index: index})
		if !ok {
			continue
		}
		b.WriteString(text[at:index[0]])
		b.WriteString(said)
		at = index[1]
	}
	b.WriteString(text[at:])
	return b.String()
}

// alternatives is an expression for any of the keys, longest first.
func alternatives[V any](m map[string]V) string {
	return alternativeWords(slices.Collect(maps.Keys(m)))
}

func alternativeWords(words []string) string {
	words = slices.Clone(words)
	slices.SortFunc(words, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	for i, w := range words {
		words[i] = strings.ReplaceAll(regexp.QuoteMeta(w), " ", " ?")
	}
	return strings.Join(words, "|")
}

func capital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

// spaced puts spaces around a word where it would touch another.
func (m match) spaced(said string) string {
	if isWord(m.before()) {
		said = " " + said
	}
	if isWord(m.after()) {
		said += " "
	}
	return said
}
