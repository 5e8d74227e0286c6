package jitter

// Adjustment is what to do with the frame that is about to be played.
type Adjustment uint8

// Adjustments.
const (
	Keep   Adjustment = iota
	Drop              // leave it out: the delay is longer than it need be
	Repeat            // play 20 ms more of the same: the delay is too short
)

const (
	restFrames  = 3  // between adjustments in quiet places
	rushFrames  = 5  // every fifth frame goes when far too much waits
	rushSurplus = 10 // frames: 200 ms
)

// Adjust moves the delay towards its target, one 20 ms frame at a time. Quiet
// frames are dropped or repeated; sound is only dropped when far too much
// waits, after a stall of the network.
func (b *Buffer) Adjust(quiet bool) Adjustment {
	b.calm++
	if !b.playing || !b.delay.known || b.starved > 0 {
		return Keep
	}
	frame := int64(b.frame)
	surplus := b.delay.current() - b.delay.target()
	switch {
	case surplus > rushSurplus*frame && b.calm >= rushFrames, quiet && surplus > frame*3/2 && b.calm >= restFrames:
		b.delay.shift(-frame)
		b.calm = 0
		return Drop
	case quiet && surplus < -frame && b.calm >= restFrames:
		b.delay.shift(frame)
		b.calm = 0
		return Repeat
	}
	return Keep
}
