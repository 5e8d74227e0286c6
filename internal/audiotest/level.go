package audiotest

import (
	"math"
	"math/cmplx"
)

// RMS is the root of the mean square, in sample units.
func RMS(pcm []int16) float64 {
	if len(pcm) == 0 {
		return 0
	}
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}

// DBFS is the level relative to a full-scale square wave; silence is -120.
func DBFS(pcm []int16) float64 {
	return max(-120, 20*math.Log10(RMS(pcm)/32768))
}

// Goertzel is the amplitude (peak, in sample units) of one frequency.
func Goertzel(pcm []int16, rate int, frequency float64) float64 {
	return 2 * cmplx.Abs(correlate(pcm, rate, frequency)) / float64(len(pcm))
}

// Share is how much of the energy lies at one frequency, 0..1.
func Share(pcm []int16, rate int, frequency float64) float64 {
	rms := RMS(pcm)
	if rms == 0 {
		return 0
	}
	a := Goertzel(pcm, rate, frequency)
	return a * a / 2 / (rms * rms)
}

// Peak is the strongest frequency between low and high in steps of 5 Hz.
func Peak(pcm []int16, rate int, low, high float64) float64 {
	best, at := -1.0, low
	for f := low; f <= high; f += 5 {
		if a := Goertzel(pcm, rate, f); a > best {
			best, at = a, f
		}
	}
	return at
}

// SNR is the ratio in dB of the tone at frequency to everything else.
func SNR(pcm []int16, rate int, frequency float64) float64 {
	s := Share(pcm, rate, frequency)
	return 10 * math.Log10(s/max(1e-12, 1-s))
}

// Step is the largest jump between neighbouring samples: a click shows here.
func Step(pcm []int16) int {
	largest := 0
	for i := 1; i < len(pcm); i++ {
		d := int(pcm[i]) - int(pcm[i-1])
		largest = max(largest, d, -d)
	}
	return largest
}

func correlate(pcm []int16, rate int, frequency float64) complex128 {
	var sum complex128
	w := cmplx.Exp(complex(0, -2*math.Pi*frequency/float64(rate)))
	phase := complex(1, 0)
	for _, s := range pcm {
		sum += complex(float64(s), 0) * phase
		phase *= w
	}
	return sum
}
