package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/g711"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
)

// channel is the way from the mouth to our ear.
type channel struct {
	name  string
	phone bool // 8 kHz, A-law
	noisy bool // 15 dB below the speech
}

var channels = [...]channel{{name: "clean"}, {name: "phone", phone: true}, {name: "noisy phone", phone: true, noisy: true}}

// Quiet around every turn.
const (
	lead  = time.Second
	trail = 2500 * time.Millisecond
)

// speechLevel is the level of the caller's active speech: -22 dBFS.
const speechLevel = 2600

// noiseRatio is 15 dB.
const noiseRatio = 5.62

// send brings speech to the level of a line, with the quiet around it.
func (c channel) send(rng *rand.Rand, speech []int16, noises [][]int16) ([]int16, error) {
	pcm := slices.Concat(make([]int16, media.Samples(lead)), scale(speech, speechLevel/activeLevel(speech)), make([]int16, media.Samples(trail)))
	addHiss(rng, pcm)
	if c.noisy {
		n := noises[rng.IntN(len(noises))]
		mix(pcm, n, rng.IntN(len(n)), speechLevel/noiseRatio/rms(n))
	}
	if !c.phone {
		return pcm, nil
	}
	return phone(pcm)
}

// activeLevel is the mean power of the frames within 25 dB of the loudest.
func activeLevel(pcm []int16) float64 {
	var levels []float64
	for i := 0; i+media.FrameSamples <= len(pcm); i += media.FrameSamples {
		levels = append(levels, rms(pcm[i:i+media.FrameSamples]))
	}
	if len(levels) == 0 {
		return 1
	}
	floor := slices.Max(levels) / 18
	sum, n := 0.0, 0.0
	for _, l := range levels {
		if l > floor {
			sum += l * l
			n++
		}
	}
	return max(1, math.Sqrt(sum/max(n, 1)))
}

func scale(pcm []int16, gain float64) []int16 {
	out := make([]int16, len(pcm))
	mix(out, pcm, 0, gain)
	return out
}

// mix adds a sound, repeated from an offset on.
func mix(pcm, sound []int16, offset int, gain float64) {
	for i := range pcm {
		v := float64(pcm[i]) + gain*float64(sound[(offset+i)%len(sound)])
		pcm[i] = int16(max(-32768, min(32767, v)))
	}
}

// addHiss is the quiet of a line, about -68 dBFS.
func addHiss(rng *rand.Rand, pcm []int16) {
	for i := range pcm {
		v := float64(pcm[i]) + rng.NormFloat64()*12
		pcm[i] = int16(max(-32768, min(32767, v)))
	}
}

// phone passes audio through a telephone line.
func phone(pcm []int16) ([]int16, error) {
	down, err := resample.New(media.SampleRate, 8000, resample.Phone)
	if err != nil {
		return nil, err
	}
	defer down.Close()
	up, err := resample.New(8000, media.SampleRate, resample.Phone)
	if err != nil {
		return nil, err
	}
	defer up.Close()
	line, err := g711.ALaw{}.Encode(nil, down.Append(nil, pcm))
	if err != nil {
		return nil, err
	}
	heard, err := g711.ALaw{}.Decode(nil, line)
	if err != nil {
		return nil, err
	}
	return up.Append(nil, heard), nil
}

// readNoises are the places people call from.
func readNoises(shared string) ([][]int16, error) {
	clips, err := corpus.Read(filepath.Join(shared, "sounds"), func(c corpus.Clip) bool {
		return filepath.Dir(c.File) == "noise"
	})
	if err != nil {
		return nil, err
	}
	if len(clips) == 0 {
		return nil, fmt.Errorf("no noise below %s/sounds", shared)
	}
	var all [][]int16
	for _, c := range clips {
		all = append(all, c.PCM)
	}
	return all, nil
}
