package live

import (
	"math"
	"time"
)

// cover says how many of the heard words are those that are committed already:
// the rest is new. The text decides (edit distance, as a later hearing of the
// same audio may have a word more, less or another), the times decide between
// equals ("ja, ja, ja"). If the text has nothing in common the times decide alone.
func cover(done, heard []Word) int {
	if len(done) == 0 || len(heard) == 0 {
		return 0
	}
	row := distances(done, heard)
	edge := done[len(done)-1].End
	best, least := 0, math.Inf(1)
	for n, d := range row {
		if cost := d + distant(heard, n, edge); cost < least {
			best, least = n, cost
		}
	}
	const foreign = 0.7 // errors a word from which on it is another text
	if row[best] > foreign*float64(len(done)) {
		return before(heard, edge)
	}
	return best
}

// distances are the edit distances of done to the first n of the heard words.
func distances(done, heard []Word) []float64 {
	keys := make([]string, len(heard))
	row := make([]float64, len(heard)+1)
	for j, w := range heard {
		keys[j] = key(w.Text)
		row[j+1] = float64(j + 1)
	}
	for i, w := range done {
		k, diagonal := key(w.Text), row[0]
		row[0] = float64(i + 1)
		for j := range heard {
			cost := diagonal + substitution(k, keys[j])
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row
}

func substitution(a, b string) float64 {
	switch {
	case a == b:
		return 0
	case like(a, b):
		return 0.4
	}
	return 1
}

// distant weighs how far the n-th heard word ends from the last committed one.
func distant(heard []Word, n int, edge time.Duration) float64 {
	const second, most = 0.8, 1.6
	at := heard[0].Start
	if n > 0 {
		at = heard[n-1].End
	}
	return min(most, second*(at-edge).Abs().Seconds())
}

// before is how many words lie mostly before a time.
func before(heard []Word, edge time.Duration) int {
	n := 0
	for n < len(heard) && (heard[n].Start+heard[n].End)/2 < edge {
		n++
	}
	return n
}

// agreed is how many words two hypotheses begin with alike.
func agreed(a, b []Word) int {
	n := 0
	for n < len(a) && n < len(b) && same(a[n], b[n]) {
		n++
	}
	return n
}
