// Package desk holds the requests that callers left: what the dialog took
// flows in and is stored with its due date and its deliveries; lists, changes
// of status, exports and news of changes flow out to pages and the API.
package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/store"
)

// Options of a Desk. Store is needed.
type Options struct {
	Store *store.Store
	Hours Hours
	// Promise is how many service hours an answer may take; 0 is 24 h, the
	// service promise of the 115.
	Promise time.Duration
	// Keep is how long finished requests are kept; 0 is for ever.
	Keep time.Duration
	// Route names the targets a request is delivered to; nil: to none.
	Route func(form, department string) []string
	// Events names the targets that are told of an event: store.CallbackDue,
	// store.CallEnded; nil: nobody. Requests go where Route says.
	Events func(event string) []string
	// Notice is how long before a callback is due that is told; 0: when it is due.
	Notice time.Duration
	// KeepCalls is how long records of calls are kept, KeepNumbers how long the
	// callers' numbers in them; 0 is for ever.
	KeepCalls, KeepNumbers time.Duration
	// Wake is called after something was put into the outbox.
	Wake func()
	// Erased is told which calls were erased, by this process or another.
	Erased func(call string)
	Log    *slog.Logger     // nil: silent
	Now    func() time.Time // nil is time.Now
}

// defaultPromise is the service promise of the 115: an answer within 24 hours of service.
const defaultPromise = 24 * time.Hour

// Desk is safe for concurrent use.
type Desk struct {
	o    Options
	feed feed
}

// New prepares a desk; it starts nothing.
func New(o Options) *Desk {
	if o.Promise == 0 {
		o.Promise = defaultPromise
	}
	if o.Route == nil {
		o.Route = func(string, string) []string { return nil }
	}
	if o.Events == nil {
		o.Events = func(string) []string { return nil }
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Erased == nil {
		o.Erased = func(string) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Desk{o: o}
}

// Take stores a request; it lasts when Take returns. Created, Due and Status
// are filled in.
func (d *Desk) Take(ctx context.Context, r store.Request) error {
	r.Created = d.o.Now()
	r.Due = d.o.Hours.Add(r.Created, d.o.Promise)
	r.Status = string(Fresh)
	deliveries := d.deliveries(store.RequestTaken, r.Reference, d.o.Route(r.Form, r.Department))
	if err := d.o.Store.AddRequest(ctx, r, deliveries); err != nil {
		return err
	}
	d.changed(len(deliveries) > 0)
	return nil
}

// Unused says whether a reference is free.
func (d *Desk) Unused(ctx context.Context, reference string) bool {
	_, err := d.o.Store.Request(ctx, reference)
	return errors.Is(err, store.ErrNoRequest)
}

func (d *Desk) deliveries(event, reference string, targets []string) []store.Delivery {
	now := d.o.Now()
	var out []store.Delivery
	for _, t := range targets {
		out = append(out, store.Delivery{Key: rand.Text(), Event: event, Reference: reference, Target: t, State: store.Waiting, Next: now, Created: now, Changed: now})
	}
	return out
}

func (d *Desk) changed(outbox bool) {
	d.feed.tell()
	if outbox {
		d.o.Wake()
	}
}

// Filter says which requests are wanted.
type Filter struct {
	store.RequestFilter
	Overdue bool
	// Words must all occur in the reference, the concern or a value.
	Words string
}

// List are the requests that the filter leaves, newest first.
func (d *Desk) List(ctx context.Context, f Filter) ([]store.Request, error) {
	if f.Overdue {
		f.OverdueAt = d.o.Now()
	}
	list, err := d.o.Store.Requests(ctx, f.RequestFilter)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(strings.ToLower(f.Words))
	return slices.DeleteFunc(list, func(r store.Request) bool { return !holds(r, words) }), nil
}

func holds(r store.Request, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := r.Reference + " " + r.Call + " " + r.Concern
	for _, s := range r.Slots {
		text += " " + s.Value + " " + s.Spoken
	}
	text = strings.ToLower(text)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// Overdue says whether a request waits longer than was promised.
func (d *Desk) Overdue(r store.Request) bool { return r.Overdue(d.o.Now()) }

// Case is a request with all that happened to it.
type Case struct {
	store.Request
	Overdue    bool
	Events     []store.RequestEvent
	Deliveries []store.Delivery
}

// Case finds one; store.ErrNoRequest says that there is none.
func (d *Desk) Case(ctx context.Context, reference string) (Case, error) {
	r, err := d.o.Store.Request(ctx, reference)
	if err != nil {
		return Case{}, err
	}
	c := Case{Request: r, Overdue: d.Overdue(r)}
	if c.Events, err = d.o.Store.RequestEvents(ctx, reference); err != nil {
		return Case{}, err
	}
	c.Deliveries, err = d.o.Store.Deliveries(ctx, reference)
	return c, err
}

// Move gives a request another status, by somebody.
func (d *Desk) Move(ctx context.Context, reference string, to Status, who, note string) error {
	r, err := d.o.Store.Request(ctx, reference)
	if err != nil {
		return err
	}
	note = strings.TrimSpace(note)
	if err := Status(r.Status).check(to, note); err != nil {
		return fmt.Errorf("request %s: %w", reference, err)
	}
	if err := d.o.Store.MoveRequest(ctx, reference, r.Status, string(to), who, note); err != nil {
		return err
	}
	d.changed(false)
	return nil
}

// ErrNoTarget says that nobody is configured to get a request.
var ErrNoTarget = errors.New("no target is configured for this department")

// Redeliver sends a request to its targets once more.
func (d *Desk) Redeliver(ctx context.Context, reference, who string) error {
	r, err := d.o.Store.Request(ctx, reference)
	if err != nil {
		return err
	}
	targets := d.o.Route(r.Form, r.Department)
	if len(targets) == 0 {
		return fmt.Errorf("request %s: %w", reference, ErrNoTarget)
	}
	if err := d.o.Store.Redeliver(ctx, reference, who, d.deliveries(store.RequestTaken, reference, targets)); err != nil {
		return err
	}
	d.changed(true)
	return nil
}

// Delete erases a request; who did it and why stays known.
func (d *Desk) Delete(ctx context.Context, reference, who, why string) error {
	if err := d.o.Store.DeleteRequest(ctx, reference, who, why); err != nil {
		return err
	}
	d.changed(false)
	return nil
}

// Dead are the deliveries that were given up.
func (d *Desk) Dead(ctx context.Context) ([]store.Delivery, error) {
	return d.o.Store.DeadDeliveries(ctx)
}

// Changed tells pages that a request looks different now.
func (d *Desk) Changed() { d.feed.tell() }

// Subscribe returns a channel that gets a value after changes, several of them
// as one, until stop is called.
func (d *Desk) Subscribe() (news <-chan struct{}, stop func()) { return d.feed.subscribe() }
