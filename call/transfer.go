package call

import (
	"context"
	"errors"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/music"
)

// Times of a transfer.
const (
	// referSpare is how much longer than a ring a REFER may take to be reported.
	referSpare = 5 * time.Second
	// settleTime is how long the news of a transfer may come after the caller's
	// line was taken down by it.
	settleTime = 500 * time.Millisecond
	goneTime   = 6 * time.Second // for the words to a clerk whose caller has gone
)

// onward is a transfer to somebody outside while it is under way.
type onward struct {
	x      *exchange
	target Target
	stays  bool // both lines do: they are interpreted
	ctx    context.Context
	cancel context.CancelCauseFunc
	refers chan struct{} // closed once a REFER is on its way
	known  chan error    // how it ended; has room
	then   func(leg.Leg, error)
}

// forward begins a transfer by reach, which returns the leg of the other
// party, or none if the caller's own exchange has connected them. The outcome
// goes to proceed or to whatever then was set to.
func (x *exchange) forward(t Target, reach func(context.Context, *onward) (leg.Leg, error)) *onward {
	on := &onward{x: x, target: t, stays: x.interprets(t), refers: make(chan struct{}), known: make(chan error, 1)}
	on.ctx, on.cancel = context.WithCancelCause(x.ctx)
	if x.bot.Handed != nil {
		x.bot.Handed(x.h)
	}
	x.spawn("transfer", func() {
		l, err := reach(on.ctx, on)
		if l != nil {
			x.legs.add(l)
		}
		on.known <- err
		x.post(x.ctx, func() {
			if on.ctx.Err() != nil {
				x.release(l)
				return
			}
			on.then(l, err)
		})
	})
	return on
}

// handTo begins a transfer in the mode of the target; the caller hears it ring
// or music, and has been told.
func (x *exchange) handTo(t Target) *onward {
	x.record.queue(journal.Ringing, News{})
	if t.Mode == Blind && x.interprets(t) {
		t.Mode = Bridged
	}
	if t.Mode == Bridged {
		x.surround(x.ringing())
	} else {
		x.surround(x.music())
	}
	voice := voiced(x.caller)
	return x.forward(t, func(ctx context.Context, on *onward) (leg.Leg, error) {
		if !voice {
			return nil, leg.ErrUnavailable // a telephone cannot be written to
		}
		return on.reach(ctx)
	})
}

// transferOut hands a caller of the bot over.
func (x *exchange) transferOut(t Target) { x.proceed(x.handTo(t)) }

// overflow calls another number for a caller who has waited too long.
func (x *exchange) overflow(name string) {
	d, err := x.whom(name)
	if err != nil || !d.outside {
		x.log.Error("the overflow of a queue is no target outside", "target", name, "err", err)
		x.end(Failed, "")
		return
	}
	x.tell(prompts.TransferOnward, nil, "department", d.name)
	x.transferOut(d.target)
}

// proceed lets a transfer go on by itself.
func (x *exchange) proceed(on *onward) {
	x.stage = &forwarding{x, on}
	on.then = func(l leg.Leg, err error) {
		switch {
		case err != nil:
			x.log.Info("not transferred", "target", on.target.Name, "err", err)
			x.end(Failed, "")
		case l == nil:
			x.end(Served, "transferred")
		default:
			x.together(l, on.target)
		}
	}
}

// forwarding is a caller who is transferred by nobody but the bot.
type forwarding struct {
	x  *exchange
	on *onward
}

func (*forwarding) digit(rune)   {}
func (*forwarding) wrote(string) {}
func (f *forwarding) close(why error) {
	f.on.settle(why)
}

// settle ends the transfer because the caller has gone; it returns true if
// they have because they were transferred.
func (on *onward) settle(why error) bool {
	defer on.cancel(why)
	select {
	case <-on.refers:
	default:
		return false
	}
	t := time.NewTimer(settleTime)
	defer t.Stop()
	select {
	case err := <-on.known:
		if err == nil {
			on.x.end(Served, "transferred")
		}
		return err == nil
	case <-t.C:
		return false
	}
}

// withdraw ends it because it is no longer wanted.
func (on *onward) withdraw() { on.cancel(errWithdrawn) }

// reach gets the other party in the mode of the target.
func (on *onward) reach(ctx context.Context) (leg.Leg, error) {
	switch on.target.Mode {
	case Blind:
		return on.blind(ctx)
	case Attended:
		return on.attend(ctx)
	}
	return on.x.dial(ctx, on.target)
}

// blind asks the caller's exchange to call the target; one that cannot is no
// reason to fail, the call is made here.
func (on *onward) blind(ctx context.Context) (leg.Leg, error) {
	if r, ok := on.x.caller.(leg.Referrer); ok {
		err := on.refer(ctx, r, leg.Referral{Address: on.target.Address, UserToUser: on.x.h.Call})
		if err == nil || ctx.Err() != nil || answered(err) {
			return nil, err
		}
		on.x.log.Info("the caller's side does not transfer", "err", err)
	}
	return on.x.dial(ctx, on.target)
}

// answered says whether an error is the other party's and not that of the way there.
func answered(err error) bool {
	for _, e := range []error{leg.ErrBusy, leg.ErrDeclined, leg.ErrNotFound, leg.ErrUnavailable, leg.ErrNoAnswer} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func (on *onward) refer(ctx context.Context, r leg.Referrer, to leg.Referral) error {
	ctx, cancel := context.WithTimeoutCause(ctx, on.target.RingTime+referSpare, leg.ErrNoAnswer)
	defer cancel()
	select {
	case <-on.refers: // the second one of this transfer
	default:
		close(on.refers)
	}
	return caused(ctx, r.Refer(ctx, to))
}

// replace connects the caller with a party that is on the line already: by
// REFER with Replaces where both sides can, else here.
func (on *onward) replace(ctx context.Context, l leg.Leg) (leg.Leg, error) {
	r, ok := on.x.caller.(leg.Referrer)
	if !ok || on.stays || on.target.Mode == Bridged {
		return l, nil
	}
	err := on.refer(ctx, r, leg.Referral{Address: on.target.Address, Replaces: l, UserToUser: on.x.h.Call})
	if err == nil {
		on.x.release(l)
		return nil, nil
	}
	if ctx.Err() != nil {
		return l, err
	}
	select {
	case <-l.Done():
		return nil, errClerkGone
	default:
	}
	on.x.log.Info("the transfer stays here", "err", err)
	return l, nil
}

// dial calls a target on the caller's behalf.
func (x *exchange) dial(ctx context.Context, t Target) (leg.Leg, error) {
	if x.bot.Dial == nil {
		return nil, leg.ErrForbidden
	}
	ctx, cancel := context.WithTimeoutCause(ctx, t.RingTime, leg.ErrNoAnswer)
	defer cancel()
	l, err := x.bot.Dial.Dial(ctx, leg.Callee{
		Address: t.Address, Call: x.h.Call, Leg: ofDesk + t.Name,
		Language: t.Language, On: x.h.From, UserToUser: x.h.Call,
	})
	return l, caused(ctx, err)
}

// caused says why, where a context has ended.
func caused(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// ringing is what a caller hears while it rings at a target.
func (x *exchange) ringing() media.Source { return music.Ringing() }
