package dialog

import (
	"context"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/numbers"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/turn"
)

// maxTries is how often a value is asked for in vain.
const maxTries = 3

// fail asks again, then helps, then gives up.
func (s filling) fail(c *Conversation, r *reply) {
	s.tries++
	s.keys = ""
	c.state = s
	kind := s.at.Spec.Kind
	switch {
	case s.tries >= maxTries && s.form.ID == form.CallbackID:
		c.cancelForm(r, s.sheet)
	case s.tries >= maxTries && s.at.Optional:
		c.leaveOut(r, s.sheet, s.at)
	case s.tries >= maxTries:
		r.phrase(form.GaveUp)
		c.handOver(r, c.named(s.form.Department))
	case kind == slot.Phone && s.tries == maxTries-1:
		r.say(prompts.NumberKeys)
	case kind == slot.Phone:
		r.say(prompts.NumberMissing)
	case s.tries == maxTries-1 && (kind == slot.Choice || kind == slot.YesNo):
		r.phrase(form.Unclear)
		if kind == slot.Choice {
			c.sayKeys(r, s.at)
		} else {
			r.help(s.at)
		}
	case s.tries == maxTries-1:
		r.phrase(form.Unclear)
		r.help(s.at)
	default:
		r.phrase(form.Unclear)
		r.question(s.at)
	}
}

func (s filling) unheard(c *Conversation, r *reply) { s.fail(c, r) }

func (s filling) silent(c *Conversation, r *reply) {
	if s.keys != "" && c.silences == 1 {
		s.finish(c, r)
		return
	}
	c.silenceInForm(r, func() {
		if s.at.Spec.Kind == slot.Phone && c.silences == 2 {
			r.lead(prompts.NumberKeys)
			return
		}
		c.state.ask(c, r)
	})
}

// silenceInForm asks once more and then ends the call: whoever was asked for a
// value and says nothing is no longer there.
func (c *Conversation) silenceInForm(r *reply, again func()) {
	if c.silences >= 3 {
		r.say(prompts.SilenceEnd)
		r.end()
		return
	}
	r.repair = true
	again()
}

func (s filling) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	most := s.at.Spec.Keyed()
	zero := key == '0' && s.keys == "" && s.at.Spec.Kind != slot.Phone && s.at.Spec.Kind != slot.Date && s.at.Spec.Kind != slot.Time
	switch {
	case key >= '0' && key <= '9' && most > 0 && !zero:
		s.press(c, r, key, most)
	case key == '*' && (s.keys != "" || s.at.Spec.Kind == slot.Phone):
		s.keys, s.sofar = "", ""
		c.state = s
		if s.at.Spec.Kind == slot.Phone {
			r.say(prompts.NumberCleared)
			return true
		}
		r.phrase(form.Again)
		r.question(s.at)
	case key == '#':
		s.finish(c, r)
	default:
		return false
	}
	return true
}

// press takes one more key. Where the length is known, the last one ends it.
func (s filling) press(c *Conversation, r *reply, key rune, most int) {
	s.sofar = ""
	s.keys += string(key)
	fixed := s.at.Spec.Kind != slot.Phone && s.at.Spec.Kind != slot.HouseNumber && s.at.Spec.Kind != slot.Count
	if len(s.keys) > most || fixed && len(s.keys) == most {
		s.finish(c, r)
		return
	}
	c.state = s
	r.repair = true
	r.listen(turn.Digits, keyedSilence)
}

// finish takes what was keyed as the whole value.
func (s filling) finish(c *Conversation, r *reply) {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	keys := s.keys
	s.keys = ""
	switch {
	case keys == "" && s.sofar != "":
		v := slot.Value{Kind: s.at.Spec.Kind, Text: s.sofar, Doubt: slot.Incomplete}
		if s.at.Spec.Kind == slot.Phone && numbers.Valid(s.sofar) {
			v.Doubt = slot.Unsure
		}
		c.take(r, s.sheet, s.at, v, s.tries)
		return
	case keys == "" && s.at.Optional:
		c.leaveOut(r, s.sheet, s.at)
		return
	case keys == "":
		s.fail(c, r)
		return
	}
	v := c.data.Slots.Keys(s.at.Spec, keys, c.setting("", r.now))
	if !v.Found() {
		s.fail(c, r)
		return
	}
	c.take(r, s.sheet, s.at, v, s.tries)
}

func (c *Conversation) count(n int) string {
	return strings.TrimSpace(c.data.Slots.Say(slot.Spec{Kind: slot.Text}, slot.Value{Text: itoa(n)}, c.lexicon()))
}
