package minutes

import (
	"slices"
	"strings"
)

// answer looks whether a sentence answers what was asked. It returns the task
// that was taken by it.
func (c *clerk) answer(i int, s *sentence) *found {
	r := c.open
	if r == nil {
		return c.later(i, s)
	}
	asksBack := s.speaker != r.sentence.speaker && s.asks() && s.end == "?"
	switch {
	case i-r.at > patience || asksBack && i-r.at > 1:
		c.open = nil
		return nil
	case s.speaker == r.sentence.speaker && s.speaker != "":
		return c.goesOn(i, s, r)
	case r.owner != "" && s.speaker != "" && c.present(r.owner) && !alike(r.owner, s.speaker):
		return nil // somebody else talks
	}
	return c.reply(i, s, r)
}

// goesOn reads what the asker says behind the request, before anybody answers.
func (c *clerk) goesOn(i int, s *sentence, r *request) *found {
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
		r.due = s.date // "Setzen Sie eine Frist. Sagen wir, bis Freitag."
	}
	return nil
}

// reply reads what another says to a request.
func (c *clerk) reply(i int, s *sentence, r *request) *found {
	offer := r.taker != ""
	switch {
	case r.sentence.is("reminder", r.sentence.norm) && s.says("refuse") && len(s.words) <= 1:
		c.open = nil
		return c.take(i, s, r) // "Don't forget the keys." "I won't."
	case offer && s.welcomes():
		c.open = nil
		return c.take(i, s, r) // "I could ask them." "That would be great."
	case offer && s.says("refuse") && s.says("keep"):
		c.open = nil
		return c.take(i, s, &request{at: r.at, sentence: r.sentence, hit: r.hit, owner: s.speaker}) // "Shall I draft it?" "No, I'll do that."
	case r.hit.rule.Is != "who" && s.says("done"):
		c.refused(r.task, s.speaker)
		c.open = nil // "Already sent."
	case s.says("refuse") && !s.says("yield"):
		c.refused(r.task, s.speaker)
		if r.task, r.owner, r.refused = nil, "", true; offer { // what was asked for, others may still take
			c.open = nil
		}
	case s.agreesTo(r) || c.datedFor(i, s, r):
		c.open = nil
		return c.take(i, s, r)
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

// welcomes says that a sentence takes an offer: with praise, or by asking for a date and no more.
func (s *sentence) welcomes() bool {
	praise := s.says("approve") && !s.is("negation", s.norm) && !s.says("but")
	return praise || s.end == "?" && s.is("when", s.norm) && s.speaker != ""
}

// agreesTo says that a sentence takes a request. What anybody may take needs
// "I'll do it"; who was asked says yes, or asks until when.
func (s *sentence) agreesTo(r *request) bool {
	if s.says("hedge") && !s.says("yield") {
		return false
	}
	if r.hit.rule.Is == "who" || r.refused {
		return s.takes() && s.end != "?"
	}
	return s.says("accept") && (s.end != "?" || s.is("when", s.norm))
}

// datedFor says that a sentence takes a request by naming a date: "How soon can
// you?" "By Friday.", "You'll get it ordered?" "This week."
func (c *clerk) datedFor(i int, s *sentence, r *request) bool {
	if s.says("hedge") || s.date.Said == "" {
		return false
	}
	when := r.hit.rule.Is == "ask" && r.sentence.is("when", r.sentence.norm) || r.hit.rule.Is != "who" && c.askedWhen(i-1)
	if when && !s.asks() {
		return true
	}
	return alike(r.owner, s.speaker) && s.end != "?" && c.onlyDate(i, s)
}

// onlyDate says that a sentence names a date and little else.
func (c *clerk) onlyDate(i int, s *sentence) bool {
	return s.date.Said != "" && len(without(s.words, s.date)) <= 1 && len(c.hits(i, s)) == 0
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

// later reads a date that follows a yes in a sentence of its own, and a no of
// one who was told to do something.
func (c *clerk) later(i int, s *sentence) *found {
	if len(c.tasks) == 0 {
		return nil
	}
	when := c.askedWhen(i - 1)
	f := c.tasks[len(c.tasks)-1]
	if when {
		f = c.lastOf(s.speaker, i)
	}
	if f == nil || f.gone || i-f.at > 2 && !when {
		return nil
	}
	own := alike(f.Owner, s.speaker)
	switch {
	case (f.kind == "told" || f.kind == "please") && own && s.says("refuse"):
		c.refused(f, s.speaker)
	case i > 0 && c.elsewhere(i-1, s) || s.is("absence", s.norm):
		return nil
	case f.Due.Said == "" && (own || when || s.names(f.Owner)) && c.shortDate(i, s, f).Said != "":
		f.Due = c.shortDate(i, s, f)
		c.also(&f.Item, s)
		return f
	case f.kind == "offer" && s.speaker != f.Speaker && s.says("accept") && !s.says("hedge"):
		f.trust(Offered)
		c.also(&f.Item, s)
	}
	return nil
}

// shortDate is the date that a sentence, or a clause of it, names in few words,
// where it has no task of its own and speaks to nobody but the owner of this one:
// "Before that it's too early, let's say by May."
func (c *clerk) shortDate(i int, s *sentence, f *found) Due {
	others := slices.ContainsFunc(s.tokens, func(t token) bool { return t.low == subject }) && !s.names(f.Owner)
	if s.date.Said == "" || s.asks() || others && len(s.words) > 4 || c.tells(i, s) {
		return Due{}
	}
	if len(s.words) <= 4 || i == f.at+1 && len(without(s.words, s.date)) <= 3 {
		return s.date
	}
	for from := 0; from < len(s.tokens); {
		_, to := s.clause(s.tokens[from].at)
		d := c.due(s, from, to)
		if d.Said != "" && (len(without(s.content(from, to), d)) == 0 || s.book.answers["fix"].MatchString(s.part(from, to))) {
			return d
		}
		from = max(from, to) + 1
	}
	return Due{}
}

// elsewhere says that a sentence asks the speaker of something else: "Did we
// ever do the register?" "On the twelfth."
func (c *clerk) elsewhere(i int, s *sentence) bool {
	q := c.sentences[i]
	return q.end == "?" && q.speaker != s.speaker && !c.askedWhen(i) && len(q.words) > 2
}

// tells says that a sentence has a task of its own: somebody else's, or another of the speaker's.
func (c *clerk) tells(i int, s *sentence) bool {
	return slices.ContainsFunc(c.hits(i, s), func(h hit) bool {
		if h.rule.Is == "told" {
			return !alike(h.owner, s.speaker)
		}
		return h.rule.Is == "self" && h.rule.Needs != "wish" && len(without(s.content(h.from, h.to), h.withDue)) > 1 && !c.refers(s, h)
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
	return s.asks() && s.is("when", s.norm) && len(s.words) <= 3
}
