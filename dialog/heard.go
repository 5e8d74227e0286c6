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
	u.scores = c.resembles(ctx, u)
	if kind, spoken, ok := c.danger(u); ok {
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
	if _, ok := c.expresses(u, "manipulation"); ok {
		c.refuseOrder(r)
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
	if c.wantsForm(ctx, r, u) || c.state.heard(ctx, c, r, u) || c.wish(r, u) {
		return
	}
	c.ask(ctx, r, u)
}

// danger hears an emergency by its words, and by its likeness to others.
func (c *Conversation) danger(u utterance) (intent.Kind, string, bool) {
	sign := c.data.Intents.Sign(u.words, c.language)
	kind, ok := intent.Alarm(sign, u.scores)
	spoken := sign.Language
	if sign.Strength < intent.Likely { // the words do not tell the language
		spoken = c.language
		if guess, sure := c.data.Intents.Guess(u.words); sure {
			spoken = guess
		}
	}
	return kind, spoken, ok
}

// resembles compares the sentence with known ones, once for all purposes.
func (c *Conversation) resembles(ctx context.Context, u utterance) intent.Scores {
	if c.opt.Likeness == nil || len(u.words) < fewestCompared || u.doubtful(c) {
		return intent.Scores{}
	}
	s, err := c.opt.Likeness.Judge(ctx, u.Text)
	if err != nil {
		c.fail(err)
	}
	return s
}

// fewestCompared is how many words tell anything by their likeness.
const fewestCompared = 2

// expresses names the first of the intents that the words express in any
// language, or that the sentence is much like.
func (c *Conversation) expresses(u utterance, names ...intent.Name) (intent.Name, bool) {
	return c.data.Intents.Express(u.words, c.language, u.scores, names...)
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
