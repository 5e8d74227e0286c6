package minutes

import (
	"regexp"
	"slices"
	"strings"
)

// deed says that a word in the place of a verb may name something to do. Any
// verb may, known or not, but those of states, opinions and talk.
func (b *rulebook) deed(word string) bool {
	switch {
	case b.noDeeds[word] || b.noDeeds[strings.TrimSuffix(word, "n")] || b.small[word] || b.anaphors[word] || b.fillers[word]:
		return false
	case b.verbs[word]:
		return true
	case b.Language == "de":
		return !preterite(word) && !b.dates.names(word)
	}
	return !strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "ly")
}

// knows says that the list has the verb, also as "-ing".
func (b *rulebook) knows(word string) bool {
	if stem, ok := strings.CutSuffix(word, "ing"); ok && b.Language == "en" && len(stem) > 1 {
		return b.verbs[stem] || b.verbs[stem+"e"] || stem[len(stem)-1] == stem[len(stem)-2] && b.verbs[stem[:len(stem)-1]]
	}
	return b.verbs[word]
}

// second says that a German word is the form for "du" of a verb of the list.
func (b *rulebook) second(word string) bool {
	stem := strings.TrimSuffix(word, "st")
	return b.verbs[stem+"t"] && !b.noDeeds[stem+"t"] || b.verbs[stem+"e"] && !b.noDeeds[stem+"e"]
}

// preterite says that a German word looks like "machte"; such forms of verbs
// that end in t themselves ("arbeite") are told apart by the list alone.
func preterite(word string) bool {
	return strings.HasSuffix(word, "te") || strings.HasSuffix(word, "test")
}

// names says that the word is one of the calendar's.
func (c calendar) names(word string) bool {
	_, weekday := c.words.Weekdays[word]
	_, month := c.words.Months[word]
	_, unit := c.words.Units[word]
	return weekday || month || unit
}

// weakIn says that no verb in the words makes a task by itself.
func (b *rulebook) weakIn(words string) bool {
	for w := range strings.FieldsSeq(words) {
		if b.thirds[w] && !b.weak[w] {
			return false
		}
	}
	return true
}

// infinitive is the word at a place, or the last of its clause where that one
// is a noun: "die Zahlen zusammensuchen".
func (s *sentence) infinitive(at int) string {
	i := s.index(at)
	if !isUpper(s.tokens[i].raw) {
		return s.tokens[i].low
	}
	if last := s.closing(i); strings.HasSuffix(last, "en") || strings.HasSuffix(last, "ern") || strings.HasSuffix(last, "eln") {
		return last
	}
	return s.tokens[i].low
}

// closing is the last word of the clause of a token.
func (s *sentence) closing(i int) string {
	_, to := s.clause(s.tokens[i].at)
	for to > i+1 && (s.tokens[to-1].mark || s.tokens[to-1].low == "") {
		to--
	}
	return s.tokens[max(i, to-1)].low
}

// bare says that the verb of a statement is one that needs its particle, and
// has none: "ich sehe zwei Hände".
func (s *sentence) bare(h hit) bool {
	if h.rule.Is != "self" && h.rule.Is != "told" {
		return false
	}
	for k := s.index(h.at); k < len(s.tokens) && s.tokens[k].at < h.end; k++ {
		if s.book.particled[s.tokens[k].low] {
			return !s.particle(k)
		}
	}
	return false
}

// particle says that the clause of a verb ends in a particle.
func (s *sentence) particle(verb int) bool {
	for k := verb + 1; k < len(s.tokens) && !breaks(s.tokens[k]); k++ {
		ends := k+1 == len(s.tokens) || s.tokens[k+1].mark || s.tokens[k+1].low == "und"
		if ends && s.book.particles[s.tokens[k].low] {
			return true
		}
	}
	return false
}

// finite says that a part has a subject or a verb of its own, so that an
// infinitive in it gives no order: "Den Sand bitte gleich austauschen."
func (s *sentence) finite(from, to int) bool {
	return slices.ContainsFunc(s.tokens[from:to], func(t token) bool {
		return notBare[t.low]
	})
}

// isVerb says that a token may be a verb that the list has.
func (b *rulebook) isVerb(t token) bool { return b.verbs[t.low] && !isUpper(t.raw) }

// notBare are subjects and auxiliary verbs.
var notBare = wordSet("ich du er wir ihr man es wer kann kannst können muss musst müssen soll sollst sollen will willst wollen darf dürfen mag möchte werde wird werden würde ist sind war waren hat habe haben hatte gibt lässt")

var lastWord = regexp.MustCompile(`[^ ]+ ?$`)

// isWeak says that the verb alone makes no task: "ich mache", "I'll take".
func (c *clerk) isWeak(s *sentence, h hit) bool {
	verb := strings.TrimSpace(lastWord.FindString(strings.TrimSpace(s.norm[h.at:h.end])))
	first, _, _ := strings.Cut(s.norm[h.at:h.end], " ")
	return s.book.weak[verb] || s.book.weak[first] && first != "let"
}

// isLight says that somebody else is to do something with an object of some words.
func (c *clerk) isLight(s *sentence, h hit) bool {
	verb := strings.TrimSpace(lastWord.FindString(strings.TrimSpace(s.norm[h.at:h.end])))
	return h.rule.Is == "told" && s.book.light[verb] && !c.refers(s, h) && len(without(s.content(h.from, h.to), h.withDue)) > 2
}
