package minutes

import (
	"slices"
	"strings"
)

// state takes down what was said as a matter of fact.
func (c *clerk) state(i int, s *sentence, h hit, taken *found) {
	owner, doubts := h.owner, []Doubt{}
	switch h.rule.Is {
	case "self":
		owner = s.speaker
	case "offer":
		owner, doubts = s.speaker, append(doubts, Offered)
		if o := c.open; o != nil && o.hit.rule.Is == "ask" && o.owner != "" && !c.present(o.owner) {
			c.open = nil // what follows answers the offer, and not "Could the trust lend us some?"
		}
	case "ours":
		owner = ""
	}
	if owner == "" {
		doubts = append(doubts, Ownerless)
	}
	if h.stranger {
		doubts = append(doubts, Stranger)
	}
	if old := c.toldOf(i, s, h, owner); old != nil {
		old.Due = h.withDue
		c.also(&old.Item, s)
		return
	}
	if taken != nil && alike(taken.Owner, owner) && s.is("report", s.part(s.clause(h.at))) {
		return // "Gern. Das haben Sie am Montag."
	}
	if c.reassigned(i, s, h, owner) {
		return
	}
	if taken == nil && c.confirmed(i, s, h, owner) {
		return
	}
	if taken != nil && alike(taken.Owner, owner) {
		goesOn := taken.kind != "who" && taken.kind != "self" && (h.withDue.Said != "" || h.from == 0) && (c.refers(s, h) || taken.kind == "offer" && c.adds(s, h) || s.leading(s.index(h.at)) && s.takes() && !s.is("also", s.norm)) // "Leave it with me, I'll sort it by Friday."
		if goesOn || c.repeats(taken, s, h) {
			if asked := c.sentences[taken.asked]; goesOn && h.from == 0 && !s.is("report", s.norm) && len(asked.words) <= 2 && len(without(s.content(h.from, h.to), h.withDue)) > 0 {
				c.reword(taken, s, h) // "Could you get some?" "I'll write to them this week."
				return
			}
			c.merge(taken, s, h)
			return
		}
		same := (taken.kind == "ask" || taken.kind == "please") && h.withDue.Said != "" && h.withDue == taken.Due && h.from == 0 // "Gern, ich suche bis Montag einen Termin."
		if owner == s.speaker && (taken.kind == "who" || same) {
			c.reword(taken, s, h)
			return
		}
	}
	if old := c.ownerless(i, s, h); old != nil && owner != "" {
		old.Owner, old.kind = owner, h.rule.Is
		old.trust(Ownerless)
		c.also(&old.Item, s)
		return
	}
	f := c.add(i, s, h, owner, doubts...)
	if o := c.open; o != nil && o.hit.rule.Is == "who" && owner == s.speaker && s.speaker != o.sentence.speaker && c.refers(s, h) {
		c.open, c.taken[o.at] = nil, true // "Who tells them?" "I'll ring them."
	}
	if f.at != i || f.Due.Said != "" || h.rule.Is != "self" {
		return
	}
	if f.Due = c.occasion(i, s.points(h.from, h.to, h.withDue)); f.Due.Said != "" {
		c.also(&f.Item, c.sentences[max(0, i-1)])
		c.also(&f.Item, c.sentences[min(i+1, len(c.sentences)-1)])
	}
}

// reassigned says that the one who gave the last task, or who took it, gives it
// to another in words that only point back: "Dann übernimmt das Mehmet."
func (c *clerk) reassigned(i int, s *sentence, h hit, owner string) bool {
	if len(c.tasks) == 0 || h.rule.Is != "told" || owner == "" || !c.refers(s, h) || len(without(s.content(h.from, h.to), h.withDue)) > 1 {
		return false
	}
	f := c.tasks[len(c.tasks)-1]
	if f.gone || f.kind != "who" && f.kind != "ask" || i-f.at > farAsk || alike(f.Owner, owner) || s.speaker != f.Speaker && !alike(f.Owner, s.speaker) {
		return false
	}
	f.Owner, f.kind, f.Due = owner, h.rule.Is, h.withDue
	c.reword(f, s, h)
	return true
}

// confirmed says that the owner of a task just told of it says to do it, in
// words that point back: "I need the bill from you." "I'll send it by Friday."
func (c *clerk) confirmed(i int, s *sentence, h hit, owner string) bool {
	if len(c.tasks) == 0 || h.rule.Is != "self" {
		return false
	}
	f := c.tasks[len(c.tasks)-1]
	if (f.kind == "offer" || f.kind == "may") && !f.gone && alike(f.Owner, owner) && i-f.at <= 3 && !c.sameTurn(f.asked, i) && (c.refers(s, h) || c.adds(s, h)) {
		c.reword(f, s, h) // "I can ask them." "Please do." "I'll ring on Friday."
		return true
	}
	dated := (f.kind == "ask" || f.kind == "who") && f.Due.Said == "" && h.withDue.Said != ""
	if f.gone || !c.refers(s, h) || f.kind != "please" && f.kind != "told" && !dated || i-f.at > 2 || f.Speaker == s.speaker || !alike(f.Owner, owner) {
		return false
	}
	f.trust(Asked)
	c.merge(f, s, h)
	return true
}

// adds says that a statement has a date and nothing else that is new.
func (c *clerk) adds(s *sentence, h hit) bool {
	return h.withDue.Said != "" && len(without(s.content(h.from, h.to), h.withDue)) <= 1 && !strings.ContainsAny(s.part(h.from, h.to), subject+oblique)
}

// toldOf is the task, just said, that somebody says when they will report on: "I'll ask there, you'll hear from me by Friday."
func (c *clerk) toldOf(i int, s *sentence, h hit, owner string) *found {
	if len(c.tasks) == 0 || h.withDue.Said == "" || !s.is("report", s.part(s.clause(h.at))) {
		return nil
	}
	f := c.tasks[len(c.tasks)-1]
	if f.gone || f.Due.Said != "" || i-f.at > 1 || !alike(f.Owner, owner) {
		return nil
	}
	return f
}

// reword puts the taker's own words in the place of the question: "Wer ruft
// an?", "Ich frage morgen dort nach."
func (c *clerk) reword(f *found, s *sentence, h hit) {
	question := f.Text
	if f.Context != "" {
		question = f.Context + " " + question
	}
	old, due := f.Item, f.Due
	f.Item = c.item(s, s.begin(h.from, h.to), h.to)
	f.Unsure = old.Unsure
	f.Context = question
	for n, l := range c.lines {
		if slices.Contains(old.Cues, l.ID) {
			c.link(&f.Item, n)
		}
	}
	if f.Due = h.withDue; f.Due.Said == "" {
		f.Due = due
	}
	f.content = append(f.content, s.content(h.from, h.to)...)
}

// ownerless is the task without an owner, just said, that words like "that" of
// a new one mean: "The fence must go by May, and Mr Berg is to check that."
func (c *clerk) ownerless(i int, s *sentence, h hit) *found {
	if len(c.tasks) == 0 || h.withDue.Said != "" && h.from > 0 || !c.refers(s, h) {
		return nil
	}
	f := c.tasks[len(c.tasks)-1]
	if f.gone || f.kind != "ours" || i-f.at > 1 {
		return nil
	}
	return f
}
