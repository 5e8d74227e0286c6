package dialog

import (
	"context"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// heard goes from what cannot wait to what can: danger to life, the quality
// of recognition, language, what was asked for, wishes about the conversation
// itself, and last a question for the knowledge base.
func (c *Conversation) heard(ctx context.Context, r *reply, e Event) {
	u := utterance{Event: e, words: intent.Split(e.Text)}
	if len(u.words) == 0 {
		c.notHeard(r)
		return
	}
	if kind, spoken, ok := c.data.Intents.Emergency(u.words, c.language); ok {
		c.alarm(r, kind, spoken)
		return
	}
	if e.Confidence > 0 && e.Confidence < c.opt.Thresholds.Recogniser {
		c.notHeard(r)
		return
	}
	if c.isWaiting && !c.wakes(ctx, u) {
		c.keepWaiting(r)
		return
	}
	waited := c.isWaiting
	c.silences, c.isWaiting = 0, false
	c.utterances++
	if c.is(u, "manipulation") {
		r.outcome = OutcomeRefuse
		r.say(prompts.Manipulation)
		c.state = open{}
		return
	}
	if c.changeLanguage(ctx, r, u) {
		return
	}
	u.content = c.data.Intents.Content(u.words, c.language)
	if waited && c.is(u, "continue") {
		c.chat(r, "continue")
		return
	}
	if c.state.heard(ctx, c, r, u) || c.wish(r, u) {
		return
	}
	c.ask(ctx, r, u)
}

// alarm tells where help is, in the language in which it was asked for. The
// bot itself dials nothing.
func (c *Conversation) alarm(r *reply, kind intent.Kind, spoken string) {
	keys := map[intent.Kind]prompts.Key{
		intent.Fire: prompts.EmergencyFire, intent.Medical: prompts.EmergencyMedical,
		intent.Police: prompts.EmergencyPolice, intent.Suicide: prompts.EmergencySuicide,
	}
	b, ok := c.data.Prompts.Book(spoken)
	if !ok || spoken == c.book().Language || c.easy && spoken == c.language {
		b = c.book()
	}
	r.outcome = OutcomeEmergency
	c.isWaiting, c.misses, c.silences = false, 0, 0
	r.firm(b, keys[kind])
	c.state = alarmed{}
}
