package minutes

// request is a task that waits for a taker.
type request struct {
	at       int
	sentence *sentence
	hit      hit
	owner    string   // who was asked; "" is anybody
	taker    string   // who does it, if that is not the one who says yes
	task     *found   // of an order that stands without an answer
	refused  bool     // by who was asked; only who says "I'll do it" takes it now
	due      Due      // that the asker named after the request
	before   *request // of the same turn, which the same yes takes
}

// patience is how many sentences later an answer may still come.
const patience = 4

// request reads a question or an order: the name in it is whose answer counts.
func (c *clerk) request(i int, s *sentence, h hit) *request {
	r := &request{at: i, sentence: s, hit: h}
	switch h.rule.Is {
	case "who":
		if n := len(c.tasks); n > 0 && len(s.words) <= 1 && c.tasks[n-1].Owner == "" && i-c.tasks[n-1].at <= 1 {
			r.task = c.tasks[n-1] // "We'll sign it by May." "Who is we?"
		}
		return r
	case "may": // "Soll ich den Plan prüfen?": who says yes is another
		if r.taker = s.speaker; r.taker == "" {
			return nil
		}
		return r
	}
	r.owner = h.owner
	for k, t := range s.tokens {
		if r.owner == "" && t.low == subject && k >= h.from && k < h.to && c.addressed(s, k, h) && !(t.office && k > 0 && !s.tokens[k-1].mark && h.rule.Is == "please") {
			r.owner = s.said(k, s.together(k))
			break
		}
	}
	for k := i - 1; r.owner == "" && k >= max(0, i-2) && c.sentences[k].speaker == s.speaker; k-- { // "Frau Sommer. Können Sie das machen?"
		r.owner = c.sentences[k].vocative()
	}
	if s.speaker != "" && alike(r.owner, s.speaker) {
		return nil
	}
	return r
}

// follows links a request to the one that waits in the same turn: "Rufen Sie
// dort an. Und schreiben Sie mir dann."
func (c *clerk) follows(r *request) *request {
	if o := c.open; r != nil && o != nil && o.at < r.at && o.taker == "" && r.taker == "" && o.hit.rule.Is != "who" && r.hit.rule.Is != "who" && c.sameTurn(o.at, r.at) && !c.refers(r.sentence, r.hit) {
		r.before = o
	}
	return r
}

// passedTo is the request that a name alone makes of what was just said to be
// done: "The leaflet must be revised. Ms Reed?" nil is none.
func (c *clerk) passedTo(i int, s *sentence) *request {
	owner := s.vocative()
	if i == 0 || owner == "" || s.end != "?" || len(s.words) > 0 || !c.present(owner) || alike(owner, s.speaker) {
		return nil
	}
	p := c.sentences[i-1]
	if p.speaker != s.speaker || !p.is("wish", p.norm) || p.guarded(1, "hypothetical") != "" || len(p.words) < 2 {
		return nil
	}
	return &request{at: i - 1, sentence: p, hit: hit{rule: rule{Is: "ask"}, to: len(p.tokens), withDue: p.date}, owner: owner}
}

// addsDate says that a question only names a date for what was asked for in the
// same turn: "Please write the letter, Ms Reed. Can you do that by Friday?"
func (c *clerk) addsDate(i int, s *sentence, h hit) bool {
	o := c.open
	if o == nil || o.at == i || h.rule.Is != "ask" || s.date.Said == "" || !c.sameTurn(o.at, i) || !c.refers(s, h) || len(without(s.words, s.date)) > 1 {
		return false
	}
	if o.due = s.date; o.task != nil && o.task.Due.Said == "" {
		o.task.Due = s.date
		c.also(&o.task.Item, s)
	}
	return true
}

// sameTurn says that nobody else spoke between two sentences.
func (c *clerk) sameTurn(from, to int) bool {
	for k := from; k < to; k++ {
		if c.sentences[k].speaker != c.sentences[to].speaker {
			return false
		}
	}
	return true
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
