package bridge

import "github.com/amtsleitung/amtsleitung/media"

// splice hides a gap or a leap between two frames: the last one played, run
// backwards, goes over into the next one within 10 ms. Played backwards it
// starts where it ended, so there is no click at either end.
func splice(next, last []int16) {
	for i := range ramp {
		mirrored := int32(last[media.FrameSamples-1-i])
		next[i] = int16((mirrored*int32(ramp-i) + int32(next[i])*int32(i)) / ramp)
	}
}
