// Package mel turns audio into the log-mel features that Whisper and models
// built on it take: samples flow in, a matrix of mels x frames flows out.
//
// The formula is that of OpenAI Whisper's audio.py and of Hugging Face's
// WhisperFeatureExtractor: 25 ms periodic Hann windows each 10 ms, centred
// with reflection at both ends, power spectrum, Slaney mel filters, log10
// with a floor 8 decades (80 dB) below the loudest value, scaled to about -1..1.
package mel

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"

	"github.com/amtsleitung/amtsleitung/media"
)

// Geometry of the features at media.SampleRate.
const (
	WindowSamples = 400 // 25 ms
	HopSamples    = 160 // 10 ms
	spectrumBins  = WindowSamples/2 + 1
	powerFloor    = 1e-10
	dynamicRange  = 8 // decades
)

// Extractor holds the precomputed window, filters and FFT. It is for one
// goroutine at a time; make one per worker.
type Extractor struct {
	window  [WindowSamples]float64
	filters []filter
	fft     *fourier.FFT
	padded  []float64
	frame   [WindowSamples]float64
	coeffs  [spectrumBins]complex128
	power   [spectrumBins]float64
}

// filter is one mel triangle: weights of the spectrum bins from first on.
type filter struct {
	first   int
	weights []float64
}

// NewExtractor computes the tables for so many mel bands (Whisper: 80, its
// large-v3: 128).
func NewExtractor(mels int) *Extractor {
	e := &Extractor{fft: fourier.NewFFT(WindowSamples), filters: slaney(mels)}
	for i := range e.window {
		e.window[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/WindowSamples)
	}
	return e
}

// Frames is the number of feature frames for so many samples.
func Frames(samples int) int { return samples / HopSamples }

// LogMel fills dst, mel-major ([mels][Frames(len(samples))]), and allocates
// only when the audio is longer than any before. It needs more than half a
// window of audio, because the ends are mirrored.
func (e *Extractor) LogMel(dst []float32, samples []float32) error {
	frames := Frames(len(samples))
	if len(samples) <= WindowSamples/2 {
		return fmt.Errorf("log-mel features of %d samples: at least %d are needed", len(samples), WindowSamples/2+1)
	}
	if len(dst) != frames*len(e.filters) {
		return fmt.Errorf("log-mel features: destination holds %d values, %d x %d are needed", len(dst), len(e.filters), frames)
	}
	e.pad(samples)
	loudest := math.Inf(-1)
	for f := range frames {
		window := e.padded[f*HopSamples:][:WindowSamples]
		if f > 0 && constant(e.padded[(f-1)*HopSamples:][:WindowSamples+HopSamples]) {
			// Silence in front of an utterance repeats the same frame hundreds of times.
			for m := range e.filters {
				dst[m*frames+f] = dst[m*frames+f-1]
			}
			continue
		}
		e.spectrum(window)
		for m := range e.filters {
			v := math.Log10(max(powerFloor, e.filters[m].apply(e.power[:])))
			loudest = max(loudest, v)
			dst[m*frames+f] = float32(v)
		}
	}
	floor := float32(loudest - dynamicRange)
	for i, v := range dst {
		dst[i] = (max(v, floor) + 4) / 4
	}
	return nil
}

// pad copies the samples between two mirrored half windows.
func (e *Extractor) pad(samples []float32) {
	const half = WindowSamples / 2
	n := len(samples)
	if cap(e.padded) < n+2*half {
		e.padded = make([]float64, n+2*half)
	}
	e.padded = e.padded[:n+2*half]
	for i, v := range samples {
		e.padded[half+i] = float64(v)
	}
	for i := range half {
		e.padded[half-1-i] = float64(samples[1+i])
		e.padded[half+n+i] = float64(samples[n-2-i])
	}
}

func (e *Extractor) spectrum(window []float64) {
	for i, v := range window {
		e.frame[i] = v * e.window[i]
	}
	coeffs := e.fft.Coefficients(e.coeffs[:], e.frame[:])
	for i, c := range coeffs {
		e.power[i] = real(c)*real(c) + imag(c)*imag(c)
	}
}

func (f *filter) apply(power []float64) float64 {
	var sum float64
	for i, w := range f.weights {
		sum += w * power[f.first+i]
	}
	return sum
}

func constant(s []float64) bool {
	first := s[0]
	// The newest sample differs first, so that speech costs one comparison.
	for i := len(s) - 1; i > 0; i-- {
		if s[i] != first {
			return false
		}
	}
	return true
}

// slaney computes triangular filters with unit area on the mel scale of
// Slaney's Auditory Toolbox: linear below 1 kHz, logarithmic above.
func slaney(mels int) []filter {
	edges := make([]float64, mels+2)
	top := hertzToMel(media.SampleRate / 2)
	for i := range edges {
		edges[i] = melToHertz(top * float64(i) / float64(mels+1))
	}
	filters := make([]filter, mels)
	for m := range filters {
		low, mid, high := edges[m], edges[m+1], edges[m+2]
		for bin := range spectrumBins {
			hz := float64(bin) * media.SampleRate / WindowSamples
			w := min((hz-low)/(mid-low), (high-hz)/(high-mid)) * 2 / (high - low)
			if w <= 0 {
				continue
			}
			if filters[m].weights == nil {
				filters[m].first = bin
			}
			filters[m].weights = append(filters[m].weights, w)
		}
	}
	return filters
}

const (
	breakHertz = 1000.0
	breakMel   = 15.0
)

func hertzToMel(hz float64) float64 {
	if hz < breakHertz {
		return hz * 3 / 200
	}
	return breakMel + math.Log(hz/breakHertz)*27/math.Log(6.4)
}

func melToHertz(mel float64) float64 {
	if mel < breakMel {
		return mel * 200 / 3
	}
	return breakHertz * math.Exp((mel-breakMel)*math.Log(6.4)/27)
}
