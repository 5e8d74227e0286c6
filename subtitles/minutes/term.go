package minutes

import (
	"slices"
	"strings"
)

// term is a date that somebody names for the task of another, until that one
// says yes or names a date of their own.
type term struct {
	at      int
	task    *found
	due     Due
	speaker string
	own     bool // the owner's, who asks whether it will do
	sure    Due  // once the others agree to that
}

// patienceForTerms is how many sentences later the owner may still agree.
const patienceForTerms = 2

// settle reads a sentence of a few words as a move about the date of the last
// task, and says whether it was one.
func (c *clerk) settle(i int, s *sentence) bool {
	if c.term != nil && i-c.term.at > patienceForTerms {
		c.term = nil
	}
	t := c.term
	switch {
	case t == nil:
	case t.own && t.speaker != s.speaker && (s.says("accept") || s.says("approve")):
		t.task.Due = t.sure // "Saturday all right?" "Perfect."
		c.also(&t.task.Item, c.sentences[t.at])
		c.term = nil
		return false
	case t.own && t.speaker != s.speaker && t.task.Due == t.due && (s.says("refuse") || s.is("negation", s.norm)):
		t.task.Due, c.term = Due{}, nil
		return false
	case !t.own && alike(t.task.Owner, s.speaker):
		return c.agree(i, s, t)
	}
	return c.propose(i, s)
}

// agree takes the owner's answer to a date: "Das passt.", "By the 10th then."
func (c *clerk) agree(i int, s *sentence, t *term) bool {
	switch {
	case s.is("tight", s.norm):
		t.at = i // "Morgen wird knapp." The date that follows counts.
		return true
	case s.asks() || s.says("refuse") || s.is("negation", s.norm) || c.tells(i, s):
		c.term = nil
		return false
	case s.date.Said != "":
		t.task.Due = s.date
	case s.says("accept") || overlap(s.words, strings.Fields(strings.ToLower(t.due.Said))) > 0.5:
		t.task.Due = t.due
		c.also(&t.task.Item, c.sentences[t.at])
	default:
		return false
	}
	c.also(&t.task.Item, s)
	c.term = nil
	return true
}

// propose reads a date that somebody else wants the last task done by: as a
// wish it stands ("Bitte bis Freitag.", "Next week will do."), as a question
// it waits for a yes ("Ende der Woche?").
func (c *clerk) propose(i int, s *sentence) bool {
	if i == 0 {
		return false
	}
	f := c.lastOf(c.sentences[i-1].speaker, i)
	if c.askedWhen(i - 1) {
		f = c.lastOf(s.speaker, i) // "When might we see it?" "Would Friday do?"
	}
	if f == nil || f.Owner == "" || i-f.at > patience || s.is("negation", s.norm) || s.is("past", s.norm) || !c.asksOf(i, s, f) {
		return false
	}
	question, own := s.end == "?", alike(f.Owner, s.speaker)
	enough := s.is("enough", s.norm) || s.is("required", s.norm)
	to := s.leadingClause()
	d := c.due(s, 0, to)
	rest, points := len(without(s.content(0, to), d)), s.points(0, to, d)
	switch {
	case d.Said == "" || own && !question || own && f.Due.Said != "":
		return false
	case rest > 2 || rest > 1 && !enough && !points:
		return false // of something else
	}
	wish := enough && !question
	asks := question && (!s.is("question", s.norm) || points || own && s.is("suits", s.norm))
	switch {
	case wish && f.Due.Said == "":
		f.Due = d
		c.also(&f.Item, s)
		c.term = &term{at: i, task: f, due: d}
	case wish || asks || rest == 0:
		sure := d
		if own { // who does it names the day, and others may object
			d.Unsure = true
			f.Due = d
			c.also(&f.Item, s)
		}
		c.term = &term{at: i, task: f, due: d, speaker: s.speaker, own: own, sure: sure}
	default:
		return false
	}
	return true
}

// asksOf says that a sentence has no task of its own, or asks of the one that
// was just taken: "Kriegst du das bis morgen hin?"
func (c *clerk) asksOf(i int, s *sentence, f *found) bool {
	for _, h := range c.hits(i, s) {
		dated := h.rule.Is == "ask" && s.end == "?" && h.withDue.Said != ""
		if !dated || !alike(c.sentences[i-1].speaker, f.Owner) || !c.refers(s, h) {
			return false
		}
	}
	return true
}

// leadingClause is where the sentence has its first comma, where more than a small
// word stands before that.
func (s *sentence) leadingClause() (to int) {
	words := 0
	for k, t := range s.tokens {
		if breaks(t) && words > 1 {
			return k
		}
		if !t.mark && !s.book.fillers[t.low] {
			words++
		}
	}
	return len(s.tokens)
}

// occasion is the date of a meeting that the same turn names beside a task:
// "I see her on Tuesday. I'll bring it up." One of the two points at the other.
func (c *clerk) occasion(i int, points bool) Due {
	for _, k := range [...]int{i - 1, i + 1} {
		if k < 0 || k >= len(c.sentences) || c.sentences[k].speaker != c.sentences[i].speaker {
			continue
		}
		p := c.sentences[k]
		states := p.end == "." && !p.is("negation", p.norm) && !p.is("past", p.norm)
		points := points || slices.ContainsFunc(p.tokens, func(t token) bool { return persons[t.low] })
		if states && points && p.is("occasion", p.norm) && len(c.hits(k, p)) == 0 {
			return p.date
		}
	}
	return Due{}
}

// require reads until when somebody needs what a task, given a little before, is
// about: "The forms must be back by Friday.", "Die Kopien brauche ich bis Montag."
func (c *clerk) require(i int, s *sentence) bool {
	if s.asks() || s.date.Said == "" || !s.is("required", s.norm) || s.guarded(1, "hypothetical", "conditional") != "" {
		return false
	}
	words := without(s.words, s.date)
	for n := len(c.tasks) - 1; n >= 0 && i-c.tasks[n].at <= farRequired; n-- {
		f := c.tasks[n]
		if f.gone || f.Owner == "" || f.Due.Said != "" || f.at == i || !sharesNoun(words, f.content) {
			continue
		}
		f.Due = s.date
		c.also(&f.Item, s)
		return true
	}
	return false
}

// farRequired is how many sentences behind a task its date may still be named.
const farRequired = 6

// sharesNoun says that two lists of words share a long one.
func sharesNoun(a, b []string) bool {
	return slices.ContainsFunc(a, func(w string) bool { return len([]rune(w)) > 4 && containsWord(b, w) })
}

// persons are pronouns of somebody named before.
var persons = wordSet("her him them ihn ihm ihr denen")
