package easy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/tts/speakable"
)

// judge compares a draft, still with placeholders, with the original.
func (w *words) judge(original, draft string, h *hidden) *Refusal {
	if n := utf8.RuneCountInString(draft); n == 0 || n > 4*utf8.RuneCountInString(original)+400 {
		return &Refusal{Kind: Nothing}
	}
	if r := hiddenKept(draft, h); r != nil {
		return r
	}
	if i := strings.IndexFunc(placeholders.ReplaceAllString(draft, ""), odd); i >= 0 {
		return &Refusal{Markup, start(placeholders.ReplaceAllString(draft, "")[i:])}
	}
	draft = h.restore(draft)
	for sentence := range speakable.Sentences(draft, "de") {
		if len(strings.Fields(sentence)) > longestWords {
			return &Refusal{Sentence, start(sentence)}
		}
	}
	return w.sameFacts(original, draft)
}

// hiddenKept wants all placeholders and no other.
func hiddenKept(draft string, h *hidden) *Refusal {
	have := placeholders.FindAllString(draft, -1)
	want := placeholders.FindAllString(h.text, -1)
	for _, p := range want {
		if !slices.Contains(have, p) {
			return &Refusal{Missing, h.restore(p)}
		}
	}
	for _, p := range have {
		if !slices.Contains(want, p) {
			return &Refusal{Invented, p}
		}
	}
	return nil
}

// sameFacts wants all facts of the original in the draft and no new one.
func (w *words) sameFacts(original, draft string) *Refusal {
	was, now := w.factsOf(original), w.factsOf(draft)
	for _, f := range was.all {
		if !now.keeps(f) {
			return &Refusal{Missing, f.found}
		}
	}
	for _, f := range now.all {
		if !was.backs(f) {
			return &Refusal{Invented, f.found}
		}
	}
	denies := func(text string, lists ...[]string) string {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
			for _, l := range lists {
				if slices.Contains(l, word) {
					return word
				}
			}
		}
		return ""
	}
	if no := denies(draft, w.Negations); no != "" && denies(original, w.Negations, w.Denials) == "" {
		return &Refusal{Denied, no}
	}
	if no := denies(original, w.Negations); no != "" && denies(draft, w.Negations, w.Denials) == "" {
		return &Refusal{Affirmed, no}
	}
	return nil
}

// odd signs are of markup and of code; links keep theirs.
func odd(r rune) bool {
	return strings.ContainsRune("<>{}[]|\\`#*=~^", r) || unicode.IsControl(r) && r != '\n'
}

// start is enough of a text to find it.
func start(text string) string {
	fields := strings.Fields(text)
	if len(fields) <= 6 {
		return strings.Join(fields, " ")
	}
	return strings.Join(fields[:6], " ") + " …"
}
