package intent

import (
	"unicode"
	"unicode/utf8"
)

// minCommon is how many function words a language needs to be believed, and
// by how many it must lead.
const minCommon = 2

// Guess names the language of a text by its function words and its script.
// It stays silent when unsure: names and single words are no evidence. Of the
// languages without tables only those that are offered may be meant.
func (r *Recogniser) Guess(words Words, offered ...string) (string, bool) {
	language, best, lead := r.leader(words, offered)
	if best < minCommon || lead < minCommon {
		return "", false
	}
	return language, true
}

// leader returns the language with the most evidence, and by how much it leads.
func (r *Recogniser) leader(words Words, offered []string) (language string, best, lead int) {
	second := 0
	for _, l := range r.among(offered) {
		n := r.table(l).count(words)
		switch {
		case n > best:
			best, second, language = n, best, l
		case n > second:
			second = n
		}
	}
	return language, best, best - second
}

// Evidence counts the function words of a language in the words.
func (r *Recogniser) Evidence(words Words, language string) int {
	if t := r.table(language); t != nil {
		return t.count(words)
	}
	return 0
}

// count takes the function words, and half of the words of the right script
// when the language has one of its own.
func (t *table) count(words Words) int {
	n, script := 0, 0
	for _, w := range words {
		if t.common[w] {
			n++
		}
		if r, _ := utf8.DecodeRuneInString(w); t.script != "" && unicode.Is(unicode.Scripts[t.script], r) {
			script++
		}
	}
	return n + (script+1)/2
}
