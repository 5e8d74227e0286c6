package minutes

import (
	"math"
	"slices"
)

// near is how many sentences apart the numbers of one vote may stand.
const near = 6

// ballot is a vote whose numbers are still coming in.
type ballot struct {
	Vote
	last    int
	waiting string // what the next number counts
	asked   int
}

// votes are the numbers of votes as they were said.
func (t *talk) votes() []Vote {
	var out []Vote
	b := &ballot{last: -near}
	flush := func() {
		if b.For != nil || b.Against != nil || b.Unanimous {
			out = append(out, b.Vote)
		}
		b = &ballot{last: -near}
	}
	for i, s := range t.sentences {
		if b.last >= 0 && i-b.last > near {
			flush()
		}
		counts, asks := t.counts(s, b.waiting != "" && i-b.asked <= 2)
		if s.is("ago", s.norm) || asks == "" && s.is("conditional", s.norm) || !s.asks() && s.is("hypothetical", s.norm) || s.reported(len(s.norm)) {
			continue
		}
		if asks == "" && b.waiting != "" && i-b.asked <= 2 {
			if n, ok := s.answersVote(counts, b.waiting); ok {
				counts[b.waiting] = n
				b.waiting = ""
			}
		}
		if asks == "for" && b.For != nil || clashes(b, counts) {
			flush()
		}
		if asks != "" {
			b.waiting, b.asked = asks, i
			t.also(&b.Item, s)
			b.last = max(b.last, i)
		}
		if len(counts) > 0 {
			b.take(counts)
			b.Text = joined(b.Text, s.said(0, len(s.tokens)))
			b.Speaker = s.speaker
			t.also(&b.Item, s)
			b.last = i
		}
		if _, decided := t.decision(i); decided {
			flush()
		}
	}
	flush()
	return out
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// clashes says that one of the numbers was another before: a new vote began.
func clashes(b *ballot, counts map[string]int) bool {
	for what, n := range counts {
		if known := map[string]*int{"for": b.For, "against": b.Against, "abstained": b.Abstained}[what]; known != nil && *known != n {
			return true
		}
	}
	return false
}

func (b *ballot) take(counts map[string]int) {
	for what, n := range counts {
		switch what {
		case "for":
			b.For = &n
		case "against":
			b.Against = &n
		case "abstained":
			b.Abstained = &n
		case "unanimous":
			b.Unanimous = true
		}
	}
}

// count is one number of a vote where a pattern found it.
type count struct {
	what   string
	n      int
	at     int  // of the number
	behind bool // the number follows its word: "dagegen drei", and not "drei dagegen"
}

// counts are the numbers of one sentence, and what it asks for; asked says that
// a vote was asked for just before.
func (t *talk) counts(s *sentence, asked bool) (counts map[string]int, asks string) {
	var all []count
	counts = map[string]int{}
	for _, r := range s.book.Votes {
		if r.Needs == "asked" && !asked {
			continue
		}
		for at := 0; at < len(s.norm); {
			m := r.re.FindStringSubmatchIndex(s.norm[at:])
			if m == nil {
				break
			}
			all = append(all, s.counted(r, m, at)...)
			switch r.Is {
			case "ask_for", "ask_against", "ask_abstained":
				asks = r.Is[len("ask_"):]
			case "unanimous":
				if !s.is("negation", s.norm) && !s.asks() {
					counts["unanimous"] = 1
				}
			}
			at += max(1, m[1]-1)
		}
	}
	for _, c := range oneWay(all) {
		if _, known := counts[c.what]; !known {
			counts[c.what] = c.n
		}
	}
	if len(counts) > 0 {
		asks = ""
	}
	return counts, asks
}

// counted are the numbers of a match; none if one of them is no number.
func (s *sentence) counted(r rule, m []int, at int) (out []count) {
	for _, what := range []string{"for", "against", "abstained"} {
		from, to, ok := group(r.re, m, what)
		if !ok {
			continue
		}
		n, isNumber := s.book.number(s.norm[at+from : at+to])
		behind := to >= m[1]-1
		if !isNumber || behind && s.ownsNoun(at+from) {
			return nil
		}
		out = append(out, count{what, n, at + from, behind})
	}
	return out
}

// oneWay leaves each number to one word. Without marks between them, "Dafür neun
// dagegen fünf" can be read from both sides. Numbers follow their words where two
// words want the first number, or no word follows the last.
func oneWay(all []count) []count {
	shared := map[int]bool{} // numbers, by place
	for i, c := range all {
		for _, o := range all[:i] {
			if o.at == c.at && o.what != c.what {
				shared[c.at] = true
			}
		}
	}
	first, last := count{at: math.MaxInt}, count{}
	for _, c := range all {
		if c.at < first.at {
			first = c
		}
		if c.at > last.at {
			last = c
		}
	}
	behind := shared[first.at] || last.behind && !shared[last.at]
	kept := slices.Clone(all)
	return slices.DeleteFunc(kept, func(c count) bool {
		twice := slices.ContainsFunc(all, func(o count) bool { return o.what == c.what && o.at != c.at && o.behind == behind })
		return c.behind != behind && (shared[c.at] || len(shared) > 0 && twice)
	})
}

// ownsNoun says that the number at a place is the article of what follows:
// "abstentions, a close result", "dafür ein Formular".
func (s *sentence) ownsNoun(at int) bool {
	i := s.index(at)
	switch s.tokens[i].low {
	case "a", "an", "ein", "einen", "einem":
		return true
	case "eine":
		return i+1 < len(s.tokens) && !s.tokens[i+1].mark && isUpper(s.tokens[i+1].raw) && !s.is("ballot", " "+s.tokens[i+1].low+" ")
	}
	return false
}

// asksFor says that a sentence asks who is in favour, and where that ends.
func (s *sentence) asksFor() (end int, asks bool) {
	for _, r := range s.book.Votes {
		if m := r.re.FindStringIndex(s.norm); m != nil && r.Is == "ask_for" {
			return m[1] - 1, true
		}
	}
	return 0, false
}

// answersVote is the number that answers what a vote asked for last: one alone,
// or the first of several: "Five, and one against."
func (s *sentence) answersVote(counts map[string]int, waiting string) (int, bool) {
	if n, alone := s.lone(); alone && len(counts) == 0 {
		return n, true
	}
	from := s.begin(0, len(s.tokens))
	if _, known := counts[waiting]; known || from+1 >= len(s.tokens) || !s.tokens[from+1].mark {
		return 0, false
	}
	return s.book.number(s.tokens[from].low)
}

// lone is the number that a short sentence holds: "Zwölf." "Das sind drei."
func (s *sentence) lone() (int, bool) {
	words, found, number := 0, 0, 0
	for _, tok := range s.tokens {
		if tok.mark || tok.low == "" {
			continue
		}
		words++
		if n, ok := s.book.number(tok.low); ok {
			found++
			number = n
		}
	}
	return number, found == 1 && words <= 5
}
