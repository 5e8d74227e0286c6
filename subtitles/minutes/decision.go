package minutes

import (
	"slices"
	"strings"
)

// decisions are what somebody stated as decided.
func (t *talk) decisions() []Decision {
	var out []Decision
	motion, last := -1, -1
	for i, s := range t.sentences {
		if i-motion > farMotion {
			motion = -1
		}
		if d, ok := t.decision(i); ok {
			if motion < 0 && len(s.words) <= 2 {
				if motion = t.moved(i); motion < 0 || motion != last {
					if put := t.put(i); put >= 0 {
						motion = put
					}
				}
			}
			if motion >= 0 && motion == last && bare(s) {
				out = out[:len(out)-1] // "Then we buy the red one. Everyone all right with that? Agreed."
			}
			if bare(s) && motion >= 0 {
				p := t.sentences[motion]
				d.About = p.said(p.begin(0, len(p.tokens)), len(p.tokens))
				t.also(&d.Item, p)
			}
			if n := len(out); n > 0 && out[n-1].Text == d.Text {
				continue
			}
			out = append(out, d)
			motion, last = -1, i
			continue
		}
		if d, about, ok := t.consent(i, s); ok {
			if about == last {
				out = out[:len(out)-1]
			}
			out = append(out, d)
			motion, last = -1, i
			continue
		}
		for _, m := range s.book.motions {
			if m.MatchString(s.norm) && !s.is("past", s.norm) {
				motion = i
				break
			}
		}
	}
	return out
}

// moved is the sentence that a bare decision decides, of the same speaker just
// before: "Dann erhöhen wir den Beitrag. Alle einverstanden? Beschlossen."
func (t *talk) moved(i int) int {
	for k := i - 1; k >= max(0, i-farMoved); k-- {
		p := t.sentences[k]
		answers := k > 0 && t.sentences[k-1].asks() // "Alle, wie ich sehe."
		if words := len(p.words); p.speaker == t.sentences[i].speaker && (!p.asks() || t.asksAll(k) && words > little) && words > 1 && !(answers && words <= 3) {
			return k
		}
	}
	return -1
}

const (
	farVoted  = 2  // sentences between the numbers of a vote and "agreed"
	farMoved  = 4  // sentences between what a chair says and "agreed"
	farMotion = 12 // sentences between a motion and its decision
	fewWords  = 6  // of a decision that does not say about what
	little    = 3  // words of "Is everybody all right with that?"
)

// bare says that a decision does not tell what was decided.
func bare(s *sentence) bool { return len(s.words) <= fewWords }

func (t *talk) decision(i int) (Decision, bool) {
	s := t.sentences[i]
	if s.asks() || s.is("moves", s.norm) || s.isLongAgo() || slices.ContainsFunc(s.book.Decisions, func(r rule) bool { return r.Is == "not" && r.re.MatchString(s.norm) }) {
		return Decision{}, false
	}
	for _, r := range s.book.Decisions {
		if r.Is == "not" || r.Needs == "chair" && !t.closes(i) {
			continue
		}
		if r.Needs == "vote" && !t.voted(i) || r.Needs == "lead" && len(t.chair) > 0 && !t.chair[s.speaker] && len(s.words) == 0 {
			continue
		}
		but := append([]string{"past", "idiom", "habit"}, strings.Fields(r.But)...)
		for _, m := range r.re.FindAllStringIndex(s.norm, 4) {
			if s.guarded(m[0]+1, but...) != "" || s.guarded(m[1]-2, but...) != "" {
				continue
			}
			return Decision{Item: t.item(s, s.begin(0, len(s.tokens)), len(s.tokens)), Outcome: Outcome(r.Is)}, true
		}
	}
	return Decision{}, false
}

// put is the sentence that says what was voted on just before: the one that
// asks who is in favour, or where that says nothing, the one before it. -1 is none.
func (t *talk) put(i int) int {
	if !t.voted(i) {
		return -1
	}
	for k := i - 1; k >= max(0, i-farMotion); k-- {
		s := t.sentences[k]
		end, asks := s.asksFor()
		if !asks {
			continue
		}
		if len(s.content(s.index(end), len(s.tokens))) > 0 {
			return k
		}
		for k--; k >= max(0, i-farMotion); k-- {
			if p := t.sentences[k]; p.speaker == s.speaker && len(p.words) > 1 {
				return k
			}
		}
	}
	return -1
}

// voted says that numbers of a vote were said just before a sentence, or in it.
func (t *talk) voted(i int) bool {
	asked := false
	for k := max(0, i-2*farVoted); k <= i; k++ {
		s := t.sentences[k]
		counts, asks := t.counts(s, false)
		if _, alone := s.lone(); k >= i-farVoted && (len(counts) > 0 || alone && asked) {
			return true
		}
		asked = asked || asks != ""
	}
	return false
}

// isLongAgo says that the sentence tells of another day.
func (s *sentence) isLongAgo() bool {
	return s.is("ago", s.norm)
}
