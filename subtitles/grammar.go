package subtitles

import (
	"cmp"
	"embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

//go:embed languages/*.yaml
var languages embed.FS

// grammar is what breaking lines needs to know of a language, and the few words exports say in it.
type grammar struct {
	Machine, Corrected, Speakers, Informed, Refused, Lag, Doubtful string

	articles, prepositions, conjunctions, enclitics, pronouns, abbreviations, titles, units, months map[string]bool

	unspaced bool
}

// grammars are read once: each sentence of a meeting is cut in each of its languages. Nobody changes them.
var grammars = sync.OnceValue(func() map[string]*grammar {
	out := map[string]*grammar{}
	files, _ := languages.ReadDir("languages") // a test sees that all of them can be read
	for _, f := range files {
		data, _ := languages.ReadFile("languages/" + f.Name())
		if g, err := parseGrammar(data); err == nil {
			out[strings.TrimSuffix(f.Name(), ".yaml")] = g
		}
	}
	return out
})

// grammarOf is the grammar of a language; one nobody wrote down has punctuation only, and speaks English in exports.
func grammarOf(tag string) *grammar {
	base, confidence := language.Make(tag).Base()
	all := grammars()
	if g := all[base.String()]; g != nil && confidence != language.No {
		return g
	}
	en := cmp.Or(all["en"], &grammar{})
	return &grammar{
		unspaced: Unspaced(tag), Machine: en.Machine, Corrected: en.Corrected, Speakers: en.Speakers,
		Informed: en.Informed, Refused: en.Refused, Lag: en.Lag, Doubtful: en.Doubtful,
	}
}

// parseGrammar reads a language's file: a line of prose or of words for each key.
func parseGrammar(data []byte) (*grammar, error) {
	var raw map[string]string
	if err := yaml.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("language of subtitles: %w", err)
	}
	set := func(key string) map[string]bool {
		words := map[string]bool{}
		for _, w := range strings.Fields(raw[key]) {
			words[strings.ToLower(w)] = true
		}
		return words
	}
	return &grammar{
		Machine: raw["machine"], Corrected: raw["corrected"], Speakers: raw["speakers"], Informed: raw["informed"],
		Refused: raw["refused"], Lag: raw["lag"], Doubtful: raw["doubtful"],
		articles: set("articles"), prepositions: set("prepositions"), conjunctions: set("conjunctions"), enclitics: set("enclitics"),
		pronouns: set("pronouns"), abbreviations: set("abbreviations"), titles: set("titles"), units: set("units"), months: set("months"),
	}, nil
}

// ends reports whether a sentence ends after word a, when b follows; b is "" while nobody knows.
func (g *grammar) ends(a, b string) bool {
	body := strings.TrimRightFunc(a, closing)
	last, _ := utf8.DecodeLastRuneInString(body)
	if !strings.ContainsRune(".!?…。！？؟۔।॥", last) {
		return false
	}
	if last != '.' && last != '…' {
		return true
	}
	if next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(b, opening)); b != "" && unicode.IsLower(next) {
		return false
	}
	word := strings.ToLower(core(body))
	switch {
	case last == '…', word == "":
		return true
	case g.abbreviation(body):
		return false
	case number(word): // "am 3. März" and "der 2. Stock", but "im Jahr 2024."
		return utf8.RuneCountInString(word) > 2 && !g.months[strings.ToLower(core(b))]
	}
	return true
}

// abbreviation reports whether the full stop of a word is no end: "Dr.", "z.B.", "J.". Those written with
// their full stop in the language's file ("usw.") may stand at the end of a line.
func (g *grammar) abbreviation(word string) bool {
	if !strings.HasSuffix(word, ".") {
		return false
	}
	w := strings.ToLower(strings.TrimLeftFunc(word, opening))
	if g.abbreviations[w] {
		return true
	}
	w = strings.TrimSuffix(w, ".")
	if i := strings.LastIndexByte(w, '.'); i >= 0 { // z.B.
		w = w[i+1:]
	}
	return g.abbreviations[w] || (utf8.RuneCountInString(w) == 1 && unicode.IsLetter([]rune(w)[0]) && cells(w) == 1)
}

// core is a word without the marks around it.
func core(word string) string {
	return strings.TrimFunc(word, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsSymbol(r) && r != '%' && r != '§' && r != '٪' && !unicode.IsMark(r)
	})
}

// number reports whether a word is written in digits.
func number(word string) bool {
	digits := false
	for _, r := range word {
		if unicode.IsDigit(r) {
			digits = true
		} else if unicode.IsLetter(r) {
			return false
		}
	}
	return digits
}

func closing(r rune) bool {
	return strings.ContainsRune("\"'”“’»«›‹)]}」』）】〉》", r)
}

func opening(r rune) bool {
	return strings.ContainsRune("\"'„“”‚‘«»‹›([{「『（【〈《¿¡", r)
}
