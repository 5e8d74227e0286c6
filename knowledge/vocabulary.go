package knowledge

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Bounds of what the recogniser is told: a longer prompt costs time in every
// window, and short words are known to every recogniser.
const (
	maxVocabulary = 240 // letters, about 64 tokens of Whisper
	minTerm       = 6   // letters of a term
)

// vocabulary is what the recogniser is told in one language.
type vocabulary struct {
	prompt string
	terms  []string
}

// Vocabulary is a prompt for the recogniser in one language: the city's name
// and a choice of the terms, spread over all articles, as a sentence of
// bounded length. "" when there are no articles in it.
func (b *Base) Vocabulary(language string) string {
	return b.state.Load().vocabularies[transcript.Primary(language)].prompt
}

// Terms are the words of titles and keywords in one language that a
// recogniser may expect more often than elsewhere, longest first. The slice is
// the same until the articles change, and must not be written.
func (b *Base) Terms(language string) []string {
	return b.state.Load().vocabularies[transcript.Primary(language)].terms
}

func vocabularies(set *Set) map[string]vocabulary {
	out := map[string]vocabulary{}
	for _, a := range set.Articles {
		for language := range a.Variants {
			if language = transcript.Primary(language); out[language].prompt == "" {
				terms := set.terms(language)
				out[language] = vocabulary{prompt: prompt(set.City.Name, terms), terms: terms}
			}
		}
	}
	return out
}

// prompt takes terms at equal distances, so that no kind of word is preferred.
func prompt(city string, terms []string) string {
	out := city
	if len(terms) == 0 {
		return out + "."
	}
	count := maxVocabulary / (2 * minTerm)
	for i := range count {
		w := terms[i*len(terms)/count]
		if utf8.RuneCountInString(out)+utf8.RuneCountInString(w)+3 > maxVocabulary {
			break
		}
		if !strings.Contains(out, w) {
			out += ", " + w
		}
	}
	return out + "."
}

func (s *Set) terms(language string) []string {
	seen := map[string]bool{}
	var out []string
	for _, a := range s.Articles {
		v := a.Variants[language]
		for _, text := range append([]string{v.Title}, v.Keywords...) {
			out = append(out, longWords(text, seen)...)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if len(out[i]) != len(out[j]) {
			return len(out[i]) > len(out[j])
		}
		return out[i] < out[j]
	})
	return out
}

func longWords(text string, seen map[string]bool) []string {
	var out []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
		if key := strings.ToLower(w); utf8.RuneCountInString(w) >= minTerm && !seen[key] {
			seen[key] = true
			out = append(out, w)
		}
	}
	return out
}
