package subtitles

import (
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Shown is one update as viewers saw it.
type Shown struct {
	At        time.Duration     // since the start of the stream, on the clock of the wall
	Committed []transcript.Word // new ones, with the times they were spoken
	Tail      string            // shown behind them, and may change
}

const (
	// unsure is the probability below which a word counts as one of low confidence.
	unsure = 0.5
	// waited is how long viewers wait for new words while somebody speaks until it counts as a gap.
	waited = 5 * time.Second
)

// Meter measures how well a session is heard, update by update:
//
//   - lag is how long after the end of a word it stood there for good;
//   - erasure is how many words that viewers saw were taken away again, for each word that stayed (normalised
//     erasure, Arivazhagan et al. 2020, "Re-translation versus streaming");
//   - low confidence is the share of words whose probability is below one half; words without one do not count;
//   - a gap is a wait of more than 5 s for words that were already being spoken.
//
// The zero value is ready. It is for one goroutine.
type Meter struct {
	lags                  []time.Duration
	tail                  []string
	erased, rated, doubts int
	last                  time.Duration // when words were last committed
	gaps                  int
	fast                  int
}

// Add takes the next update.
func (m *Meter) Add(u Shown) {
	var now []string
	for _, w := range u.Committed {
		m.lags = append(m.lags, max(0, u.At-w.End))
		if w.Probability > 0 {
			m.rated++
			if w.Probability < unsure {
				m.doubts++
			}
		}
		now = append(now, strings.Fields(w.Text)...)
	}
	m.wait(u)
	now = append(now, strings.Fields(u.Tail)...)
	m.erased += len(m.tail) - common(m.tail, now)
	m.tail = strings.Fields(u.Tail)
}

// wait counts a gap.
func (m *Meter) wait(u Shown) {
	if len(u.Committed) == 0 {
		return
	}
	if u.At-max(m.last, u.Committed[0].Start) > waited {
		m.gaps++
	}
	m.last = u.At
}

// Cue takes a cue that was given out.
func (m *Meter) Cue(c Cue) {
	if c.Fast {
		m.fast++
	}
}

// Quality of all so far. Audio is how much was heard, busy for how long the machine worked on it.
func (m *Meter) Quality(audio, busy time.Duration) Quality {
	q := Quality{TooFast: m.fast, Gaps: m.gaps}
	lags := slices.Sorted(slices.Values(m.lags))
	q.LagP50, q.LagP95 = percentile(lags, 50), percentile(lags, 95)
	if len(lags) > 0 {
		q.Erasure = float64(m.erased) / float64(len(lags))
	}
	if m.rated > 0 {
		q.LowConfidence = float64(m.doubts) / float64(m.rated)
	}
	if audio > 0 {
		q.RealTime = busy.Seconds() / audio.Seconds()
	}
	return q
}

// Measure is the quality of a whole log of updates and of the cues that were made of it.
func Measure(log []Shown, cues []Cue, audio, busy time.Duration) Quality {
	var m Meter
	for _, u := range log {
		m.Add(u)
	}
	for _, c := range cues {
		m.Cue(c)
	}
	return m.Quality(audio, busy)
}

// percentile of sorted values by the nearest rank.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

// common is how many words two texts begin with alike.
func common(a, b []string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
