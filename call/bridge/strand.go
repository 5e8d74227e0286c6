package bridge

import "github.com/amtsleitung/amtsleitung/media"

// ramp is how long a change of volume takes, so that it makes no click: 10 ms.
const ramp = media.SampleRate / 100

// Gains are fixed-point numbers; the largest is just below 4 (12 dB).
const (
	gainBits = 14
	unity    = 1 << gainBits
	maxGain  = 1<<16 - 1
)

func toGain(g float64) int32 { return int32(min(max(g*unity, 0), maxGain)) }

// strand is how one party hears one voice. It is a media.Source of the
// voice's frame of this tick at the strand's own volume.
type strand struct {
	from    *voice
	current int32
	target  int32
}

// audible says whether it must be mixed in this tick.
func (s *strand) audible() bool {
	return s.current != 0 || s.target != 0
}

// ReadFrame moves towards the target volume within the first 10 ms.
func (s *strand) ReadFrame(dst []int16) bool {
	src := s.from.frame[:]
	rest := src
	if s.current != s.target {
		step := s.target - s.current
		for i := range ramp {
			dst[i] = scale(src[i], s.current+step*int32(i+1)/ramp)
		}
		dst, rest = dst[ramp:], src[ramp:]
		s.current = s.target
	}
	if s.current == unity {
		copy(dst, rest)
	} else {
		for i, v := range rest {
			dst[i] = scale(v, s.current)
		}
	}
	return s.from.sounds
}

func scale(v int16, gain int32) int16 {
	return int16(min(max(int32(v)*gain>>gainBits, -32768), 32767))
}
