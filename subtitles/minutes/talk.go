package minutes

import (
	"slices"
	"strings"
)

// talk is a meeting while its minutes are made.
type talk struct {
	books     map[string]*rulebook
	lines     []Line
	options   Options
	sentences []*sentence
	chair     map[string]bool // who opened the meeting or a topic, once topics were looked for
	unread    int
}

func newTalk(books map[string]*rulebook, lines []Line, o Options) *talk {
	t := &talk{books: books, lines: lines, options: o, chair: map[string]bool{}}
	people := slices.Clone(o.Participants)
	for _, l := range lines {
		if l.Speaker != "" && !slices.Contains(people, l.Speaker) {
			people = append(people, l.Speaker)
		}
	}
	t.sentences, t.unread = split(books, lines, newNames(people))
	for _, s := range t.sentences {
		s.words, s.date = s.content(0, len(s.tokens)), t.due(s, 0, len(s.tokens))
	}
	return t
}

// item is what tokens of a sentence hold, linked to their cues.
func (t *talk) item(s *sentence, from, to int) Item {
	i := Item{Text: s.said(from, to), Speaker: s.speaker}
	for _, tok := range s.tokens[from:to] {
		t.link(&i, tok.line)
	}
	return i
}

// link adds a cue to what the item stands on.
func (t *talk) link(i *Item, line int) {
	l := t.lines[line]
	if slices.Contains(i.Cues, l.ID) {
		return
	}
	if len(i.Cues) == 0 { // the item's own; what it points back at is no part of its time
		i.Start = l.Start
	}
	i.End = max(i.End, l.End)
	i.Cues = append(i.Cues, l.ID)
	if l.Confidence > 0 && l.Confidence < t.options.Confidence {
		i.doubt(Misheard)
	}
}

// also links all cues of a sentence.
func (t *talk) also(i *Item, s *sentence) {
	for _, tok := range s.tokens {
		t.link(i, tok.line)
	}
}

func (i *Item) doubt(d Doubt) {
	if !slices.Contains(i.Unsure, d) {
		i.Unsure = append(i.Unsure, d)
	}
}

func (i *Item) trust(d Doubt) {
	i.Unsure = slices.DeleteFunc(i.Unsure, func(o Doubt) bool { return o == d })
}

// begin skips words that only start a sentence.
func (s *sentence) begin(from, to int) int {
	for from+1 < to && (s.tokens[from].mark || s.book.fillers[s.tokens[from].low]) {
		from++
	}
	return from
}

// Guards that look at the whole sentence, and those that look at one clause.
var (
	ofSentence = [...]string{"conditional", "dropped", "belief", "joke", "attributed", "motion"}
	ofClause   = [...]string{"negation", "hypothetical", "past", "habit", "idiom", "subordinate"}
)

// asks says that the sentence is a question.
func (s *sentence) asks() bool {
	return s.end == "?" || s.is("question", s.norm) && !s.is("aside", s.norm) && !(s.end == "." && s.is("promise", s.norm))
}

// is says that a guard holds for a part of the sentence.
func (s *sentence) is(guard, part string) bool {
	re := s.book.guards[guard]
	return re != nil && re.MatchString(part)
}

// guarded says which guard speaks against what was found at a place; "" is none.
func (s *sentence) guarded(at int, but ...string) string {
	for _, g := range ofSentence {
		if s.is(g, s.norm) && !slices.Contains(but, g) && !(g == "conditional" && (s.whether() || s.unconditional(at) || s.is("temporal", s.norm))) {
			return g
		}
	}
	from, to := s.clause(at)
	part := s.part(from, to)
	if re := s.book.guards["ofMonth"]; re != nil { // "am letzten Freitag im Mai" is no past
		part = re.ReplaceAllString(part, " ")
	}
	for _, g := range ofClause {
		if !slices.Contains(but, g) && s.is(g, part) && !(g == "habit" && s.is("usual", part)) {
			return g
		}
	}
	if s.quoted[s.index(at)] || s.reported(at) && !slices.Contains(but, "quote") {
		return "quote"
	}
	return ""
}

// unconditional says that a condition begins behind the place, and is another
// matter: "I'll post it today, and if nobody objects we start in May".
func (s *sentence) unconditional(at int) bool {
	m := s.book.guards["conditional"].FindStringIndex(s.norm)
	if m == nil || m[0] < at {
		return false
	}
	lead := s.norm[:m[0]+1]
	return strings.HasSuffix(lead, ", and ") || strings.HasSuffix(lead, ", und ")
}

// whether says that "if" is the one of "check if".
func (s *sentence) whether() bool {
	return s.is("whether", s.norm) && strings.Count(s.norm, " if ") == 1
}

// reported says that the words before the place tell of somebody else's.
func (s *sentence) reported(at int) bool {
	aside := s.book.guards["aside"].FindStringIndex(s.norm) // "as I said" is the speaker's own word
	for _, m := range s.book.guards["quote"].FindAllStringIndex(s.norm, -1) {
		if m[0] <= at && !(aside != nil && aside[0] < m[1] && m[0] < aside[1]) {
			return true
		}
	}
	return false
}

// content are the words that tell what it is about.
func (s *sentence) content(from, to int) []string {
	var words []string
	for i := from; i < to; i++ {
		t := s.tokens[i]
		if !t.mark && t.low != "" && t.low != subject && t.low != oblique && !s.book.small[t.low] && !s.book.fillers[t.low] && !s.book.anaphors[t.low] {
			words = append(words, t.low)
		}
	}
	return words
}

// overlap is the share of the shorter's words that the other has too.
func overlap(a, b []string) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return 0
	}
	n := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			n++
		}
	}
	return float64(n) / float64(len(a))
}
