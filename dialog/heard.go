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
	if kind, spoken, ok := c.danger(ctx, u); ok {
		c.alarm(r, kind, spoken)
		return
	}
	if u.doubtful(c) {
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

// danger hears an emergency by its words, or by its likeness to others.
func (c *Conversation) danger(ctx context.Context, u utterance) (intent.Kind, string, bool) {
	kind, spoken, ok := c.data.Intents.Emergency(u.words, c.language)
	if ok || c.opt.Likeness == nil || len(u.words) < fewestWords || u.doubtful(c) {
		return kind, spoken, ok
	}
	kind, ok, err := c.opt.Likeness.Emergency(ctx, u.Text, c.data.Intents.Hint(u.words, c.language))
	if err != nil {
		c.fail(err)
		return "", "", false
	}
	spoken = c.language
	if guess, sure := c.data.Intents.Guess(u.words); sure {
		spoken = guess
	}
	return kind, spoken, ok
}

// doubtful says that the recogniser hardly understood.
func (u utterance) doubtful(c *Conversation) bool {
	return u.Confidence > 0 && u.Confidence < c.opt.Thresholds.Recogniser
}

// fail tells the log of a failure that the caller is helped over.
func (c *Conversation) fail(err error) {
	if c.opt.Failed != nil {
		c.opt.Failed(err)
	}
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
