package intent

import (
	"math"
	"math/bits"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// spelling knows how the words of each language are written: naive Bayes over
// the runs of letters (Cavnar and Trenkle, N-Gram-Based Text Categorization,
// 1994) of the sentences in the exemplars.
type spelling map[string]*letterRuns

// letterRuns are the runs in the sentences of a language, and how many there
// are of each length.
type letterRuns struct {
	counts map[run]int
	total  [longestRun + 1]int
}

// run is up to longestRun letters, of 16 bits each.
type run uint64

const longestRun = 4

func (r run) length() int { return (bits.Len64(uint64(r)) + 15) / 16 }

func newSpelling(sentences []exemplar) spelling {
	s := spelling{}
	for _, x := range sentences {
		if s[x.language] == nil {
			s[x.language] = &letterRuns{counts: map[run]int{}}
		}
		s[x.language].add(x.text)
	}
	return s
}

func (l *letterRuns) add(text string) {
	eachRun(written(text), func(r run) {
		l.counts[r]++
		l.total[r.length()]++
	})
}

// written are the words of a text as they are spelt, accents and all.
func written(text string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFC.String(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

// eachRun takes the words apart; a space stands for their ends.
func eachRun(words []string, each func(run)) {
	for _, w := range words {
		letters := []rune(" " + w + " ")
		for begin := range letters {
			var r run
			for n, letter := range letters[begin:min(begin+longestRun, len(letters))] {
				r = r<<16 | run(letter&0xffff)
				if n > 0 || letter != ' ' {
					each(r)
				}
			}
		}
	}
}

// evidence is the mean logarithm of how likely the runs are in the language.
func (l *letterRuns) evidence(text []run) float64 {
	const share, kinds = 0.2, 10_000 // no run is impossible (Jelinek and Mercer)
	sum := 0.0
	for _, r := range text {
		seen := float64(l.counts[r]) / float64(max(1, l.total[r.length()]))
		sum += math.Log((1-share)*seen + share/kinds)
	}
	return sum / float64(max(1, len(text)))
}

// like says whether a word looks more like a than like b.
func (s spelling) like(word, a, b string) bool {
	l, _ := s.guess([]string{word}, []string{b, a})
	return l == a
}

// guess is the language that the words are spelt most like, and by how much
// it leads (logarithms).
func (s spelling) guess(words, offered []string) (language string, lead float64) {
	var found []run
	eachRun(words, func(r run) { found = append(found, r) })
	best, second := math.Inf(-1), math.Inf(-1)
	for _, l := range offered {
		known := s[l]
		if known == nil {
			continue
		}
		switch e := known.evidence(found); {
		case e > best:
			best, second, language = e, best, l
		case e > second:
			second = e
		}
	}
	return language, best - second
}

// Leads from which spelling is believed.
const (
	someLead  = 0.1 // where nothing else is known
	clearLead = 0.3 // against the language of the conversation
)

// Likely names the language of a written text, where any lead is better than
// none: by its spelling, and by its function words where that says little.
func (r *Recogniser) Likely(text string, offered ...string) (string, bool) {
	language, _, lead := r.leader(Split(text), offered)
	if lead > 0 && r.spelling()[language] == nil {
		return language, true // of its spelling nothing is known
	}
	words := written(text)
	if spelt, far := r.spelling().guess(words, offered); len(words) > 1 && far >= someLead {
		return spelt, true
	}
	return language, lead > 0
}

// Spelt names the language of a text that is surely not written in the one of
// the conversation: most of its words look like the other, not only a name.
func (r *Recogniser) Spelt(text, current string, offered ...string) (string, bool) {
	words := written(text)
	language, lead := r.spelling().guess(words, offered)
	if len(words) < fewestSpelt || lead < clearLead || language == current || r.spelling()[current] == nil {
		return "", false
	}
	n := 0
	for _, w := range words {
		if r.spelling().like(w, language, current) {
			n++
		}
	}
	return language, 3*n > 2*len(words)
}

// fewestSpelt is how many words more than a name has.
const fewestSpelt = 3
