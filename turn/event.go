package turn

import "time"

// Kind of a turn event.
type Kind int

// Kinds, in the order they happen.
const (
	// Started: the caller has begun to speak (after the minimum of speech that
	// is no click). While the bot speaks this is a possible barge-in.
	Started Kind = iota + 1
	// Paused: first silence; Utterance holds everything so far. Recognise it
	// speculatively: if Ended follows with the same Serial, nothing was lost.
	Paused
	// Resumed: the caller went on; the hypothesis for the last Paused is void.
	Resumed
	// Ended: the turn is over; Utterance is the one of the last Paused.
	Ended
	// Discarded: what started was no speech after all (cough, click, noise).
	Discarded
)

// Event is one step of a caller's turn. At is media time of the leg.
type Event struct {
	Kind      Kind
	At        time.Duration
	Utterance Utterance
}

// Utterance is the audio of a turn with pre-roll. PCM is the receiver's to keep.
type Utterance struct {
	Serial int // grows with each Paused
	PCM    []int16
	Start  time.Duration // media time of PCM[0]
	// SpeechEnd is the media time of the last speech, before the silence.
	SpeechEnd time.Duration
	// Speech is the sum of voiced time.
	Speech time.Duration
}

// Completeness is consulted when silence alone is unsure: the probability
// (0..1) that the audio (16 kHz, at most the last 8 s) ends a turn.
type Completeness interface {
	Complete(pcm []int16) (float64, error)
}
