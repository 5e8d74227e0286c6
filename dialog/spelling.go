package dialog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// fewestSpelt is how many letters a word has that somebody wants spelt.
const fewestSpelt = 4

// spell says a word of the last answer letter by letter: the one that the
// caller names, or the street, or the site.
func (c *Conversation) spell(r *reply, u utterance) {
	r.repair = true
	word := c.toSpell(u)
	if word == "" {
		r.lead(prompts.SpellWhat)
		return
	}
	r.lead(prompts.Spelled, "spelling", c.spelling(word))
	c.state.ask(c, r)
}

// toSpell finds the word that is meant.
func (c *Conversation) toSpell(u utterance) string {
	words := c.spokenWords()
	best := ""
	for _, w := range words {
		if n := utf8.RuneCountInString(w); n < fewestSpelt || n <= utf8.RuneCountInString(best) {
			continue
		}
		if folded := intent.Split(w); len(folded) > 0 && slices.Contains(u.words, folded[0]) {
			best = w
		}
	}
	if best != "" {
		return best
	}
	if c.is(u, "website") && c.topic != nil {
		return host(c.topic.article.Source)
	}
	for i := len(words) - 1; i >= 0; i-- {
		if isStreet(words[i]) {
			return words[i]
		}
	}
	return properName(words)
}

// spokenWords are those of the topic's facts and answer and of the last turn.
func (c *Conversation) spokenWords() []string {
	var texts []string
	if c.topic != nil {
		texts = append(texts, c.topic.variant.Answer, c.topic.variant.Facts["address"])
	}
	if n := len(c.past); n > 0 {
		for _, a := range c.past[n-1].content {
			texts = append(texts, a.Text)
		}
	}
	return strings.FieldsFunc(strings.Join(texts, " "), func(r rune) bool {
		return !unicode.IsLetter(r) && r != '-'
	})
}

// isStreet knows German streets by their ends.
func isStreet(word string) bool {
	folded := intent.Fold(word)
	for _, end := range []string{"strasse", "platz", "weg", "allee", "gasse", "ring", "ufer", "damm", "markt", "park", "hof"} {
		if strings.HasSuffix(folded, end) && len(folded) > len(end) && unicode.IsUpper([]rune(word)[0]) {
			return true
		}
	}
	return false
}

// properName is the longest word with a capital letter inside a sentence of
// the last turn; in German every noun has one, so the longest it is.
func properName(words []string) string {
	best := ""
	for _, w := range words {
		if unicode.IsUpper([]rune(w)[0]) && len(w) > len(best) && len(w) >= fewestSpelt {
			best = w
		}
	}
	return best
}

// spelling separates the letters so that a voice says each by itself.
func (c *Conversation) spelling(word string) string {
	var letters []string
	for _, r := range word {
		switch {
		case r == 'ß':
			letters = append(letters, "S", "S")
		case unicode.IsLetter(r), unicode.IsDigit(r):
			letters = append(letters, string(unicode.ToUpper(r)))
		case r == '.':
			letters = append(letters, c.bookWith(prompts.Dot).Say(prompts.Dot, 0))
		case r == '-':
			letters = append(letters, c.bookWith(prompts.Hyphen).Say(prompts.Hyphen, 0))
		}
	}
	return strings.Join(letters, ", ") + "."
}
