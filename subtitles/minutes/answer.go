package minutes

import (
	"cmp"
	"slices"
	"strings"
)

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
		if c.askedWhen(i - 1) {
			return c.later(i, s)
		}
		if k := s.answering(r.sentence); k >= 0 && s.leading(k) {
			f := c.named(i, s, r) // "Right, the clerk then."
			if f != nil {
				c.open = nil
			}
			return f
		}
		if c.onlyDate(i, s) {
			r.due = c.due(s, 0, len(s.tokens)) // "Setzen Sie eine Frist. Sagen wir, bis Freitag."
		}
		return nil
	case r.owner != "" && s.speaker != "" && c.present(r.owner) && !alike(r.owner, s.speaker):
		return nil // somebody else talks
	}
	switch {
	case r.taker != "" && s.says("approve") && !s.is("negation", s.norm) && !s.says("but"), r.taker != "" && asksWhen(s):
		c.open = nil
		return c.take(i, s, r) // "I could ask them." "That would be great."
	case r.taker != "" && s.says("refuse") && s.says("keep"):
		c.open = nil
		return c.take(i, s, &request{at: r.at, sentence: r.sentence, hit: r.hit, owner: s.speaker}) // "Shall I draft it?" "No, I'll do that."
	case r.hit.rule.Is != "who" && s.says("done"):
		c.refused(r.task, s.speaker)
		c.open = nil // "Already sent."
	case s.says("refuse") && !s.says("yield"):
		c.refused(r.task, s.speaker)
		if r.task, r.owner, r.refused = nil, "", true; r.taker != "" { // an offer; what was asked for, others may still take
			c.open = nil
		}
	case (r.hit.rule.Is == "who" || r.refused) && s.takes() && (!s.says("hedge") || s.says("yield")) && s.end != "?",
		r.hit.rule.Is != "who" && !r.refused && s.says("accept") && (!s.says("hedge") || s.says("yield")) && (s.end != "?" || s.is("when", s.norm)):
		c.open = nil
		return c.take(i, s, r)
	case (r.hit.rule.Is == "ask" && r.sentence.is("when", r.sentence.norm) || r.hit.rule.Is != "who" && c.askedWhen(i-1)) && !s.asks() && !s.says("hedge") && c.due(s, 0, len(s.tokens)).Said != "":
		c.open = nil
		return c.take(i, s, r) // "How soon can you?" "By Friday."
	case r.owner != "" && alike(r.owner, s.speaker) && !s.says("hedge") && s.end != "?" && c.onlyDate(i, s):
		c.open = nil
		return c.take(i, s, r) // "You'll get it ordered?" "This week."
	default:
		if f := c.named(i, s, r); f != nil {
			c.open = nil
			return f
		}
		if s.says("hedge") {
			c.open = nil
		}
	}
	return nil
}

// asksWhen says that a sentence asks for a date, and no more: who asks that of
// an offer takes it.
func asksWhen(s *sentence) bool {
	return s.end == "?" && s.is("when", s.norm) && s.speaker != ""
}

// onlyDate says that a sentence names a date and little else.
func (c *clerk) onlyDate(i int, s *sentence) bool {
	d := c.due(s, 0, len(s.tokens))
	return d.Said != "" && len(without(s.content(0, len(s.tokens)), d)) <= 1 && len(c.hits(i, s)) == 0
}

// refused takes a task from who refuses; others who were named with them keep it.
func (c *clerk) refused(f *found, speaker string) {
	if f == nil {
		return
	}
	for _, and := range []string{" und ", " and "} {
		first, second, several := strings.Cut(f.Owner, and)
		switch {
		case !several:
		case alike(first, speaker):
			f.Owner = second
			return
		default:
			f.Owner = first
			return
		}
	}
	f.gone = true
}

// says that the sentence is an answer of that kind.
func (s *sentence) says(answer string) bool { return s.book.answers[answer].MatchString(s.norm) }

// takes says that the speaker takes what nobody was named for: "Ich.", "Ich
// rufe dort an", and not "Ich glaube, das Amt prüft es".
func (s *sentence) takes() bool {
	m := s.book.answers["take"].FindStringIndex(s.norm)
	but := []string{"hypothetical", "habit", "subordinate"}
	if len(s.content(0, len(s.tokens))) <= 1 {
		but = append(but, "belief") // "Me, I suppose."
	}
	if s.says("yield") {
		but = append(but, "conditional")
	}
	if m == nil || s.guarded(1, but...) != "" {
		return false
	}
	k := s.index(m[1] - 2)
	if k+1 == len(s.tokens) || s.tokens[k+1].mark {
		return true // "Me, I suppose."
	}
	for k+1 < len(s.tokens) && s.tokens[k].low != "ich" && s.tokens[k].low != "i" && !s.book.modals[s.tokens[k].low] {
		k++
	}
	for k+1 < len(s.tokens) && (s.tokens[k].low == "ich" || s.tokens[k].low == "i") {
		k++
	}
	if k >= len(s.tokens) || s.tokens[k].mark {
		return true
	}
	verb := s.tokens[k].low
	if s.book.modals[verb] {
		if verb = s.closing(k); s.book.Language == "en" && k+1 < len(s.tokens) {
			verb = s.tokens[k+1].low
		}
	}
	switch {
	case verb == "bin":
		return k+1 < len(s.tokens) && s.book.taking[s.tokens[k+1].low]
	case s.book.particled[verb]:
		return s.particle(k)
	case s.book.small[verb] || s.book.verbs[verb]:
		return true
	}
	return s.book.deed(verb) || s.book.fillers[verb] || k+2 < len(s.tokens) && s.anaphor(k+1) && s.book.Language == "en" // "I'll get it to you."
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
		f = c.already(i, s, r)
	}
	if f == nil {
		owner := cmp.Or(r.taker, r.owner, s.speaker)
		if r.taker == "" && r.owner != "" && !c.present(r.owner) && s.says("take") && s.speaker != "" {
			owner = s.speaker // "Couldn't the council do it?" "Leave it with me."
		}
		if owner == "" {
			return nil // nobody knows who said yes
		}
		f = c.add(r.at, r.sentence, r.hit, owner)
	}
	if f.Owner == "" {
		f.Owner = s.speaker
		f.trust(Ownerless)
	}
	f.trust(Asked)
	f.trust(Offered)
	if s.is("conditional", s.norm) {
		f.doubt(Waiting)
	}
	c.also(&f.Item, s)
	if d := c.due(s, 0, len(s.tokens)); d.Said != "" && !s.is("absence", s.norm) {
		f.Due = d
	} else if f.Due.Said == "" && r.due.Said != "" {
		f.Due = r.due
		for k := r.at + 1; k < i; k++ {
			c.also(&f.Item, c.sentences[k])
		}
	}
	c.taken[r.at] = true
	f.at = i
	c.takeBefore(s, r, f)
	return f
}

// takeBefore takes down the request that the same yes took, before the last one.
func (c *clerk) takeBefore(s *sentence, r *request, f *found) {
	b, n := r.before, len(c.tasks)
	if b == nil || b.task != nil || b.owner != "" && !alike(b.owner, f.Owner) {
		return
	}
	c.also(&c.add(b.at, b.sentence, b.hit, f.Owner).Item, s)
	if len(c.tasks) > n && c.tasks[n-1] == f {
		c.tasks[n-1], c.tasks[n] = c.tasks[n], f
	}
}

// takesBack says that the sentence after a yes is a no: "Ja. Aber erst mal nicht."
func (c *clerk) takesBack(i int) bool {
	s := c.sentences[i]
	if s.says("yield") {
		return false // "Aber nicht vor nächster Woche."
	}
	return s.says("refuse") || strings.HasPrefix(s.norm, " aber ") && s.is("negation", s.norm) || strings.HasPrefix(s.norm, " but ") && s.is("negation", s.norm)
}

// later reads a date that follows a yes in a sentence of its own, and a no of
// one who was told to do something.
func (c *clerk) later(i int, s *sentence) *found {
	if len(c.tasks) == 0 {
		return nil
	}
	f := c.tasks[len(c.tasks)-1]
	if c.askedWhen(i - 1) {
		f = c.lastOf(s.speaker, i)
	}
	if f == nil || f.gone || i-f.at > 2 && !c.askedWhen(i-1) {
		return nil
	}
	switch {
	case (f.kind == "told" || f.kind == "please") && alike(f.Owner, s.speaker) && s.says("refuse"):
		c.refused(f, s.speaker)
	case i > 0 && c.elsewhere(i-1, s) || s.is("absence", s.norm):
		return nil
	case f.Due.Said == "" && len(s.content(0, len(s.tokens))) <= 4 && (alike(f.Owner, s.speaker) || c.askedWhen(i-1) || s.names(f.Owner)) && !s.asks() && !c.tells(i, s):
		if d := c.due(s, 0, len(s.tokens)); d.Said != "" {
			f.Due = d
			c.also(&f.Item, s)
			return f
		}
	case f.kind == "offer" && s.speaker != f.Speaker && s.says("accept") && !s.says("hedge"):
		f.trust(Offered)
		c.also(&f.Item, s)
	}
	return nil
}

// elsewhere says that a sentence asks the speaker of something else: "Did we
// ever do the register?" "On the twelfth."
func (c *clerk) elsewhere(i int, s *sentence) bool {
	q := c.sentences[i]
	return q.end == "?" && q.speaker != s.speaker && !c.askedWhen(i) && len(q.content(0, len(q.tokens))) > 2
}

// tells says that a sentence has a task of its own: somebody else's, or another of the speaker's.
func (c *clerk) tells(i int, s *sentence) bool {
	return slices.ContainsFunc(c.hits(i, s), func(h hit) bool {
		return h.rule.Is == "told" && !alike(h.owner, s.speaker) || h.rule.Is == "self" && h.rule.Needs != "wish" && len(without(s.content(h.from, h.to), h.withDue)) > 1 && !c.refers(s, h)
	})
}

// names says that the sentence speaks to somebody: "Bis Januar dann, Herr Kern."
func (s *sentence) names(owner string) bool {
	for k, t := range s.tokens {
		if t.low == subject && alike(s.said(k, k+t.name), owner) {
			return true
		}
	}
	return false
}

// askedWhen says that a sentence asks for a date: "Bis wann?"
func (c *clerk) askedWhen(i int) bool {
	if i < 0 {
		return false
	}
	s := c.sentences[i]
	return s.asks() && s.is("when", s.norm) && len(s.content(0, len(s.tokens))) <= 3
}
