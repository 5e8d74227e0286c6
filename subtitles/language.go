package subtitles

import (
	"strings"

	"golang.org/x/text/language"
)

// note labels an export as made by a machine.
const note = "Machine-made by Amtsleitung; may contain errors."

func label(string) string { return note }

// RightToLeft reports whether a language (BCP 47) is written from right to left.
func RightToLeft(tag string) bool {
	script, _ := language.Make(tag).Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr":
		return true
	}
	return false
}

// Unspaced reports whether a language puts no spaces between words.
func Unspaced(tag string) bool {
	script, _ := language.Make(tag).Script()
	switch script.String() {
	case "Hans", "Hant", "Hani", "Jpan", "Hira", "Kana", "Thai", "Laoo", "Khmr", "Mymr", "Bopo", "Tibt":
		return true
	}
	return false
}

// tag is a language tag that XML accepts; "und" where none is known.
func tag(name string) string {
	t, err := language.Parse(name)
	if err != nil || name == "" {
		return "und"
	}
	return t.String()
}

// join puts two stretches of text in one line.
func join(a, b, language string) string {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}
