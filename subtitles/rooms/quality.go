package rooms

import (
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Bounds of what quality is measured by.
const (
	lagStep       = 50 * time.Millisecond
	lagSteps      = 1200 // up to a minute
	lowConfidence = 0.5
)

// quality measures a meeting from what was shown and when. Its size does not
// grow with the meeting.
type quality struct {
	lags        [lagSteps + 1]int
	words, low  int // words that were committed
	shown       int // words viewers got
	erased      int // of them, words taken back by a machine
	fast, gaps  int
	busy, heard time.Duration
}

// committed counts words of an update.
func (q *quality) committed(words []transcript.Word, busy time.Duration) {
	for _, w := range words {
		q.words++
		if w.Probability < lowConfidence {
			q.low++
		}
	}
	q.busy += max(0, busy)
}

// lag counts words that viewers got so long after they were said.
func (q *quality) lag(d time.Duration, words int) {
	q.lags[min(lagSteps, int(max(0, d)/lagStep))] += words
	q.shown += words
}

// rewritten counts the words of a shown text that its successor takes back:
// what is behind the words both begin with (erasure: Arivazhagan et al. 2020,
// "Re-translation versus Streaming", section 3).
func (q *quality) rewritten(before, after string) {
	b := strings.Fields(before)
	q.erased += len(b) - commonWords(b, strings.Fields(after))
}

// record is the figures of the meeting so far.
func (q *quality) record() subtitles.Quality {
	r := subtitles.Quality{LagP50: q.quantile(0.5), LagP95: q.quantile(0.95), TooFast: q.fast, Gaps: q.gaps}
	if q.shown > 0 {
		r.Erasure = float64(q.erased) / float64(q.shown)
	}
	if q.words > 0 {
		r.LowConfidence = float64(q.low) / float64(q.words)
	}
	if q.heard > 0 {
		r.RealTime = q.busy.Seconds() / q.heard.Seconds()
	}
	return r
}

// quantile is the upper end of the step it lies in.
func (q *quality) quantile(p float64) time.Duration {
	n := 0
	for _, c := range q.lags {
		n += c
	}
	if n == 0 {
		return 0
	}
	seen := 0
	for i, c := range q.lags {
		if seen += c; float64(seen) >= p*float64(n) {
			return time.Duration(i+1) * lagStep
		}
	}
	return lagSteps * lagStep
}

// commonWords counts the words two texts begin with.
func commonWords(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
