package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Piece is a part of a text that an engine takes at once, and the white space
// after it, which belongs to no language.
type Piece struct{ Text, Space string }

// Pieces cuts a text at the ends of sentences (Unicode UAX #29, but not after
// abbreviations), and what is longer than most characters at the last comma,
// space or letter before that.
func Pieces(text string, most int) []Piece {
	var out []Piece
	state := -1
	for len(text) > 0 {
		var sentence string
		whole := text
		sentence, text, state = uniseg.FirstSentenceInString(text, state)
		for goesOn(sentence, text) {
			var more string
			more, text, state = uniseg.FirstSentenceInString(text, state)
			sentence = whole[:len(sentence)+len(more)]
		}
		body := strings.TrimRightFunc(sentence, unicode.IsSpace)
		if n := len(out); body == "" && n > 0 {
			out[n-1].Space += sentence // an empty line
			continue
		}
		out = append(out, cut(body, sentence[len(body):], most)...)
	}
	return out
}

// cut makes pieces of at most most characters of one sentence.
func cut(body, space string, most int) []Piece {
	var out []Piece
	for utf8.RuneCountInString(body) > most {
		at := breakBefore(body, most)
		head := strings.TrimRightFunc(body[:at], unicode.IsSpace)
		rest := strings.TrimLeftFunc(body[at:], unicode.IsSpace)
		gap := ""
		if len(head)+len(rest) < len(body) {
			gap = " "
		}
		out = append(out, Piece{head, gap})
		body = rest
	}
	return append(out, Piece{body, space})
}

// breakBefore is the byte at which the first piece ends.
func breakBefore(s string, most int) int {
	end := len(s)
	for i, n := 0, 0; i < len(s); n++ {
		if n == most {
			end = i
			break
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	if i := strings.LastIndexAny(s[:end], ",;:،"); i > end/3 {
		_, size := utf8.DecodeRuneInString(s[i:])
		return i + size
	}
	if i := strings.LastIndexFunc(s[:end], unicode.IsSpace); i > 0 {
		return i
	}
	return end
}
