package dialog

import (
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// Rates of speech: 1 is normal.
const (
	slowest = 0.64
	fastest = 1.25
)

// past is a turn that can be repeated or gone back to.
type past struct {
	content []Action
	state   state
	topic   *topic
}

// longestPast is how many turns one can go back.
const longestPast = 10

// brokenOff is what was not heard of the last turn.
type brokenOff struct{ content []Action }

// remember keeps the turn for repetition and for going back.
func (c *Conversation) remember(r *reply) {
	c.broken = nil
	if r.repair {
		return
	}
	c.repeats = 0
	if len(r.content) == 0 {
		return
	}
	c.past = append(c.past, past{content: r.content, state: c.state, topic: c.topic})
	if len(c.past) > longestPast {
		c.past = c.past[1:]
	}
}

// interrupted finds the sentence of the last turn in which the caller broke
// in; "noch einmal" goes on from there.
func (c *Conversation) interrupted(played time.Duration) {
	if len(c.past) == 0 {
		return
	}
	content := c.past[len(c.past)-1].content
	last := content[len(content)-1]
	var text []Action
	for _, a := range content { // the last Say is all of one language at the end
		if a.Lang == last.Lang && a.Firm == last.Firm {
			text = append(text, a)
		}
	}
	heard := time.Duration(float64(played) * c.rate)
	rest := []Action{}
	for _, a := range text {
		for _, s := range sentences(a.Text) {
			if took := prompts.Spoken(s); heard >= took {
				heard -= took
				continue
			}
			heard = 0
			rest = append(rest, Action{Kind: Say, Lang: a.Lang, Text: s})
		}
	}
	if len(rest) > 0 {
		c.broken = &brokenOff{content: rest}
	}
}

// comfort changes how something is said, and says it again.
func (c *Conversation) comfort(r *reply, name intent.Name) {
	r.repair = true
	c.repeats++
	switch name {
	case "slower":
		c.setRate(r, max(slowest, c.rate*0.8))
		r.lead(prompts.Slower)
	case "faster":
		c.setRate(r, min(fastest, c.rate*1.25))
		r.lead(prompts.Faster)
	case "louder":
		c.setRate(r, max(slowest, c.rate*0.9))
		r.lead(prompts.Louder)
	case "easy":
		c.easyLanguage(r, true)
		return
	case "normal":
		c.easyLanguage(r, false)
		return
	case "repeat":
		if c.repeats >= 2 && c.saySimpler(r) {
			return
		}
		r.lead(prompts.Repeat)
	}
	c.sayAgain(r)
}

func (c *Conversation) setRate(r *reply, rate float64) {
	if c.writes {
		return
	}
	c.rate = rate
	r.emit(Action{Kind: Rate, Rate: rate})
}

// sayAgain repeats the last turn, from the sentence that was broken off.
func (c *Conversation) sayAgain(r *reply) {
	switch {
	case c.broken != nil:
		r.again(c.broken.content)
	case len(c.past) > 0:
		r.again(c.past[len(c.past)-1].content)
	default:
		c.state.ask(c, r)
	}
}

// saySimpler helps where repeating in the same words did not.
func (c *Conversation) saySimpler(r *reply) bool {
	if c.topic == nil || c.easy || c.language != "de" {
		return false
	}
	easy, ok := c.topic.article.Variants[easyGerman]
	if !ok {
		return false
	}
	r.lead(prompts.Simpler)
	r.speak(easyGerman, plain(easy.Answer), true)
	c.state.ask(c, r)
	return true
}

// easyLanguage switches Leichte Sprache for the whole call. Where a language
// has none, speaking slowly is what can be done.
func (c *Conversation) easyLanguage(r *reply, on bool) {
	if c.language != "de" {
		c.setRate(r, max(slowest, c.rate*0.8))
		r.lead(prompts.Slower)
		c.sayAgain(r)
		return
	}
	c.easy = on
	if on {
		r.lead(prompts.EasyOn)
	} else {
		r.lead(prompts.EasyOff)
	}
	c.resume(r)
}

// wait keeps quiet for up to a minute.
func (c *Conversation) wait(r *reply) {
	r.repair = true
	r.lead(prompts.Waiting)
	c.isWaiting = true
	c.waiting = r.now.Add(longestWait)
	expect, _ := c.state.awaits()
	r.listen(expect, longestWait)
}

// keepWaiting stays quiet for what is left of the minute.
func (c *Conversation) keepWaiting(r *reply) {
	r.repair = true
	left := longestWait
	if !r.now.IsZero() {
		left = min(longestWait, max(time.Second, c.waiting.Sub(r.now)))
	}
	expect, _ := c.state.awaits()
	r.listen(expect, left)
}

// restart forgets what was asked, but neither language nor speed.
func (c *Conversation) restart(r *reply) {
	c.topic, c.state, c.question, c.misses, c.shelved = nil, open{}, "", 0, nil
	c.pending, c.why, c.wished = false, OpenNothing, ""
	r.say(prompts.StartOver)
}

// back goes to the turn before the last.
func (c *Conversation) back(r *reply) {
	r.repair = true
	if len(c.past) < 2 {
		c.state = open{}
		r.lead(prompts.BackNone)
		return
	}
	c.past = c.past[:len(c.past)-1]
	p := c.past[len(c.past)-1]
	c.state, c.topic = p.state, p.topic
	r.lead(prompts.Back)
	r.again(p.content)
}
