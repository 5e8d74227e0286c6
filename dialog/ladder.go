package dialog

import (
	"context"
	"fmt"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// notHeard is one step down the ladder of misunderstandings; the second one
// in a row leads to a person.
func (c *Conversation) notHeard(r *reply) {
	if c.isWaiting {
		c.keepWaiting(r)
		return
	}
	c.silences = 0
	switch s := c.state.(type) {
	case request:
		s.unheard(c, r)
		return
	case alarmed:
		s.ask(c, r)
		return
	case doubting:
		s.ask(c, r)
		return
	}
	c.misses++
	if c.misses >= 2 {
		c.misses = 0
		r.say(prompts.UnheardLast)
		c.why = OpenMisheard
		c.handOver(r, nil)
		return
	}
	r.repair = true // what was said before stays what "noch einmal" means
	if c.degraded {
		r.lead(prompts.Degraded)
		c.menu(r)
		return
	}
	r.lead(prompts.Unheard)
}

// silence climbs down its ladder: a reminder, the way to a person, the person.
func (c *Conversation) silence(r *reply) {
	if c.isWaiting {
		c.isWaiting = false
		r.repair = true
		r.lead(prompts.WaitOver)
		return
	}
	c.silences++
	if c.writes {
		c.silentInWriting(r)
		return
	}
	switch s := c.state.(type) {
	case request:
		s.silent(c, r)
		return
	case alarmed:
		c.silenceInForm(r, func() { s.ask(c, r) })
		return
	case doubting:
		c.silenceInForm(r, func() { s.ask(c, r) })
		return
	}
	r.repair = c.silences < 3
	switch c.silences {
	case 1:
		if _, isOpen := c.state.(open); isOpen || c.degraded {
			r.lead(prompts.Silence1)
			return
		}
		c.state.ask(c, r)
	case 2:
		r.lead(prompts.Silence2)
	default:
		c.giveUp(r)
	}
}

// giveUp leads to a person, unless the caller had their answer and has gone.
func (c *Conversation) giveUp(r *reply) {
	if s, ok := c.state.(open); ok && s.closing && c.topic != nil {
		r.say(prompts.SilenceEnd)
		r.end()
		return
	}
	r.say(prompts.Silence3)
	c.why = OpenMisheard
	c.handOver(r, nil)
}

// Rungs of a recogniser that fails again and again.
const (
	deafPerson = 2 // a person or a callback by keys
	deafEnd    = 5 // nothing helps: an apology
)

// degrade goes over to keys: speech is not understood reliably any more. Who
// goes on speaking is brought to a person, and let go with an apology when
// even that leads nowhere.
func (c *Conversation) degrade(r *reply) {
	if c.writes { // what is typed needs no recognition
		r.repair = true
		r.listen(c.state.awaits())
		return
	}
	c.degraded, c.isWaiting = true, false
	c.deaf++
	if c.deaf >= deafEnd {
		r.say(prompts.Fault)
		r.end()
		return
	}
	switch s := c.state.(type) {
	case filling:
		r.say(prompts.Degraded)
		s.ask(c, r)
		return
	case request:
		s.ask(c, r)
		return
	case alarmed:
		s.ask(c, r)
		return
	case doubting:
		s.ask(c, r)
		return
	}
	r.say(prompts.Degraded)
	c.state = open{}
	if c.deaf >= deafPerson {
		c.why = OpenMisheard
		c.handOver(r, nil)
		return
	}
	c.menu(r)
}

// recovered is called when words were understood again: there is no need of
// keys any more, but those that were named still work.
func (c *Conversation) recovered() { c.degraded, c.deaf = false, 0 }

// longestMenu leaves the keys 8, 9 and 0 for callback, language and a person.
const longestMenu = 7

func (c *Conversation) menu(r *reply) {
	c.menued = true
	for i, a := range c.menuArticles() {
		v, _ := c.variant(a)
		r.say(prompts.DegradedItem, "title", plain(v.Title), "key", fmt.Sprint(i+1))
	}
	r.say(prompts.DegradedMenu)
}

func (c *Conversation) menuArticles() []*knowledge.Article {
	var articles []*knowledge.Article
	for _, id := range c.opt.Menu {
		if a, ok := c.opt.Search.Article(id); ok && len(articles) < longestMenu {
			articles = append(articles, a)
		}
	}
	return articles
}

// wakes says whether something said while the bot waits is meant for it, and
// not for somebody else in the room.
func (c *Conversation) wakes(ctx context.Context, u utterance) bool {
	if s, ok := c.state.(filling); ok && s.at.Spec.Kind != slot.Name && s.at.Spec.Kind != slot.Text {
		if v := c.read(s.at, u, s.sofar, u.Now); v.Found() && v.Doubt != slot.Unlisted {
			return true
		}
	}
	if _, ok := c.state.(request); ok && len(c.digits(u)) > 1 {
		return true
	}
	if _, ok := c.data.Intents.Anywhere(u.words, c.lexicon(), "continue", "human", "callback", "goodbye", "repeat", "startover", "stop", "cancel", "wait"); ok {
		return true
	}
	u.content = c.data.Intents.Content(u.words, c.lexicon())
	if c.agrees(u) {
		return true
	}
	return c.lookUp(ctx, u.Now, u).answer != nil
}

// key takes one key: the state's meaning first, then those that hold always.
func (c *Conversation) key(ctx context.Context, r *reply, key rune) {
	c.silences, c.deaf, c.isWaiting = 0, 0, false
	if c.state.key(ctx, c, r, key) {
		return
	}
	switch key {
	case '0':
		r.outcome = OutcomeTransfer
		c.why = OpenWish
		c.handOver(r, nil)
	case '8':
		r.outcome = OutcomeRequest
		c.takeNumber(r)
	case '9':
		c.nextLanguage(r)
	case '*':
		c.comfort(r, intent.Name("repeat"))
	case '#':
		r.say(prompts.Stopped)
		c.state = open{}
	default:
		c.menuKey(r, key)
	}
}

func (c *Conversation) menuKey(r *reply, key rune) {
	articles := c.menuArticles()
	if i := int(key - '1'); i >= 0 && i < len(articles) && c.menued {
		c.answer(r, knowledge.Hit{Article: articles[i], Confidence: 1})
		return
	}
	if c.degraded {
		c.menu(r)
		return
	}
	r.say(prompts.KeysHelp)
}
