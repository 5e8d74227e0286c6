package dialog

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/turn"
)

// surelyAnswered is the confidence with which an article speaks against an
// emergency that the words alone do not tell of.
const surelyAnswered = 0.9

// danger is what a sentence tells of an emergency.
type danger struct {
	alert    intent.Alert
	kind     intent.Kind
	strength intent.Strength // of the words alone
	spoken   string          // the language in which it was said
}

// danger hears an emergency by its words, and by its likeness to others.
func (c *Conversation) danger(u utterance) danger {
	d := c.dangerIn(u.words, c.lexicon(), u.scores)
	if u.own != nil {
		own := c.dangerIn(u.own, u.spoken, u.ownScores)
		if own.alert > d.alert {
			d = own
		}
		d.spoken = u.spoken
		in := c.data.Intents
		if own.strength >= intent.Likely && u.spoken != c.language && in.Evidence(u.own, own.spoken) > in.Evidence(u.own, u.spoken) {
			d.spoken = own.spoken // the words tell more than the recogniser
		}
	}
	if _, asked := c.state.(doubting); asked && d.alert == intent.Doubtful {
		d.alert = intent.Clear
	}
	return d
}

// dangerIn judges words of a language.
func (c *Conversation) dangerIn(words intent.Words, language string, scores intent.Scores) danger {
	sign := c.data.Intents.Sign(words, language)
	d := danger{strength: sign.Strength, spoken: sign.Language}
	d.kind, d.alert = intent.Alarm(sign, scores)
	if sign.Strength < intent.Likely { // the words do not tell the language
		d.spoken = c.language
		if guess, sure := c.data.Intents.Guess(words); sure && !c.foreign() {
			d.spoken = guess
		}
	}
	return d
}

// mayBeQuestion says that only the likeness tells of an emergency, and that an
// article answers the sentence surely.
func (c *Conversation) mayBeQuestion(ctx context.Context, r *reply, u utterance, d danger) bool {
	if _, asked := c.state.(doubting); asked || d.strength >= intent.Likely {
		return false
	}
	v := c.lookUp(ctx, r.now, u)
	return v.answer != nil && v.answer.Confidence >= surelyAnswered
}

// doubts tells of the emergency number before the answer when what was heard
// may be an emergency, or asks whether it is one. Who dictates is not asked.
func (c *Conversation) doubts(ctx context.Context, r *reply, u utterance, d danger) bool {
	if _, dictates := c.state.(request); dictates {
		return false
	}
	if _, short := c.data.Intents.First(u.own, u.spoken, "yes", "no", "repeat", "thanks", "goodbye"); short {
		return false // a machine has made more of it
	}
	v := c.lookUp(ctx, r.now, u)
	switch {
	case v.answer == nil:
		c.state = doubting{danger: d, sentence: u, before: c.state}
		r.outcome = OutcomeClarify
		c.state.ask(c, r)
		return true
	case d.alert == intent.Clear || v.answer.Confidence < surelyAnswered:
		r.lead(prompts.EmergencyAside)
	}
	return false
}

// alarm tells where help is, in the language in which it was asked for. The
// bot itself dials nothing.
func (c *Conversation) alarm(r *reply, kind intent.Kind, spoken string) {
	keys := map[intent.Kind]prompts.Key{
		intent.Fire: prompts.EmergencyFire, intent.Medical: prompts.EmergencyMedical,
		intent.Police: prompts.EmergencyPolice, intent.Suicide: prompts.EmergencySuicide,
	}
	b, ok := c.bookIn(spoken)
	if !ok || !b.Has(keys[kind]) || spoken == c.book().Language || c.easy && spoken == c.language {
		b = c.bookWith(keys[kind])
	}
	r.outcome = OutcomeEmergency
	c.isWaiting, c.misses, c.silences = false, 0, 0
	r.firm(b, keys[kind])
	if c.writes && b.Has(prompts.EmergencyAid) {
		r.speak(b.Language, b.Say(prompts.EmergencyAid, 0), true)
	}
	c.state = alarmed{}
}

// doubting asks whether there is danger; if not, the sentence is taken for
// what it would have been.
type doubting struct {
	danger   danger
	sentence utterance
	before   state
}

func (s doubting) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	switch {
	case c.agrees(u):
		c.account.warns(s.sentence.Text)
		c.alarm(r, s.danger.kind, s.danger.spoken)
		return true
	case c.declines(u):
		s.resolve(ctx, c, r)
		return true
	}
	c.state = s.before
	return c.state.heard(ctx, c, r, u)
}

// resolve goes on without danger.
func (s doubting) resolve(ctx context.Context, c *Conversation, r *reply) {
	c.state = s.before
	c.pursue(ctx, r, s.sentence)
}

func (s doubting) key(ctx context.Context, c *Conversation, r *reply, key rune) bool {
	return keyed(key, func() {
		c.account.warns(s.sentence.Text)
		c.alarm(r, s.danger.kind, s.danger.spoken)
	}, func() { s.resolve(ctx, c, r) })
}

func (doubting) awaits() (turn.Expect, time.Duration) { return turn.Free, yesNoSilence }

func (doubting) ask(_ *Conversation, r *reply) { r.say(prompts.EmergencyDoubt) }

// endangered says that somebody is, or may be, in danger: nothing may keep
// them from dialling.
func (c *Conversation) endangered() bool {
	switch c.state.(type) {
	case alarmed, doubting:
		return true
	}
	return false
}
