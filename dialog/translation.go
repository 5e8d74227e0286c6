package dialog

import (
	"context"
	"errors"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

// errTranslation marks what failed without leaving the caller without words.
var errTranslation = errors.New("translate")

// sources are the languages of reviewed texts that are translated, best first:
// German is what was reviewed first, but what a machine can translate directly
// loses less on the way.
func (c *Conversation) sources(to string) []string {
	if c.tongues != nil && (!c.has(to) || c.tongues.opt.Direct != nil) {
		ways := c.tongues.ways(to, false)
		if c.has(to) && (c.tongues.opt.Direct("de", to) || !c.tongues.opt.Direct("en", to)) {
			return []string{"de", "en"}
		}
		return ways
	}
	return []string{"de", "en"}
}

// bridge makes a topic without a variant in the caller's language speakable:
// translated with a notice, or in German with a notice when the caller has
// agreed to that or cannot be asked. false means: ask.
func (c *Conversation) bridge(r *reply, t *topic) bool {
	if transcript.Primary(t.variant.Language) == c.language { // no easy words for it
		r.lead(prompts.OnlyGerman)
		return true
	}
	if c.translated(t) {
		r.lead(prompts.Translated)
		return true
	}
	if c.foreign() && c.inEnglish(r, t) {
		return true
	}
	strange := transcript.Primary(c.book().Language) != c.language // the bot speaks German anyway
	if c.german || c.alone || strange && !c.foreign() {
		r.lead(prompts.OnlyGerman)
		return true
	}
	return false
}

// inEnglish takes the reviewed English text for a caller into whose language it
// could not be translated.
func (c *Conversation) inEnglish(r *reply, t *topic) bool {
	v, ok := t.article.Variants["en"]
	if !ok || v.Answer == "" {
		return false
	}
	v.Language = "en"
	t.variant = v
	if c.book().Language == c.language {
		r.lead(prompts.MachineText)
	} else {
		c.tellDown(r)
	}
	return true
}

// translated puts the topic's title and answer into the caller's language;
// more of it is translated when it is spoken.
func (c *Conversation) translated(t *topic) bool {
	if c.abroad == nil {
		return false
	}
	for _, from := range c.sources(c.language) {
		v, ok := t.article.Variants[from]
		if !ok || v.Answer == "" {
			continue
		}
		answer, err := c.abroad.word(plain(v.Answer), from, c.language)
		if err != nil {
			c.fail(err)
			continue
		}
		if title, err := c.abroad.word(plain(v.Title), from, c.language); err == nil {
			v.Title = title
		}
		v.Answer, v.Language = answer, c.language
		t.variant, t.from = v, from
		return true
	}
	return false
}

// spoken is a further piece of the topic's text in its language. What cannot
// be translated is said as it was reviewed: in is the language of what is
// returned.
func (t *topic) spoken(c *Conversation, text string) (out, in string) {
	if t.from == "" {
		return text, t.variant.Language
	}
	if c.abroad == nil {
		return text, t.from
	}
	out, err := c.abroad.word(text, t.from, t.variant.Language)
	if err != nil {
		c.fail(err)
		return text, t.from
	}
	return out, t.variant.Language
}

// titleIn is the article's title in the caller's language, as far as possible.
func (c *Conversation) titleIn(a *knowledge.Article) string {
	v, own := c.variant(a)
	title := plain(v.Title)
	if own || c.abroad == nil || transcript.Primary(v.Language) == c.language {
		return title
	}
	for _, from := range c.sources(c.language) {
		if v, ok := a.Variants[from]; ok && v.Title != "" {
			if out, err := c.abroad.word(plain(v.Title), from, c.language); err == nil {
				return out
			}
		}
	}
	if v, ok := a.Variants[c.book().Language]; ok && v.Title != "" {
		return plain(v.Title)
	}
	return title
}

// topicAgain puts the last answer into the language of the call.
func (c *Conversation) topicAgain(r *reply) {
	t := topic{article: c.topic.article, confidence: c.topic.confidence}
	v, own := c.variant(t.article)
	t.variant = v
	if !own && !c.bridge(r, &t) {
		c.offerGerman(r, knowledge.Hit{Article: t.article, Confidence: t.confidence})
		return
	}
	c.answerTopic(r, t)
}

// offerGerman asks whether the German text will do.
func (c *Conversation) offerGerman(r *reply, h knowledge.Hit) {
	r.outcome = OutcomeClarify
	c.state = offeringGerman{h}
	c.state.ask(c, r)
}

// offeringGerman has asked whether the caller wants to hear a German text.
type offeringGerman struct{ hit knowledge.Hit }

func (s offeringGerman) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	return c.spoken(ctx, r, u, func() { s.accept(c, r) }, func() { s.decline(c, r) })
}

func (s offeringGerman) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	return keyed(key, func() { s.accept(c, r) }, func() { s.decline(c, r) })
}

func (s offeringGerman) accept(c *Conversation, r *reply) {
	c.german = true
	c.answer(r, s.hit)
}

func (s offeringGerman) decline(c *Conversation, r *reply) {
	r.outcome = OutcomeTransfer
	r.say(prompts.GermanRefused)
	c.pending = true
	c.handOver(r, c.named(s.hit.Article.HandOver))
}

func (s offeringGerman) awaits() (turn.Expect, time.Duration) { return turn.YesNo, yesNoSilence }

func (s offeringGerman) ask(_ *Conversation, r *reply) { r.say(prompts.OfferGerman) }
