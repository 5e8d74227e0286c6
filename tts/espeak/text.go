package espeak

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain drops what espeak-ng would take for phonemes or markup, and what is
// no text.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '[' || r == ']' || r == '<' || r == '>' || r == '|' || r == utf8.RuneError:
			return ' '
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
}

// pieces cuts a long text at spaces, never inside [[ ]].
func pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > longestPiece {
			cut := cutAt(text)
			if !yield(text[:cut]) {
				return
			}
			text = text[cut:]
		}
		if strings.TrimSpace(text) != "" {
			yield(text)
		}
	}
}

func cutAt(text string) int {
	head := text[:longestPiece]
	if open := strings.LastIndex(head, "[["); open > 0 && !strings.Contains(head[open:], "]]") {
		head = head[:open]
	}
	if at := strings.LastIndexByte(head, ' '); at > 0 {
		return at + 1
	}
	cut := len(head)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return max(cut, 1)
}
