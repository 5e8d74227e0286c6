package translate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/translate/values"
)

// Glossary is the city's words in its languages: offices, services, papers,
// streets, and what stays as it is.
type Glossary struct {
	terms []term
	index map[string][]form // by language and the first letters of the first word
	// phrases are whole utterances, by language and words: small models make
	// strange things of "Sim."
	phrases map[string]map[string][]string
}

// term is one thing by language; the first form is what is written.
type term struct {
	forms     map[string][]string
	protected bool
}

type form struct {
	words []string
	term  int
}

// glossaryFile is how the file looks.
type glossaryFile struct {
	Protected []string              `yaml:"protected"`
	Phrases   []map[string][]string `yaml:"phrases"`
	Terms     []map[string][]string `yaml:"terms"`
}

const mostTerms = 20_000

// ParseGlossary reads glossary.yaml: "protected", words that stay, "phrases",
// whole utterances, and "terms", each with its forms by language.
func ParseGlossary(data []byte) (*Glossary, error) {
	var file glossaryFile
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if len(strings.TrimSpace(string(data))) > 0 {
		if err := decoder.Decode(&file); err != nil {
			return nil, fmt.Errorf("glossary: %w", err)
		}
	}
	if len(file.Terms)+len(file.Protected)+len(file.Phrases) > mostTerms {
		return nil, fmt.Errorf("glossary: more than %d terms", mostTerms)
	}
	g := &Glossary{index: map[string][]form{}, phrases: map[string]map[string][]string{}}
	for i, forms := range file.Phrases {
		if err := g.addPhrase(forms); err != nil {
			return nil, fmt.Errorf("glossary: phrase %d: %w", i+1, err)
		}
	}
	for i, w := range file.Protected {
		if len(wordsOf(w)) == 0 {
			return nil, fmt.Errorf("glossary: protected word %d %q has no letters", i+1, w)
		}
		g.add(term{forms: map[string][]string{"": {w}}, protected: true})
	}
	for i, forms := range file.Terms {
		if len(forms) < 2 {
			return nil, fmt.Errorf("glossary: term %d has fewer than two languages", i+1)
		}
		for language, list := range forms {
			if len(list) == 0 || slices.ContainsFunc(list, func(s string) bool { return len(wordsOf(s)) == 0 }) {
				return nil, fmt.Errorf("glossary: term %d has an empty form for %q", i+1, language)
			}
		}
		g.add(term{forms: forms})
	}
	return g, nil
}

func (g *Glossary) addPhrase(forms map[string][]string) error {
	for language, list := range forms {
		for _, f := range list {
			words := folded(wordsOf(f))
			if len(words) == 0 {
				return fmt.Errorf("an empty form for %q", language)
			}
			g.phrases[language+" "+strings.Join(words, " ")] = forms
		}
	}
	return nil
}

// phrase is the translation of a text that is one phrase as a whole; what ends
// the sentence stays.
func (g *Glossary) phrase(text string, d direction) (string, bool) {
	if g == nil || len(text) > longestPhraseBytes {
		return "", false
	}
	words := wordsOf(text)
	if len(words) == 0 {
		return "", false
	}
	forms := g.phrases[d.from+" "+strings.Join(folded(words), " ")][d.to]
	if len(forms) == 0 {
		return "", false
	}
	end := strings.TrimSpace(text[words[len(words)-1].end:])
	if end != "" && end != "." && end != "!" && end != "?" && end != "," {
		end = "."
	}
	return forms[0] + end, true
}

const longestPhraseBytes = 200

func (g *Glossary) add(t term) {
	for language, list := range t.forms {
		for _, f := range list {
			words := folded(wordsOf(f))
			key := language + " " + head(words[0])
			g.index[key] = append(g.index[key], form{words, len(g.terms)})
			slices.SortStableFunc(g.index[key], func(a, b form) int { return len(b.words) - len(a.words) })
		}
	}
	g.terms = append(g.terms, t)
}

// find returns the terms of a text as pieces of it, the longest first.
func (g *Glossary) find(text string, d direction) []piece {
	if g == nil {
		return nil
	}
	var list []piece
	words := wordsOf(text)
	fold := folded(words)
	for i := 0; i < len(words); {
		p, n := g.at(fold[i:], d)
		if n == 0 {
			i++
			continue
		}
		p.Start, p.End = words[i].start, words[i+n-1].end
		p.Text = text[p.Start:p.End]
		list = append(list, p)
		i += n
	}
	return list
}

// at matches the words of a text with a form; protected words of all languages first.
func (g *Glossary) at(words []string, d direction) (piece, int) {
	for _, language := range []string{"", d.from} {
		for _, f := range g.index[language+" "+head(words[0])] {
			if !f.begins(words) {
				continue
			}
			t := g.terms[f.term]
			p := piece{Value: values.Value{Kind: termKind}, marked: t.protected}
			if t.protected {
				p.put = t.forms[""][0]
			} else {
				renderings := t.forms[d.to]
				if len(renderings) == 0 {
					continue
				}
				p.put, p.accepted = renderings[0], renderings[1:]
			}
			return p, len(f.words)
		}
	}
	return piece{}, 0
}

// begins says whether the words are the form, up to endings.
func (f form) begins(words []string) bool {
	if len(f.words) > len(words) {
		return false
	}
	for i, w := range f.words {
		if !inflected(words[i], w) {
			return false
		}
	}
	return true
}

const (
	longestEnding = 3
	shortestStem  = 4
	headLetters   = 3
)

// inflected says whether a word is another one with another ending: the last
// vowel may change, and up to three letters may follow.
func inflected(word, form string) bool {
	if word == form {
		return true
	}
	n, m := utf8.RuneCountInString(word), utf8.RuneCountInString(form)
	same := 0
	for same < len(word) && same < len(form) {
		r, size := utf8.DecodeRuneInString(word[same:])
		s, _ := utf8.DecodeRuneInString(form[same:])
		if r != s {
			break
		}
		same += size
	}
	stem := utf8.RuneCountInString(form[:same])
	return stem >= shortestStem && m-stem <= 1 && n-stem <= longestEnding
}

// rendering of a street that begins with a term: "Rathausplatz 1".
func (g *Glossary) rendering(street string, d direction) string {
	if g == nil {
		return street
	}
	words := wordsOf(street)
	if len(words) == 0 {
		return street
	}
	p, n := g.at(folded(words), d)
	if n == 0 || p.put == "" || street[words[0].start:words[n-1].end] == p.put {
		return street
	}
	return p.put + street[words[n-1].end:]
}

// hasForm says whether a text has the words of a form, up to endings.
func hasForm(text, s string) bool {
	words := folded(wordsOf(text))
	f := form{words: folded(wordsOf(s))}
	for i := range words {
		if f.begins(words[i:]) {
			return true
		}
	}
	return len(f.words) == 0
}

// span is a word of a text.
type span struct {
	text       string
	start, end int
}

// wordsOf cuts at everything that is neither letter, mark nor digit.
func wordsOf(text string) []span {
	var list []span
	start := -1
	for i, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
		if inside && start < 0 {
			start = i
		}
		if !inside && start >= 0 {
			list = append(list, span{text[start:i], start, i})
			start = -1
		}
	}
	if start >= 0 {
		list = append(list, span{text[start:], start, len(text)})
	}
	return list
}

func folded(words []span) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = strings.ToLower(w.text)
	}
	return list
}

// head is what the words of an index entry begin with.
func head(word string) string {
	n := 0
	for i := range word {
		if n == headLetters {
			return word[:i]
		}
		n++
	}
	return word
}
