package desk

import (
	"context"
	"errors"
	"fmt"
)

// AttemptEvent is the line in the history of a request for an attempt to call back.
const AttemptEvent = "attempt"

// Attempt notes that somebody called back and how that went: "reached", or
// why not. The request is in work from then on.
func (d *Desk) Attempt(ctx context.Context, reference, who, how string) error {
	r, err := d.o.Store.Request(ctx, reference)
	if err != nil {
		return err
	}
	n, err := d.Attempts(ctx, reference)
	if err != nil {
		return err
	}
	if err := d.o.Store.NoteRequest(ctx, reference, who, AttemptEvent, fmt.Sprintf("%d: %s", n+1, how)); err != nil {
		return err
	}
	if Status(r.Status) == Fresh {
		err = d.Move(ctx, reference, InWork, who, "")
		if errors.Is(err, ErrStatus) {
			err = nil // somebody was faster
		}
	}
	d.changed(false)
	return err
}

// Attempts is how often somebody called back.
func (d *Desk) Attempts(ctx context.Context, reference string) (int, error) {
	events, err := d.o.Store.RequestEvents(ctx, reference)
	n := 0
	for _, e := range events {
		if e.What == AttemptEvent {
			n++
		}
	}
	return n, err
}
