package dialog

import "github.com/amtsleitung/amtsleitung/dialog/prompts"

// announcement is what the city wants everybody to hear, unless this caller
// already has.
func (c *Conversation) announcement() (text, id string, ok bool) {
	if c.opt.Announcement == nil {
		return "", "", false
	}
	text, id = c.opt.Announcement(c.book().Language)
	text = plain(text)
	return text, id, text != "" && (id == "" || id != c.announced)
}

// announceFirst says it in the greeting, before the caller is asked.
func (c *Conversation) announceFirst(r *reply) {
	if text, id, ok := c.announcement(); ok {
		c.announced = id
		r.lead(prompts.Announcing)
		r.speak(c.book().Language, text, true)
	}
}

// announceNow says it within the call and goes back to what was waited for.
// Who is in danger is not kept from dialling.
func (c *Conversation) announceNow(r *reply) {
	text, id, ok := c.announcement()
	if _, danger := c.state.(alarmed); danger || !ok {
		return
	}
	c.announced = id
	r.lead(prompts.AnnouncingNow)
	r.speak(c.book().Language, text, true)
	if c.isWaiting {
		c.keepWaiting(r)
		return
	}
	r.lead(prompts.Resume)
	c.state.ask(c, r)
}
