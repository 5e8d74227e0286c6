// Package dialin is the telephone's way into meetings: answered calls and the
// digits people press flow in, inputs of a meeting and what they hear flow out.
package dialin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
)

// Options of a Desk. Dial and Speak are needed.
type Options struct {
	// Dial finds a meeting by the number of the caller and a PIN; it is that of
	// meeting.Hall.
	Dial func(source, pin string) (*meeting.Meeting, error)
	// Speak reads prompts to callers.
	Speak booth.Speak
	// Name is who answers, a sentence: "Stadt Musterstadt."
	Name string
	// Patience is how long somebody waits for a meeting to begin or to go on, 30 min.
	Patience time.Duration
	Log      *slog.Logger
}

// Times of conversations by keys.
const (
	usualPatience = 30 * time.Minute
	pinTime       = 3 * time.Minute  // for all tries together
	digitTime     = 8 * time.Second  // for the next digit of a PIN
	choiceTime    = 10 * time.Second // for a choice, before it is offered again
	settleTime    = 3 * time.Second  // in which a meeting says that it is over
	hangUpTime    = 5 * time.Second
)

// Tries and offers.
const (
	mostTries = 3
	mostIdle  = 3
)

// Desk lets callers into meetings. It is safe for concurrent use.
type Desk struct {
	o       Options
	prompts map[string]prompts
	broken  error // of the package's own data
}

// New makes a desk.
func New(o Options) *Desk {
	if o.Patience == 0 {
		o.Patience = usualPatience
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Desk{o: o}
	d.prompts, d.broken = read()
	return d
}

// Serve answers a leg and returns when it has ended. A panic ends this call
// only.
func (d *Desk) Serve(ctx context.Context, l leg.Leg) {
	info := l.Info()
	log := d.o.Log.With("call", info.Call, "leg", info.Leg)
	cause := leg.CauseNormal
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), hangUpTime)
		defer cancel()
		if err := l.Hangup(end, cause); err != nil {
			log.Debug("hang up", "err", err)
		}
	}()
	if d.broken != nil {
		log.Error("the telephone of meetings does not work", "err", d.broken)
		cause = leg.CauseError
		return
	}
	if err := l.Answer(ctx); err != nil {
		log.Info("not answered", "err", err)
		cause = leg.CauseError
		return
	}
	c := &caller{desk: d, leg: l, prompts: d.prompts[tongue(info.Language)], log: log}
	if err := guard(func() error { return c.run(ctx) }); err != nil && !errors.Is(err, errLeft) && ctx.Err() == nil {
		log.Error("a call to a meeting failed", "err", err)
		cause = leg.CauseError
	}
}

// guard turns a panic into an error, without its value, which may quote.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic of type %T", p)
		}
	}()
	return f()
}
