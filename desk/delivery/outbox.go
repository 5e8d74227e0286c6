// Package delivery brings requests and events of calls to who works on them: deliveries flow in
// from the outbox in the store, HTTP posts and e-mails flow out, and what
// became of each flows back into the store.
package delivery

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/store"
)

// Target is where requests are delivered.
type Target interface {
	Name() string
	// Deliver returns when the target has the message. An error may wrap
	// ErrRefused, which repetition does not mend, or be a *LaterError.
	// It holds no personal data.
	Deliver(ctx context.Context, m Message) error
}

// Message is an event with the key by which a repetition is known.
type Message struct {
	Key     string
	Event   string    // store.RequestTaken, store.CallbackDue, store.CallEnded
	Time    time.Time // when it happened
	Request store.Request
	// Call is set for store.CallEnded instead of Request.
	Call *desk.CallView
}

// ErrRefused says that repetition is in vain.
var ErrRefused = errors.New("refused")

// LaterError asks for a repetition not before some time has passed.
type LaterError struct {
	After time.Duration
	Err   error
}

func (e *LaterError) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e *LaterError) Unwrap() error { return e.Err }

// Rhythm of attempts: 30 s after the first, twice as long after each further
// one, two hours at most; 20 attempts take about a day.
const (
	firstPause  = 30 * time.Second
	longPause   = 2 * time.Hour
	maxAttempts = 20
	attemptTime = 30 * time.Second // one attempt
	listenEvery = time.Minute      // for what other processes put into the outbox
	batch       = 20
)

// Options of an Outbox. Store is needed.
type Options struct {
	Store   *store.Store
	Targets []Target
	// Changed is called when a delivery has ended, well or not.
	Changed func()
	// Count counts attempts; nil: nobody does. Outcome is delivered, retry or dead.
	Count func(target, outcome string)
	Log   *slog.Logger // nil: silent
	Now   func() time.Time
}

// Outbox delivers what waits in the store.
type Outbox struct {
	o    Options
	wake map[string]chan struct{}
}

// New prepares an outbox; it starts nothing.
func New(o Options) *Outbox {
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Count == nil {
		o.Count = func(string, string) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	out := &Outbox{o: o, wake: map[string]chan struct{}{}}
	for _, t := range o.Targets {
		out.wake[t.Name()] = make(chan struct{}, 1)
	}
	return out
}

// Wake makes the outbox look for new deliveries at once.
func (o *Outbox) Wake() {
	for _, c := range o.wake {
		select {
		case c <- struct{}{}:
		default: // it will look anyway
		}
	}
}

// Run delivers until ctx ends. Targets do not wait for each other; one target
// gets its deliveries one after the other.
func (o *Outbox) Run(ctx context.Context) error {
	var targets sync.WaitGroup
	for _, t := range o.o.Targets {
		targets.Go(func() { o.serve(ctx, t) })
	}
	targets.Wait()
	return nil
}

func (o *Outbox) serve(ctx context.Context, t Target) {
	for {
		pause := time.NewTimer(o.drain(ctx, t))
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		case <-o.wake[t.Name()]:
			pause.Stop()
		}
	}
}

// drain delivers what is due now and says how long nothing will be.
func (o *Outbox) drain(ctx context.Context, t Target) time.Duration {
	for ctx.Err() == nil {
		list, err := o.o.Store.WaitingDeliveries(ctx, t.Name(), batch)
		if err != nil {
			o.complain(ctx, t, err)
			return listenEvery
		}
		if len(list) == 0 {
			return listenEvery
		}
		for i, d := range list {
			if wait := d.Next.Sub(o.o.Now()); wait > 0 {
				if i == 0 {
					return min(wait, listenEvery)
				}
				break
			}
			if err := o.deliver(ctx, t, d); err != nil {
				o.complain(ctx, t, err)
				return listenEvery
			}
		}
	}
	return listenEvery
}

func (o *Outbox) complain(ctx context.Context, t Target, err error) {
	if ctx.Err() == nil {
		o.o.Log.Error("outbox", "target", t.Name(), "err", err)
	}
}

// deliver makes one attempt and writes how it ended; its error is the store's.
func (o *Outbox) deliver(ctx context.Context, t Target, d store.Delivery) error {
	m, err := o.message(ctx, d)
	if errors.Is(err, store.ErrNoRequest) || errors.Is(err, store.ErrNoCall) {
		return nil // erased a moment ago, and its deliveries with it
	}
	if err != nil {
		return err
	}
	attempt, cancel := context.WithTimeout(ctx, attemptTime)
	err = t.Deliver(attempt, m)
	cancel()
	if err != nil && ctx.Err() != nil {
		return nil // the service stops: the attempt does not count
	}
	outcome := o.settle(&d, err)
	// What was delivered must be written down, even if the service stops now.
	if err := o.o.Store.SettleDelivery(context.WithoutCancel(ctx), d); err != nil {
		return err
	}
	o.o.Count(t.Name(), outcome)
	switch outcome {
	case store.Dead:
		o.o.Log.Error("an event was not delivered; undelivered requests are shown at /admin/anliegen", "event", d.Event, "reference", d.Reference, "target", d.Target, "attempts", d.Attempts, "err", d.Error)
	case "retry":
		o.o.Log.Warn("an event was not delivered yet", "event", d.Event, "reference", d.Reference, "target", d.Target, "attempts", d.Attempts, "err", d.Error)
	}
	o.o.Changed()
	return nil
}

// message is what a delivery tells, as it is in the store now.
func (o *Outbox) message(ctx context.Context, d store.Delivery) (Message, error) {
	m := Message{Key: d.Key, Event: d.Event, Time: d.Created}
	var err error
	if d.Record == 0 {
		m.Request, err = o.o.Store.Request(ctx, d.Reference)
		return m, err
	}
	whole, err := o.o.Store.CallRecord(ctx, d.Record)
	if err != nil {
		return m, err
	}
	parts, err := o.o.Store.CallRecords(ctx, store.CallFilter{Call: whole.Call})
	v := desk.CallViewWith(whole, parts)
	m.Call = &v
	return m, err
}

// settle decides what follows an attempt.
func (o *Outbox) settle(d *store.Delivery, err error) string {
	d.Attempts++
	if err == nil {
		d.State, d.Error = store.Delivered, ""
		return store.Delivered
	}
	d.Error = err.Error()
	if errors.Is(err, ErrRefused) || d.Attempts >= maxAttempts {
		d.State = store.Dead
		return store.Dead
	}
	pause := pauseAfter(d.Attempts)
	if later := (*LaterError)(nil); errors.As(err, &later) {
		pause = min(max(pause, later.After), longPause)
	}
	d.Next = o.o.Now().Add(pause)
	return "retry"
}

func pauseAfter(attempts int) time.Duration {
	return min(firstPause<<min(attempts-1, 16), longPause)
}
