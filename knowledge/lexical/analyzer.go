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

	"github.com/amtsleitung/amtsleitung/transcript"
)

// maxTokens bounds a question: nobody asks in more words, and the work per
// token is not free.
const maxTokens = 48

// maxWord bounds one word in bytes; longer ones are noise.
const maxWord = 64

// Analyzer turns text of one language into tokens. It is safe for concurrent use.
type Analyzer struct {
	language string
	stem     func(string) string
	stop     map[string]bool
}

// Token is one word of a text.
type Token struct {
	Surface string // lower case, folded
	Term    string // stem of it
	Stop    bool   // carries no topic
	// Weight is how sure the recogniser was of it, 0..1; 1 for written text.
	Weight float64
}

// NewAnalyzer makes one for a language tag; "de-leicht" is German.
func NewAnalyzer(language string) *Analyzer {
	base := transcript.Primary(language)
	a := &Analyzer{language: base, stem: stemmer(base), stop: map[string]bool{}}
	for _, w := range stopWords(base) {
		a.stop[a.surface(w)] = true
	}
	return a
}

func stemmer(language string) func(string) string {
	snowball := map[string]func(*snowballstem.Env) bool{
		"de": german.Stem, "en": english.Stem, "fr": french.Stem, "tr": turkish.Stem, "ru": russian.Stem,
		"ar": arabic.Stem, "es": spanish.Stem, "it": italian.Stem, "ro": romanian.Stem,
	}[language]
	switch {
	case snowball != nil:
		return func(word string) string {
			env := snowballstem.NewEnv(word)
			snowball(env)
			return env.Current()
		}
	case language == "pl":
		return stemPolish
	case language == "uk":
		return stemUkrainian
	}
	return func(word string) string { return prefix(fold(word), 6) }
}

// Tokens splits text into folded words with their stems.
func (a *Analyzer) Tokens(text string) []Token {
	words := a.words(text)
	tokens := make([]Token, 0, len(words))
	for _, w := range words {
		if len(w) > maxWord {
			continue
		}
		surface := a.surface(w)
		if surface == "" {
			continue
		}
		// Stemmers know umlauts and accents: stem first, fold then.
		tokens = append(tokens, Token{Surface: surface, Term: a.surface(a.stem(w)), Stop: a.stops(surface), Weight: 1})
	}
	return tokens
}

// words are lower case, with the letters of the language's own alphabet.
func (a *Analyzer) words(text string) []string {
	if a.language == "tr" { // I is ı there, and İ is i
		text = strings.ToLowerSpecial(unicode.TurkishCase, text)
	} else {
		text = strings.ToLower(text)
	}
	if a.language == "uk" { // the apostrophe is a letter: об'єкт
		text = apostrophes.Replace(text)
	}
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
}

var apostrophes = strings.NewReplacer("'", "", "’", "", "ʼ", "", "`", "")

// stops says that a word carries no topic.
func (a *Analyzer) stops(surface string) bool {
	if a.stop[surface] || number(surface) {
		return true
	}
	rest, and := strings.CutPrefix(surface, "و") // Arabic "and" is written in one word with the next
	return and && a.stop[rest]
}

// number says that a word is no word: "17" tells nothing about the topic.
func number(surface string) bool {
	return strings.Trim(surface, "0123456789") == ""
}

func (a *Analyzer) surface(word string) string {
	if a.language == "ar" {
		return foldArabic(word)
	}
	return fold(word)
}

// fold makes the spellings of one word equal: "Straße", "Strasse"; "Führung",
// "Fuehrung", "Fuhrung"; "ещё", "еще".
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

// plain takes the mark off a letter.
func plain(r rune) rune {
	if r < 0x80 {
		return r
	}
	for _, group := range [...]struct {
		bare   rune
		marked string
	}{
		{'a', "äáàâãåāăą"}, {'o', "öóòôõőø"}, {'u', "üúùûůű"}, {'e', "éèêëęě"}, {'i', "íìîïı"}, {'c', "çćč"},
		{'s', "śšşș"}, {'g', "ğ"}, {'l', "ł"}, {'n', "ñńň"}, {'r', "ř"}, {'t', "ťțţ"}, {'d', "ď"}, {'y', "ý"}, {'z', "źżž"},
		{'е', "ё"}, {'г', "ґ"},
	} {
		if strings.ContainsRune(group.marked, r) {
			return group.bare
		}
	}
	return r
}

// foldArabic unites the spellings of alef, ya and ta marbuta, drops vowel marks
// and the stretching tatweel, and writes digits as 0 to 9.
func foldArabic(word string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'ـ' || unicode.Is(unicode.Mn, r):
			return -1
		case strings.ContainsRune("أإآٱ", r):
			return 'ا'
		case r == 'ى' || r == 'ئ':
			return 'ي'
		case r == 'ؤ':
			return 'و'
		case r == 'ة':
			return 'ه'
		case r >= '٠' && r <= '٩':
			return '0' + (r - '٠')
		}
		return plain(r)
	}, word)
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
