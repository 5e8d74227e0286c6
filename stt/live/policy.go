package live

import (
	"cmp"
	"strings"
	"time"
)

// Rules of a Policy; the zero value takes the defaults.
type Rules struct {
	// Behind: a word that ends so long before the end of its window is committed
	// without a second hearing, if the recogniser is sure of it. After AlignAtt
	// (Papi et al. 2023): the recogniser is no longer looking at the end, where
	// audio is missing. 0 is 600 ms; negative: two hearings must agree on every word.
	Behind time.Duration
	// Touching: a word that ends so close to the end of its window may be half of
	// one, or be heard otherwise with what follows, and is not committed; 0 is
	// 600 ms. Less is faster and worse: 19.2 % of the words wrong with 150 ms, 19.0 %
	// with 450 ms, 18.1 % with 800 ms (long German sentences, French, Italian).
	Touching time.Duration
	// Doubted is the same for a word the recogniser hardly believes in, which what
	// follows often mends; words between wait for a time between. 0 is 1.2 s.
	Doubted time.Duration
	// Sure is the least probability of such a word; 0 is 0.6.
	Sure float64
	// Sentence, Clause, Word: a window longer than this is cut behind a committed
	// sentence, clause or word, so that recognising it stays cheap; 0 is 4, 8 and 12 s.
	Sentence, Clause, Word time.Duration
	// Prompt is how many letters of the committed text before it a window is told,
	// where speech was cut in mid-flow. 0 is none: Whisper base is led astray more
	// often than it is helped (40 English clips in a row: 5.7 % wrong words with 80
	// letters, 4.8 % without; German 25.9 and 23.6 %). Larger models gain by it.
	Prompt int
}

func (r Rules) filled() Rules {
	r.Behind = cmp.Or(r.Behind, 600*time.Millisecond)
	r.Touching = cmp.Or(r.Touching, 600*time.Millisecond)
	r.Doubted = max(r.Touching, cmp.Or(r.Doubted, 1200*time.Millisecond))
	r.Sure = cmp.Or(r.Sure, 0.6)
	r.Sentence = cmp.Or(r.Sentence, 4*time.Second)
	r.Clause = cmp.Or(r.Clause, 8*time.Second)
	r.Word = cmp.Or(r.Word, 12*time.Second)
	return r
}

const (
	// beyond: the times of an engine may lie so far behind the end of the window.
	beyond = 150 * time.Millisecond
	// rest: what is left of a word behind a cut, beyond where it was thought to
	// end, is shorter. Who says a word twice takes longer for it.
	rest = 250 * time.Millisecond
	// remembered are words before the window, for the prompt.
	remembered = 40
)

// Heard is one hypothesis of a window; times are those of the stream.
type Heard struct {
	Words    []Word
	To       time.Duration // end of the window
	Language string
	// Unsure: the language may be another; nothing is committed then.
	Unsure bool
	// Looped: the text was thrown away because it went round in circles, and
	// what was heard before may be right.
	Looped bool
}

// Policy decides which words of a rolling window are settled: hypotheses flow
// in, words flow out once and are never taken back. It knows no clock and no
// audio. The zero value is not ready: use NewPolicy.
type Policy struct {
	rules    Rules
	from     time.Duration // begin of the window
	edge     time.Duration // end of the last committed word
	past     []Word        // committed, before the window
	done     []Word        // committed, in the window
	seen     []Word        // of the last hypothesis, not committed
	language string        // of seen
}

// NewPolicy makes one whose window begins at 0.
func NewPolicy(r Rules) *Policy { return &Policy{rules: r.filled()} }

// Begin starts a new stretch of speech: nothing of the window before is in it.
func (p *Policy) Begin(from time.Duration) {
	p.remember(p.done)
	p.from, p.done, p.seen = from, nil, nil
}

// From is where the window begins.
func (p *Policy) From() time.Duration { return p.from }

// Fresh says that nothing of the window is committed yet.
func (p *Policy) Fresh() bool { return len(p.done) == 0 }

// Hear takes a hypothesis of somebody who speaks on and returns the words that
// are settled by it: those that two hypotheses agree on (LocalAgreement-2, Liu
// et al. 2020), and those the recogniser is sure of and far enough from the end.
func (p *Policy) Hear(h Heard) []Word {
	fresh := p.fresh(h.Words)
	n := 0
	if !h.Unsure {
		if h.Language == p.language {
			n = agreed(p.seen, fresh)
		}
		n = p.settled(fresh, n, h)
	}
	p.seen, p.language = fresh[n:], h.Language
	return p.commit(fresh[:n], h.To)
}

// Settle takes the hypothesis of speech that is over, and commits all of it.
func (p *Policy) Settle(h Heard) []Word {
	fresh := p.fresh(h.Words)
	if h.Looped && mean(p.seen) >= p.rules.Sure {
		fresh = p.seen
	}
	p.seen, p.language = nil, h.Language
	return p.commit(fresh, h.To)
}

// Tail is what was heard last and is not settled.
func (p *Policy) Tail() string { return Text(p.seen) }

// settled extends n agreed words by those that need no agreement, up to the
// first that is too close to the end of the window.
func (p *Policy) settled(fresh []Word, n int, h Heard) int {
	ripe := 0
	for ripe < len(fresh) && fresh[ripe].End <= h.To-p.wait(fresh[ripe].Probability) {
		ripe++
	}
	n = min(n, ripe)
	if p.rules.Behind < 0 || !p.plausible(fresh, h.To) {
		return n
	}
	for n < ripe && fresh[n].End <= h.To-p.rules.Behind && fresh[n].Probability >= p.rules.Sure {
		n++
	}
	return n
}

// wait is how far from the end of the window a word of this probability must end.
func (p *Policy) wait(probability float64) time.Duration {
	const believed, hardly = 0.9, 0.3
	doubt := min(1, max(0, (believed-probability)/(believed-hardly)))
	return p.rules.Touching + time.Duration(doubt*float64(p.rules.Doubted-p.rules.Touching))
}

// plausible says that the times go forward within the window and have room for
// the words: an engine that lost its way writes many words into no time.
func (p *Policy) plausible(words []Word, to time.Duration) bool {
	const letter = 20 * time.Millisecond // 50 letters a second
	at, letters := p.from, 0
	for _, w := range words {
		if w.Start < at || w.End < w.Start || w.End > to+beyond {
			return false
		}
		at = w.Start
		letters += len(w.Text)
	}
	return len(words) == 0 || words[len(words)-1].End-words[0].Start >= time.Duration(letters)*letter
}

// fresh are the words behind those that are committed.
func (p *Policy) fresh(words []Word) []Word {
	if len(p.done) > 0 {
		n := cover(p.done, words)
		if rest, ok := p.hyphenated(words, n); ok {
			return append([]Word{rest}, words[n:]...)
		}
		return words[n:]
	}
	return words[p.repeated(words):]
}

// hyphenated is what follows in a word that begins with the last committed one:
// "-Guyana", if "Französisch" stands and "Französisch-Guyana" is heard.
func (p *Policy) hyphenated(words []Word, n int) (Word, bool) {
	if n == 0 {
		return Word{}, false
	}
	last, w := p.done[len(p.done)-1], words[n-1]
	begin, rest, ok := strings.Cut(w.Text, "-")
	if !ok || key(begin) != key(last.Text) || len(key(rest)) < 2 || w.End <= last.End {
		return Word{}, false
	}
	return Word{Text: "-" + rest, Joined: true, Start: max(w.Start, last.End), End: w.End, Probability: w.Probability}, true
}

// repeated is how many words at the begin of a window are the rest of the
// word, or the words, before the cut.
func (p *Policy) repeated(words []Word) int {
	const most = 3
	limit := p.from + rest + max(0, p.edge-p.from)
	if p.edge < p.from-rest {
		return 0
	}
	for n := min(most, len(words), len(p.past)); n > 0; n-- {
		if words[n-1].End <= limit+time.Duration(n-1)*rest && agreed(p.past[len(p.past)-n:], words[:n]) == n {
			return n
		}
	}
	if len(words) > 0 && len(p.past) > 0 && words[0].End <= limit {
		last, first := key(p.past[len(p.past)-1].Text), key(words[0].Text)
		if n := commonEnd(last, first); n > 1 && n == len(first) {
			return 1
		}
	}
	return 0
}

// commit keeps the words with times that go forward.
func (p *Policy) commit(words []Word, to time.Duration) []Word {
	out := make([]Word, 0, len(words))
	for _, w := range words {
		w.Start = min(max(w.Start, p.edge), max(to, p.edge))
		w.End = min(max(w.End, w.Start), max(to, w.Start))
		p.edge = w.End
		if p.sentenceBegins(out) {
			w.Text = capital(w.Text, p.language)
		}
		out = append(out, w)
	}
	p.done = append(p.done, out...)
	return out
}

// sentenceBegins says that the next word is the first of the stream or of a
// sentence. Its capital and the mark before it may come from two hypotheses.
func (p *Policy) sentenceBegins(words []Word) bool {
	for _, before := range [][]Word{words, p.done, p.past} {
		if n := len(before); n > 0 {
			return endsSentence(before[n-1].Text)
		}
	}
	return true
}

func (p *Policy) remember(words []Word) {
	p.past = append(p.past, words...)
	if n := len(p.past) - remembered; n > 0 {
		p.past = append([]Word(nil), p.past[n:]...)
	}
}

func mean(words []Word) float64 {
	sum := 0.0
	for _, w := range words {
		sum += w.Probability
	}
	return sum / float64(max(1, len(words)))
}
