package simulation

import (
	"math"
	"math/rand/v2"
	"sync"

	"github.com/amtsleitung/amtsleitung/media"
)

// Noise goes on behind one caller, at a fixed distance below their voice.
type Noise struct {
	source []int16
	below  float64 // amplitude of the noise for each of the voice

	mu   sync.Mutex
	at   int
	gain float64
}

// NewNoise repeats the source, so many decibels below the voice. An empty
// source makes a street of its own.
func NewNoise(source []int16, decibels float64, seed uint64) *Noise {
	if len(source) == 0 {
		source = street(20*media.SampleRate, seed)
	}
	n := &Noise{source: source, below: math.Pow(10, -decibels/20) / max(1, rms(source))}
	n.at = int(seed*7919*media.FrameSamples) % len(source)
	n.gain = n.below * usualVoice
	return n
}

// usualVoice is the level before the caller has spoken: -26 dBFS, the nominal
// speech level of ITU-T P.56.
const usualVoice = 1640

// level sets the noise by the voice in these samples: by the loud part alone,
// as pauses are no voice.
func (n *Noise) level(pcm []int16) {
	whole := rms(pcm)
	sum, count := 0.0, 0
	for at := 0; at+media.FrameSamples <= len(pcm); at += media.FrameSamples {
		if r := rms(pcm[at : at+media.FrameSamples]); r > whole/4 {
			sum += r * r
			count++
		}
	}
	if count == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.gain = n.below * math.Sqrt(sum/float64(count))
}

// add mixes the next samples into the frame.
func (n *Noise) add(frame []int16) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range frame {
		v := float64(frame[i]) + n.gain*float64(n.source[n.at])
		frame[i] = int16(min(max(v, math.MinInt16), math.MaxInt16))
		n.at = (n.at + 1) % len(n.source)
	}
}

// street is traffic: noise with most of its power in the low, which swells
// with every car that passes.
func street(samples int, seed uint64) []int16 {
	r := rand.New(rand.NewPCG(seed, 15))
	out := make([]int16, samples)
	low, slow := 0.0, 0.0
	for i := range out {
		white := r.Float64()*2 - 1
		low += 0.06 * (white - low) // about 150 Hz
		slow += 0.45 * (white - slow)
		swell := 0.65 + 0.35*math.Sin(2*math.Pi*float64(i)/(3.7*media.SampleRate))
		out[i] = int16(6000 * swell * (3*low + 0.35*slow))
	}
	return out
}

func rms(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(1, len(pcm))))
}
