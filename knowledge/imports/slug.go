package imports

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSlug is the longest id made from a title, in letters.
const maxSlug = 60

// Slug makes an id of a title: "Führerschein: Umtausch" is
// "fuehrerschein-umtausch".
func Slug(title string) string {
	var b strings.Builder
	dash := false
	for _, r := range norm.NFC.String(strings.ToLower(title)) {
		s := latin(r)
		if s == "" {
			dash = b.Len() > 0
			continue
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteString(s)
		if b.Len() >= maxSlug {
			break
		}
	}
	if b.Len() == 0 {
		return "artikel"
	}
	return b.String()
}

// latin is a letter or digit in the letters of an id; "" divides words.
func latin(r rune) string {
	switch r {
	case 'ä':
		return "ae"
	case 'ö':
		return "oe"
	case 'ü':
		return "ue"
	case 'ß':
		return "ss"
	case 'ı':
		return "i"
	case 'ł':
		return "l"
	}
	if d := norm.NFD.String(string(r))[0]; d >= 'a' && d <= 'z' || d >= '0' && d <= '9' {
		return string(rune(d))
	}
	if unicode.IsLetter(r) && r > unicode.MaxLatin1 {
		return fmt.Sprintf("u%x", r) // other scripts: still an id of its own
	}
	return ""
}

// shorten keeps report lines short.
func shorten(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
