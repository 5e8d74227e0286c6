package minutes

import (
	"cmp"
	"strings"
)

// request is a task that waits for a taker.
type request struct {
	at       int
	sentence *sentence
	hit      hit
	owner    string // who was asked; "" is anybody
	taker    string // who does it, if that is not the one who says yes
	task     *found // of an order that stands without an answer
}

// patience is how many sentences later an answer may still come.
const patience = 4

// request reads a question or an order: the name in it is whose answer counts.
func (c *clerk) request(i int, s *sentence, h hit) *request {
	r := &request{at: i, sentence: s, hit: h}
	switch h.rule.Is {
	case "who":
		return r
	case "may": // "Soll ich den Plan prüfen?": who says yes is another
		if r.taker = s.speaker; r.taker == "" {
			return nil
		}
		return r
	}
	for k, t := range s.tokens {
		if t.low == subject && k >= h.from && k < h.to && c.addressed(s, k, h) {
			r.owner = s.said(k, k+t.name)
			break
		}
	}
	if r.owner == "" && i > 0 && h.rule.Is == "ask" { // "Frau Sommer. Können Sie das machen?"
		if p := c.sentences[i-1]; p.speaker == s.speaker && len(p.tokens) > 0 && p.tokens[0].low == subject && p.tokens[0].name >= len(p.tokens)-1 {
			r.owner = p.said(0, p.tokens[0].name)
		}
	}
	if s.speaker != "" && alike(r.owner, s.speaker) {
		return nil
	}
	if h.rule.Is == "please" && r.owner == "" {
		return nil
	}
	return r
}

// addressed says that the name stands where one who is spoken to stands: at the
// beginning, at the end, between commas, or as the subject of the question.
func (c *clerk) addressed(s *sentence, k int, h hit) bool {
	end := k + s.tokens[k].name
	free := func(i int) bool {
		return i < 0 || i >= len(s.tokens) || s.tokens[i].mark || s.book.fillers[s.tokens[i].low]
	}
	if free(k-1) && s.leading(k) || end >= len(s.tokens) || s.tokens[end].mark {
		return true
	}
	if k > 0 && free(k-1) && free(end) {
		return true
	}
	return h.rule.Is == "ask" && s.index(h.at)+1 == k // "kann Herr Winter"
}

// leading says that only small words stand before.
func (s *sentence) leading(k int) bool {
	for i := range k {
		if t := s.tokens[i]; !t.mark && !s.book.fillers[t.low] {
			return false
		}
	}
	return true
}

// answer looks whether a sentence answers what was asked. It returns the task
// that was taken by it.
func (c *clerk) answer(i int, s *sentence) *found {
	r := c.open
	switch {
	case r == nil:
		return c.later(i, s)
	case i-r.at > patience || s.speaker != r.sentence.speaker && s.asks() && s.end == "?" && i-r.at > 1:
		c.open = nil
		return nil
	case s.speaker == r.sentence.speaker && s.speaker != "":
		return nil
	case r.owner != "" && s.speaker != "" && c.present(r.owner) && !alike(r.owner, s.speaker):
		return nil // somebody else talks
	}
	says := func(name string) bool { return s.book.answers[name].MatchString(s.norm) }
	switch {
	case says("refuse"):
		if r.task != nil {
			r.task.gone = true
		}
		c.open = nil
	case r.hit.rule.Is == "who" && says("take") && !says("hedge") && s.end != "?",
		r.hit.rule.Is != "who" && says("accept") && !says("hedge") && s.end != "?":
		c.open = nil
		return c.take(i, s, r)
	case says("hedge"):
		c.open = nil
	}
	return nil
}

// present says that the one who was asked speaks in the meeting.
func (c *clerk) present(owner string) bool {
	for _, l := range c.lines {
		if alike(owner, l.Speaker) {
			return true
		}
	}
	return false
}

// take takes down what was accepted.
func (c *clerk) take(i int, s *sentence, r *request) *found {
	if next := i + 1; next < len(c.sentences) && c.sentences[next].speaker == s.speaker && c.takesBack(next) {
		if r.task != nil {
			r.task.gone = true
		}
		return nil
	}
	f := r.task
	if f == nil {
		owner := cmp.Or(r.taker, r.owner, s.speaker)
		if owner == "" {
			return nil // nobody knows who said yes
		}
		f = c.add(r.at, r.sentence, r.hit, owner)
	}
	f.trust(Asked)
	f.trust(Offered)
	c.also(&f.Item, s)
	if d := c.due(s, 0, len(s.tokens)); d.Said != "" {
		f.Due = d
	}
	f.at = i
	return f
}

// takesBack says that the sentence after a yes is a no: "Ja. Aber erst mal nicht."
func (c *clerk) takesBack(i int) bool {
	s := c.sentences[i]
	return s.book.answers["refuse"].MatchString(s.norm) || strings.HasPrefix(s.norm, " aber ") && s.is("negation", s.norm) || strings.HasPrefix(s.norm, " but ") && s.is("negation", s.norm)
}

// later reads a date that follows a yes in a sentence of its own, and a no of
// one who was told to do something.
func (c *clerk) later(i int, s *sentence) *found {
	if len(c.tasks) == 0 {
		return nil
	}
	f := c.tasks[len(c.tasks)-1]
	if f.gone || i-f.at > 2 {
		return nil
	}
	switch {
	case f.kind == "told" && alike(f.Owner, s.speaker) && s.book.answers["refuse"].MatchString(s.norm):
		f.gone = true
	case f.Due.Said == "" && len(s.content(0, len(s.tokens))) <= 4 && alike(f.Owner, s.speaker) && !s.asks():
		if d := c.due(s, 0, len(s.tokens)); d.Said != "" {
			f.Due = d
			c.also(&f.Item, s)
		}
	case f.kind == "offer" && s.speaker != f.Speaker && s.book.answers["accept"].MatchString(s.norm) && !s.book.answers["hedge"].MatchString(s.norm):
		f.trust(Offered)
		c.also(&f.Item, s)
	}
	return nil
}

// withdraw takes back what the sentence takes back, and corrects its date.
func (c *clerk) withdraw(i int, s *sentence) {
	if s.asks() {
		return
	}
	for _, w := range s.book.withdrawals {
		m := w.FindStringIndex(s.norm)
		if m == nil || s.reported(m[0]) {
			continue
		}
		if f := c.meant(i, s); f != nil {
			f.gone = true
		}
		if c.open != nil && i-c.open.at <= 2 {
			c.open = nil
		}
		return
	}
	if !s.book.answers["fix"].MatchString(s.norm) || len(c.tasks) == 0 {
		return
	}
	f := c.tasks[len(c.tasks)-1]
	if d := c.due(s, 0, len(s.tokens)); d.Said != "" && !f.gone && i-f.at <= 2 && f.Due.Said != "" && len(s.content(0, len(s.tokens))) <= 4 {
		f.Due = d
		c.also(&f.Item, s)
	}
}

// meant is the task that a withdrawal is about: the one whose words it
// repeats, else the last one if it was only just said.
func (c *clerk) meant(i int, s *sentence) *found {
	words := s.content(0, len(s.tokens))
	for n := len(c.tasks) - 1; n >= 0; n-- {
		f := c.tasks[n]
		if f.gone {
			continue
		}
		if i-f.at <= 2 && n == len(c.tasks)-1 && (f.Speaker == s.speaker || len(words) <= 3) {
			return f
		}
		shared := 0
		for _, w := range words {
			if len([]rune(w)) > 4 && containsWord(f.content, w) {
				shared++
			}
		}
		if shared > 0 && (s.speaker == f.Speaker || alike(f.Owner, s.speaker)) {
			return f
		}
	}
	return nil
}
