package live

import (
	"math"

	"github.com/amtsleitung/amtsleitung/media"
)

const (
	humEnds  = 80.0        // Hz; speech begins above
	loudness = 0.1 * 32768 // peaks that need no gain: -20 dBFS
	mostGain = 10          // 20 dB
	// forgets is what of a peak is left with each window: half in 10 s.
	forgets = 0.9978
)

// cleared gives a Voice what it hears best: no constant offset, no hum of the
// mains, and quiet recordings louder. Only the Voice gets that: the recogniser
// hears speech in all of them.
type cleared struct {
	voice Voice
	high  [2]section
	peak  float64 // of the last while
	out   [VoiceSamples]int16
}

// Cleared is a voice for recordings as people bring them.
func Cleared(v Voice) Voice {
	// The qualities of a Butterworth filter of fourth order.
	return &cleared{voice: v, high: [2]section{highPass(humEnds, 0.541), highPass(humEnds, 1.307)}}
}

// Probability implements Voice.
func (c *cleared) Probability(window []int16) (float32, error) {
	var clear [VoiceSamples]float64
	n, most := min(len(window), VoiceSamples), 0.0
	for i, v := range window[:n] {
		clear[i] = c.high[1].next(c.high[0].next(float64(v)))
		most = max(most, math.Abs(clear[i]))
	}
	c.peak = max(most, c.peak*forgets, 1)
	gain := max(1, min(mostGain, loudness/c.peak))
	for i, v := range clear[:n] {
		c.out[i] = int16(max(math.MinInt16, min(math.MaxInt16, v*gain)))
	}
	return c.voice.Probability(c.out[:n])
}

// section is a filter of second order.
type section struct {
	b0, a1, a2     float64 // b is b0, -2 b0, b0
	x1, x2, y1, y2 float64
}

// highPass is one with that quality (by the bilinear transform).
func highPass(hertz, quality float64) section {
	w := 2 * math.Pi * hertz / media.SampleRate
	alpha, cos := math.Sin(w)/(2*quality), math.Cos(w)
	return section{b0: (1 + cos) / 2 / (1 + alpha), a1: -2 * cos / (1 + alpha), a2: (1 - alpha) / (1 + alpha)}
}

func (s *section) next(x float64) float64 {
	y := s.b0*(x-2*s.x1+s.x2) - s.a1*s.y1 - s.a2*s.y2
	s.x2, s.x1, s.y2, s.y1 = s.x1, x, s.y1, y
	return y
}
