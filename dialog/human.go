package dialog

import (
	"context"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/turn"
)

// handOver brings the caller to a person: by transfer where one is configured
// and open, else by a callback.
func (c *Conversation) handOver(r *reply, wanted *Department) {
	if r.outcome == OutcomeNone {
		r.outcome = OutcomeTransfer
	}
	c.shelve()
	if c.busy() {
		r.say(prompts.Busy)
		c.takeNumber(r)
		return
	}
	if d := c.department(r.now, wanted); d != nil {
		r.say(prompts.Transferring, "department", c.title(d))
		r.transfer(d.Name)
		return
	}
	r.say(prompts.NoTransfer)
	c.takeNumber(r)
}

// department chooses whom to transfer to: the wanted one, the one of the last
// article, else the first that takes calls now; nil is none.
func (c *Conversation) department(now time.Time, wanted *Department) *Department {
	if wanted == nil && c.topic != nil {
		wanted = c.named(c.topic.article.HandOver)
	}
	if wanted != nil && wanted.takes(now) {
		return wanted
	}
	for i := range c.opt.Departments {
		if d := &c.opt.Departments[i]; d.takes(now) {
			return d
		}
	}
	return nil
}

func (d *Department) takes(now time.Time) bool { return d.Transfers && d.Hours.Open(now) }

// concern is what the call is about, for the person who takes over: the last
// topic, and the caller's own words.
func (c *Conversation) concern() string {
	switch {
	case c.topic == nil || c.pending:
		return c.question
	case c.question == "":
		return c.topic.variant.Title
	}
	return c.topic.variant.Title + ": " + c.question
}

func (c *Conversation) named(name string) *Department {
	for i := range c.opt.Departments {
		if c.opt.Departments[i].Name == name && name != "" {
			return &c.opt.Departments[i]
		}
	}
	return nil
}

// departmentIn finds a configured department that the caller names.
func (c *Conversation) departmentIn(words intent.Words) *Department {
	said := join(words)
	for i := range c.opt.Departments {
		d := &c.opt.Departments[i]
		for _, name := range []string{d.Name, c.title(d)} {
			parts := intent.Split(name)
			if n := len(parts); n > 0 && len(parts[n-1]) > 3 && strings.Contains(said, parts[n-1]) {
				return d
			}
		}
	}
	return nil
}

func (c *Conversation) title(d *Department) string {
	if t := d.Titles[c.book().Language]; t != "" {
		return t
	}
	if t, ok := c.book().Title(d.Name); ok {
		return t
	}
	if t := d.Titles[c.opt.Language]; t != "" {
		return t
	}
	return d.Name
}

// offeringHuman has asked whether a person shall help.
type offeringHuman struct{}

func (s offeringHuman) heard(ctx context.Context, c *Conversation, r *reply, u utterance) bool {
	return c.spoken(ctx, r, u, func() { s.accept(c, r) }, func() { s.decline(c, r) })
}

func (s offeringHuman) key(_ context.Context, c *Conversation, r *reply, key rune) bool {
	return keyed(key, func() { s.accept(c, r) }, func() { s.decline(c, r) })
}

func (s offeringHuman) accept(c *Conversation, r *reply) {
	c.misses = 0
	r.outcome = OutcomeTransfer
	c.why = OpenWish
	c.handOver(r, nil)
}

func (s offeringHuman) decline(c *Conversation, r *reply) {
	c.misses = 0
	c.state = open{closing: true}
	r.say(prompts.HumanNo)
}

// awaits any sentence: the caller may well try other words.
func (s offeringHuman) awaits() (turn.Expect, time.Duration) { return turn.Free, freeSilence }

func (s offeringHuman) ask(_ *Conversation, r *reply) { r.say(prompts.OfferHuman) }
