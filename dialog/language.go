package dialog

import (
	"context"
	"slices"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Evidence wanted before the language changes unasked: a foreign name or a
// single word is none.
const (
	fewestWords   = 3 // with the recogniser's word for it, on the first utterance
	fewestWritten = 4 // by the words alone
)

func (c *Conversation) speaks(language string) bool {
	return slices.Contains(c.opt.Languages, language)
}

// changeLanguage follows a wish at any time and, unasked, clear evidence. It
// is done when the words were nothing but the wish.
func (c *Conversation) changeLanguage(ctx context.Context, r *reply, u utterance) bool {
	if wished, ok := c.data.Intents.Wish(u.heard()); ok {
		return c.wishLanguage(ctx, r, u, wished)
	}
	if wished, ok := c.data.Intents.Wish(u.words); ok && u.own != nil {
		return c.wishLanguage(ctx, r, u, wished)
	}
	if l, ok := c.detect(u); ok {
		c.setLanguage(r, l)
		c.confirmLanguage(r)
	}
	return false
}

// heard are the words that the caller said.
func (u utterance) heard() intent.Words {
	if u.own != nil {
		return u.own
	}
	return u.words
}

// detect believes the recogniser, or the spelling of who writes, on the first
// utterance, and clear words at any time.
func (c *Conversation) detect(u utterance) (string, bool) {
	words := u.heard()
	guess, sure := c.data.Intents.Guess(words, c.opt.Languages...)
	if sure && guess != c.language && c.speaks(guess) && len(words) >= fewestWritten {
		return guess, true
	}
	if c.writes && c.utterances <= 1 {
		if spelt, ok := c.data.Intents.Spelt(u.Text, c.language, c.opt.Languages...); ok && c.speaks(spelt) {
			return spelt, true
		}
	}
	l := u.Language
	if c.utterances > 1 || l == "" || l == c.language || !c.speaks(l) || len(words) < fewestWords {
		return "", false
	}
	if u.LanguageProbability < c.opt.Thresholds.Language || sure && guess != l {
		return "", false
	}
	// A name holds no word that only serves the sentence, in any language.
	evidence := c.data.Intents.Evidence(words, c.language)
	if !c.data.Intents.Knows(l) { // then only what speaks for another one counts
		return l, evidence == 0 && len(words) >= fewestWritten
	}
	own := c.data.Intents.Evidence(words, l)
	return l, own > 0 && own >= evidence
}

// wishLanguage changes to the wished language or says that it is not spoken.
func (c *Conversation) wishLanguage(ctx context.Context, r *reply, u utterance, wished string) bool {
	if !c.speaks(wished) {
		c.refuseLanguage(r, wished)
		return true
	}
	c.setLanguage(r, wished)
	c.confirmLanguage(r)
	if len(u.words) > shortAnswer && c.lookUp(ctx, r.now, u).answer != nil {
		return false // more than the wish: answer it
	}
	if c.down && c.foreign() { // nothing can be translated: a person may speak it
		c.state = offeringHuman{}
	}
	c.resume(r)
	return true
}

// confirmLanguage says so, where the prompts know the new language, or that a
// machine translates.
func (c *Conversation) confirmLanguage(r *reply) {
	if c.foreign() {
		c.tellMachine(r, prompts.LanguageMachine)
		return
	}
	if transcript.Primary(c.book().Language) == c.language {
		r.lead(prompts.LanguageOn)
	}
}

// refuseLanguage says so in that language, where the data know how.
func (c *Conversation) refuseLanguage(r *reply, wished string) {
	r.outcome = OutcomeNoAnswer
	b, ok := c.bookIn(wished)
	if !ok || !b.Has(prompts.LanguageNone) {
		b = c.bookWith(prompts.LanguageNone)
	}
	r.speak(b.Language, c.wording(b, prompts.LanguageNone), true)
	c.state = offeringHuman{}
	c.state.ask(c, r)
}

func (c *Conversation) setLanguage(r *reply, language string) {
	c.easy = c.easy && language == "de"
	if language == c.language {
		return
	}
	c.language, c.down = language, false
	c.meet(language)
	r.emit(Action{Kind: Language, Lang: language})
}

// resume puts what was last said into the new language or manner.
func (c *Conversation) resume(r *reply) {
	switch s := c.state.(type) {
	case choosing:
		c.clarify(r, s.hits)
		return
	case request, offeringHuman, alarmed, doubting:
		c.state.ask(c, r)
		return
	}
	if c.topic != nil {
		c.topicAgain(r)
		return
	}
	c.state = open{}
	r.say(prompts.GreetingAsk)
}

// nextLanguage is the key 9: round the languages of the service.
func (c *Conversation) nextLanguage(r *reply) {
	at := slices.Index(c.opt.Languages, c.language)
	c.setLanguage(r, c.opt.Languages[(at+1)%len(c.opt.Languages)])
	c.confirmLanguage(r)
	c.resume(r)
}
