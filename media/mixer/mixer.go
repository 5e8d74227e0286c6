// Package mixer adds voices: one frame from each of n sources flows in, one
// frame flows out, held below full scale without the crackle of clipping.
package mixer

import "github.com/amtsleitung/amtsleitung/media"

// Input is a source with a gain; 0 counts as 1, 0.2 puts a voice in the background.
type Input struct {
	Source media.Source
	Gain   float64
}

// knee is where limiting begins (-3 dBFS); above it the rest of the range is
// approached but never passed.
const (
	knee = 23170
	room = 32767 - knee
)

// Mixer is itself a media.Source. It belongs to one goroutine.
type Mixer struct {
	inputs []Input
	frame  [media.FrameSamples]int16
	sum    [media.FrameSamples]int32
}

// New makes a mixer of some inputs; it may be empty.
func New(inputs ...Input) *Mixer { return &Mixer{inputs: inputs} }

// Set replaces the inputs, copying the slice.
func (m *Mixer) Set(inputs ...Input) { m.inputs = append(m.inputs[:0], inputs...) }

// ReadFrame mixes 20 ms; it returns false, and silence, when no source had anything.
func (m *Mixer) ReadFrame(dst []int16) bool {
	clear(m.sum[:])
	some := false
	for _, in := range m.inputs {
		if in.Source.ReadFrame(m.frame[:]) {
			some = true
		}
		m.add(in.Gain)
	}
	for i := range dst {
		dst[i] = limit(m.sum[i])
	}
	return some
}

// add takes the frame in even when its source had nothing to say: it may hold
// the fade of a cut.
func (m *Mixer) add(gain float64) {
	// 8 fractional bits are enough for a volume.
	factor := int32(gain * 256)
	if gain == 0 {
		factor = 256
	}
	for i, s := range m.frame {
		m.sum[i] += int32(s) * factor >> 8
	}
}

// limit bends what is above the knee: x -> room*x/(x+room), which has slope 1 at the knee.
func limit(v int32) int16 {
	switch {
	case v > knee:
		over := int64(v - knee)
		return int16(knee + over*room/(over+room))
	case v < -knee:
		over := int64(-v - knee)
		return int16(-knee - over*room/(over+room))
	}
	return int16(v)
}
