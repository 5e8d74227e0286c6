package bridge

import (
	"slices"

	"github.com/amtsleitung/amtsleitung/media"
)

// voice is something that can be heard: a party, music, or the bot.
type voice struct {
	name   string
	party  *party // nil: it is played
	source media.Source
	to     []string // of what is played; nil: everybody
	gain   float64
	// lasting voices go on when they have nothing to say: parties and the bot.
	lasting bool
	stop    <-chan struct{} // of the context that it is played in
	done    chan struct{}   // closed when it has ended; nil for parties
	speech  *Speech         // of the bot's voice

	ending bool // asked to end: one more frame, fading out
	faded  bool // that frame has been read
	sounds bool
	frame  [media.FrameSamples]int16
}

// read takes the voice's next 20 ms, once for all who hear it, and tells
// whether it has begun to end.
func (v *voice) read() (ends bool) {
	select {
	case <-v.stop:
		ends = !v.ending
		v.ending = true
	default:
	}
	v.faded = v.ending
	v.sounds = v.source.ReadFrame(v.frame[:])
	if !v.sounds && !v.lasting {
		v.ending, v.faded = true, true
	}
	return ends
}

func (v *voice) over() bool { return v.ending && v.faded }

func (v *voice) played(to string) float64 {
	if v.to == nil || slices.Contains(v.to, to) {
		return v.gain
	}
	return 0
}

// finish tells who plays it that it is over.
func (v *voice) finish() {
	if v.speech != nil {
		v.speech.Queue.Close()
	}
	if v.done != nil {
		close(v.done)
		v.done = nil
	}
}
