package dialog

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/numbers"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/turn"
)

// checking has read a value back, or named two that could be meant.
type checking struct {
	sheet
	at    *form.Slot
	value slot.Value
	tries int
}

// readBack says the value and asks whether it is right.
func (c *Conversation) readBack(r *reply, s sheet, f *form.Slot, v slot.Value) {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	c.state = checking{sheet: s, at: f, value: v}
	said := c.sayValue(f, v)
	switch {
	case v.Doubt == slot.Ambiguous && len(v.Others) > 0:
		other := v
		other.Text = v.Others[0]
		r.phrase(form.Which, "a", said, "b", c.sayValue(f, other))
	case v.Doubt == slot.Unlisted:
		r.phrase(form.Unlisted, "value", said)
	case f.Spec.Kind == slot.Phone:
		r.say(prompts.NumberRead, "number", said)
	case f.Spec.Kind == slot.Name && v.Spelt && !c.writes:
		r.phrase(form.Spelt, "value", said, "letters", slot.Spell(v.Text))
	default:
		r.phrase(form.Confirm, "value", said)
	}
}

func (s checking) page() sheet { return s.sheet }

func (s checking) awaits() (turn.Expect, time.Duration) {
	if s.value.Doubt == slot.Ambiguous {
		return turn.Name, yesNoSilence
	}
	// More than a yes or no may come: a correction holds the value.
	return turn.YesNo, yesNoSilence
}

func (s checking) ask(c *Conversation, r *reply) {
	if s.at.Spec.Kind == slot.Phone {
		r.say(prompts.NumberConfirm)
		return
	}
	if s.value.Doubt == slot.Ambiguous {
		c.readBack(r, s.sheet, s.at, s.value)
		return
	}
	r.phrase(form.Insist, "value", c.sayValue(s.at, s.value))
}

func (s checking) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	if s.amended(c, r, u) || c.correct(r, s.sheet, s.at, u) {
		return true
	}
	book := c.phrases()
	wrong := c.is(u, "wrong") || c.declines(u)
	switch {
	case c.is(u, "cancel") && !c.is(u, "yes"):
		c.cancelForm(r, s.sheet)
	case s.value.Doubt == slot.Ambiguous && s.choose(c, r, u):
	case c.agrees(u) && !c.is(u, "wrong") && s.value.Doubt != slot.Ambiguous:
		s.accept(c, r)
	case s.anew(c, r, u, wrong):
	case s.at.Spec.Kind != slot.Phone && book.Hears(form.WishSpell, u.words):
		s.respell(c, r)
	case wrong, c.is(u, "startover"):
		s.reject(c, r)
	case c.is(u, "back"):
		c.previous(r, s.sheet)
	case book.Hears(form.WishHelp, u.words):
		r.help(s.at)
	default:
		return s.unclear(ctx, c, r, u)
	}
	return true
}

// amended understands a correction of some digits of a telephone number, or
// letters of a name.
func (s checking) amended(c *Conversation, r *reply, u utterance) bool {
	switch s.at.Spec.Kind {
	case slot.Phone:
		amended, changed := c.data.Numbers.Amend(s.value.Text, c.numbered(u), c.counting())
		switch {
		case changed && amended != s.value.Text && numbers.Valid(amended):
			s.value.Text = amended
			c.readBack(r, s.sheet, s.at, s.value)
		case changed && amended == s.value.Text && !c.declines(u):
			s.accept(c, r)
		default:
			return false
		}
		return true
	case slot.Name, slot.Email:
		v := c.read(s.at, u, s.value.Text, r.now)
		if !v.Spelt || v.Text == s.value.Text || c.agrees(u) {
			return false
		}
		c.readBack(r, s.sheet, s.at, v)
		return true
	}
	return false
}

// choose takes one of two candidates by its place or its words.
func (s checking) choose(c *Conversation, r *reply, u utterance) bool {
	options := append([]string{s.value.Text}, s.value.Others...)
	pick := func(i int) bool {
		v := s.value
		v.Text, v.Doubt, v.Others = options[i], slot.Sure, nil
		c.accept(r, s.sheet, s.at, v)
		return true
	}
	v := c.read(s.at, u, "", r.now)
	for i, o := range options {
		if v.Text == o && v.Doubt != slot.Ambiguous {
			return pick(i)
		}
	}
	switch {
	case len(u.content) > spokenChoice || c.declines(u):
		return false
	case c.is(u, "first"):
		return pick(0)
	case c.is(u, "second"), c.is(u, "last"):
		return pick(1)
	}
	return false
}

// anew takes another value instead of a yes or no.
func (s checking) anew(c *Conversation, r *reply, u utterance, wrong bool) bool {
	kind := s.at.Spec.Kind
	v := c.read(s.at, u, "", r.now)
	same := v.Text == s.value.Text
	switch {
	case !v.Found() || kind == slot.Phone || kind == slot.Text || kind == slot.YesNo:
		return false
	case same && wrong:
		return false
	case kind == slot.Name && !v.Spelt && (!wrong || len(u.content) < 2), v.Doubt == slot.Unlisted && (!wrong || len(u.content) < 2):
		return false
	case same:
		s.accept(c, r)
	default:
		c.take(r, s.sheet, s.at, v, s.tries)
	}
	return true
}

func (s checking) accept(c *Conversation, r *reply) {
	v := s.value
	if v.Doubt == slot.Ambiguous {
		v.Others = nil
	}
	if v.Doubt != slot.Unlisted {
		v.Doubt = slot.Unsure // confirmed already: it is not said once more
	}
	v.Confidence = max(v.Confidence, confirmedConfidence)
	c.accept(r, s.sheet, s.at, v)
}

// confirmedConfidence is that of what the caller has said yes to.
const confirmedConfidence = 0.98

func (s checking) reject(c *Conversation, r *reply) {
	next := filling{sheet: s.sheet.without(s.at.Name), at: s.at, tries: s.tries}
	c.state = next
	switch s.at.Spec.Kind {
	case slot.Phone:
		r.say(prompts.NumberWrong)
	case slot.Name, slot.Email, slot.Plate:
		s.respell(c, r)
	default:
		r.phrase(form.Again)
		r.question(s.at)
	}
}

func (s checking) respell(c *Conversation, r *reply) {
	c.state = filling{sheet: s.sheet.without(s.at.Name), at: s.at, tries: s.tries, spelled: true}
	r.phrase(form.Spell)
}

func (s checking) unclear(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if c.is(u, mixed()...) || c.is(u, "repeat", "faster", "stop", "robot", "who") {
		return false
	}
	if len(u.content) > shortAnswer {
		c.state = s
		if c.aside(ctx, r, u) {
			return true
		}
	}
	s.again(c, r)
	return true
}

// again asks for yes or no once more, and then for the value anew.
func (s checking) again(c *Conversation, r *reply) {
	if s.tries++; s.tries < maxTries {
		c.state = s
		s.ask(c, r)
		return
	}
	c.state = filling{sheet: s.sheet.without(s.at.Name), at: s.at, tries: 1}
	if s.at.Spec.Kind == slot.Phone {
		r.say(prompts.NumberKeys)
		return
	}
	r.phrase(form.Unclear)
	r.question(s.at)
}

func (s checking) unheard(c *Conversation, r *reply) { s.again(c, r) }

func (s checking) silent(c *Conversation, r *reply) {
	c.silenceInForm(r, func() { s.ask(c, r) })
}

func (s checking) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	two := s.value.Doubt == slot.Ambiguous
	switch {
	case key == '1' || key == '#' && !two:
		if two {
			s.value.Others = nil
			s.value.Doubt = slot.Sure
		}
		s.accept(c, r)
	case key == '2' && two:
		s.value.Text, s.value.Others, s.value.Doubt = s.value.Others[0], nil, slot.Sure
		s.accept(c, r)
	case key == '2':
		s.reject(c, r)
	default:
		return false
	}
	return true
}

// offeringCaller has offered the number the call comes from.
type offeringCaller struct {
	sheet
	at *form.Slot
}

func (s offeringCaller) page() sheet { return s.sheet }

func (s offeringCaller) awaits() (turn.Expect, time.Duration) { return turn.YesNo, yesNoSilence }

func (s offeringCaller) ask(c *Conversation, r *reply) {
	n := len(c.opt.Caller)
	r.say(prompts.NumberCaller, "tail", c.readOut(c.opt.Caller[n-2:]))
}

func (s offeringCaller) heard(_ context.Context, c *Conversation, r *reply, u utterance) bool {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	number := c.digits(u)
	switch {
	case numbers.Valid(number):
		c.readBack(r, s.sheet, s.at, slot.Value{Kind: slot.Phone, Text: number, Doubt: slot.Unsure})
	case c.is(u, "cancel"):
		c.cancelForm(r, s.sheet)
	case c.agrees(u):
		s.accept(c, r)
	case c.correct(r, s.sheet, s.at, u):
	case c.declines(u):
		s.decline(c, r)
	case c.is(u, "back"):
		c.previous(r, s.sheet)
	case c.phrases().Hears(form.WishHelp, u.words):
		s.ask(c, r)
	default:
		return false
	}
	return true
}

func (s offeringCaller) accept(c *Conversation, r *reply) {
	c.accept(r, s.sheet, s.at, slot.Value{Kind: slot.Phone, Text: c.opt.Caller, Confidence: 1, Doubt: slot.Unsure})
}

func (s offeringCaller) decline(c *Conversation, r *reply) {
	c.state = filling{sheet: s.sheet, at: s.at}
	c.state.ask(c, r)
}

func (s offeringCaller) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	return keyed(key, func() { s.accept(c, r) }, func() { s.decline(c, r) })
}

func (s offeringCaller) unheard(c *Conversation, r *reply) { s.ask(c, r) }

func (s offeringCaller) silent(c *Conversation, r *reply) {
	c.silenceInForm(r, func() { s.ask(c, r) })
}
