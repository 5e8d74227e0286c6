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
	for i, s := range t.sentences {
		topic, ok := t.topic(i, s, i == 0 || t.chair[s.speaker])
		if i == 0 || ok {
			t.chair[s.speaker] = true
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
			if (r.Needs == "chair" || r.But == "question") && (s.isClause(from, to) || r.Needs == "chair" && t.due(s, s.index(from), s.index(to-1)+1).Said != "") {
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
			if r.Needs == "chair" && (s.orders(first, last+1) || r.But == "known" && !t.fresh(i, first, last+1) || r.But == "heading" && !t.heads(i, first, last+1)) {
				continue
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

// orders says that a part names who is spoken to or what to do, and no topic:
// "Now, Mr Prowse." "Then chase them, please."
func (s *sentence) orders(from, to int) bool {
	for from < to && s.tokens[from].mark {
		from++
	}
	for to > from && s.tokens[to-1].mark {
		to--
	}
	first := s.tokens[from]
	if first.name > 0 && !first.office && from+first.name >= to || from+1 < to && s.book.verbs[first.low] && s.book.articles[s.tokens[from+1].low] || s.book.Language == "de" && s.book.verbs[s.tokens[to-1].low] {
		return true
	}
	return slices.ContainsFunc(s.tokens[from:to], func(t token) bool { return s.book.anaphors[t.low] && !s.book.articles[t.low] })
}

// farKnown is how many sentences back what is named in few words is still the last topic.
const farKnown = 4

// fresh says that a part names something that nobody spoke of just before:
// "Then the floor", but not "Gut, dann der Finn".
func (t *talk) fresh(i, from, to int) bool {
	words := t.sentences[i].content(from, to)
	for _, s := range t.sentences[max(0, i-farKnown):i] {
		said := s.words
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(said, w) }) {
			return false
		}
	}
	return len(words) > 0
}

// heads says that a part is a heading: what the chair goes on to ask about, or
// gives somebody the word for. "The fence. Where are we?"
func (t *talk) heads(i, from, to int) bool {
	s := t.sentences[i]
	if i+1 == len(t.sentences) || !t.fresh(i, from, to) || slices.ContainsFunc(s.tokens[from:to], func(t token) bool { return t.name > 0 }) {
		return false
	}
	noun := func(t token) bool { return isUpper(t.raw) }
	if s.book.Language == "de" && !noun(s.tokens[to-1]) && !slices.ContainsFunc(s.tokens[from+1:to], noun) {
		return false // "Das stimmt."
	}
	next := t.sentences[i+1]
	return next.speaker == s.speaker && (next.asks() || next.tokens[0].name > 0 && !next.tokens[0].office)
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
