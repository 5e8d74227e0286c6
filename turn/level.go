package turn

import (
	"math"

	"github.com/amtsleitung/amtsleitung/media"
)

// level tells the caller's voice from what else is heard while the bot
// speaks: its own echo, other people in the room. It knows how loud the caller
// was in the turns before and which sounds have interrupted the bot for
// nothing. Levels are in dB of the mean square of a sample. The zero value
// knows nothing.
type level struct {
	caller   float64 // of the active speech; 0: not known
	mistaken float64 // below this, sounds have been mistaken for the caller; 0: none
	mistakes int     // how often, less what has been forgiven
}

// Limits in dB; full scale (a square wave) is 90.3.
const (
	// softest is what counts before the caller has spoken: -36 dBFS.
	softest = 54
	// receiver is a level that is surely a mouth at the receiver: -26 dBFS.
	receiver = 64
	// below is how much softer than the caller's mean a window may be. Echo
	// and bystanders lie 10 dB and more below it.
	below = 6
	// clearBelow is the same for windows that count twice.
	clearBelow = 3
	// aboveMistake is how much louder than a mistake a window must be, and
	// belowMost how close to the caller's mean that may come.
	aboveMistake = 3
	belowMost    = 4
	// loudestMistake bounds what is learnt before the caller has spoken: -26 dBFS.
	loudestMistake = 64
	// mostWary is the number of mistakes after which nobody gets warier.
	mostWary = 4
	// followed is the share of a new turn in the caller's level.
	followed = 0.3
)

// A whole utterance is faint below these: 5 dB under the caller's mean, or,
// where that is not known, -29 dBFS.
const (
	faintBelow = 5
	faintest   = 61
)

// persistBelow is how far below the floor somebody may speak who does not stop.
const persistBelow = 3

// lasts is how long somebody must speak too softly, 1.2 s, to be heard all
// the same: a caller who has moved away from the receiver.
const lasts = 1200 * media.SampleRate / 1000

// certainly is the probability of speech at which a window may count twice.
const certainly = 0.8

// floor is the softest window that counts.
func (l *level) floor() float64 {
	f := float64(softest)
	if l.caller > 0 {
		f = l.caller - below
	}
	return max(f, l.mistaken)
}

// weight of a voiced window towards a start over the bot's voice: 0, 1 or 2.
func (l *level) weight(p float32, power float64) int {
	switch {
	case decibels(power) < l.floor():
		return 0
	case p >= certainly && l.clearly(power):
		return 2
	}
	return 1
}

// clearly says whether a window is as loud as the caller's own voice.
func (l *level) clearly(power float64) bool {
	clear := float64(receiver)
	if l.caller > 0 {
		clear = l.caller - clearBelow
	}
	return decibels(power) >= max(clear, l.mistaken)
}

// soft says whether a window is too soft to count but may be somebody who does
// not give up. Once that was a mistake it is not made again.
func (l *level) soft(power float64) bool {
	return l.mistaken == 0 && decibels(power) >= l.floor()-persistBelow
}

// faint says whether an utterance of this mean power is unlikely to be the caller's.
func (l *level) faint(power float64) bool {
	if l.caller > 0 {
		return decibels(power) < l.caller-faintBelow
	}
	return decibels(power) < faintest
}

// need is how much must count until a start, in samples: more after each
// mistake. A caller's clear voice counts twice and is heard after 192 ms at most.
func (l *level) need() int64 { return startAfterBot + 2*WindowSamples*int64(l.mistakes) }

// spoke tells the level of a turn of the caller.
func (l *level) spoke(power float64) {
	db := decibels(power)
	l.mistakes /= 2
	if l.caller == 0 {
		l.caller = db
		return
	}
	l.caller += followed * (db - l.caller)
}

// mistook tells the level of a sound that interrupted the bot for nothing. A
// "mhm" as loud as the caller is no mistake.
func (l *level) mistook(power float64) {
	if !l.faint(power) {
		return
	}
	most := float64(loudestMistake)
	if l.caller > 0 {
		most = l.caller - belowMost
	}
	l.mistakes = min(l.mistakes+1, mostWary)
	l.mistaken = max(l.mistaken, min(decibels(power)+aboveMistake, most))
}

func decibels(power float64) float64 { return 10 * math.Log10(max(power, 1)) }

func meanSquare(pcm []int16) float64 {
	var sum int64
	for _, v := range pcm {
		sum += int64(v) * int64(v)
	}
	return float64(sum) / float64(max(1, len(pcm)))
}
