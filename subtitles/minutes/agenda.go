package minutes

import (
	"slices"
	"strings"
)

// longestTitle of a topic, words.
const longestTitle = 14

// topics are the items of the agenda that somebody named.
func (t *talk) topics() []Topic {
	var out []Topic
	chair := map[string]bool{}
	for i, s := range t.sentences {
		topic, ok := t.topic(i, s, i == 0 || chair[s.speaker])
		if i == 0 || ok {
			chair[s.speaker] = true
		}
		if !ok {
			continue
		}
		if n := len(out); n > 0 && strings.EqualFold(out[n-1].Title, topic.Title) && out[n-1].Number == topic.Number {
			continue
		}
		out = append(out, topic)
	}
	return out
}

// topic is what the sentence opens; few words do where the chair says them.
func (t *talk) topic(i int, s *sentence, chair bool) (Topic, bool) {
	for _, r := range s.book.Topics {
		m := r.re.FindStringSubmatchIndex(s.norm)
		if r.Is == "not" || m == nil || s.asks() && r.But != "question" || r.Needs == "chair" && !chair || s.reported(m[0]) || s.is("past", s.part(s.clause(m[0]+1))) || s.noTopic(m[0]+1) {
			continue
		}
		topic := Topic{Item: t.item(s, 0, len(s.tokens))}
		if from, to, ok := group(r.re, m, "number"); ok {
			topic.Number = s.said(s.index(from), s.index(to-1)+1)
		}
		if from, to, ok := group(r.re, m, "title"); ok {
			if (r.Needs == "chair" || r.But == "question") && (s.isClause(from, to) || r.Needs == "chair" && t.due(s, 0, len(s.tokens)).Said != "") {
				continue
			}
			last := s.index(to - 1)
			last += max(1, s.tokens[last].name) - 1
			first := s.index(from)
			if s.noTopic(from) {
				continue
			}
			if topic.Number == "" && s.tokens[first].name == 0 && len(s.content(first, last+1)) == 0 {
				continue // "Next, please."
			}
			topic.Title = s.title(first, last+1)
		}
		if topic.Title == "" && i+1 < len(t.sentences) {
			if next := t.sentences[i+1]; next.speaker == s.speaker && len(next.tokens) <= longestTitle && !next.asks() {
				topic.Title = next.title(0, len(next.tokens))
				t.also(&topic.Item, next)
			}
		}
		if topic.Title == "" && topic.Number == "" {
			continue
		}
		return topic, true
	}
	return Topic{}, false
}

// noTopic says that the clause of a place names a topic only to leave it.
func (s *sentence) noTopic(at int) bool {
	part := s.part(s.clause(at))
	return slices.ContainsFunc(s.book.Topics, func(r rule) bool { return r.Is == "not" && r.re.MatchString(part) })
}

// isClause says that a part of the norm is more than a noun with its company.
func (s *sentence) isClause(from, to int) bool {
	return slices.ContainsFunc(strings.Fields(s.norm[from:to]), func(w string) bool {
		_, number := s.book.Numbers[w]
		return s.book.clausal[w] || number && !s.book.articles[w] && !s.book.small[w]
	})
}

// title is what tokens name: "dem Haushalt" is "Haushalt", "dem Haushalt an" (of "fangen wir ... an") too.
func (s *sentence) title(from, end int) string {
	if from+1 < len(s.tokens) && s.book.articles[strings.ToLower(s.tokens[from].raw)] && !s.tokens[from+1].mark {
		from++
	}
	to, words := from, 0
	for end > from+1 && (s.tokens[end-1].mark || s.book.Language == "de" && particlesOfStart[s.tokens[end-1].low]) {
		end--
	}
	for to < end && words < longestTitle && !strings.ContainsAny(s.tokens[to].raw, ";") {
		if !s.tokens[to].mark {
			words++
		}
		to++
	}
	return strings.TrimRight(s.said(from, to), closingMark)
}

// particlesOfStart belong to the verb of "fangen wir mit dem Haushalt an".
var particlesOfStart = wordSet("an los weiter")

// decisions are what somebody stated as decided.
func (t *talk) decisions() []Decision {
	var out []Decision
	motion := -1
	for i, s := range t.sentences {
		if d, ok := t.decision(s); ok {
			if motion < 0 && len(s.content(0, len(s.tokens))) <= 2 {
				motion = t.moved(i)
			}
			if bare(s) && motion >= 0 && i-motion <= farMotion {
				p := t.sentences[motion]
				d.About = p.said(p.begin(0, len(p.tokens)), len(p.tokens))
				t.also(&d.Item, p)
			}
			if n := len(out); n > 0 && out[n-1].Text == d.Text {
				continue
			}
			out = append(out, d)
			motion = -1
			continue
		}
		if d, ok := t.consent(i, s); ok {
			out = append(out, d)
			motion = -1
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
		if words := len(p.content(0, len(p.tokens))); p.speaker == t.sentences[i].speaker && !p.asks() && words > 1 && !(answers && words <= 3) {
			return k
		}
	}
	return -1
}

const (
	farMoved  = 4  // sentences between what a chair says and "agreed"
	farMotion = 12 // sentences between a motion and its decision
	fewWords  = 6  // of a decision that does not say about what
)

// bare says that a decision does not tell what was decided.
func bare(s *sentence) bool { return len(s.content(0, len(s.tokens))) <= fewWords }

func (t *talk) decision(s *sentence) (Decision, bool) {
	if s.asks() || s.is("moves", s.norm) {
		return Decision{}, false
	}
	for _, r := range s.book.Decisions {
		for _, m := range r.re.FindAllStringIndex(s.norm, 4) {
			if s.guarded(m[0]+1, "past", "idiom", "habit") != "" || s.guarded(m[1]-2, "past", "idiom", "habit") != "" || s.isLongAgo() {
				continue
			}
			return Decision{Item: t.item(s, s.begin(0, len(s.tokens)), len(s.tokens)), Outcome: Outcome(r.Is)}, true
		}
	}
	return Decision{}, false
}

// isLongAgo says that the sentence tells of another day.
func (s *sentence) isLongAgo() bool {
	return s.is("ago", s.norm)
}
