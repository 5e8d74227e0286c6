// Package lexical finds articles by their words: the words of a question flow
// in, evidence per article flows out. It forgives inflection, compounds, typing
// errors and words a recogniser misheard.
package lexical

import (
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/turkish"
)

// maxTokens bounds a question: nobody asks in more words, and the work per
// token is not free.
const maxTokens = 48

// Analyzer turns text of one language into tokens. It is safe for concurrent use.
type Analyzer struct {
	language string
	stem     func(*snowballstem.Env) bool // nil: cut to a prefix
	stop     map[string]bool
}

// Token is one word of a text.
type Token struct {
	Surface string // lower case, folded
	Term    string // stem of it
	Stop    bool   // carries no topic
}

// NewAnalyzer makes one for a language tag; "de-leicht" is German.
func NewAnalyzer(language string) *Analyzer {
	base, _, _ := strings.Cut(language, "-")
	stems := map[string]func(*snowballstem.Env) bool{
		"de": german.Stem, "en": english.Stem, "fr": french.Stem, "tr": turkish.Stem, "ru": russian.Stem,
		"ar": arabic.Stem, "es": spanish.Stem, "it": italian.Stem, "ro": romanian.Stem,
	}
	a := &Analyzer{language: base, stem: stems[base], stop: map[string]bool{}}
	for _, w := range strings.Fields(stopWords(base)) {
		a.stop[fold(w)] = true
	}
	return a
}

// Tokens splits text into folded words with their stems.
func (a *Analyzer) Tokens(text string) []Token {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
	tokens := make([]Token, 0, len(words))
	for _, w := range words {
		if len(w) > 64 {
			continue
		}
		surface := fold(w)
		tokens = append(tokens, Token{Surface: surface, Term: a.term(w), Stop: a.stop[surface]})
	}
	return tokens
}

// term stems first and folds then: the stemmers know umlauts.
func (a *Analyzer) term(word string) string {
	if a.stem == nil {
		return prefix(fold(word), 6)
	}
	env := snowballstem.NewEnv(word)
	a.stem(env)
	return fold(env.Current())
}

// fold makes the spellings of one word equal: "Straße", "Strasse"; "Führung",
// "Fuehrung", "Fuhrung".
func fold(word string) string {
	var b strings.Builder
	var last rune
	for _, r := range word {
		switch {
		case r == 'ß':
			b.WriteString("ss")
		case r == 'e' && (last == 'a' || last == 'o' || last == 'u'):
			// "ae", "oe", "ue" are typed umlauts; both sides are folded alike.
		case unicode.Is(unicode.Mn, r):
		default:
			b.WriteRune(plain(r))
		}
		last = r
	}
	return b.String()
}

// plain takes the mark off a Latin letter.
func plain(r rune) rune {
	if r < 0x80 {
		return r
	}
	for _, group := range [...]struct {
		bare   rune
		marked string
	}{
		{'a', "äáàâãåāą"}, {'o', "öóòôõőø"}, {'u', "üúùûůű"}, {'e', "éèêëęě"}, {'i', "íìîïı"}, {'c', "çćč"},
		{'s', "śšşș"}, {'g', "ğ"}, {'l', "ł"}, {'n', "ñńň"}, {'r', "ř"}, {'t', "ťțţ"}, {'d', "ď"}, {'y', "ý"}, {'z', "źżž"},
	} {
		if strings.ContainsRune(group.marked, r) {
			return group.bare
		}
	}
	return r
}

func prefix(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
