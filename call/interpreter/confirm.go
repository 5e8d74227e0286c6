package interpreter

import (
	"slices"
	"strings"
	"unicode"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/translate/values"
)

// Lines between values that speak for themselves and those that are repeated.
const (
	// longDigits: what has so many digits (a customer's number, a day with its
	// year) is repeated however well it was heard, as are telephone numbers and
	// accounts.
	longDigits = 5
	// unsureValue: a value with a word less probable than this is repeated.
	unsureValue = 0.6
)

// confirm repeats values to the speaker that may have been lost or misheard,
// while the others hear the translation.
func (i *Interpreter) confirm(p *party, r *rendition) {
	if !i.options.Confirm || p == nil {
		return
	}
	r.text.Confirmed = confirmable(r.of.Segment, r.of.from, r.text.Doubts)
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
func confirmable(s transcript.Segment, language string, doubts []string) []string {
	out := slices.Clone(doubts)
	for _, v := range values.Find(s.Text, language) {
		covered := slices.ContainsFunc(out, func(o string) bool { return strings.Contains(o, v.Text) || strings.Contains(v.Text, o) })
		if !covered && !v.Weak && (lengthy(v) || poorly(s.Words, v.Text)) {
			out = append(out, v.Text)
		}
	}
	return out
}

func lengthy(v values.Value) bool {
	return v.Kind == values.Phone || v.Kind == values.IBAN || digits(v.Text) >= longDigits
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
