package live

import (
	"strings"
	"time"
)

// Cut is a place where a window may be shortened: behind Words committed
// words, somewhere from Low to High, best where it is quietest.
type Cut struct {
	Words     int
	Low, High time.Duration
}

// Cut proposes one for a window that ends at to, if it has become long.
func (p *Policy) Cut(to time.Duration) (Cut, bool) {
	length := to - p.from
	for _, rule := range []struct {
		longer time.Duration
		behind func(string) bool
	}{
		{p.rules.Sentence, endsSentence},
		{p.rules.Clause, endsClause},
		{p.rules.Word, func(string) bool { return true }},
	} {
		if length < rule.longer {
			return Cut{}, false
		}
		if c, ok := p.cutBehind(rule.behind); ok {
			return c, true
		}
	}
	return Cut{}, false
}

// cutBehind finds the last committed word of a kind that others follow.
func (p *Policy) cutBehind(behind func(string) bool) (Cut, bool) {
	const early = 100 * time.Millisecond // of the next word: a time is no exacter
	for i := len(p.done) - 1; i >= 0; i-- {
		next, ok := p.next(i)
		if !ok || !behind(p.done[i].Text) || next.Start <= p.from {
			continue
		}
		low := (p.done[i].Start + p.done[i].End) / 2
		return Cut{Words: i + 1, Low: max(low, p.from), High: max(low, next.Start) + early}, true
	}
	return Cut{}, false
}

func (p *Policy) next(i int) (Word, bool) {
	if i+1 < len(p.done) {
		return p.done[i+1], true
	}
	if len(p.seen) > 0 {
		return p.seen[0], true
	}
	return Word{}, false
}

// Shorten lets the window begin at a place of the cut.
func (p *Policy) Shorten(c Cut, at time.Duration) {
	p.remember(p.done[:c.Words])
	p.done = append([]Word(nil), p.done[c.Words:]...)
	p.from = at
}

// together: what follows so soon is one speech. Behind a longer pause another
// sentence, perhaps another voice, begins, and the text before it leads astray.
const together = 500 * time.Millisecond

// Prompt is the committed text before the window, if what is said goes on from there.
func (p *Policy) Prompt() string {
	if p.rules.Prompt <= 0 || p.from-p.edge > together {
		return ""
	}
	from, letters := len(p.past), 0
	for from > 0 && letters+len(p.past[from-1].Text) < p.rules.Prompt {
		from--
		letters += len(p.past[from].Text) + 1
	}
	return strings.TrimSpace(Text(p.past[from:]))
}
