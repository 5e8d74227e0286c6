package speakable

import (
	"strings"
	"unicode"
)

// tidy leaves single spaces and single punctuation marks.
func tidy(text string) string {
	out := make([]rune, 0, len(text))
	for _, r := range text {
		if unicode.IsSpace(r) {
			r = ' '
		}
		last := rune(0)
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case r == ' ' && (last == ' ' || last == 0):
		case isMark(r):
			out = addMark(out, r)
		default:
			out = append(out, r)
		}
	}
	return strings.TrimRight(string(out), " ,;")
}

func isMark(r rune) bool { return strings.ContainsRune(",;:.!?", r) }

// addMark drops a space before the mark; of several marks the strongest stays.
func addMark(out []rune, r rune) []rune {
	for len(out) > 0 && out[len(out)-1] == ' ' {
		out = out[:len(out)-1]
	}
	if len(out) == 0 {
		return out
	}
	last := out[len(out)-1]
	if !isMark(last) {
		return append(out, r)
	}
	if strength(r) > strength(last) {
		out[len(out)-1] = r
	}
	return out
}

func strength(r rune) int { return strings.IndexRune(",;:.!?", r) }
