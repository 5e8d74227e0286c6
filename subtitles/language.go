package subtitles

import (
	"golang.org/x/text/language"
)

// label says in a language that a machine wrote the text.
func label(tag string) string { return grammarOf(tag).Machine }

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
	return language.Make(name).String()
}
