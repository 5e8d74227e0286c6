package dialog

import (
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// wish fulfils what concerns the conversation itself; false means the words
// are a question.
func (c *Conversation) wish(r *reply, u utterance) bool {
	if c.wishPeople(r, u) {
		return true
	}
	name, ok := c.data.Intents.First(u.words, c.lexicon(),
		"spell", "normal", "easy", "slower", "faster", "louder", "meaning", "source", "startover", "back", "wait",
		"continue", "stop", "repeat", "robot", "who", "goodbye", "thanks", "greet", "help")
	if short, is := c.data.Intents.First(u.own, u.spoken, "slower", "repeat", "goodbye", "thanks"); is {
		name, ok = short, true
	}
	if !ok {
		if name, ok = c.data.Intents.Anywhere(u.words, c.lexicon(), "goodbye", "thanks"); !ok {
			name, ok = u.scores.Like(surelyLike, manners()...)
		}
	}
	return ok && c.fulfil(r, u, name)
}

// surelyLike is how like a known wish about the conversation a sentence must
// be to be none for the knowledge base: more than any question is.
const surelyLike = 0.1

// manners are the wishes that are known by exemplars too.
func manners() []intent.Name {
	return []intent.Name{"source", "repeat", "slower", "louder", "easy", "wait", "goodbye", "spell", "startover"}
}

// likelyWish takes what no article answers for what it resembles.
func (c *Conversation) likelyWish(r *reply, u utterance) bool {
	if name, ok := c.data.Intents.Anywhere(u.words, c.lexicon(), manners()...); ok && c.fulfil(r, u, name) {
		return true
	}
	name, ok := u.scores.Rather(append(manners(), "manipulation", "human", "callback", "decision", "insult", "chat")...)
	switch {
	case !ok:
		return false
	case name == "manipulation":
		c.refuseOrder(r)
		return true
	case name == "insult":
		return c.insulted(r, u)
	case name == "human" || name == "callback" || name == "decision":
		c.bringPeople(r, u, name)
		return true
	}
	return c.fulfil(r, u, name)
}

// refuseOrder answers an attempt to make the bot do what it may not.
func (c *Conversation) refuseOrder(r *reply) {
	r.outcome = OutcomeRefuse
	r.say(prompts.Manipulation)
	c.state = open{}
}

// chatty says that a sentence is small talk, whatever article was found.
func chatty(u utterance, confidence float64) bool {
	_, ok := u.scores.Like(surelyLike, "chat")
	return ok && confidence < 0.95
}

// insulted stays calm, is firm once, and then offers a person.
func (c *Conversation) insulted(r *reply, u utterance) bool {
	if _, ok := c.expresses(u, "insult"); !ok {
		return false
	}
	r.outcome = OutcomeRefuse
	if c.insults++; c.insults == firmAt {
		r.say(prompts.InsultFirm)
		c.state = offeringHuman{}
		return true
	}
	r.say(prompts.Insult)
	c.state = open{}
	return true
}

// firmAt is the insult that is answered firmly.
const firmAt = 2

// fulfil does what is wished; false means that it was none after all.
func (c *Conversation) fulfil(r *reply, u utterance, name intent.Name) bool {
	switch name {
	case "slower", "faster", "louder", "repeat", "easy", "normal":
		c.comfort(r, name)
	case "meaning":
		return c.explain(r, u)
	case "source":
		c.tellSource(r, u)
	case "spell":
		c.spell(r, u)
	case "startover":
		c.restart(r)
	case "back":
		c.back(r)
	case "wait":
		c.wait(r)
	case "goodbye":
		r.say(prompts.Goodbye)
		r.end()
	default:
		c.chat(r, name)
	}
	return true
}

// wishPeople hears the wish for a human in every language.
func (c *Conversation) wishPeople(r *reply, u utterance) bool {
	name, ok := c.expresses(u, "decision", "callback", "human")
	if !ok && u.own != nil {
		name, ok = c.data.Intents.First(u.own, u.spoken, "human")
	}
	if !ok && c.departmentIn(u.words) != nil {
		if _, connect := c.data.Intents.Anywhere(u.words, c.lexicon(), "connect"); connect {
			name, ok = "human", true
		}
	}
	if ok {
		c.bringPeople(r, u, name)
	}
	return ok
}

// bringPeople leads to a person in the way that is wished.
func (c *Conversation) bringPeople(r *reply, u utterance, name intent.Name) {
	c.misses = 0
	switch name {
	case "callback":
		r.outcome = OutcomeRequest
		c.takeNumber(r)
	case "decision":
		r.outcome = OutcomeTransfer
		r.say(prompts.Decision)
		c.wants(u)
		c.pending, c.why = true, OpenDecision
		c.handOver(r, c.departmentIn(u.words))
	default:
		r.outcome = OutcomeTransfer
		c.why, c.wished = OpenWish, u.Text
		c.means(u)
		c.handOver(r, c.departmentIn(u.words))
	}
}

// chat answers small talk; the state is left as it is, so that "ja" still
// means what it meant.
func (c *Conversation) chat(r *reply, name intent.Name) {
	switch name {
	case "robot":
		r.outcome = OutcomeAnswer
		r.say(prompts.Robot)
	case "who":
		r.outcome = OutcomeAnswer
		r.say(prompts.Who, "city", c.opt.City)
	case "help":
		r.outcome = OutcomeAnswer
		r.say(prompts.Help)
	case "continue":
		r.lead(prompts.Continue)
		c.state.ask(c, r)
	case "stop":
		r.say(prompts.Stopped)
		c.state = open{}
	case "thanks":
		r.say(prompts.Thanks)
		c.state = open{closing: true}
	case "greet":
		r.say(prompts.Greet)
	case "chat":
		r.outcome = OutcomeNoAnswer
		r.say(prompts.SmallTalk)
	}
}

// tellSource says where the last answer stands, in words fit for the ear.
func (c *Conversation) tellSource(r *reply, u utterance) {
	r.outcome = OutcomeAnswer
	if c.topic == nil {
		r.say(prompts.SourceNone)
		return
	}
	a := c.topic.article
	if c.is(u, "sure") {
		r.say(prompts.Unsure, "date", c.book().Date(a.ValidFrom))
		c.state.ask(c, r)
		return
	}
	r.say(prompts.Source, "title", c.topic.variant.Title, "host", c.site(a.Source), "date", c.book().Date(a.ValidFrom))
	c.state.ask(c, r)
}

// explain puts an official word plainly, or says the last answer in easy
// words when the word is not known.
func (c *Conversation) explain(r *reply, u utterance) bool {
	for _, b := range c.books() {
		if _, meaning, ok := b.Term(join(u.words)); ok {
			r.outcome = OutcomeAnswer
			r.say(prompts.Meaning, "meaning", meaning)
			c.state.ask(c, r)
			return true
		}
	}
	if c.topic == nil {
		return false // "Was ist ein Bewohnerparkausweis?" is a question
	}
	if len(u.content) > 5 {
		return false
	}
	if easy, ok := c.topic.article.Variants[easyGerman]; ok && c.language == "de" && easy.Answer != c.topic.variant.Answer {
		r.outcome = OutcomeAnswer
		r.lead(prompts.Simpler)
		r.speak(easyGerman, plain(easy.Answer), true)
		c.state.ask(c, r)
		return true
	}
	r.say(prompts.MeaningNone)
	return true
}
