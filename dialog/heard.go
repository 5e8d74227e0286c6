package dialog

import (
	"context"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
)

// heard goes from what cannot wait to what can: danger to life, the quality
// of recognition, language, what was asked for, wishes about the conversation
// itself, and last a question for the knowledge base.
func (c *Conversation) heard(ctx context.Context, r *reply, e Event) {
	if c.typedKey(ctx, r, e.Text) {
		return
	}
	u := utterance{Event: e, words: intent.Split(e.Text)}
	if len(u.words) == 0 {
		c.notHeard(r)
		return
	}
	c.understand(&u)
	u.scores = c.resembles(ctx, u, u.understood())
	if u.own != nil {
		u.ownScores = c.resembles(ctx, u, u.Text)
	}
	d := c.danger(u)
	if d.alert == intent.Clear && !c.mayBeQuestion(ctx, r, u, d) {
		c.account.warns(u.Text)
		c.means(u)
		c.alarm(r, d.kind, d.spoken)
		return
	}
	if u.doubtful(c) {
		c.notHeard(r)
		return
	}
	if c.isWaiting && !c.wakes(ctx, u) {
		c.keepWaiting(r)
		return
	}
	waited := c.isWaiting
	c.silences, c.isWaiting = 0, false
	c.utterances++
	if _, ok := c.expresses(u, "manipulation"); ok && !c.dictates(u) {
		c.refuseOrder(r)
		return
	}
	if c.changeLanguage(ctx, r, u) {
		return
	}
	c.native(&u)
	u.content = c.data.Intents.Content(u.words, c.lexicon())
	if d.alert > intent.NoAlert && c.doubts(ctx, r, u, d) {
		return
	}
	if waited && c.is(u, "continue") {
		c.chat(r, "continue")
		return
	}
	c.pursue(ctx, r, u)
}

// fewestDictated is how many digits tell that a number is being dictated.
const fewestDictated = 3

// dictates says that the words are digits that a form has asked for: to an
// embedding they look like nothing that people say.
func (c *Conversation) dictates(u utterance) bool {
	_, asked := c.state.(request)
	return asked && len(c.digits(u)) >= fewestDictated
}

// pursue gives the sentence to who waits for it, else looks for a wish, else for
// an answer.
func (c *Conversation) pursue(ctx context.Context, r *reply, u utterance) {
	if c.wantsForm(ctx, r, u) || c.state.heard(ctx, c, r, u) {
		return
	}
	if !c.plainlyAsks(ctx, r, u) && c.wish(r, u) {
		return
	}
	c.ask(ctx, r, u)
}

// plainlyAsks says that a translated sentence is a question that an article
// answers in the caller's own words. What a machine has put into other words
// sounds like a wish more often than what people say.
func (c *Conversation) plainlyAsks(ctx context.Context, r *reply, u utterance) bool {
	if u.meant == "" || len(u.own) <= shortAnswer {
		return false
	}
	if _, wished := c.expresses(u, "human", "callback"); wished {
		return false
	}
	v := c.lookUp(ctx, r.now, u)
	return v.answer != nil && v.answer.Confidence >= sureAside
}

// resembles compares the sentence with known ones, once for all purposes.
func (c *Conversation) resembles(ctx context.Context, u utterance, text string) intent.Scores {
	if c.opt.Likeness == nil || len(u.words) < fewestCompared || u.doubtful(c) {
		return intent.Scores{}
	}
	s, err := c.opt.Likeness.Judge(ctx, text)
	if err != nil {
		c.fail(err)
	}
	return s
}

// fewestCompared is how many words tell anything by their likeness.
const fewestCompared = 2

// expresses names the first of the intents that the words express in any
// language, or that the sentence is much like.
func (c *Conversation) expresses(u utterance, names ...intent.Name) (intent.Name, bool) {
	return c.data.Intents.Express(u.words, c.lexicon(), u.scores, names...)
}

// doubtful says that the recogniser hardly understood.
func (u utterance) doubtful(c *Conversation) bool {
	return u.Confidence > 0 && u.Confidence < c.opt.Thresholds.Recogniser
}

// fail tells the log of a failure that the caller is helped over.
func (c *Conversation) fail(err error) {
	if c.opt.Failed != nil {
		c.opt.Failed(err)
	}
}
