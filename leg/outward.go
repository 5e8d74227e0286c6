package leg

import (
	"context"
	"errors"

	"github.com/amtsleitung/amtsleitung/media"
)

// Errors of calls to other parties, whatever carries them.
var (
	ErrBusy        = errors.New("busy")
	ErrDeclined    = errors.New("declined")
	ErrNotFound    = errors.New("number unknown")
	ErrForbidden   = errors.New("call not allowed")
	ErrUnavailable = errors.New("other side is unavailable")
	ErrNoAnswer    = errors.New("no answer")
)

// Dialler calls other parties. Dial returns the answered leg; when ctx ends
// first, the call is cancelled. What went wrong is told apart by the errors
// above.
type Dialler interface {
	Dial(ctx context.Context, to Callee) (Leg, error)
}

// Callee is whom to call, and what they are told of the call before they answer.
type Callee struct {
	// Address is a SIP URI, or a telephone number for the trunk that calls go
	// out by.
	Address string
	// Call is the id of the call that the leg belongs to, Leg its name there.
	Call, Leg string
	Language  string
	// On names the caller on whose behalf it is, as the trunk permits; "" is the
	// service's own number.
	On string
	// UserToUser travels in the header of the same name (RFC 7433): the id of the call.
	UserToUser string
	// Early gets what is heard before the answer; nil discards it.
	Early media.Sink
}

// Referrer is a leg whose party can be asked to call somebody else (REFER, RFC 3515).
type Referrer interface {
	// Refer returns nil once the party has reached the other one, as its final
	// NOTIFY says, and an error as Dial has them when it has not: the leg then
	// goes on. The leg of a party that was reached ends by itself or is hung up.
	Refer(ctx context.Context, r Referral) error
}

// Referral is whom a party shall call.
type Referral struct {
	Address string
	// Replaces is our own leg with the other party that shall be taken over by
	// the call (RFC 3891): an attended transfer. nil: a blind one.
	Replaces   Leg
	UserToUser string
}

// Written is a leg whose party can read and write, as well as or instead of
// hearing and speaking.
type Written interface {
	// Voice says whether audio flows now; without it nothing is spoken, and
	// what was written is read in the journal.
	Voice() bool
}
