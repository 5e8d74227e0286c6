// Package dialog decides what is said: events flow in (the call started,
// words were heard, a key was pressed, silence lasted), actions flow out (say
// this, expect that, hand over, end). There is no clock, no network and no
// audio inside.
package dialog

import (
	"time"

	"github.com/amtsleitung/amtsleitung/turn"
)

// EventKind tells what happened in the call.
type EventKind int

// Events.
const (
	Start       EventKind = iota + 1 // the call is connected; Language is a hint
	Heard                            // a final hypothesis
	NotHeard                         // somebody spoke but nothing could be understood
	Digit                            // one DTMF key
	Silence                          // the caller said nothing for the time Expect gave
	Spoken                           // everything said so far has been played
	Interrupted                      // the caller broke in; Played tells how much of the last Say was heard
	Degraded                         // an engine is down or slow: shorten, offer keys and people
	Gone                             // the caller hung up
)

// Event is what a Conversation handles.
type Event struct {
	Kind     EventKind
	Text     string
	Language string // recognised language of Text, "" unknown
	// LanguageProbability is the recogniser's certainty about Language (0..1).
	LanguageProbability float64
	Confidence          float64 // of the recogniser, 0..1; 1 for typed text
	Digit               rune
	Played              time.Duration
	Now                 time.Time // wall time at the edge, for opening hours and validity
}

// ActionKind tells what the call shall do.
type ActionKind int

// Actions.
const (
	Say      ActionKind = iota + 1 // speak Text
	Listen                         // the bot's turn is over: wait for what Expect says
	Answered                       // evidence: an answer was given (logged, not spoken)
	Callback                       // evidence: a callback request was taken
	Transfer                       // hand over to Target (a name from the configuration)
	End                            // say nothing more, hang up after what was said
	Rate                           // change speech rate to Rate
	Language                       // recognise and speak Lang from now on
)

// Action is what a Conversation emits, in order.
type Action struct {
	Kind ActionKind
	Text string
	Lang string // language of Text
	// Firm text cannot be interrupted (AI disclosure, emergency).
	Firm bool
	// Expect and Timeout belong to Listen: what kind of turn, and how long
	// silence may last before a Silence event.
	Expect  turn.Expect
	Timeout time.Duration
	Rate    float64
	Target  string
	// Outcome classifies the bot's turn for logs, tests and `ask`.
	Outcome Outcome
	// Evidence of an answer.
	Article    string
	Version    int
	Source     string
	Confidence float64
	// Number is the callback number taken, digits and a leading plus only.
	Number    string
	Reference string
}

// Outcome of a bot's turn, as `ask` prints it.
type Outcome string

// Outcomes.
const (
	OutcomeNone      Outcome = ""
	OutcomeAnswer    Outcome = "answer"
	OutcomeClarify   Outcome = "clarify"
	OutcomeTransfer  Outcome = "transfer"
	OutcomeEmergency Outcome = "emergency"
	OutcomeRefuse    Outcome = "refuse"
	OutcomeRequest   Outcome = "request"
	OutcomeNoAnswer  Outcome = "no_answer"
)
