package dialog

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/turn"
)

// open waits for any question. After something was settled it is closing:
// then a no means goodbye.
type open struct{ closing bool }

func (s open) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	switch c.yesNo(ctx, r, u) {
	case yes:
		r.say(prompts.YesWhat)
		c.state = open{}
		return true
	case no:
		s.decline(c, r)
		return true
	}
	return false
}

func (s open) decline(c *Conversation, r *reply) {
	if s.closing {
		r.say(prompts.Goodbye)
		r.end()
		return
	}
	r.say(prompts.HumanNo)
	c.state = open{closing: true}
}

func (s open) key(context.Context, *Conversation, *reply, rune) bool { return false }

func (s open) awaits() (turn.Expect, time.Duration) { return turn.Free, freeSilence }

func (s open) ask(_ *Conversation, r *reply) {
	if s.closing {
		r.say(prompts.AskElse)
		return
	}
	r.say(prompts.YesWhat)
}

// offering has answered and offers the rest, in portions.
type offering struct {
	rest  []string
	first bool
}

func (s offering) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	consent := c.yesNo(ctx, r, u)
	switch {
	case consent == no:
		s.decline(c, r)
	case consent == yes || c.is(u, "continue"):
		s.tell(c, r)
	default:
		return false
	}
	return true
}

func (s offering) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	return keyed(key, func() { s.tell(c, r) }, func() { s.decline(c, r) })
}

// tell speaks the next portion.
func (s offering) tell(c *Conversation, r *reply) {
	r.outcome = OutcomeAnswer
	text, in := c.topic.spoken(c, s.rest[0])
	r.speak(in, text, true)
	c.state = offering{rest: s.rest[1:]}
	if len(s.rest) == 1 {
		c.state = open{closing: true}
	}
	c.state.ask(c, r)
	c.evidence(r, *c.topic, text)
}

func (s offering) decline(c *Conversation, r *reply) {
	c.state = open{closing: true}
	c.state.ask(c, r)
}

// awaits any sentence: a new question may follow just as well as a yes.
func (s offering) awaits() (turn.Expect, time.Duration) { return turn.Free, yesNoSilence }

func (s offering) ask(_ *Conversation, r *reply) {
	if s.first {
		r.say(prompts.AskMore)
		return
	}
	r.say(prompts.NextMore)
}

// alarmed has told where help is.
type alarmed struct{}

func (alarmed) heard(_ context.Context, c *Conversation, r *reply, u utterance) bool {
	if c.declines(u) || c.agrees(u) || c.is(u, "thanks", "goodbye") {
		r.say(prompts.EmergencyStill)
		return true
	}
	c.state = open{}
	return false
}

func (alarmed) key(context.Context, *Conversation, *reply, rune) bool { return false }

func (alarmed) awaits() (turn.Expect, time.Duration) { return turn.Free, freeSilence }

func (alarmed) ask(_ *Conversation, r *reply) { r.say(prompts.EmergencyStill) }
