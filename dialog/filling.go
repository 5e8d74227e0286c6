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

// How long silence may last while a form is filled.
const (
	spelledSilence = 10 * time.Second
	textSilence    = 12 * time.Second
)

// request is a state in which a form is being filled.
type request interface {
	state
	page() sheet
	// unheard goes one step down the ladder of misunderstandings.
	unheard(c *Conversation, r *reply)
	// silent reacts to silence; what was keyed so far may be all.
	silent(c *Conversation, r *reply)
}

// next asks for the first value that is missing, or sums up.
func (c *Conversation) next(r *reply, s sheet) {
	f, more := s.missing()
	if !more {
		c.finishForm(r, s)
		return
	}
	if v, ok := s.heard[f.Name]; ok {
		c.readBack(r, s, f, v)
		return
	}
	switch {
	case f.Source == form.SourceConcern && c.concern() != "":
		c.next(r, s.with(f.Name, slot.Value{Kind: f.Spec.Kind, Text: c.concern(), Confidence: 1}))
	case f.Source == form.SourceCaller && numbers.Valid(c.opt.Caller):
		c.state = offeringCaller{sheet: s, at: f}
		c.state.ask(c, r)
	default:
		c.state = filling{sheet: s, at: f}
		c.state.ask(c, r)
	}
}

// take goes on with what was understood for a slot.
func (c *Conversation) take(r *reply, s sheet, f *form.Slot, v slot.Value, tries int) {
	retry := filling{sheet: s, at: f, tries: tries + 1}
	switch v.Doubt {
	case slot.Incomplete:
		retry.sofar = v.Text
		c.state = retry
		c.sayFurther(r, f, v)
	case slot.Past, slot.Late, slot.Closed, slot.Impossible:
		c.state = retry
		c.refuse(r, f, v)
	case slot.Ambiguous, slot.Unlisted, slot.Unsure:
		c.readBack(r, s, f, v)
	default:
		if confirmed(f.Spec.Kind) {
			c.readBack(r, s, f, v)
			return
		}
		c.accept(r, s, f, v)
	}
}

// accept puts the value in, says so in passing, and goes on.
func (c *Conversation) accept(r *reply, s sheet, f *form.Slot, v slot.Value) {
	_, before := s.values[f.Name]
	changed := s.summed || before
	s = s.with(f.Name, v)
	_, more := s.missing()
	switch {
	case changed && !private(f.Spec.Kind):
		r.phrase(form.Changed, "value", c.sayNamed(f, v))
	case !more && !s.summed:
		// The summary says it.
	case private(f.Spec.Kind) || v.Doubt != slot.Sure:
		r.phrase(form.Thanks)
	default:
		r.phrase(form.Ack, "value", c.sayNamed(f, v))
	}
	c.next(r, s)
}

// refuse says why a value cannot be and asks for another.
func (c *Conversation) refuse(r *reply, f *form.Slot, v slot.Value) {
	value := c.sayValue(f, v)
	switch {
	case f.Spec.Kind == slot.Phone:
		r.say(prompts.NumberLong)
	case f.Spec.Kind == slot.Count:
		r.phrase(form.Range, "min", c.count(f.Spec.Min), "max", c.count(f.Spec.Max))
	case v.Doubt == slot.Past && f.Spec.Kind == slot.Date:
		first := slot.Value{Text: r.now.AddDate(0, 0, f.Spec.Min).Format(time.DateOnly)}
		r.phrase(form.Past, "value", value, "first", c.sayValue(f, first))
	case v.Doubt == slot.Late:
		r.phrase(form.Late, "value", value)
	case v.Doubt == slot.Closed:
		r.phrase(form.Closed, "value", value)
	default:
		r.phrase(form.Impossible)
		r.question(f)
	}
}

// filling asks for one value.
type filling struct {
	sheet
	at      *form.Slot
	sofar   string // what there is of a value that goes on
	keys    string // keys pressed
	tries   int
	spelled bool // spelling was asked for
}

func (s filling) page() sheet { return s.sheet }

func (s filling) awaits() (turn.Expect, time.Duration) {
	switch s.at.Spec.Kind {
	case slot.Phone, slot.HouseNumber:
		return turn.Digits, digitsSilence
	case slot.Name, slot.Email, slot.Plate, slot.Street:
		return turn.Name, spelledSilence
	case slot.Date, slot.Time:
		return turn.Date, digitsSilence
	case slot.YesNo:
		return turn.YesNo, yesNoSilence
	case slot.Text:
		return turn.Free, textSilence
	}
	return turn.Free, digitsSilence
}

func (s filling) ask(c *Conversation, r *reply) {
	if s.sofar != "" {
		c.sayFurther(r, s.at, slot.Value{Kind: s.at.Spec.Kind, Text: s.sofar})
		return
	}
	if s.at.Spec.Kind == slot.Phone && c.degraded {
		r.say(prompts.NumberKeys)
		return
	}
	r.question(s.at)
	if c.degraded && s.at.Spec.Kind == slot.Choice {
		c.sayKeys(r, s.at)
	}
}

func (s filling) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeRequest
	}
	if done, mine := s.steer(ctx, c, r, u); done {
		return mine
	}
	v := c.read(s.at, u, s.sofar, r.now)
	if v.Found() && s.plausible(ctx, c, u, v, r.now) {
		sheet := s.sheet
		if v.Doubt.Taken() {
			sheet = c.notice(sheet, u, s.at, r.now)
		}
		c.take(r, sheet, s.at, v, s.tries)
		return true
	}
	return s.other(ctx, c, r, u)
}

// plausible guards against taking any words for digits or names.
func (s filling) plausible(ctx context.Context, c *Conversation, u utterance, v slot.Value, now time.Time) bool {
	switch s.at.Spec.Kind {
	case slot.Phone:
		said := c.digits(u)
		return len(said) > 1 || len(u.content) <= spokenChoice
	case slot.Name:
		return v.Spelt || !c.is(u, "repeat", "wait", "slower", "louder", "robot", "who", "goodbye", "thanks", "greet", "easy") && !c.agrees(u)
	case slot.Street:
		return v.Doubt != slot.Unlisted || len(u.words) <= 6 && !c.is(u, "repeat", "wait", "slower", "louder", "robot", "who", "goodbye", "thanks", "greet", "easy", "yes", "no", "human") && !c.asks(ctx, u, now)
	case slot.Email:
		return v.Doubt != slot.Incomplete || len(u.words) <= 8 && !c.is(u, "repeat", "wait", "slower", "louder", "robot", "who", "goodbye", "thanks", "easy", "human")
	case slot.Text:
		if _, wish := c.data.Intents.Anywhere(u.words, c.lexicon(), "human", "callback"); wish {
			return false
		}
		return len(u.content) > 1 && !c.is(u, "repeat", "wait", "slower", "louder", "robot", "who", "goodbye", "easy", "normal", "faster")
	}
	return true
}

func (c *Conversation) setting(sofar string, now time.Time) slot.Setting {
	return slot.Setting{Language: c.lexicon(), Now: now, Streets: c.opt.Streets, Sofar: sofar}
}

// read takes the words for the slot's value.
func (c *Conversation) read(f *form.Slot, u utterance, sofar string, now time.Time) slot.Value {
	set := c.setting(sofar, now)
	if f.Spec.Kind == slot.Phone {
		set.Language = c.counting()
	}
	own := c.data.Slots.Read(f.Spec, u.Text, set)
	if u.meant == "" {
		return own
	}
	meant := c.data.Slots.Read(f.Spec, u.meant, c.setting(sofar, now))
	return c.ownWords(f, u, own, meant)
}

// notice fills other slots that the same sentence gave.
func (c *Conversation) notice(s sheet, u utterance, at *form.Slot, now time.Time) sheet {
	for i := range s.form.Slots {
		f := &s.form.Slots[i]
		if _, has := s.values[f.Name]; has || at != nil && (f.Name == at.Name || f.Spec.Kind == at.Spec.Kind) || at != nil && at.Spec.Kind == slot.Text {
			continue
		}
		v, ok := c.seek(f, u, now)
		switch {
		case !ok:
		case v.Doubt == slot.Sure && !confirmed(f.Spec.Kind):
			s = s.with(f.Name, v)
		default:
			s = s.noticed(f.Name, v)
		}
	}
	return s
}
