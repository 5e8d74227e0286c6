package dialog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/turn"
)

// translator binds Options.Translate to the event that is handled.
func (c *Conversation) translator(ctx context.Context) func(text, from, to string) (string, error) {
	if c.opt.Translate == nil {
		return nil
	}
	return func(text, from, to string) (string, error) {
		out, err := c.opt.Translate(ctx, text, from, to)
		if err != nil {
			return "", fmt.Errorf("%w from %s to %s: %w", errTranslation, from, to, err)
		}
		if strings.TrimSpace(out) == "" {
			return "", fmt.Errorf("%w from %s to %s: nothing came back", errTranslation, from, to)
		}
		return out, nil
	}
}

// errTranslation marks what failed without leaving the caller without words.
var errTranslation = errors.New("translate")

// sources are the languages of reviewed texts that are translated, best first.
func sources() []string { return []string{"de", "en"} }

// bridge makes a topic without a variant in the caller's language speakable:
// translated with a notice, or in German with a notice when the caller has
// agreed to that or cannot be asked. false means: ask.
func (c *Conversation) bridge(r *reply, t *topic) bool {
	if intent.Primary(t.variant.Language) == c.language { // no easy words for it
		r.lead(prompts.OnlyGerman)
		return true
	}
	if c.translated(r, t) {
		r.lead(prompts.Translated)
		return true
	}
	strange := intent.Primary(c.book().Language) != c.language // the bot speaks German anyway
	if c.german || c.alone || strange {
		r.lead(prompts.OnlyGerman)
		return true
	}
	return false
}

// translated puts the topic's title and answer into the caller's language;
// more of it is translated when it is spoken.
func (c *Conversation) translated(r *reply, t *topic) bool {
	if r.translate == nil {
		return false
	}
	for _, from := range sources() {
		v, ok := t.article.Variants[from]
		if !ok || v.Answer == "" {
			continue
		}
		answer, err := r.translate(plain(v.Answer), from, c.language)
		if err != nil {
			c.fail(err)
			continue
		}
		if title, err := r.translate(plain(v.Title), from, c.language); err == nil {
			v.Title = title
		}
		v.Answer, v.Language = answer, c.language
		t.variant, t.from = v, from
		return true
	}
	return false
}

// spoken is a further piece of the topic's text in its language. What cannot
// be translated is said as it was reviewed.
func (t *topic) spoken(r *reply, text string) string {
	if t.from == "" || r.translate == nil {
		return text
	}
	out, err := r.translate(text, t.from, t.variant.Language)
	if err != nil {
		r.c.fail(err)
		return text
	}
	return out
}

// titleIn is the article's title in the caller's language, as far as possible.
func (c *Conversation) titleIn(r *reply, a *knowledge.Article) string {
	v, own := c.variant(a)
	title := plain(v.Title)
	if own || r.translate == nil || intent.Primary(v.Language) == c.language {
		return title
	}
	if out, err := r.translate(title, v.Language, c.language); err == nil {
		return out
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
