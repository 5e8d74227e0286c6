package dialog

import (
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Announcement is what the city wants everybody to hear.
type Announcement struct {
	ID   string // it is said once a call
	Text string
	// Language of the text: where it is not the caller's, that is said before.
	Language string
}

// announcement is the present one, unless this caller has heard it already.
func (c *Conversation) announcement() (Announcement, bool) {
	if c.opt.Announcement == nil {
		return Announcement{}, false
	}
	a := c.opt.Announcement(c.book().Language)
	a.Text = plain(a.Text)
	if a.Language == "" {
		a.Language = c.book().Language
	}
	return a, a.Text != "" && (a.ID == "" || a.ID != c.announced)
}

// announce says it, after the words that lead to it.
func (c *Conversation) announce(r *reply, a Announcement, lead prompts.Key) {
	c.announced = a.ID
	b := c.book()
	r.lead(lead)
	if text := c.inWords(a.Text, transcript.Primary(a.Language)); c.foreign() && text != a.Text {
		r.lead(prompts.Translated)
		a.Text, a.Language = text, b.Language
	}
	switch other := transcript.Primary(a.Language) != transcript.Primary(b.Language); {
	case other && c.foreign():
		r.lead(prompts.OnlyGerman)
	case other && b.Has(prompts.AnnouncingOther):
		r.lead(prompts.AnnouncingOther)
	}
	r.speak(a.Language, a.Text, true)
	c.toHear = 0
	for _, s := range r.actions {
		c.toHear += prompts.Spoken(s.Text)
	}
}

// Announcements that are interrupted are said again.
const (
	announceTries = 3    // to a caller who talks over them each time
	enoughHeard   = 0.85 // of the time up to their end
)

// talkedOver notes how much was heard of a turn that holds an announcement.
func (c *Conversation) talkedOver(played time.Duration) {
	if c.toHear == 0 {
		return
	}
	missed := float64(played)*c.rate < enoughHeard*float64(c.toHear)
	c.toHear = 0
	if c.talkedOvers++; missed && c.talkedOvers < announceTries {
		c.announced = ""
	}
}

// announceFirst says it in the greeting, before the caller is asked.
func (c *Conversation) announceFirst(r *reply) {
	if a, ok := c.announcement(); ok {
		c.announce(r, a, prompts.Announcing)
	}
}

// announceNow says it within the call and goes back to what was waited for, or
// to the sentence that was broken off for it. Who is in danger is not kept
// from dialling.
func (c *Conversation) announceNow(r *reply) {
	a, ok := c.announcement()
	if c.endangered() || !ok {
		return
	}
	rest := c.broken
	c.announce(r, a, prompts.AnnouncingNow)
	if c.handing { // the caller waits for a person: the bot awaits nothing
		r.closed = true
		return
	}
	if c.isWaiting {
		c.keepWaiting(r)
		return
	}
	r.lead(prompts.Resume)
	if rest != nil {
		r.again(rest.content)
		return
	}
	c.state.ask(c, r)
}

// announceAhead puts it before what the bot answers anyway: a caller who goes
// on talking hears it as soon as the bot has the floor.
func (c *Conversation) announceAhead(r *reply) {
	at := slices.IndexFunc(r.actions, func(a Action) bool { return a.Kind == Say })
	if c.endangered() || c.over || at < 0 || r.actions[at].Firm {
		return
	}
	a, ok := c.announcement()
	if !ok {
		return
	}
	ahead := &reply{c: c, now: r.now}
	c.announce(ahead, a, prompts.AnnouncingNow)
	ahead.lead(prompts.Resume)
	r.actions = slices.Insert(r.actions, at, ahead.actions...)
	if next := at + len(ahead.actions); r.actions[next-1].Lang == r.actions[next].Lang {
		r.actions[next].Text = r.actions[next-1].Text + " " + r.actions[next].Text
		r.actions = slices.Delete(r.actions, next-1, next)
	}
}
