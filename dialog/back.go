package dialog

import (
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// backFromTransfer goes on with a caller who was on the way to a person.
func (c *Conversation) backFromTransfer(r *reply, goOn func(*reply)) {
	if !c.handing {
		return
	}
	c.handing, c.silences, c.misses = false, 0, 0
	goOn(r)
}

// transferFailed takes the caller back with an apology and a callback.
func (c *Conversation) transferFailed(r *reply) {
	r.outcome = OutcomeRequest
	r.say(prompts.TransferFailed)
	r.say(prompts.NoTransfer)
	c.takeNumber(r)
}

// callbackChosen takes the number of a caller who did not want to wait: there
// is nothing to apologise for.
func (c *Conversation) callbackChosen(r *reply) {
	r.outcome = OutcomeRequest
	r.say(prompts.CallbackTaken)
	c.takeNumber(r)
}

// returned goes on after a person: with the request that was being taken, else
// with whatever comes.
func (c *Conversation) returned(r *reply) {
	c.pending, c.shelved, c.why = false, nil, OpenNothing
	if _, ok := c.state.(request); ok {
		r.lead(prompts.Resume)
		c.state.ask(c, r)
		return
	}
	r.say(prompts.BackAgain)
	c.state = open{closing: true}
}

// shelve keeps what was filled of a request, for the person who takes over and
// for the callback that may come of it.
func (c *Conversation) shelve() {
	if s, ok := c.state.(request); ok && s.page().form.ID != form.CallbackID {
		page := s.page()
		c.shelved = &page
	}
}

// callbackSheet is the callback form with what a request that was left
// unfinished tells already; it is read back before it is taken.
func (c *Conversation) callbackSheet(f *form.Form) sheet {
	s := sheet{form: f}
	if c.shelved == nil {
		return s
	}
	for i := range f.Slots {
		to := &f.Slots[i]
		for _, from := range c.shelved.filled() {
			if from.Spec.Kind == to.Spec.Kind && (to.Spec.Kind == slot.Phone || to.Spec.Kind == slot.Name) {
				s = s.noticed(to.Name, c.shelved.values[from.Name])
			}
		}
	}
	return s
}
