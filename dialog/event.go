package dialog

import (
	"time"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

// EventKind tells what happened in the call.
type EventKind int

// Events.
const (
	Start          EventKind = iota + 1 // the call is connected; Language is a hint
	Heard                               // a final hypothesis
	NotHeard                            // somebody spoke but nothing could be understood
	Digit                               // one DTMF key
	Silence                             // the caller said nothing for the time Listen gave
	Spoken                              // everything said so far has been played
	Interrupted                         // the caller broke in; Played tells how much of the last Say was heard
	Degraded                            // an engine is down or slow: shorten, offer keys and people
	Gone                                // the caller hung up
	TransferFailed                      // nobody took the call; the caller is back
	CallbackChosen                      // the caller chose a callback while waiting for a person; the place is kept
	Returned                            // a person gave the caller back
	Announce                            // a pause in which a new Options.Announcement can be said
)

// Event is what a Conversation handles.
type Event struct {
	Kind     EventKind
	Text     string
	Language string // recognised language of Text, "" unknown
	// LanguageProbability is the recogniser's certainty about Language (0..1).
	LanguageProbability float64
	Confidence          float64 // of the recogniser, 0..1; 1 for typed text, 0 unknown
	// Words are the recogniser's of Text, in order, with its trust in each; nil
	// when typed.
	Words  []knowledge.Word
	Digit  rune
	Played time.Duration
	Now    time.Time // wall time at the edge, for opening hours and validity
}

// handsBack says that a transfer has ended and the caller is with the bot again.
func (k EventKind) handsBack() bool {
	return k == TransferFailed || k == CallbackChosen || k == Returned
}
