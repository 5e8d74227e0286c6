package live

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// key is what of a word is compared: letters and digits, small. Marks come and
// go at the end of a window.
func key(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, word)
}

// same says that two words differ at most in marks and capitals.
func same(a, b Word) bool {
	x, y := key(a.Text), key(b.Text)
	return x == y && (x != "" || a.Text == b.Text)
}

// like says that two words may be two hearings of one: at most two letters of five differ.
func like(a, b string) bool {
	const share = 0.4
	x, y := []rune(a), []rune(b)
	longer := max(len(x), len(y))
	return min(len(x), len(y)) >= 2 && float64(letters(x, y)) <= share*float64(longer)
}

// letters is the edit distance of two words.
func letters(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func commonEnd(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// Text joins words as they are written: with spaces, except between characters
// of scripts that have none.
func Text(words []Word) string {
	var b strings.Builder
	for _, w := range words {
		if b.Len() > 0 && !w.Joined && (!unspacedEnd(b.String()) || !unspacedStart(w.Text)) {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

func unspacedEnd(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return unspaced(r)
}

func unspacedStart(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unspaced(r)
}

// unspaced are the characters of Thai, Japanese and Chinese.
func unspaced(r rune) bool {
	return (r >= 0x0E00 && r < 0x0E80) || (r >= 0x3000 && r < 0xA000) || (r >= 0xFF00 && r < 0xFFF0)
}

// abbreviations end with a point that ends no sentence.
const abbreviations = " z b d h u a o ä bzw ca dr prof nr str st mr mrs ms hr fr vgl evtl inkl etc abs art "

// endsSentence says that a sentence is over behind the word, as far as can be
// told before the next one: "3." and "Dr." end none.
func endsSentence(word string) bool {
	word = strings.TrimRight(word, "\"'”“»«)")
	mark, size := utf8.DecodeLastRuneInString(word)
	switch mark {
	case '!', '?', '…', '。', '？', '！':
		return true
	case '.':
	default:
		return false
	}
	k := key(word[:len(word)-size])
	return strings.HasSuffix(word, "..") || (k != "" && strings.Trim(k, "0123456789") != "" && !strings.Contains(abbreviations, " "+k+" "))
}

// begins says that a word can be the first of a sentence.
func begins(word string) bool {
	for _, r := range word {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return !unicode.IsLower(r)
		}
	}
	return true
}

// capital is a word as the first of a sentence; names like "eBay" stay as they are.
func capital(word, language string) string {
	first, size := utf8.DecodeRuneInString(word)
	if !unicode.IsLower(first) || strings.IndexFunc(word, unicode.IsUpper) >= 0 {
		return word
	}
	if language == "tr" || language == "az" {
		return string(unicode.TurkishCase.ToTitle(first)) + word[size:]
	}
	return string(unicode.ToTitle(first)) + word[size:]
}

func endsClause(word string) bool {
	return strings.HasSuffix(word, ",") || strings.HasSuffix(word, ";") || strings.HasSuffix(word, ":") || endsSentence(word)
}
