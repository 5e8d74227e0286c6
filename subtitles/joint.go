package subtitles

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a break between two words costs. Least is best; from torn on a break tears a sense unit and is
// made only where nothing else fits.
const (
	atSentence    = 0
	atComma       = 2
	atConjunction = 5
	atPreposition = 7
	atPhrase      = 9
	anywhere      = 14
	loose         = 40 // adjective and noun
	torn          = 120
	never         = 400
)

// joint is what a line break between the words a and b costs.
func (g *grammar) joint(a, b piece) int {
	if !b.spaced && b.part {
		return inside(a.text)
	}
	if g.unspaced && !b.spaced {
		return eastern(a.text, b.text)
	}
	first, _ := utf8.DecodeRuneInString(b.text)
	last, _ := utf8.DecodeLastRuneInString(a.text)
	la, lb := strings.ToLower(core(a.text)), strings.ToLower(core(b.text))
	switch {
	case lb == "" && !unicode.Is(unicode.Pd, first) && !opening(first), g.enclitics[lb] && unicode.IsLower(first):
		return never // marks and particles that lean on the word before
	case g.abbreviation(a.text):
		if g.abbreviations[strings.ToLower(a.text)] {
			return anywhere
		}
		return never
	case g.ends(a.text, b.text):
		return atSentence
	case g.titles[strings.ToLower(a.text)] || (g.titles[la] && capital(a.text)):
		return never
	case number(la) && (number(lb) || g.units[lb] || g.months[lb]), g.months[la] && number(lb), number(la) && strings.HasSuffix(a.text, "."):
		return never
	case strings.ContainsRune(",;:،؛·", last), unicode.Is(unicode.Pd, last) && la == "":
		return atComma
	case unicode.Is(unicode.Pd, last): // "Haupt- und"
		return torn
	case opening(last) && la == "":
		return never
	}
	return g.words(a.text, b.text, la, lb)
}

// words is the cost between two words without a mark between them.
func (g *grammar) words(a, b, la, lb string) int {
	first, _ := utf8.DecodeRuneInString(b)
	switch {
	case g.articles[la]:
		return never
	case g.prepositions[la] && (g.articles[lb] || !g.conjunctions[lb]):
		return torn + 1
	case g.units[lb] && !g.articles[lb]:
		return loose
	case number(lb):
		return loose
	case g.name(a, la) && g.name(b, lb):
		return torn
	case g.conjunctions[la] && len(la) <= 4: // "und" begins a line, it does not end one
		return loose
	case opening(first), unicode.Is(unicode.Pd, first):
		return atComma
	case g.conjunctions[lb]:
		return atConjunction
	case g.prepositions[lb]:
		return atPreposition
	case g.articles[lb]:
		return atPhrase
	case attribute(a) && capital(b):
		return loose
	}
	return anywhere
}

// inside is the cost of breaking a word that is longer than a line.
func inside(before string) int {
	if strings.HasSuffix(before, "-") || strings.HasSuffix(before, "/") {
		return torn
	}
	return never
}

// name reports whether a word may be part of a name: it has a capital and is none of the pronouns that do.
func (g *grammar) name(word, lower string) bool {
	return capital(word) && !g.pronouns[lower] && !g.articles[lower] && !g.prepositions[lower] && !g.conjunctions[lower]
}

func capital(word string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(word, opening))
	return unicode.IsUpper(r)
}

// attribute reports whether a word looks like a German adjective before its noun.
func attribute(word string) bool {
	if capital(word) {
		return false
	}
	for _, end := range []string{"e", "en", "er", "es", "em"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// eastern is the cost between two characters of a language without spaces: marks follow kinsoku shori (JIS X 4051),
// a Japanese phrase begins where kana give way to kanji, Thai breaks at its spaces.
func eastern(a, b string) int {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	switch {
	case strings.ContainsRune("、。，．・：；？！…ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.!?:;%", first), closing(first):
		return never
	case opening(last):
		return never
	case strings.ContainsRune("。！？!?", last):
		return atSentence
	case strings.ContainsRune("、，；：,;", last), opening(first):
		return atComma
	case unicode.IsDigit(last), unicode.IsDigit(first) && unicode.IsDigit(last):
		return torn
	case unicode.In(last, unicode.Hiragana) && !unicode.In(first, unicode.Hiragana):
		return atPhrase
	case unicode.In(last, unicode.Katakana) && unicode.In(first, unicode.Katakana):
		return torn
	case unicode.In(last, unicode.Han) && unicode.In(first, unicode.Han):
		return anywhere + 6
	case unicode.In(last, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return loose
	}
	return anywhere
}
