package minutes

import (
	"cmp"
	"strings"
)

// takes says that the speaker takes what nobody was named for: "Ich.", "Ich
// rufe dort an", and not "Ich glaube, das Amt prüft es".
func (s *sentence) takes() bool {
	m := s.book.answers["take"].FindStringIndex(s.norm)
	but := []string{"hypothetical", "habit", "subordinate"}
	if len(s.words) <= 1 {
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
	if s.date.Said != "" && !s.is("absence", s.norm) {
		f.Due = s.date
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
	but := strings.HasPrefix(s.norm, " aber ") || strings.HasPrefix(s.norm, " but ")
	return s.says("refuse") || but && s.is("negation", s.norm)
}
