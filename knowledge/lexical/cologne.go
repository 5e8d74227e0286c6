package lexical

import "strings"

// Cologne returns the Kölner Phonetik of a folded word (H. J. Postel, 1969):
// words that sound alike in German get the same digits.
func Cologne(word string) string {
	letters := []rune(word)
	var b strings.Builder
	var last byte
	for i, r := range letters {
		var before, after rune
		if i > 0 {
			before = letters[i-1]
		}
		if i+1 < len(letters) {
			after = letters[i+1]
		}
		for _, c := range []byte(cologneDigits(r, before, after)) {
			if c != last && (c != '0' || b.Len() == 0) {
				b.WriteByte(c)
			}
			last = c
		}
	}
	return b.String()
}

func cologneDigits(r, before, after rune) string {
	switch r {
	case 'a', 'e', 'i', 'j', 'o', 'u', 'y':
		return "0"
	case 'b':
		return "1"
	case 'p':
		if after == 'h' {
			return "3"
		}
		return "1"
	case 'd', 't':
		if after == 'c' || after == 's' || after == 'z' {
			return "8"
		}
		return "2"
	case 'f', 'v', 'w':
		return "3"
	case 'g', 'k', 'q':
		return "4"
	case 'c':
		return cologneC(before, after)
	case 'x':
		if before == 'c' || before == 'k' || before == 'q' {
			return "8"
		}
		return "48"
	case 'l':
		return "5"
	case 'm', 'n':
		return "6"
	case 'r':
		return "7"
	case 's', 'z':
		return "8"
	}
	return ""
}

func cologneC(before, after rune) string {
	if before == 0 && strings.ContainsRune("ahkloqrux", after) {
		return "4"
	}
	if before != 0 && before != 's' && before != 'z' && strings.ContainsRune("ahkoqux", after) {
		return "4"
	}
	return "8"
}
