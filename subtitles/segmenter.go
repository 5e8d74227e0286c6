package subtitles

import (
	"math"
	"strconv"
	"time"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Segmenter makes cues of the words of one speaker in one language as they come. It is append-only: what it
// gave out it never changes, and its cues neither overlap nor go back. It is for one goroutine.
type Segmenter struct {
	Speaker string // of every cue from now on
	Prefix  string // of every ID

	rules    Rules
	language string
	grammar  *grammar
	pending  []piece
	given    int           // cues so far
	began    time.Duration // when the last word began
	spoken   time.Duration // when the last word ended
	shown    time.Duration // when the last cue ends
	row      row           // in word scroll

	next, after, costs []int // of layouts; used again
}

// NewSegmenter makes the segmenter of a stream; language is BCP 47, "" is a language nobody knows.
func NewSegmenter(r Rules, language string) *Segmenter {
	s := &Segmenter{rules: r.withDefaults()}
	s.setLanguage(language)
	return s
}

func (s *Segmenter) setLanguage(language string) {
	s.language, s.grammar = language, grammarOf(language)
}

// Speak changes the language of what follows and gives out what was waiting.
func (s *Segmenter) Speak(language string) []Cue {
	if language == s.language {
		return nil
	}
	out := s.Flush()
	s.setLanguage(language)
	return out
}

// Add takes the next words and returns the cues that are complete. With sentence set, all words so far
// are settled: an end of speech or of a sentence was reached, nothing waits for more.
func (s *Segmenter) Add(words []transcript.Word, sentence bool) []Cue {
	var out []Cue
	for _, w := range words {
		if len(s.pending) > 0 && w.Start-s.spoken > pause {
			out = append(out, s.drain(true)...)
		}
		s.take(w)
	}
	return append(out, s.drain(sentence)...)
}

// Flush gives out what is left.
func (s *Segmenter) Flush() []Cue { return s.drain(true) }

// take keeps the pieces of a word. Times never go back: engines correct themselves by a little.
func (s *Segmenter) take(w transcript.Word) {
	w.Start = max(w.Start, s.began)
	w.End = max(w.Start, w.End)
	s.began = w.Start
	for i, p := range s.grammar.pieces(w, s.rules.Width) {
		s.spoken = max(s.spoken, p.end)
		n := len(s.pending)
		if n > 0 && (leans(p.text) || w.Joined && i == 0) && cells(s.pending[n-1].text+p.text) <= s.rules.Width {
			n--
			s.pending[n].text += p.text
			s.pending[n].end = p.end
		} else {
			s.pending = append(s.pending, p)
		}
		s.pending[n].cells = cells(s.pending[n].text)
		if n > 0 {
			s.pending[n].cost = s.grammar.joint(s.pending[n-1], s.pending[n])
		}
	}
}

// drain gives out what is complete.
func (s *Segmenter) drain(settled bool) []Cue {
	if s.rules.Scroll {
		return s.scroll(settled)
	}
	var out []Cue
	for len(s.pending) > 0 {
		n := len(s.pending)
		if !settled {
			n = s.sentence()
		}
		switch {
		case n > 0:
			out = append(out, s.split(n)...)
		case len(s.pending) > 1 && (!s.fits(s.pending) || s.length(s.pending) > s.rules.Most):
			out = append(out, s.give(s.cut()))
		default:
			return out
		}
	}
	return out
}

// sentence is how many pieces the sentences have that are complete and long enough for a cue; 0 is none.
func (s *Segmenter) sentence() int {
	for i := len(s.pending) - 1; i > 0; i-- {
		if s.pending[i].cost == atSentence && wide(s.pending[:i]) >= s.rules.Width/2 {
			return i
		}
	}
	return 0
}

// cut is where the first cue ends when more words wait than fit: at a good joint, and not too early.
func (s *Segmenter) cut() int {
	best, least := 1, math.MaxFloat64
	room := float64(s.rules.Lines * s.rules.Width)
	for i := 1; i < len(s.pending) && s.fits(s.pending[:i]); i++ {
		if i > 1 && s.length(s.pending[:i]) > s.rules.Most {
			break
		}
		cost := float64(s.pending[i].cost) + 20*(1-float64(wide(s.pending[:i]))/room)
		cost += s.inner(s.pending[:i])
		if cost <= least {
			best, least = i, cost
		}
	}
	return best
}

// split gives the first n pieces out as the fewest cues with the best breaks between them and in them.
func (s *Segmenter) split(n int) []Cue {
	type plan struct {
		cost float64
		next int
	}
	plans := make([]plan, n+1) // from each piece to the end
	for i := n - 1; i >= 0; i-- {
		plans[i] = plan{math.MaxFloat64, i + 1}
		for j := i + 1; j <= n && (j == i+1 || s.suits(s.pending[i:j])); j++ {
			cost := plans[j].cost + s.price(s.pending[i:j])
			if j < n {
				cost += float64(s.pending[j].cost)
			}
			if cost < plans[i].cost {
				plans[i] = plan{cost, j}
			}
		}
	}
	var out []Cue
	for i := 0; i < n; {
		length := plans[i].next - i
		i = plans[i].next
		out = append(out, s.give(length))
	}
	return out
}

func (s *Segmenter) suits(pieces []piece) bool {
	return s.fits(pieces) && s.length(pieces) <= s.rules.Most
}

// inner is what the line breaks inside a cue cost; a viewer minds them half as much as those between cues.
func (s *Segmenter) inner(pieces []piece) float64 {
	_, cost := s.layout(pieces)
	return float64(cost) / 2
}

// price of a cue: each takes the eye away once, a short one for little.
func (s *Segmenter) price(pieces []piece) float64 {
	price := 12 + s.inner(pieces)
	if share := 2 * float64(wide(pieces)) / float64(s.rules.Width); share < 1 {
		price += 20 * (1 - share)
	}
	for i := 1; i < len(pieces); i++ {
		if pieces[i].cost == atSentence {
			price += 6
		}
	}
	return price
}

func (s *Segmenter) length(pieces []piece) time.Duration {
	return pieces[len(pieces)-1].end - pieces[0].start
}

// give makes a cue of the first n pieces.
func (s *Segmenter) give(n int) Cue {
	pieces := s.pending[:n:n]
	s.pending = s.pending[n:]
	c := s.cue(pieces)
	starts, _ := s.layout(pieces)
	c.Lines = render(pieces, starts)
	if last := &c.Lines[len(c.Lines)-1]; len(s.pending) > 0 && s.pending[0].part && letters(*last, s.pending[0].text) && cells(*last) < s.rules.Width {
		*last += "-"
	}
	s.time(&c, pieces[n-1].end)
	return c
}

// cue is all of a cue but its times.
func (s *Segmenter) cue(pieces []piece) Cue {
	s.given++
	c := Cue{ID: s.Prefix + strconv.Itoa(s.given), Text: joined(pieces), Language: s.language, Speaker: s.Speaker, Machine: true}
	c.Start, c.Glued = pieces[0].start, !pieces[0].spaced
	for _, p := range pieces {
		c.Confidence += p.p / float64(len(pieces))
	}
	return c
}

// time gives a cue the time to be read. It may stay longer than its words were spoken and move the next
// one by it, but by no more than slack: then it is marked as too fast.
func (s *Segmenter) time(c *Cue, spoken time.Duration) {
	c.Start = max(c.Start, s.shown).Round(time.Millisecond)
	reading := s.rules.reading(c.Text).Round(time.Millisecond)
	c.End = max(spoken, c.Start+reading)
	c.End = min(c.End, max(spoken+slack, c.Start+flash), c.Start+max(s.rules.Most, reading))
	if len(s.pending) > 0 {
		if next := s.pending[0].start; next > c.End && next-c.End < bridge {
			c.End = next
		}
	}
	c.End = c.End.Round(time.Millisecond)
	c.Fast = c.End-c.Start < reading
	s.shown = c.End
}
