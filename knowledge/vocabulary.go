package knowledge

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of the recogniser's prompt: Whisper keeps about 220 tokens, and a
// longer prompt costs time in every window.
const (
	maxVocabulary = 600 // letters
	minRareWord   = 9   // letters of a word that recognisers do not know well
)

// Vocabulary is a prompt for the recogniser in one language: the city's name
// and the words of titles and keywords that are rare elsewhere, longest first,
// as a sentence of bounded length. "" when there are no articles in it.
func (b *Base) Vocabulary(language string) string {
	s := b.state.Load()
	language = baseLanguage(language)
	words := s.titleWords(language)
	if len(words) == 0 {
		return ""
	}
	out := s.set.City.Name
	for _, w := range words {
		if utf8.RuneCountInString(out)+utf8.RuneCountInString(w)+3 > maxVocabulary {
			break
		}
		out += ", " + w
	}
	return out + "."
}

// titleWords lists words of titles, then of keywords, each group longest first.
func (s *state) titleWords(language string) []string {
	seen := map[string]bool{}
	var titles, keywords []string
	for _, a := range s.set.Articles {
		v, ok := a.Variants[language]
		if !ok {
			continue
		}
		titles = append(titles, rareWords(v.Title, seen)...)
	}
	for _, a := range s.set.Articles {
		for _, k := range a.Variants[language].Keywords {
			keywords = append(keywords, rareWords(k, seen)...)
		}
	}
	longestFirst(titles)
	longestFirst(keywords)
	return append(titles, keywords...)
}

func rareWords(text string, seen map[string]bool) []string {
	var out []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
		if key := strings.ToLower(w); utf8.RuneCountInString(w) >= minRareWord && !seen[key] {
			seen[key] = true
			out = append(out, w)
		}
	}
	return out
}

func longestFirst(words []string) {
	sort.SliceStable(words, func(i, j int) bool {
		if len(words[i]) != len(words[j]) {
			return len(words[i]) > len(words[j])
		}
		return words[i] < words[j]
	})
}
