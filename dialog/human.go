package dialog

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
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
	c.sayClosed(r, wanted)
	c.takeNumber(r)
}

// sayClosed says why nobody is there, when somebody will be, and what is
// promised instead.
func (c *Conversation) sayClosed(r *reply, wanted *Department) {
	d := c.closed(wanted)
	if d == nil {
		r.say(prompts.NoTransfer)
		return
	}
	if day, clock := c.opens(d, r.now); day != "" {
		r.say(prompts.ClosedUntil, "department", c.title(d), "day", day, "time", clock)
	} else {
		r.say(prompts.ClosedNow, "department", c.title(d))
	}
	r.say(prompts.Promise)
}

// closed is the department that would take the call at another time; nil is none.
func (c *Conversation) closed(wanted *Department) *Department {
	if wanted == nil && c.topic != nil {
		wanted = c.named(c.topic.article.HandOver)
	}
	if wanted != nil && wanted.Transfers {
		return wanted
	}
	i := slices.IndexFunc(c.opt.Departments, func(d Department) bool { return d.Transfers })
	if i < 0 {
		return nil
	}
	return &c.opt.Departments[i]
}

// opens says when a department takes calls again, in words; "" is unknown.
func (c *Conversation) opens(d *Department, now time.Time) (day, clock string) {
	if now.IsZero() {
		return "", ""
	}
	at := d.Hours.Next(now)
	if c.opt.Opens != nil {
		at = c.opt.Opens(d.Name, now)
	}
	if at.IsZero() {
		return "", ""
	}
	if d.Hours.Zone != nil {
		at = at.In(d.Hours.Zone)
	}
	language, today := c.phrases().Language, now.In(at.Location())
	say := func(k slot.Kind, form string) string {
		return c.data.Slots.Say(slot.Spec{Kind: k}, slot.Value{Kind: k, Text: at.Format(form)}, language)
	}
	switch at.Format(time.DateOnly) {
	case today.Format(time.DateOnly):
		day = c.bookWith(prompts.Today).Say(prompts.Today, 0)
	case today.AddDate(0, 0, 1).Format(time.DateOnly):
		day = c.bookWith(prompts.Tomorrow).Say(prompts.Tomorrow, 0)
	default:
		day = say(slot.Date, time.DateOnly)
	}
	return day, say(slot.Time, "15:04")
}

// department chooses whom to transfer to: the wanted one, the one of the last
// article, else the first that takes calls now; nil is none.
func (c *Conversation) department(now time.Time, wanted *Department) *Department {
	if wanted == nil && c.topic != nil {
		wanted = c.named(c.topic.article.HandOver)
	}
	if wanted != nil && c.takes(wanted, now) {
		return wanted
	}
	for i := range c.opt.Departments {
		if d := &c.opt.Departments[i]; c.takes(d, now) {
			return d
		}
	}
	return nil
}

// takes says that calls can be handed to the department now.
func (c *Conversation) takes(d *Department, now time.Time) bool {
	if c.opt.Staffed != nil {
		return d.Transfers && c.opt.Staffed(d.Name, now)
	}
	return d.Transfers && d.Hours.Open(now)
}

// concern is what the call is about, for the person who takes over: the last
// topic, and the caller's own words.
func (c *Conversation) concern() string {
	switch {
	case c.topic == nil || c.pending || c.question != "" && !c.account.answered(c.question):
		return c.question
	case c.question == "":
		return c.topic.title()
	}
	return c.topic.title() + ": " + c.question
}

func (c *Conversation) named(name string) *Department {
	for i := range c.opt.Departments {
		if c.opt.Departments[i].Name == name && name != "" {
			return &c.opt.Departments[i]
		}
	}
	return nil
}

// departmentIn finds a configured department that the caller names, also where
// the recogniser has written a compound as two words.
func (c *Conversation) departmentIn(words intent.Words) *Department {
	said := join(words)
	compound := strings.ReplaceAll(said, " ", "")
	for i := range c.opt.Departments {
		d := &c.opt.Departments[i]
		for _, name := range []string{d.Name, c.title(d)} {
			parts := intent.Split(name)
			if n := len(parts); n > 0 && len(parts[n-1]) > 3 && (strings.Contains(said, parts[n-1]) || len(parts[n-1]) > 8 && strings.Contains(compound, parts[n-1])) {
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
	if t := d.Titles[c.fallback().Language]; t != "" && c.foreign() {
		return c.inWords(t, c.fallback().Language)
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
