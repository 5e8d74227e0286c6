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
	// Sustained comes once in a turn, when the caller has spoken for longer
	// than a "mhm, ja genau" takes: whoever waits to know need not wait longer.
	Sustained
)

var kindNames = [...]string{"unknown", "started", "paused", "resumed", "ended", "discarded", "sustained"}

func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// Event is one step of a caller's turn. At is media time of the leg.
type Event struct {
	Kind      Kind
	At        time.Duration
	Utterance Utterance
	// Unsure, with Paused, asks the receiver to consult Completeness and to
	// answer with Detector.Verdict: silence alone does not tell enough.
	Unsure bool
}

// Utterance is the audio of a turn with pre-roll. PCM comes with Paused and
// Ended only; it is the receiver's to keep and never changes, but must not be
// appended to or written.
type Utterance struct {
	Serial int // grows with each Paused
	PCM    []int16
	Start  time.Duration // media time of PCM[0]
	// SpeechStart is the media time of the first speech, after the pre-roll.
	SpeechStart time.Duration
	// SpeechEnd is the media time of the last speech, before the silence.
	SpeechEnd time.Duration
	// Speech is the sum of voiced time.
	Speech time.Duration
	// Faint says that it is much softer than the caller is or, before anything
	// is known of the caller, than callers are: an echo, or others in the room.
	Faint bool
}

// Completeness is consulted when silence alone is unsure: the probability
// (0..1) that the audio (16 kHz, at most the last 8 s) ends a turn.
type Completeness interface {
	Complete(pcm []int16) (float64, error)
}
