package sip

import (
	"errors"
	"fmt"

	"github.com/amtsleitung/amtsleitung/leg"
)

// Errors of calls. Those that any kind of leg knows are leg's own. Dial
// returns them wrapped in a *StatusError where the other side gave a final
// response.
var (
	ErrBusy        = leg.ErrBusy
	ErrDeclined    = leg.ErrDeclined
	ErrNotFound    = leg.ErrNotFound
	ErrForbidden   = leg.ErrForbidden
	ErrUnavailable = leg.ErrUnavailable
	ErrNoAnswer    = leg.ErrNoAnswer
	ErrCredentials = errors.New("user or password refused")
	// ErrEnded is returned for what is asked of a leg that has ended, also by
	// Answer when the caller gave up first.
	ErrEnded = errors.New("leg has ended")
	// ErrNoAck is what Answer returns when no ACK came for the 200 (RFC 3261 section 13.3.1.4).
	ErrNoAck = errors.New("caller never acknowledged the answer")
	// ErrStopped is returned by Dial when the server is not running.
	ErrStopped = errors.New("sip server is not running")
)

// StatusError is a final response other than 2xx.
type StatusError struct {
	Code   int
	Reason string
}

func (e *StatusError) Error() string {
	if e.Code < 400 { // who is called is the configuration's choice, not the other side's
		return fmt.Sprintf("call failed: %d %s: redirections are not followed", e.Code, e.Reason)
	}
	return fmt.Sprintf("call failed: %d %s", e.Code, e.Reason)
}

// Is lets errors.Is find the meaning of the code.
func (e *StatusError) Is(target error) bool { return target == meaning(e.Code) }

// meaning of a final response other than 2xx (RFC 3261 section 21).
func meaning(code int) error {
	switch code {
	case 486, 600:
		return ErrBusy
	case 603, 607, 608:
		return ErrDeclined
	case 404, 410, 484, 485, 604:
		return ErrNotFound
	case 402, 403, 433:
		return ErrForbidden
	case 401, 407:
		return ErrCredentials
	case 408, 480, 487:
		return ErrNoAnswer
	}
	return ErrUnavailable
}
