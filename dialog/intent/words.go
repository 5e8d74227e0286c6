package intent

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Words are the folded words of an utterance: lower case, umlauts written out
// (ä is ae), other accents removed, punctuation gone.
type Words []string

// letters that carry meaning beyond an accent, or that do not decompose.
var letters = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ł", "l", "ø", "o", "ı", "i", "æ", "ae", "œ", "oe",
	"ة", "ه", "ى", "ي", "ـ", "",
	"'", "", "’", "", "ʼ", "", "`", "",
)

// Fold brings text into the form in which it is compared. Spaces and
// punctuation are kept.
func Fold(text string) string {
	text = letters.Replace(norm.NFC.String(strings.ToLower(text)))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(text))
}

// Split folds text and cuts it into words.
func Split(text string) Words {
	return strings.FieldsFunc(Fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// trim drops fillers ("äh", "ja", "bitte") at both ends, unless there is
// nothing else.
func (w Words) trim(fillers map[string]bool) Words {
	begin, end := 0, len(w)
	for begin < end && fillers[w[begin]] {
		begin++
	}
	for end > begin && fillers[w[end-1]] {
		end--
	}
	if begin == end {
		return w
	}
	return w[begin:end]
}

// FoldSet is the set of folded words.
func FoldSet(words []string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words {
		m[Fold(w)] = true
	}
	return m
}

// FoldKeys are the values by folded words.
func FoldKeys(m map[string]int) map[string]int {
	out := map[string]int{}
	for w, v := range m {
		out[Fold(w)] = v
	}
	return out
}
