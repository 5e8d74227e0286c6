package booth

import (
	"context"

	"github.com/amtsleitung/amtsleitung/leg"
)

// Connect makes an answered leg an input until the leg ends or the input is
// closed. The leg itself, its digits and its playout stay the caller's.
func (b *Booth) Connect(ctx context.Context, l leg.Leg, s Source) (*Input, error) {
	in, err := b.open(ctx, s, func() uint64 { return l.Stats().Received })
	if err != nil {
		return nil, err
	}
	l.Receive(in) // first: the leg may end at once
	err = b.spawn(ctx, func(context.Context) {
		defer l.Receive(nil)
		select {
		case <-l.Done():
			_ = in.Close() // never fails
		case <-in.done:
		}
		<-in.done
	})
	if err != nil {
		l.Receive(nil)
		_ = in.Close() // never fails
		return nil, err
	}
	return in, nil
}

// Serve connects a leg and returns when its input has ended and its last words
// are in the room; ctx ends it, too.
func (b *Booth) Serve(ctx context.Context, l leg.Leg, s Source) error {
	in, err := b.Connect(ctx, l, s)
	if err != nil {
		return err
	}
	return in.wait(ctx)
}

// wait closes the input when ctx ends, and waits for its end.
func (in *Input) wait(ctx context.Context) error {
	select {
	case <-in.done:
	case <-ctx.Done():
		_ = in.Close() // never fails
		<-in.done
	}
	return in.err
}
