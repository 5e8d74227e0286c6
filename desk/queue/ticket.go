package queue

import "time"

// Ticket is a caller's place.
type Ticket struct {
	ID         string
	Department string
	Language   string
	Skills     []string // who serves must have all of them
	Agent      string   // only this person; "": anybody
	Priority   int      // the larger first
	Since      time.Time
	Virtual    bool // a callback that keeps the place of its caller
	Written    bool // needs no device
	Inner      bool // handed on by a colleague: no new caller in the figures
}

// State of a ticket.
type State int

// States.
const (
	Queued  State = iota
	Offered       // rings at Agent
	Taken         // in the hand of Agent
)

type ticket struct {
	Ticket
	seq        int
	state      State
	agent      string // who is offered or has it
	offered    time.Time
	until      time.Time            // of the offer
	rests      map[string]time.Time // who declined, until when it is not offered again
	overflowed bool
	deserted   time.Time // since when nobody is there
	told       bool      // that nobody is there
	counted    bool
	within     bool // answered within the goal
}

// Place is a ticket as others see it.
type Place struct {
	Ticket
	State State
	Agent string
}

// Place of a caller.
func (q *Queue) Place(id string) (Place, bool) {
	t := q.tickets[id]
	if t == nil {
		return Place{}, false
	}
	return Place{t.Ticket, t.state, t.agent}, true
}

// Waiting are the places of those who wait or are offered, in order.
func (q *Queue) Waiting() []Place {
	out := make([]Place, 0, len(q.line))
	for _, t := range q.line {
		out = append(out, Place{t.Ticket, t.state, t.agent})
	}
	return out
}

// Kind of an event.
type Kind int

// Events.
const (
	Rings      Kind = iota + 1 // Ticket is offered to Agent
	Stops                      // the offer is gone: taken, left, missed, declined, busy, presence
	Overflowed                 // Ticket waits too long, or too many wait
	Deserted                   // nobody is there who could serve Ticket
	Changed                    // Agent has another presence
)

// Event is something that happened by the rules.
type Event struct {
	Kind   Kind
	Ticket string
	Agent  string
	Why    string
}
