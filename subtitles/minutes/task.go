package minutes

import (
	"context"
	"strings"
)

// found is a task while the meeting goes on.
type found struct {
	Task
	at      int // sentence
	kind    string
	content []string
	gone    bool
}

// clerk writes down tasks, sentence by sentence.
type clerk struct {
	*talk
	tasks []*found
	open  *request     // the last one that nobody answered yet
	asked map[int]bool // sentences that asked somebody
}

// tasks finds what somebody is to do.
func (t *talk) tasks(ctx context.Context) ([]Task, error) {
	c := &clerk{talk: t, asked: map[int]bool{}}
	for i, s := range t.sentences {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.withdraw(i, s)
		taken := c.answer(i, s)
		c.read(i, s, taken)
	}
	var out []Task
	for _, f := range c.tasks {
		if !f.gone {
			if f.Due.Unsure {
				f.doubt(DueUnsure)
			}
			out = append(out, f.Task)
		}
	}
	return out, nil
}

// read looks for tasks in one sentence; taken is one that this sentence accepted.
func (c *clerk) read(i int, s *sentence, taken *found) {
	for _, h := range c.hits(i, s) {
		switch h.rule.Is {
		case "ask", "who", "may", "please":
			c.asked[i] = true
		}
		switch h.rule.Is {
		case "ask", "who", "may":
			c.open = c.request(i, s, h)
			return
		case "please":
			c.open = c.request(i, s, h)
			if c.open != nil && c.open.owner != "" {
				c.open.task = c.add(i, s, h, c.open.owner, Asked)
			}
			continue
		}
		if s.asks() {
			if h.rule.Is == "told" && s.end == "?" { // "Herr Winter schickt die Liste, ja?"
				c.open = &request{at: i, sentence: s, hit: h, owner: h.owner}
			}
			continue
		}
		c.state(i, s, h, taken)
	}
}

// state takes down what was said as a matter of fact.
func (c *clerk) state(i int, s *sentence, h hit, taken *found) {
	owner, doubts := h.owner, []Doubt{}
	switch h.rule.Is {
	case "self":
		owner = s.speaker
	case "offer":
		owner, doubts = s.speaker, append(doubts, Offered)
	case "ours":
		owner = ""
	}
	if owner == "" {
		doubts = append(doubts, Ownerless)
	}
	if h.stranger {
		doubts = append(doubts, Stranger)
	}
	if taken != nil && alike(taken.Owner, owner) && c.repeats(taken, s, h) {
		c.merge(taken, s, h)
		return
	}
	c.add(i, s, h, owner, doubts...)
}

// add takes a task down, or adds to the one that it repeats.
func (c *clerk) add(i int, s *sentence, h hit, owner string, doubts ...Doubt) *found {
	f := &found{at: i, kind: h.rule.Is, content: s.content(h.from, h.to)}
	f.Item = c.item(s, s.begin(h.from, h.to), h.to)
	f.Owner, f.Due = owner, h.withDue
	for n := len(c.tasks) - 1; n >= 0; n-- {
		if old := c.tasks[n]; !old.gone && alike(old.Owner, owner) && c.repeats(old, s, h) && (len(f.content) > 0 || i-old.at <= 3) {
			c.merge(old, s, h)
			return old
		}
	}
	for _, d := range doubts {
		f.doubt(d)
	}
	if s.is("attempt", s.norm) {
		f.doubt(Attempt)
	}
	if s.is("waiting", s.norm) {
		f.doubt(Waiting)
	}
	if i > 0 && c.refers(s, h) {
		c.explain(f, i)
	}
	c.tasks = append(c.tasks, f)
	return f
}

// alikeEnough is the share of words that make two tasks one.
const alikeEnough = 0.6

// repeats says that the words tell of the same task.
func (c *clerk) repeats(old *found, s *sentence, h hit) bool {
	words := s.content(h.from, h.to)
	due := strings.Fields(strings.ToLower(h.withDue.Said))
	rest := words[:0:0]
	for _, w := range words {
		if !containsWord(due, w) {
			rest = append(rest, w)
		}
	}
	if old.Due.Said != "" && h.withDue.Said != "" && old.Due.Date != h.withDue.Date && overlap(rest, old.content) < 1 {
		return false
	}
	return len(rest) == 0 || overlap(rest, old.content) >= alikeEnough
}

func containsWord(words []string, w string) bool {
	for _, o := range words {
		if strings.Trim(o, ".,") == strings.Trim(w, ".,") {
			return true
		}
	}
	return false
}

func (c *clerk) merge(old *found, s *sentence, h hit) {
	c.also(&old.Item, s)
	if h.withDue.Said != "" {
		old.Due = h.withDue
	}
	if h.rule.Is == "self" {
		old.trust(Asked)
		old.trust(Offered)
	}
	old.content = append(old.content, s.content(h.from, h.to)...)
}

// refers says that the task's words point at what was said before.
func (c *clerk) refers(s *sentence, h hit) bool {
	words := 0
	anaphor := false
	for _, t := range s.tokens[h.from:h.to] {
		anaphor = anaphor || s.book.anaphors[t.low]
	}
	for _, w := range s.content(h.from, h.to) {
		if !containsWord(strings.Fields(strings.ToLower(h.withDue.Said)), w) {
			words++
		}
	}
	return anaphor && words <= 2
}

// explain adds the sentence that the task's words point at: the one before, or
// the last in which somebody was looked for. A date of a request goes with it.
func (c *clerk) explain(f *found, i int) {
	at := i - 1
	for p := c.sentences[at]; at > 0 && i-at < farAsk && len(p.content(0, len(p.tokens))) == 0; p = c.sentences[at] {
		at-- // "OK."
	}
	if c.sentences[at].speaker != c.sentences[i].speaker || c.sentences[i].speaker == "" {
		for k := at; k >= max(0, i-farAsk); k-- {
			if p := c.sentences[k]; c.asked[k] || p.is("wish", p.norm) {
				at = k
				break
			}
		}
	}
	p := c.sentences[at]
	f.Context = p.said(0, len(p.tokens))
	c.also(&f.Item, p)
	if c.asked[at] && f.Due.Said == "" {
		f.Due = c.due(p, 0, len(p.tokens))
	}
}

// farAsk is how many sentences back "that" may point.
const farAsk = 5
