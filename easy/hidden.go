package easy

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// hidden is a text without telephone numbers, addresses of e-mail and the
// like: they do not leave the house, and no model can change them.
type hidden struct {
	text string
	was  []string // by placeholder: the first is [1]
}

var (
	letterMark   = regexp.MustCompile(`\[x([a-z]+)\]`)
	placeholders = regexp.MustCompile(`\[\d+\]`)
)

// hide puts placeholders in place of what dialog.Conceal knows. Until all is
// hidden they are letters, as it wants them.
func hide(text string) *hidden {
	h := &hidden{}
	text = strings.NewReplacer("[", "(", "]", ")").Replace(text) // brackets are ours
	text = dialog.Conceal(text, func(_, was string) string {
		h.was = append(h.was, was)
		mark := ""
		for n := len(h.was); n > 0; n /= 26 {
			mark = string(rune('a'+n%26)) + mark
		}
		return "[x" + mark + "]"
	})
	h.text = numbered(text)
	return h
}

// numbered writes the marks of letters as numbers.
func numbered(text string) string {
	return letterMark.ReplaceAllStringFunc(text, func(m string) string {
		n := 0
		for _, r := range m[2 : len(m)-1] {
			n = 26*n + int(r-'a')
		}
		return fmt.Sprintf("[%d]", n)
	})
}

// restore puts back what was hidden; a value may hold an earlier placeholder.
func (h *hidden) restore(text string) string {
	for i := len(h.was); i > 0; i-- {
		text = strings.ReplaceAll(text, fmt.Sprintf("[%d]", i), numbered(h.was[i-1]))
	}
	return text
}

// conceal is the way back, for what is told to the model.
func (h *hidden) conceal(text string) string {
	for i, was := range h.was {
		text = strings.ReplaceAll(text, was, fmt.Sprintf("[%d]", i+1))
	}
	return text
}
