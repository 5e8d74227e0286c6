package interpreter

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Lines between values that speak for themselves and those that are repeated.
const (
	// longDigits: a number of so many digits (a telephone number, a customer's
	// number) is repeated however well it was heard.
	longDigits = 5
	// unsureValue: a value with a word less probable than this is repeated.
	unsureValue = 0.6
)

// values are numbers as they are written: 12, 3,50, 15.03.2026, 0171 234567.
var values = regexp.MustCompile(`[0-9]+(?:[ .,:/-]{1,2}[0-9]+)*`)

// confirm repeats values to the speaker that may have been lost or misheard,
// while the others hear the translation.
func (i *Interpreter) confirm(p *party, r *rendition) {
	if !i.options.Confirm || p == nil {
		return
	}
	r.text.Confirmed = confirmable(r.of.Segment, r.text.Doubts)
	for _, other := range r.of.renditions {
		if other != r && len(other.text.Confirmed) > 0 {
			return // they have been repeated for another listener
		}
	}
	if len(r.text.Confirmed) > 0 {
		i.prompt(p, prompts.InterpretConfirm, "values", strings.Join(r.text.Confirmed, ", "))
	}
}

// confirmable are the values worth repeating, as they were said.
func confirmable(s transcript.Segment, doubts []string) []string {
	out := slices.Clone(doubts)
	for _, v := range values.FindAllString(s.Text, -1) {
		covered := slices.ContainsFunc(out, func(o string) bool { return strings.Contains(o, v) || strings.Contains(v, o) })
		if !covered && (digits(v) >= longDigits || poorly(s.Words, v)) {
			out = append(out, v)
		}
	}
	return out
}

func digits(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// poorly says whether a word that has a part of the value was improbable.
func poorly(words []transcript.Word, value string) bool {
	parts := strings.Fields(value)
	for _, w := range words {
		if w.Probability >= unsureValue {
			continue
		}
		for _, part := range parts {
			if strings.Contains(w.Text, part) {
				return true
			}
		}
	}
	return false
}
