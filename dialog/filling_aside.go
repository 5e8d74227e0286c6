package dialog

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// steer hears what is said about the form and not into it. done means that
// the words need no further look, mine that they were answered here.
func (s filling) steer(_ context.Context, c *Conversation, r *reply, u utterance) (done, mine bool) {
	book := c.phrases()
	free := s.at.Spec.Kind == slot.Text
	short := !free || len(u.content) <= 3
	switch {
	case s.at.Optional && short && s.sofar == "" && book.Hears(form.WishSkip, u.content) && !c.read(s.at, u, "", r.now).Found():
		c.leaveOut(r, s.sheet, s.at)
	case short && (c.is(u, "cancel") || c.is(u, "stop")), s.at.Spec.Kind == slot.Phone && s.sofar == "" && c.declines(u) && !c.read(s.at, u, "", r.now).Found() && len(s.form.Slots) == 1:
		c.cancelForm(r, s.sheet)
	case c.is(u, "startover"):
		s.startOver(c, r)
	case short && book.Hears(form.WishHelp, u.words):
		r.help(s.at)
		c.state = s
	case short && book.Hears(form.WishSummary, u.words):
		c.recite(r, s.sheet)
		c.state.ask(c, r)
	case c.is(u, "back"):
		c.previous(r, s.sheet)
	case (short || len(u.words) <= 6) && c.correct(r, s.sheet, s.at, u):
	default:
		return false, false
	}
	return true, true
}

func (s filling) startOver(c *Conversation, r *reply) {
	if s.at.Spec.Kind == slot.Phone {
		s.sofar, s.keys = "", ""
		c.state = s
		r.say(prompts.NumberCleared)
		return
	}
	r.phrase(form.Again)
	c.next(r, sheet{form: s.form})
}

// leaveOut goes on without an optional value.
func (c *Conversation) leaveOut(r *reply, s sheet, f *form.Slot) {
	r.phrase(form.Thanks)
	c.next(r, s.skip(f.Name))
}

// other answers wishes and questions in between, and asks again for what is
// neither.
func (s filling) other(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	c.state = s
	if name, ok := c.data.Intents.Anywhere(u.words, c.lexicon(), "human", "callback"); ok && name != "" {
		if s.form.ID != form.CallbackID {
			return false
		}
		s.fail(c, r) // a person will call back: for that the number is needed
		return true
	}
	if also := c.notice(s.sheet, u, s.at, r.now); len(also.values) > len(s.values) {
		s.sheet = also // an answer to a question that was to come
		c.state = s
		r.phrase(form.Thanks)
		r.question(s.at)
		return true
	}
	if c.is(u, "thanks", "greet", "help") {
		s.ask(c, r)
		return true
	}
	if _, ok := c.data.Intents.First(u.words, c.lexicon(), "repeat", "slower", "faster", "louder", "easy", "normal", "wait", "continue",
		"goodbye", "source", "meaning", "robot", "who", "decision"); ok {
		return false
	}
	if c.aside(ctx, r, u) {
		return true
	}
	s.fail(c, r)
	return true
}

// asks says that the sentence is a question for the knowledge base.
func (c *Conversation) asks(ctx context.Context, u utterance, now time.Time) bool {
	if len(u.content) <= shortAside {
		return false
	}
	v := c.lookUp(ctx, now, u)
	return v.answer != nil && v.answer.Confidence >= sureAside
}

// shortAside is the longest sentence that is no question of its own.
const shortAside = 3

// sureAside is the confidence from which a sentence within a form is a
// question of its own.
const sureAside = 0.8

// aside answers a question put in the middle of a form and goes back to it.
func (c *Conversation) aside(ctx context.Context, r *reply, u utterance) bool {
	if len(u.content) <= shortAside {
		return false
	}
	v := c.lookUp(ctx, r.now, u)
	if v.answer == nil || v.answer.Confidence < sureAside {
		return false
	}
	variant, own := c.variant(v.answer.Article)
	if variant.Answer == "" {
		return false
	}
	t := topic{article: v.answer.Article, variant: variant, confidence: v.answer.Confidence}
	if !own && !c.bridge(r, &t) {
		r.lead(prompts.OnlyGerman) // nobody is asked about that in the middle of a form
	}
	r.asked = u.Text
	c.evidence(r, t, c.speakTopic(r, t))
	c.state.ask(c, r)
	return true
}

// previous goes back to the value that was filled last.
func (c *Conversation) previous(r *reply, s sheet) {
	if len(s.order) == 0 {
		r.phrase(form.First)
		c.state.ask(c, r)
		return
	}
	name := s.order[len(s.order)-1]
	f, _ := s.form.Slot(name)
	c.state = filling{sheet: s.without(name), at: f}
	r.phrase(form.Again)
	r.question(f)
}
