package dialog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// How long one turn waits for translations altogether. A translator that hung
// is waited for half as long in the next turn, so that a call with it stays one.
const (
	mostPatience  = 1500 * time.Millisecond
	leastPatience = 200 * time.Millisecond
)

// longestMeant is how much of what was said is translated to understand it, in
// letters: a spoken turn is shorter.
const longestMeant = 300

// abroad is what a turn knows of translation; the zero value cannot translate.
type abroad struct {
	// word is Options.Translate within the time of the turn.
	word func(text, from, to string) (string, error)
	// render is Tongues.Render within the same time.
	render func(texts []string, from, to string) []string
	late   bool                     // the time ran out
	books  map[string]*prompts.Book // by language; nil: not now
}

// bind ties translation to the event that is handled; the returned function
// ends that.
func (c *Conversation) bind(ctx context.Context) func() {
	if c.opt.Translate == nil {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	a := &abroad{books: map[string]*prompts.Book{}}
	a.word = func(text, from, to string) (string, error) {
		out, err := c.opt.Translate(ctx, text, from, to)
		a.late = a.late || errors.Is(ctx.Err(), context.DeadlineExceeded)
		switch {
		case err != nil:
			return "", fmt.Errorf("%w from %s to %s: %w", errTranslation, from, to, err)
		case strings.TrimSpace(out) == "":
			return "", fmt.Errorf("%w from %s to %s: nothing came back", errTranslation, from, to)
		case !c.has(to) && !sound(text, out), !c.has(from) && !likely(text, out):
			return "", fmt.Errorf("%w from %s to %s: what came back is no translation", errTranslation, from, to)
		}
		return out, nil
	}
	a.render = func(texts []string, from, to string) []string {
		out := c.tongues.Render(ctx, texts, from, to)
		a.late = a.late || errors.Is(ctx.Err(), context.DeadlineExceeded)
		return out
	}
	c.abroad = a
	return func() {
		c.patience = min(mostPatience, 2*c.patience)
		if a.late {
			c.patience = max(leastPatience, c.patience/4)
		}
		cancel()
		c.abroad = nil
	}
}

// has says that the bot has words of its own in the language.
func (c *Conversation) has(language string) bool { return hasBook(c.data.Prompts, language) }

// foreign says that the call is in a language that the bot speaks by
// translation only.
func (c *Conversation) foreign() bool { return !c.has(c.language) }

// translatedBook is what is said in a language without a book.
func (c *Conversation) translatedBook(language string) (*prompts.Book, bool) {
	a := c.abroad
	if a == nil || c.tongues == nil || c.has(language) {
		return nil, false
	}
	b, known := a.books[language]
	if !known {
		b, _ = c.tongues.book(language, func(texts []string, from string) []string { return a.render(texts, from, language) })
		a.books[language] = b
	}
	return b, b != nil
}

// bookIn is what is said in a language: its own book, a translated one, or what
// little there is.
func (c *Conversation) bookIn(language string) (*prompts.Book, bool) {
	if b, ok := c.translatedBook(language); ok {
		return b, true
	}
	return c.data.Prompts.Book(language)
}

// fallback is what is said where nothing can be translated: English is
// understood by more people from abroad than German.
func (c *Conversation) fallback() *prompts.Book {
	order := []string{c.opt.Language, "de"}
	if c.foreign() {
		order = slices.Insert(order, 0, "en")
	}
	for _, l := range order {
		if b, ok := c.data.Prompts.Book(l); ok && !b.Partial {
			return b
		}
	}
	return &prompts.Book{}
}

// lexicon is the language of the words of the last utterance: the call's, or
// the one they were translated into.
func (c *Conversation) lexicon() string {
	if c.lexis != "" {
		return c.lexis
	}
	return c.language
}

// spokenIn is the language in which the words of an event are to be
// understood: that of the call, or one without patterns that the recogniser is
// sure of.
func (c *Conversation) spokenIn(e Event, words intent.Words) string {
	if e.Language != "" && !c.data.Intents.Reads(e.Language) && e.LanguageProbability >= c.opt.Thresholds.Language {
		return e.Language
	}
	if !c.data.Intents.Reads(c.language) {
		return c.language
	}
	if guess, sure := c.data.Intents.Guess(words, c.opt.Languages...); sure && !c.data.Intents.Reads(guess) {
		return guess
	}
	return c.language
}

// understand translates what was said in a language without patterns; the
// search and the record keep the caller's own words.
func (c *Conversation) understand(u *utterance) {
	c.lexis = ""
	language := c.spokenIn(u.Event, u.words)
	if c.abroad == nil || c.data.Intents.Reads(language) {
		return
	}
	text := u.Text
	if r := []rune(text); len(r) > longestMeant {
		text = string(r[:longestMeant])
	}
	var err error
	for _, to := range c.tongues.ways(language, true) {
		var meant string
		if meant, err = c.abroad.word(text, language, to); err == nil {
			u.own, u.meant, u.spoken = u.words, meant, language
			u.words, c.lexis = intent.Split(meant), to
			return
		}
	}
	c.fail(fmt.Errorf("understand what was said: %w", err))
}

// native takes the caller's own words again: they were not in another language
// after all, or it is not offered.
func (c *Conversation) native(u *utterance) {
	if u.own != nil && u.spoken != c.language {
		u.words, u.own, u.meant, u.spoken = u.own, nil, "", ""
		u.scores, u.ownScores = u.ownScores, intent.Scores{}
		c.lexis = ""
	}
}

// meet has a language prepared that the call goes over to.
func (c *Conversation) meet(language string) {
	if c.tongues != nil && !c.has(language) {
		c.tongues.meet(language)
	}
}

// tellMachine says in a language without a book that a machine translates, or, where
// it cannot, that a person can help.
func (c *Conversation) tellMachine(r *reply, key prompts.Key) {
	if b := c.book(); b.Language == c.language && b.Has(key) {
		r.lead(key)
		return
	}
	c.tellDown(r)
}

// tellDown says once that nothing can be translated.
func (c *Conversation) tellDown(r *reply) {
	if b := c.fallback(); !c.down && b.Has(prompts.MachineDown) {
		c.down = true
		r.speak(b.Language, c.wording(b, prompts.MachineDown), false)
	}
}

// digits are those in what was said: in the caller's words where their numbers
// are known, as a machine loses a digit among others easily; else in the
// caller's words or in the translated ones, whichever hold more.
func (c *Conversation) digits(u utterance) string {
	own := c.data.Numbers.Parse(u.Text, c.counting())
	if u.meant == "" || c.data.Numbers.Knows(u.spoken) {
		return own
	}
	if meant := c.data.Numbers.Parse(u.meant, c.lexicon()); len(meant) > len(own) {
		return meant
	}
	return own
}

// numbered is what was said, in the language of counting.
func (c *Conversation) numbered(u utterance) string {
	if c.counting() == c.lexicon() {
		return u.understood()
	}
	return u.Text
}

// counting is the language in which numbers are heard.
func (c *Conversation) counting() string {
	if c.foreign() && c.data.Numbers.Knows(c.language) {
		return c.language
	}
	return c.lexicon()
}

// inWords puts a text of the product or the city, in the language of what it
// was translated from, into the language of the call; what cannot be
// translated stays as it is.
func (c *Conversation) inWords(text, from string) string {
	if c.foreign() && c.abroad != nil && c.book().Language == c.language {
		if out := c.abroad.render([]string{text}, from, c.language); len(out) > 0 {
			return out[0]
		}
	}
	return text
}
