package music

import (
	"math"

	"github.com/amtsleitung/amtsleitung/media"
)

const (
	step = media.SampleRate / 2 // samples between notes: 0.5 s
	// level is the mean power of the music: -23 dB below a full-scale square
	// wave, well below speech.
	level = -23.0
	// highest partial that is made, in Hz: telephones carry no more than 3400.
	highest = 3300.0
	attack  = media.SampleRate * 12 / 1000
)

// partial of a vibraphone's bar, which is tuned to 1:4.
type partial struct {
	ratio, share float64
	decay        float64 // seconds until 1/e
}

var bars = [...]partial{{1, 1, 0.9}, {2, 0.12, 0.5}, {4, 0.10, 0.25}}

// render adds up all notes. What rings beyond the end goes on at the
// beginning, so that the loop has no seam.
func render(p [16]bar) []int16 {
	mix := make([]float64, len(p)*6*step)
	for i, b := range p {
		for k := range 6 {
			at := (i*6 + k) * step
			strike(mix, at, b.chord[k], 0.55)
			strike(mix, at, b.melody[k], 1)
		}
	}
	return scaled(mix)
}

func strike(mix []float64, at, note int, loud float64) {
	if note == 0 {
		return
	}
	f := 440 * math.Pow(2, float64(note-69)/12)
	for _, p := range bars {
		if f*p.ratio <= highest {
			ring(mix, at, f*p.ratio, loud*p.share, p.decay)
		}
	}
}

// ring is one partial: a raised cosine up, an exponential down until it is
// below anything that could be heard.
func ring(mix []float64, at int, frequency, loud, decay float64) {
	// The sine is turned on step by step, which is some times as fast as math.Sin.
	sin, cos := 0.0, 1.0
	turnSin, turnCos := math.Sincos(2 * math.Pi * frequency / media.SampleRate)
	fall := math.Exp(-1 / (decay * media.SampleRate))
	for i, a := 0, loud; a > 1e-4; i, a = i+1, a*fall {
		v := a * sin
		sin, cos = sin*turnCos+cos*turnSin, cos*turnCos-sin*turnSin
		if i < attack {
			v *= (1 - math.Cos(math.Pi*float64(i)/attack)) / 2
		}
		if at++; at >= len(mix) {
			at = 0
		}
		mix[at] += v
	}
}

func scaled(mix []float64) []int16 {
	power := 0.0
	for _, v := range mix {
		power += v * v
	}
	gain := 32768 * math.Pow(10, level/20) / math.Sqrt(power/float64(len(mix)))
	pcm := make([]int16, len(mix))
	for i, v := range mix {
		pcm[i] = int16(math.Round(min(max(v*gain, -32768), 32767)))
	}
	return pcm
}
