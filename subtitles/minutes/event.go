package minutes

import (
	"slices"
	"strings"
)

// What dates belong to: a deed, or something else that has a day of its own.

// ofEvents leaves out the days of what a deed is for ("the list for the fair on
// Friday"), and joins a deadline with the day that follows it: "by our meeting on
// Friday". Of "the meeting on Friday" alone, nobody can be sure.
func (s *sentence) ofEvents(all []dated) []dated {
	var kept, others []dated
	for _, d := range all {
		switch at, deadline, event := s.eventOf(d); {
		case !event:
			kept = append(kept, d)
		case deadline:
			d.first, d.Said = at, s.said(at, d.last+1)
			d.points += 100 + len(d.Said)
			kept = append(kept, d)
		case at >= 0:
			others = append(others, d)
		default:
			d.Unsure = true
			kept = append(kept, d)
		}
	}
	return slices.DeleteFunc(kept, func(d dated) bool { // "Friday" of "on Friday"
		return slices.ContainsFunc(others, func(o dated) bool { return o.first <= d.first && d.last <= o.last })
	})
}

// eventOf says that a date is the day of an event, and where the words begin that
// tell what the event is to the deed; -1 is nowhere.
func (s *sentence) eventOf(d dated) (at int, deadline, event bool) {
	noun := d.first - 1
	switch {
	case noun > 0 && copulas[s.tokens[noun].low] && s.isEvent(noun-1):
		return noun, false, true // "the meeting is on Friday"
	case noun < 0 || !onDay[s.tokens[d.first].low] || !s.isEvent(noun):
		return -1, false, false
	}
	at, deadline = s.leads(noun)
	return at, deadline, true
}

// copulas say when an event is.
var copulas = wordSet("ist findet beginnt is starts begins")

// onDay are words before the day of an event.
var onDay = wordSet("am on vom")

// isEvent says that a token is a word for something that has a day.
func (s *sentence) isEvent(k int) bool {
	low := s.tokens[k].low
	return slices.ContainsFunc(s.book.dates.events, func(e string) bool {
		return low == e || s.book.Language == "de" && len(e) > 3 && strings.HasSuffix(low, e)
	})
}

// leads is the preposition of a noun, where only its article and a word or two
// stand between; deadline says that it is one of until when. -1 is none, or one
// that tells where the deed is done: "at the meeting".
func (s *sentence) leads(noun int) (at int, deadline bool) {
	for k := noun - 1; k >= max(0, noun-3) && !s.tokens[k].mark; k-- {
		low := s.tokens[k].low
		switch {
		case toEvent[low] && k > 0 && s.book.dates.before[s.tokens[k-1].low]: // "bis zur Sitzung"
			return k - 1, true
		case toEvent[low] && k > 0 && isName(s.tokens[k-1]) && !s.book.fillers[s.tokens[k-1].low]: // "die Einladung zur Sitzung"
			return k, false
		case toEvent[low]:
			return -1, false
		case s.book.dates.before[low]:
			return k, true
		case s.book.dates.about[low]:
			return k, false
		}
	}
	return -1, false
}

// toEvent are German words that lead to an event, whether it is a deadline or not.
var toEvent = wordSet("zum zur")

// endsSpan says that a date is the last day of some: "from Monday until Friday".
func (s *sentence) endsSpan(d dated) bool {
	named := false
	for k := d.first - 1; k >= max(0, d.first-5) && !s.tokens[k].mark; k-- {
		low := s.tokens[k].low
		if s.book.dates.since[low] {
			return named
		}
		_, number := s.book.ordinal(low)
		named = named || number || s.book.dates.names(low)
	}
	return false
}

// dueFor is the date of a deed at a place: one of its own clause, else one of
// another clause that does not tell when something else is.
func (t *talk) dueFor(s *sentence, at, from, to int) Due {
	first, end := s.clause(at)
	own, all := []dated{}, []dated{}
	for _, d := range t.dates(s, from, to) {
		f, e := s.clause(s.tokens[d.first].at)
		switch {
		case d.first >= first && d.first < end:
			own = append(own, d)
		case s.tellsWhen(f, e, s.book.dates.before[s.tokens[d.first].low]):
			continue
		}
		all = append(all, d)
	}
	d, any := best(own), best(all)
	if d.Date != "" && !strings.Contains(s.norm, ", "+strings.ToLower(any.Said)+" ") {
		return d
	}
	return any // "I'll do it right after that, by Friday."
}

// tellsWhen says that a clause tells when something is ("the council meets on
// Friday") or, of a deadline, until when it lasts: "the lease runs until May".
func (s *sentence) tellsWhen(from, to int, deadline bool) bool {
	verbs := s.book.dates.states
	if s.book.dates.before[s.tokens[from].low] {
		return false // "before the council meets on Friday"
	}
	if deadline {
		verbs = s.book.dates.lasts
	}
	part := s.part(from, to)
	if s.is("absence", part) || s.is("negation", part) {
		return true
	}
	has := slices.ContainsFunc(s.tokens[from:to], func(t token) bool { return verbs[t.low] })
	return has && !s.is("demand", part) && !s.sameSubject(from, to)
}

// sameSubject says that a pronoun is the subject of a clause: "they are there on Friday".
func (s *sentence) sameSubject(from, to int) bool {
	for k := from; k < to; k++ {
		low := s.tokens[k].low
		free := k+1 == to || s.tokens[k+1].mark || s.book.small[s.tokens[k+1].low]
		if subjects[low] || demonstratives[low] && free {
			return true
		}
	}
	return false
}

// Pronouns that may be subjects; those of the second line are articles too.
var (
	subjects       = wordSet("ich wir er sie i we he she they i'm he's she's we're they're")
	demonstratives = wordSet("die der")
)
