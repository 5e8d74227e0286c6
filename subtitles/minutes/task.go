package minutes

import (
	"context"
	"slices"
	"strings"
)

// found is a task while the meeting goes on.
type found struct {
	Task
	at      int // sentence
	asked   int // that it began with
	kind    string
	content []string
	gone    bool
}

// clerk writes down tasks, sentence by sentence.
type clerk struct {
	*talk
	tasks []*found
	open  *request     // the last one that nobody answered yet
	term  *term        // a date that its owner has not agreed to yet
	asked map[int]bool // sentences that asked somebody
	taken map[int]bool // those of them that somebody took
}

// tasks finds what somebody is to do.
func (t *talk) tasks(ctx context.Context) ([]Task, error) {
	c := &clerk{talk: t, asked: map[int]bool{}, taken: map[int]bool{}}
	for i, s := range t.sentences {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c.withdraw(i, s) {
			continue
		}
		if s.is("enough", s.norm) && i > 0 && c.sentences[i-1].speaker != s.speaker && c.settle(i, s) {
			continue
		}
		taken := c.answer(i, s)
		if c.require(i, s) || taken == nil && c.settle(i, s) {
			continue
		}
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
	if r := c.passedTo(i, s); r != nil {
		c.open, c.asked[r.at] = r, true
		return
	}
	hits := c.hits(i, s)
	asking := slices.ContainsFunc(hits, func(h hit) bool { return h.rule.Is == "ask" })
	for _, h := range hits {
		if c.supposed(i, s, h) || c.empty(s, h, hits) {
			continue
		}
		if asking && h.rule.Is == "please" {
			continue // what leads to the question: "Frau Kern, Sie sind morgen da, können Sie ...?"
		}
		if _, vote := c.counts(s, false); vote != "" && h.rule.Is == "who" {
			continue
		}
		switch h.rule.Is {
		case "ask", "who", "may", "please":
			c.asked[i] = true
		}
		switch {
		case h.rule.Is == "ask" && c.tellsWho(s, h) != "":
			h.rule.Is, h.owner = "told", c.tellsWho(s, h)
			c.state(i, s, h, nil)
			return
		case h.rule.Is == "please" && c.limits(i, s):
			return
		}
		switch h.rule.Is {
		case "ask", "who", "may":
			if c.addsDate(i, s, h) {
				return
			}
			c.open = c.follows(c.request(i, s, h))
			return
		case "please":
			c.open = c.follows(c.request(i, s, h))
			if c.open != nil && c.open.owner != "" {
				c.open.task = c.add(i, s, h, c.open.owner, Asked)
			}
			continue
		}
		if s.asks() && !(h.rule.Is == "all" && s.end != "?") {
			if h.rule.Is == "told" && s.end == "?" { // "Herr Winter schickt die Liste, ja?"
				c.open = &request{at: i, sentence: s, hit: h, owner: h.owner}
			}
			continue
		}
		c.state(i, s, h, taken)
	}
}

// add takes a task down, or adds to the one that it repeats.
func (c *clerk) add(i int, s *sentence, h hit, owner string, doubts ...Doubt) *found {
	f := &found{at: i, asked: i, kind: h.rule.Is, content: s.content(h.from, h.to)}
	f.Item = c.item(s, s.begin(h.from, h.to), h.to)
	f.Owner, f.Due = owner, h.withDue
	for n := len(c.tasks) - 1; n >= 0; n-- {
		old := c.tasks[n]
		goesOn := old.at == i && len(old.content) == 0 && c.refers(s, h) // "Leave it with me, I'll sort it by Friday."
		if !old.gone && alike(old.Owner, owner) && (goesOn || c.repeats(old, s, h) && (len(without(f.content, f.Due)) > 0 || i-old.at <= 3 || len(without(old.content, old.Due)) == 0)) {
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
	if i > 0 && (c.refers(s, h) || requests[h.rule.Is] && len(without(s.content(h.from, h.to), h.withDue)) == 0) {
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
	rest := without(words, h.withDue)
	if old.Due.Date != "" && old.Due.Date == h.withDue.Date && len(without(old.content, old.Due)) == 0 {
		return true // "I'll do it by Monday." "Ben does the schedule by Monday."
	}
	if old.Due.Said != "" && h.withDue.Said != "" && old.Due.Date != h.withDue.Date && overlap(rest, old.content) < 1 {
		return false
	}
	return len(rest) == 0 || overlap(rest, old.content) >= alikeEnough
}

// without leaves out the words of a date.
func without(words []string, d Due) (rest []string) {
	due := strings.Fields(strings.ToLower(d.Said))
	for _, w := range words {
		if !containsWord(due, w) {
			rest = append(rest, w)
		}
	}
	return rest
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
	if len(without(old.content, old.Due)) == 0 && len(without(s.content(h.from, h.to), h.withDue)) > 0 {
		old.Context = joined(old.Context, old.Text)
		old.Text = s.said(s.begin(h.from, h.to), h.to)
	}
	if h.withDue.Said != "" {
		old.Due = h.withDue
	}
	if h.rule.Is == "self" {
		old.trust(Asked)
		old.trust(Offered)
	}
	old.content = append(old.content, s.content(h.from, h.to)...)
}

// refers says that the task's words, or those of its clause, point at what was said before.
func (c *clerk) refers(s *sentence, h hit) bool {
	from, to := s.clause(h.at)
	if h.rule.Is == "self" && s.drops(h) {
		return true
	}
	return s.points(h.from, h.to, h.withDue) || s.points(max(from, h.from), min(to, h.to), h.withDue)
}

// points says that a part has a word like "that", and few that tell anything.
func (s *sentence) points(from, to int, due Due) bool {
	anaphor := false
	for k := from; k < to; k++ {
		anaphor = anaphor || s.anaphor(k)
	}
	return anaphor && len(without(s.content(from, to), due)) <= 2
}

// explain adds the sentence that the task's words point at: the one before, or
// the last in which somebody was looked for. A date of a request goes with it.
func (c *clerk) explain(f *found, i int) {
	at := i - 1
	for p := c.sentences[at]; at > 0 && i-at < farAsk && !c.asked[at] && len(p.words) <= 2 && !p.asks(); p = c.sentences[at] {
		at-- // "OK."
	}
	if q := c.sentences[at]; !(at == i-1 && q.asks() && len(q.words) > 0) && (q.speaker != c.sentences[i].speaker || q.speaker == "") {
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
	if next := c.sentences[at+1]; at+1 < i && next.speaker == p.speaker && next.speaker != c.sentences[i].speaker && !next.asks() { // "Man sollte alle fragen. So eine Umfrage."
		f.Context = joined(f.Context, next.said(0, len(next.tokens)))
		c.also(&f.Item, next)
	}
	if c.asked[at] && !c.taken[at] && f.Due.Said == "" && (f.kind != "self" || p.speaker != f.Speaker) {
		if f.Due = p.date; f.Due.Said == "" && at > 0 && c.sentences[at-1].speaker == p.speaker && c.onlyDate(at-1, c.sentences[at-1]) {
			f.Due = c.sentences[at-1].date // "Dann bis Freitag. Wer?"
			c.also(&f.Item, c.sentences[at-1])
		}
	}
}

// farAsk is how many sentences back "that" may point.
const farAsk = 5
