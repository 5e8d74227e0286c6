package live

import (
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// VoiceSamples is what a Voice hears at a time: 32 ms.
const VoiceSamples = 512

// Voice says how likely the next VoiceSamples samples are speech (0..1). It
// carries the state of one stream; vad.Stream is one.
type Voice interface {
	Probability(window []int16) (float32, error)
}

// Limits of voice activity: those of Silero's own iterator, and times in windows of 32 ms.
const (
	enter, leave  = 0.5, 0.35
	startAfter    = 3 // voiced windows
	onsetGap      = 5 // quiet windows that void a beginning
	pauseAfter    = 7 // 224 ms: what was said so far is looked at
	preRoll       = 400 * time.Millisecond
	postRoll      = 200 * time.Millisecond // the quiet left behind the last word
	moreAround    = 600 * time.Millisecond // more of it on both sides, for a second hearing
	surelySpoken  = 800 * time.Millisecond // voice that is no noise any more
	voiceDuration = VoiceSamples * time.Second / media.SampleRate
)

// turned is what a window of audio changed.
type turned int

const (
	nothing turned = iota
	started
	paused
	resumed
	ended
)

// ear tells stretches of speech from the probabilities of its windows. The
// zero value has heard nothing; endAfter must be set.
type ear struct {
	endAfter int // quiet windows
	active   bool
	speaking bool
	voiced   int           // windows since the onset
	spoken   time.Duration // of what is being said, without its pauses; kept until the next begins
	quiet    int           // windows since the last voiced one
	from     time.Duration
	last     time.Duration // end of the last voiced window
}

// hear takes the probability of the window that ends at a time.
func (e *ear) hear(p float32, end time.Duration) turned {
	e.active = p >= enter || (e.active && p >= leave)
	if e.active {
		return e.voice(end)
	}
	e.quiet++
	switch {
	case !e.speaking:
		if e.quiet >= onsetGap {
			e.voiced = 0
		}
	case e.quiet == pauseAfter && e.quiet < e.endAfter:
		return paused
	case e.quiet >= e.endAfter:
		e.speaking, e.voiced = false, 0
		return ended
	}
	return nothing
}

func (e *ear) voice(end time.Duration) turned {
	if e.voiced == 0 {
		e.from = end - voiceDuration
	}
	was := e.quiet
	e.voiced++
	if e.voiced == 1 {
		e.spoken = 0
	}
	e.spoken += voiceDuration
	e.quiet, e.last = 0, end
	switch {
	case !e.speaking && e.voiced >= startAfter:
		e.speaking = true
		return started
	case e.speaking && was >= pauseAfter:
		return resumed
	}
	return nothing
}
