package dialog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/turn"
)

// takeNumber begins a callback request.
func (c *Conversation) takeNumber(r *reply) {
	f := c.form(form.CallbackID)
	if f == nil {
		f = c.data.Callback
	}
	c.silences = 0
	c.shelve()
	c.next(r, c.callbackSheet(f))
}

// form finds one of the city's forms; nil is none.
func (c *Conversation) form(id string) *form.Form {
	i := slices.IndexFunc(c.opt.Forms, func(f *form.Form) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return c.opt.Forms[i]
}

// begin starts a form with what the caller has said about it so far.
func (c *Conversation) begin(r *reply, f *form.Form, said string) {
	if f.ID == form.CallbackID {
		r.outcome = OutcomeRequest
		c.takeNumber(r)
		return
	}
	c.silences, c.misses, c.shelved = 0, 0, nil
	r.outcome = OutcomeRequest
	s := sheet{form: f}
	if said != "" {
		s = c.notice(s, c.utter(said), nil, r.now)
	}
	if !r.texts(f.Intro, "intro/"+f.ID) {
		r.phrase(form.Begin)
	}
	var known []string
	for _, f := range s.filled() {
		known = append(known, c.sayNamed(f, s.values[f.Name]))
	}
	if len(known) > 0 {
		r.phrase(form.Noted, "values", c.all(known))
	}
	c.next(r, s)
}

// wantsForm begins the form that the caller asks for.
func (c *Conversation) wantsForm(ctx context.Context, r *reply, u utterance) bool {
	if _, busy := c.state.(request); busy {
		return false
	}
	for _, f := range c.opt.Forms {
		if f.Wanted(u.words, c.lexicon()) {
			if f.ID != form.CallbackID {
				c.wants(u)
			}
			c.begin(r, f, u.Text)
			if v := c.lookUp(ctx, r.now, u); v.answer != nil && v.answer.Article.Form == f.ID {
				r.about(*v.answer)
			}
			return true
		}
	}
	return false
}

// about marks what is said as being about an article.
func (r *reply) about(h knowledge.Hit) {
	for i := range r.actions {
		if a := &r.actions[i]; a.Kind == Say {
			a.Articles, a.Confidence = []string{h.Article.ID}, h.Confidence
		}
	}
}

// fewestKnown is how many values a report must hold to be taken down at once.
const fewestKnown = 2

// reported begins the form of an article when the sentence is the report
// itself: "Die Laterne in der Lindenstraße vor Haus 14 ist aus".
func (c *Conversation) reported(r *reply, u utterance, h knowledge.Hit) bool {
	f := c.form(h.Article.Form)
	if f == nil || f.ID == form.CallbackID || c.degraded {
		return false
	}
	s := c.notice(sheet{form: f}, u, nil, r.now)
	if !c.placed(s) || len(s.values) < fewestKnown {
		return false
	}
	c.wants(u)
	c.begin(r, f, u.Text)
	r.about(h)
	return true
}

// placed says that the street is known.
func (c *Conversation) placed(s sheet) bool {
	return slices.ContainsFunc(s.filled(), func(f *form.Slot) bool { return f.Spec.Kind == slot.Street })
}

// cancelForm drops what was filled.
func (c *Conversation) cancelForm(r *reply, s sheet) {
	r.outcome = OutcomeNone
	c.state = open{closing: true}
	if s.form.ID == form.CallbackID {
		r.say(prompts.NumberCancelled)
		return
	}
	r.phrase(form.Cancelled)
}

// takeRequest leaves the request and tells its reference twice.
func (c *Conversation) takeRequest(r *reply, s sheet) {
	reference := c.reference(r.now)
	r.outcome = OutcomeRequest
	c.settled(s, reference)
	a := Action{Kind: Request, Form: s.form.ID, Department: s.form.Department, Reference: reference, Text: c.concern(), Lang: c.language}
	for i := range s.form.Slots {
		f := &s.form.Slots[i]
		v, ok := s.values[f.Name]
		if !ok || !s.applies(f) {
			continue
		}
		a.Slots = append(a.Slots, c.slotValue(f, v))
		if f.Spec.Kind == slot.Phone {
			a.Number = v.Text
		}
	}
	r.emit(a)
	spoken := c.readOut(letters(reference))
	if c.writes {
		spoken = reference
	}
	if s.form.ID == form.CallbackID && len(s.form.Done) == 0 {
		r.say(prompts.NumberDone, "reference", spoken)
	} else {
		if !r.texts(s.form.Done, "done/"+s.form.ID) {
			r.phrase(form.Done)
		}
		r.phrase(form.Reference, "reference", spoken)
	}
	c.state = open{closing: true}
	c.state.ask(c, r)
}

func (c *Conversation) reference(now time.Time) string {
	if c.opt.Reference != nil {
		return c.opt.Reference()
	}
	return fmt.Sprintf("%06d", now.UnixMilli()/100%1_000_000)
}

// letters leaves what is worth spelling.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func itoa(n int) string { return strconv.Itoa(n) }

// offerForm asks after an answer whether its form shall be filled now; it is
// asked once a call.
func (c *Conversation) offerForm(id string, rest []string) (state, bool) {
	f := c.form(id)
	if f == nil || c.degraded || c.uses[offerKey(f)] > 0 {
		return nil, false
	}
	return offeringForm{form: f, rest: rest}, true
}

func offerKey(f *form.Form) prompts.Key { return prompts.Key("form/offer/" + f.ID) }

// offeringForm has answered and asked whether the form shall be filled.
type offeringForm struct {
	form *form.Form
	rest []string // more of the answer, for whom wants that
}

func (s offeringForm) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	consent := c.yesNo(ctx, r, u)
	more := len(s.rest) > 0 && c.phrases().Hears(form.WishMore, u.words)
	switch {
	case consent == no && !more:
		s.decline(c, r)
	case more:
		s.tell(c, r)
	case consent == yes:
		c.begin(r, s.form, c.question)
	case consent == neither && c.placed(c.notice(sheet{form: s.form}, u, nil, r.now)):
		c.begin(r, s.form, c.question+", "+u.Text)
	default:
		return false
	}
	return true
}

// tell speaks the next portion of the answer and offers the form once more.
func (s offeringForm) tell(c *Conversation, r *reply) {
	r.outcome = OutcomeAnswer
	text, in := c.topic.spoken(c, s.rest[0])
	r.speak(in, text, true)
	c.state = offeringForm{form: s.form, rest: s.rest[1:]}
	c.state.ask(c, r)
	c.evidence(r, *c.topic, text)
}

func (s offeringForm) decline(c *Conversation, r *reply) {
	c.state = open{closing: true}
	c.state.ask(c, r)
}

func (s offeringForm) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	return keyed(key, func() { c.begin(r, s.form, c.question) }, func() { s.decline(c, r) })
}

// awaits any sentence: a new question may follow just as well as a yes.
func (s offeringForm) awaits() (turn.Expect, time.Duration) { return turn.Free, yesNoSilence }

func (s offeringForm) ask(c *Conversation, r *reply) {
	if !r.texts(s.form.Offer, "offer/"+s.form.ID) {
		c.uses[offerKey(s.form)]++
		r.phrase(form.Offer)
	}
}
