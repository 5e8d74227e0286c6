package values

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	word tokenKind = iota
	digits
	sign
)

type token struct {
	kind       tokenKind
	folded     string
	start, end int
	gap        bool // white space before it
	upper      bool // begins with a capital
}

// tokens cuts a text into words, groups of digits and single signs.
func tokens(text, language string) []token {
	list := make([]token, 0, len(text)/4+1)
	gap := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(r) {
			gap = true
			i += size
			continue
		}
		t := token{kind: kindOf(r), start: i, gap: gap, upper: unicode.IsUpper(r)}
		i += size
		for t.kind != sign && i < len(text) {
			r, size = utf8.DecodeRuneInString(text[i:])
			if k := kindOf(r); k != t.kind && !(t.kind == word && unicode.IsMark(r)) {
				break
			}
			i += size
		}
		t.end = i
		t.folded = fold(text[t.start:i], language)
		list = append(list, t)
		gap = false
	}
	return list
}

func kindOf(r rune) tokenKind {
	switch {
	case r == 'º' || r == 'ª':
		return sign
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return word
	case unicode.IsDigit(r):
		return digits
	}
	return sign
}

// fold makes different ways of writing equal: case, digits of other scripts,
// apostrophes, and the letters that Arabic and Romanian writers interchange.
func fold(s, language string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii && language != "tr" {
		return strings.ToLower(s)
	}
	if language == "tr" {
		s = strings.ToLowerSpecial(unicode.TurkishCase, s)
	} else {
		s = strings.ToLower(s)
	}
	return strings.Map(foldRune, s)
}

func foldRune(r rune) rune {
	switch r {
	case '’', 'ʼ', '`', '´', '‘':
		return '\''
	case 'أ', 'إ', 'آ':
		return 'ا'
	case 'ة':
		return 'ه'
	case 'ى':
		return 'ي'
	case 'ş': // Turkish has it, too, and folds its dictionary in the same way
		return 'ș'
	case 'ţ':
		return 'ț'
	case 'ё':
		return 'е'
	case '–', '—', '‑', '‐':
		return '-'
	}
	if r >= 0x064b && r <= 0x0652 || r == 0x0640 { // Arabic vowel signs and the stretching line
		return -1
	}
	if r > unicode.MaxASCII && unicode.IsDigit(r) {
		return digitValue(r)
	}
	return r
}

// digitValue uses that Unicode keeps the ten digits of a script together.
func digitValue(r rune) rune {
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return '0' + r - zero
}
