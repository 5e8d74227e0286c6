package dialog

import (
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/slot"
	"github.com/amtsleitung/amtsleitung/turn"
)

// ActionKind tells what the call shall do.
type ActionKind int

// Actions. What follows a Start, Heard, NotHeard, Digit, Silence, Degraded,
// TransferFailed, CallbackChosen or Returned ends with exactly one of Listen,
// Transfer and End; nothing follows after an End.
const (
	Say      ActionKind = iota + 1 // speak Text
	Listen                         // the bot's turn is over: wait for what Expect says
	Answered                       // evidence: an answer was given (logged, not spoken)
	Request                        // evidence: a request was taken (Form, Slots, Reference)
	Transfer                       // hand over to Target (a name from the configuration)
	End                            // say nothing more, hang up after what was said
	Rate                           // change speech rate to Rate
	Language                       // recognise and speak Lang from now on
)

// Action is what a Conversation emits, in order.
type Action struct {
	Kind ActionKind
	// Text is what to Say; with Answered the answer alone, with Request and
	// Transfer the caller's concern in their words.
	Text string
	Lang string // language of Text; "de-leicht" is spoken and recognised as "de"
	// Firm text cannot be interrupted (AI disclosure, emergency).
	Firm bool
	// Expect and Timeout belong to Listen: what kind of turn, and how long
	// silence may last before a Silence event.
	Expect  turn.Expect
	Timeout time.Duration
	Rate    float64
	Target  string
	// Outcome classifies the bot's turn for logs, tests and `ask`; it stands
	// on every action of the turn.
	Outcome Outcome
	// Evidence of an answer.
	Article    string
	Version    int
	Source     string
	Confidence float64
	// Translated evidence was put into the caller's language by a machine.
	Translated bool
	// Articles are the choices offered in a clarification.
	Articles []string
	// Form is the kind of a request ("callback"), Department who works on it,
	// Slots what was given, in the form's order; personal data.
	Form       string
	Department string
	Slots      []SlotValue
	// Number is the telephone number among them, digits and a leading plus only.
	Number    string
	Reference string
}

// SlotValue is one value of a request.
type SlotValue struct {
	Name   string // of the slot in the form
	Title  string // what clerks call it, in German
	Kind   slot.Kind
	Value  string // in one form for machines: 2026-12-01, 12a, the id of a choice
	Spoken string // as it was read back, in the language of the call
	// Listed is false for a street that the city's list does not know.
	Listed bool
}

// Outcome of a bot's turn, as `ask` prints it.
type Outcome string

// Outcomes.
const (
	OutcomeNone      Outcome = ""
	OutcomeAnswer    Outcome = "answer"
	OutcomeClarify   Outcome = "clarify"
	OutcomeTransfer  Outcome = "transfer" // a human was asked for, or is needed
	OutcomeEmergency Outcome = "emergency"
	OutcomeRefuse    Outcome = "refuse"
	OutcomeRequest   Outcome = "request"
	OutcomeNoAnswer  Outcome = "no_answer"
)
