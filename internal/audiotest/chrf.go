package audiotest

import (
	"strings"
	"unicode"
)

// The defaults of sacrebleu: n-grams of up to six characters, recall weighs
// twice as much as precision.
const (
	chrfOrder = 6
	chrfBeta  = 2
)

// ChrF sums the character n-grams of translations and their references
// (Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation").
type ChrF struct{ found, made, wanted [chrfOrder]int }

// Add takes one translation and its reference.
func (c *ChrF) Add(translation, reference string) {
	t, r := letters(translation), letters(reference)
	for n := range chrfOrder {
		have, want := grams(t, n+1), grams(r, n+1)
		for g, k := range have {
			c.made[n] += k
			c.found[n] += min(k, want[g])
		}
		for _, k := range want {
			c.wanted[n] += k
		}
	}
}

// Score is 0 to 100: precision and recall are averaged over the lengths that
// both sides have.
func (c *ChrF) Score() float64 {
	var p, r, orders float64
	for n := range chrfOrder {
		if c.made[n] > 0 && c.wanted[n] > 0 {
			p += float64(c.found[n]) / float64(c.made[n])
			r += float64(c.found[n]) / float64(c.wanted[n])
			orders++
		}
	}
	if p == 0 || r == 0 {
		return 0
	}
	p, r = p/orders, r/orders
	return 100 * (1 + chrfBeta*chrfBeta) * p * r / (chrfBeta*chrfBeta*p + r)
}

// letters drops white space, as sacrebleu does.
func letters(s string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s))
}

func grams(s []rune, n int) map[string]int {
	out := map[string]int{}
	for i := 0; i+n <= len(s); i++ {
		out[string(s[i:i+n])]++
	}
	return out
}
