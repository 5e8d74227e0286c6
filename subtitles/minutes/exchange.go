package minutes

import (
	"slices"
	"strings"
)

// What the turns around a sentence tell of its task: who is named in answer to a
// question, what a yes is about, and what is only said again.

// last is the task noted last, unless it was taken back.
func (c *clerk) last() *found {
	if len(c.tasks) == 0 || c.tasks[len(c.tasks)-1].gone {
		return nil
	}
	return c.tasks[len(c.tasks)-1]
}

// named takes the name that answers "who?": "Das Bauamt, bis Freitag.", "Mit
// der Kirche verhandelt der Pfarrer."
func (c *clerk) named(i int, s *sentence, r *request) *found {
	if r.hit.rule.Is != "who" || s.asks() || s.guarded(1) != "" || slices.ContainsFunc(c.hits(i, s), func(h hit) bool { return requests[h.rule.Is] }) {
		return nil
	}
	k := s.answering(r.sentence)
	if k < 0 {
		return nil
	}
	owner := s.said(k, s.together(k))
	if mine[strings.ToLower(s.tokens[k].raw)] && s.tokens[k].office {
		owner = s.speaker // "Meine Gruppe."
	}
	f := r.task
	if f == nil {
		f = c.add(r.at, r.sentence, r.hit, owner)
	}
	f.Owner, f.kind, f.at = owner, "told", i
	f.trust(Ownerless)
	if c.present(owner) && !alike(owner, s.speaker) {
		f.doubt(Asked)
	}
	c.also(&f.Item, s)
	if h := (hit{from: 0, to: len(s.tokens), withDue: s.date}); r.task == nil && s.deedIn() && len(without(s.words, s.date)) > 1 {
		c.reword(f, s, h) // "The clerk checks the data protection notice by May."
	}
	if s.date.Said != "" {
		f.Due = s.date
	}
	c.taken[r.at] = true
	return f
}

// answering is the token of the name that a sentence answers "who?" with: the
// first word, up to a mark, or what stands beside the question's verb. -1 is none.
func (s *sentence) answering(question *sentence) int {
	for k, t := range s.tokens {
		if t.low != subject {
			continue
		}
		end := s.together(k)
		next := end
		for next < len(s.tokens) && s.book.fillers[s.tokens[next].low] {
			next++
		}
		if s.leading(k) && (next == len(s.tokens) || s.tokens[next].mark) {
			return k
		}
		if k > 0 && question.verbOf(s.tokens[k-1].low) || end < len(s.tokens) && question.verbOf(s.tokens[end].low) {
			return k
		}
	}
	return -1
}

// verbOf says that a word is the verb of a question: what follows "who".
func (s *sentence) verbOf(word string) bool {
	for k, t := range s.tokens[:len(s.tokens)-1] {
		if t.low == "wer" || t.low == "who" {
			return s.tokens[k+1].low == word && !s.book.modals[word] && s.book.deed(word)
		}
	}
	return false
}

// tellsWho is who could do what somebody was looked for, where that is told in
// the form of a question: "Das kann der Hausmeister machen."
func (c *clerk) tellsWho(s *sentence, h hit) string {
	k := s.index(h.at) + 1
	if s.end == "?" || c.open == nil || c.open.hit.rule.Is != "who" || s.speaker == c.open.sentence.speaker || k >= len(s.tokens) || s.tokens[k].low != subject {
		return ""
	}
	return s.said(k, s.together(k))
}

// lastOf is the speaker's own last task, if it was noted a few sentences ago;
// else the last of all.
func (c *clerk) lastOf(speaker string, i int) *found {
	for n := len(c.tasks) - 1; n >= 0 && i-c.tasks[n].at <= patience; n-- {
		if f := c.tasks[n]; !f.gone && alike(f.Owner, speaker) {
			return f
		}
	}
	return c.last()
}

// already is the task that who says yes has taken before, where the request is
// only about it: when others hear of it, or "That's all right for you?".
func (c *clerk) already(i int, s *sentence, r *request) *found {
	if r.sentence.is("report", r.sentence.norm) {
		return c.reportedOn(i, s, r)
	}
	f := c.last()
	if r.sentence.is("when", r.sentence.norm) && len(r.sentence.words) <= 2 {
		if f = c.lastOf(s.speaker, i); f != nil && alike(f.Owner, s.speaker) && f.Due.Said == "" {
			c.also(&f.Item, r.sentence)
			return f // "Bis wann hast du das?"
		}
		return nil
	}
	if f == nil || r.at == 0 || !alike(f.Owner, s.speaker) || r.at-f.at > 2 || !alike(c.sentences[r.at-1].speaker, s.speaker) || r.hit.withDue.Said != "" {
		return nil
	}
	if len(r.sentence.words) > 1 || !c.refers(r.sentence, r.hit) {
		return nil
	}
	c.also(&f.Item, r.sentence)
	return f
}

// reportedOn is the task, just taken by who says yes, that a request wants to
// hear of: "I'll look into it." "Let us know by Friday, would you?" "Will do."
func (c *clerk) reportedOn(i int, s *sentence, r *request) *found {
	f := c.last()
	if f == nil || f.Due.Said != "" || i-f.at > 2 || !alike(f.Owner, s.speaker) || r.hit.withDue.Said == "" {
		return nil
	}
	f.Due = r.hit.withDue
	c.also(&f.Item, r.sentence)
	return f
}

// limits says that an order only adds to the offer that the same turn took:
// "Gern. Zeigen Sie mir den Brief aber vorher."
func (c *clerk) limits(i int, s *sentence) bool {
	f := c.last()
	if f == nil || f.kind != "may" || !s.says("but") || !c.sameTurn(f.at, i) {
		return false
	}
	c.also(&f.Item, s)
	c.open = &request{at: i, sentence: s, hit: hit{rule: rule{Is: "please"}}, owner: f.Owner, task: f}
	return true
}

// supposed says that a statement only answers a question of what would be:
// "And if it isn't there?" "Then I'll borrow one."
func (c *clerk) supposed(i int, s *sentence, h hit) bool {
	if i == 0 || h.withDue.Said != "" || requests[h.rule.Is] {
		return false
	}
	q := c.sentences[i-1]
	return q.end == "?" && q.speaker != s.speaker && q.is("supposing", q.norm)
}

// empty says that a promise has no words of its own, and the same sentence
// says what it is: "Leave it with me, I'll find out who reads the inbox."
func (c *clerk) empty(s *sentence, h hit, hits []hit) bool {
	return h.rule.Is == "self" && h.withDue.Said == "" && !strings.ContainsAny(s.part(h.from, h.to), subject+oblique) && len(s.content(h.from, h.to)) <= 1 && slices.ContainsFunc(hits, func(o hit) bool {
		return o.at > h.at && o.rule.Is == "self" && len(s.content(o.from, o.to)) > 1
	})
}

// mine are words before the people of who speaks.
var mine = wordSet("mein meine my")

// deedIn says that a sentence has a verb that the list knows.
func (s *sentence) deedIn() bool {
	return slices.ContainsFunc(s.tokens, func(t token) bool { return s.book.thirds[t.low] && s.book.isVerb(t) && !s.book.weak[t.low] })
}
