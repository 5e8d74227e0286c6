package call

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/leg"
)

// Handover is a caller who shall speak with a person, and what the person
// needs to know before taking the call.
type Handover struct {
	Call       string
	Department string // a name of the configuration
	Language   string // of the caller
	Concern    string // in the caller's words
	Summary    dialog.Summary
	From       string // number, "" if withheld
	Trunk      string
	Written    bool // the caller writes: no audio flows
	Asked      time.Time
}

// People bring callers to persons of the service desk.
type People interface {
	// Seek looks for a person; it returns at once. An error says that nobody
	// can be found at all, e.g. because the desk is closed.
	Seek(ctx context.Context, h Handover) (Search, error)
}

// Search is one caller's wait for a person.
type Search interface {
	// News tells how it stands: first at once, then at each change. A slow
	// reader gets the newest only.
	News() <-chan News
	// Leave ends the search; nothing follows after it. The person who was being
	// called is told why.
	Leave(why Leaving)
}

// News of a search.
type News struct {
	Kind NewsKind
	// Position in the queue, 1 is next; Wait is the honest estimate, 0 unknown.
	Position int
	Wait     time.Duration
	// CallBack says that the caller may choose a callback and keep the place.
	CallBack bool
	Person   Person // of Found
	Target   string // of Overflow, a name of the configuration
}

// NewsKind is how a search stands.
type NewsKind int

// News.
const (
	Waiting  NewsKind = iota + 1 // in the queue
	Ringing                      // a person is being called
	Found                        // Person has accepted
	Overflow                     // waits too long: call Target instead
	Nobody                       // nobody is there any more
)

// Leaving is why a caller no longer waits.
type Leaving string

// Reasons to leave.
const (
	HungUp         Leaving = "hung_up"
	WantsCallback  Leaving = "callback" // the place is kept for it
	Connected      Leaving = "connected"
	ConnectFailed  Leaving = "connect_failed" // the person's line could not be reached: the caller waits on
	OverflowTaken  Leaving = "overflow"
	ServiceStopped Leaving = "stopped"
)

// Person is somebody who has accepted a caller.
type Person interface {
	// Name is shown and logged.
	Name() string
	// Languages the person speaks, best first; none is German.
	Languages() []string
	// Leg is the line to the person: the one their browser keeps open, or their
	// telephone, which is called first. nil without an error: the person writes.
	Leg(ctx context.Context) (leg.Leg, error)
	// Orders are what the person wants done; closed when the person is gone,
	// their page closed or the network lost for good.
	Orders() <-chan Order
	// Tell shows the person how the call stands.
	Tell(State)
	// Over ends the person's part in the call.
	Over(how Ending)
}

// Order is what a person wants done with the call in hand.
type Order struct {
	Kind OrderKind
	On   bool   // of Hold and Mute
	Text string // of Write and Speak
	Lang string // of Speak
	// Target and Mode of TransferTo and Consult: a name of the configuration, a
	// department or a number that the dial plan permits.
	Target string
	Mode   Mode
	Digit  rune
	// Interpretation that is wanted, of Interpret; what it leaves open stays.
	Interpretation Interpretation
	// Done gets the outcome, nil for success; it has room for it.
	Done chan<- error
}

// OrderKind tells what to do.
type OrderKind int

// Orders.
const (
	HoldCaller OrderKind = iota + 1 // the caller hears music
	MuteSelf
	Write      // to a caller who reads
	Speak      // the bot's voice reads a text out
	TransferTo // another person, department or number
	Consult    // call somebody while the caller is on hold; TransferTo or Merge or Drop follow
	Merge      // the caller, the consulted and the person together
	Drop       // hang the consulted up, back to the caller
	BackToBot
	WithBot // the bot joins and answers the next question aloud
	SendDigit
	Finish    // hang up
	Interpret // On or off, and how
)

// Interpretation is how the parties of a call are interpreted for each other.
type Interpretation struct {
	On   bool   `json:"on"`
	Mode string `json:"mode"` // a mode of call/interpreter: "consecutive", "simultaneous"
	// Caller and Person are the languages the two speak; Guest is that of who was called in.
	Caller string `json:"caller"`
	Person string `json:"person"`
	Guest  string `json:"guest,omitempty"`
	// Original is how loud the speaker is heard underneath the translation, 0..1;
	// in an order nil leaves it.
	Original *float64 `json:"original,omitempty"`
	// Possible says whether there is a way from one language to the other, both ways.
	Possible bool `json:"possible"`
	// Problem is why the last words were not translated, as call/interpreter
	// names it, e.g. "failed"; "" is none.
	Problem string `json:"problem,omitempty"`
}

// Mode is how a caller is handed over.
type Mode string

// Modes.
const (
	Blind    Mode = "blind"    // REFER, and wait for how it ended
	Attended Mode = "attended" // consult, brief, accept by key, then REFER with Replaces where it can be, else a bridge
	Bridged  Mode = "bridged"  // both legs stay here
)

// State is how a call with a person stands.
type State struct {
	Phase   string // "connecting", "talking", "held", "consulting", "merged", "transferring", "ended"
	Muted   bool
	Parties []string
	Voice   bool   // audio flows with the caller: the person's Leg is asked for again if there was none
	Problem string // of the last order, "" is none; for the page
	// Interpretation of the call, off or on; nil: this service has none.
	Interpretation *Interpretation
}

// Ending is how a person's part in a call ended.
type Ending string

// Endings.
const (
	EndedByCaller Ending = "caller"
	EndedByPerson Ending = "person"
	EndedByBot    Ending = "bot" // given back to the bot
	EndedTransfer Ending = "transfer"
	EndedLost     Ending = "lost" // a line broke
	EndedService  Ending = "service"
)

// Target is a party outside that callers are handed to; only the
// configuration makes one.
type Target struct {
	Name     string
	Address  string // SIP URI or number
	Mode     Mode
	RingTime time.Duration // 0 is 25 s
	Language string        // of the people there; "" is German
}

// Result is how a handover ended, for the bot.
type Result int

// Results.
const (
	Served      Result = iota + 1 // a person took the call and it is over
	Left                          // the caller hung up
	Failed                        // nobody took the call: back to the bot, with an apology
	CallbackWon                   // the caller chose a callback: back to the bot
	Returned                      // a person gave the caller back to the bot
)
