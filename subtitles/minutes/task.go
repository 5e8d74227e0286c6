package minutes

import (
	"context"
	"regexp"
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

// hit is where a rule matches in a sentence.
type hit struct {
	rule     rule
	at       int // in the norm: what the rule found, not what leads to it
	end      int
	owner    string
	from, to int // tokens of the task's words
	stranger bool
	withDue  Due
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

// hits are the tasks that rules find in a sentence, from left to right, each
// with its part of the words.
func (c *clerk) hits(i int, s *sentence) []hit {
	var all []hit
	for _, r := range s.book.Tasks {
		for at := 0; at < len(s.norm); {
			m := r.re.FindStringSubmatchIndex(s.norm[at:])
			if m == nil {
				break
			}
			for k := range m {
				if m[k] >= 0 {
					m[k] += at
				}
			}
			if h, ok := c.hit(s, r, m); ok && !crowded(all, h, s) {
				all = append(all, h)
			}
			at = m[1] - 1
			if strings.HasPrefix(r.Say, "^") {
				break
			}
		}
	}
	sortHits(all)
	c.share(s, all)
	kept := all[:0]
	for _, h := range all {
		if c.holds(i, s, h) {
			kept = append(kept, h)
		}
	}
	c.share(s, kept) // what was left out leaves its words to the others
	return kept
}

// hit reads a match; guards may speak against it.
func (c *clerk) hit(s *sentence, r rule, m []int) (hit, bool) {
	h := hit{rule: r, at: m[0] + 1, end: m[1] - 1}
	if from, to, ok := group(r.re, m, "owner"); ok {
		h.owner, h.at = c.name(s, from, to), from
	}
	if from, _, ok := group(r.re, m, "stranger"); ok {
		tok := s.tokens[s.index(from)]
		if s.book.noNames[tok.low] || strings.ToLower(tok.raw) == tok.raw {
			return h, false
		}
		h.owner, h.stranger = tok.raw, true
	}
	var but []string
	switch r.Is {
	case "ask", "who", "may", "please":
		but = []string{"hypothetical", "idiom"}
	}
	for _, at := range []int{h.at, h.end - 1} {
		if s.guarded(at, but...) != "" {
			return h, false
		}
	}
	return h, true
}

// name is what the signs between two places of the norm stand for.
func (c *clerk) name(s *sentence, from, to int) string {
	first, last := s.index(from), s.index(to-1)
	return s.said(first, last+max(1, s.tokens[last].name))
}

// crowded says that another rule has found the same clause already.
func crowded(all []hit, h hit, s *sentence) bool {
	from, to := s.clause(h.at)
	for _, o := range all {
		if o.at < h.end && h.at < o.end {
			return true
		}
		f, t := s.clause(o.at)
		if f == from && t == to && (o.owner == h.owner || o.rule.Is == "ask" || o.rule.Is == "please" || o.rule.Is == "who") {
			return true
		}
	}
	return false
}

func sortHits(all []hit) {
	for i := 1; i < len(all); i++ {
		for k := i; k > 0 && all[k].at < all[k-1].at; k-- {
			all[k], all[k-1] = all[k-1], all[k]
		}
	}
}

// share gives each task of a sentence its own words and its date.
func (c *clerk) share(s *sentence, all []hit) {
	for i := range all {
		all[i].from, all[i].to = 0, len(s.tokens)
		if i > 0 {
			at := s.opening(all[i].at, all[i-1].end)
			all[i].from, all[i-1].to = at, at
			for to := at - 1; to > all[i-1].from && (s.tokens[to].mark || s.tokens[to].low == "und" || s.tokens[to].low == "and"); to-- {
				all[i-1].to = to
			}
		}
	}
	for i := range all {
		h := &all[i]
		h.withDue = c.due(s, h.from, h.to)
	}
}

// opening is where the words that belong to a place begin: after the last
// comma or "and" that stands between it and the place before.
func (s *sentence) opening(at, after int) int {
	i := s.index(at)
	for k := i; k > 0 && s.tokens[k].at > after; k-- {
		if p := s.tokens[k-1]; breaks(p) || p.low == "und" || p.low == "and" {
			return k
		}
	}
	return i
}

// holds says that what the rule needs besides is there.
func (c *clerk) holds(i int, s *sentence, h hit) bool {
	needs := h.rule.Needs
	if needs == "" && (h.rule.Is == "self" || h.rule.Is == "told" || h.rule.Is == "offer") && c.isWeak(s, h) {
		needs = "wish"
	}
	if h.rule.Is == "told" && strings.Contains(h.rule.Say, "{third}") && s.tokens[s.index(h.at)].office {
		needs = "due" // an office does much every day
	}
	if from, to := s.clause(h.at); h.rule.Is == "self" && h.withDue.Said == "" && s.is("immediate", s.part(from, to)) {
		return false // done at once, or going on
	}
	switch needs {
	case "due":
		return h.withDue.Said != ""
	case "wish":
		return h.withDue.Said != "" || c.wished(i)
	}
	return true
}

var lastWord = regexp.MustCompile(`[^ ]+ ?$`)

// isWeak says that the verb alone makes no task: "ich mache", "I'll take".
func (c *clerk) isWeak(s *sentence, h hit) bool {
	verb := strings.TrimSpace(lastWord.FindString(strings.TrimSpace(s.norm[h.at:h.end])))
	first, _, _ := strings.Cut(s.norm[h.at:h.end], " ")
	return s.book.weak[verb] || s.book.weak[first]
}

// wished says that somebody looked for a taker just before.
func (c *clerk) wished(i int) bool {
	for k := max(0, i-3); k < i; k++ {
		if p := c.sentences[k]; p.is("wish", p.norm) {
			return true
		}
	}
	return c.open != nil
}
