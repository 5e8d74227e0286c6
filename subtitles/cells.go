package subtitles

import (
	"unicode"

	"golang.org/x/text/width"
)

// cells is how wide text is on a grid: UAX 11 for wide characters, nothing for marks and invisible characters.
func cells(text string) int {
	n := 0
	for _, r := range text {
		n += cell(r)
	}
	return n
}

func cell(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// widest is the most cells of a cluster: that of a family of emoji.
const widest = 8

// clusters are what must not be torn apart: a letter with its marks, joined emoji, Thai and Lao vowels
// with their consonant. They follow UAX 29 as far as subtitles need it.
func clusters(text string) []string {
	var out []string
	joined := false // the last character binds the next
	for _, r := range text {
		if n := len(out); n > 0 && (joined || binds(r)) && cells(out[n-1]) < widest {
			out[n-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		joined = r == '\u200d' || (r >= 'เ' && r <= 'ไ') || (r >= 'ເ' && r <= 'ໄ')
	}
	return out
}

// binds reports whether a character belongs to the one before it.
func binds(r rune) bool {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc, unicode.Cf), r >= 0x1f3fb && r <= 0x1f3ff: // skin tones
		return true
	case r == 'ะ' || r == 'า' || r == 'ำ' || r == 'ๆ' || r == 'ະ' || r == 'າ' || r == 'ຳ':
		return true
	}
	return false
}
