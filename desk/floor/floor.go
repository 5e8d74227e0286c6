package floor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk/queue"
)

// Rhythm of what happens by itself.
const (
	refresh     = 10 * time.Second // positions and waits are told anew
	pageGrace   = 10 * time.Second // no page is open: somebody has left
	lineGrace   = 15 * time.Second // no audio: the call is lost
	orderTime   = 10 * time.Second // an order is carried out
	recount     = time.Minute
	orphanGrace = 10 * time.Second // a call ended without saying how
	placeKept   = 5 * time.Minute  // for who fell out of a call with a person
	writeTime   = 10 * time.Second // into the store
)

// Floor is safe for concurrent use.
type Floor struct {
	o Options

	mu        sync.Mutex
	q         *queue.Queue
	seats     map[string]*seat
	visits    map[string]*visit // by ticket
	places    map[string]place  // kept for calls that come back
	handed    map[string]handed // to somebody outside, by call
	counts    map[string]Callbacks
	late      late
	outgoing  map[string]*callback // calls that the desk began, by call, while they last
	recounted time.Time
	later     []func(context.Context) // work on the store, for when the lock is let go
	running   bool
	jobs      chan func(context.Context)
	wishes    chan string // tickets whose notes are to be written
	wake      chan struct{}
	ended     chan struct{} // closed when Run has returned
}

// place in the queue of a call that is not in it.
type place struct {
	since time.Time
	until time.Time
}

// New prepares a floor; it starts nothing.
func New(o Options) (*Floor, error) {
	o = o.withDefaults()
	f := &Floor{
		o: o, seats: map[string]*seat{}, visits: map[string]*visit{}, places: map[string]place{}, handed: map[string]handed{}, counts: map[string]Callbacks{}, outgoing: map[string]*callback{},
		jobs: make(chan func(context.Context), 16), wishes: make(chan string, unimproved), wake: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	rules := map[string]queue.Department{}
	for name, d := range o.Departments {
		rule := queue.Department{RingTime: d.RingTime}
		if d.Overflow != "" {
			rule.After, rule.Length = d.After, d.Length
		}
		rules[name] = rule
	}
	f.q = queue.New(queue.Options{
		RingTime: o.RingTime, Wrapup: o.Wrapup, Patience: o.Patience, Departments: rules, Location: o.Location,
	})
	for _, a := range o.Agents {
		if a.Name == "" || f.seats[a.Name] != nil {
			return nil, fmt.Errorf("the name of an agent of the desk is missing or there twice: %q", a.Name)
		}
		f.sit(o.Now(), a)
	}
	return f, nil
}

// Run makes offers end in time, calls back and tells the time, until ctx ends.
func (f *Floor) Run(ctx context.Context) error {
	defer close(f.ended)
	if err := f.recall(ctx); err != nil {
		return err
	}
	news, stop := f.requests()
	defer stop()
	var calls sync.WaitGroup
	defer calls.Wait()
	if f.o.Improve != nil {
		for range improvers {
			calls.Go(func() { f.improve(ctx) })
		}
	}
	f.run(true)
	defer f.run(false)
	for {
		timer := time.NewTimer(f.pause())
		select {
		case <-ctx.Done():
			timer.Stop()
			f.remember(context.WithoutCancel(ctx))
			return nil
		case <-timer.C:
			f.recount(ctx)
		case <-f.wake:
		case job := <-f.jobs:
			calls.Go(func() { f.guard("call of the desk", func() { job(ctx) }) })
		case <-news:
			f.callbacks(ctx)
		}
		timer.Stop()
		_ = f.change(ctx, func(now time.Time) error { f.advance(now); return nil })
	}
}

func (f *Floor) run(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = on
}

// guard keeps a panic of one call from the others.
func (f *Floor) guard(what string, job func()) {
	defer func() {
		if p := recover(); p != nil {
			f.o.Log.Error("panic", "where", what, "panic", p)
		}
	}()
	job()
}

// submit lets Run carry out a job.
func (f *Floor) submit(job func(context.Context)) error {
	if !f.running {
		return ErrState
	}
	select {
	case f.jobs <- job:
		return nil
	default:
		return ErrState // sixteen calls begin at this moment
	}
}

// do changes the floor and lets Run look what is next.
func (f *Floor) do(ctx context.Context, fn func(now time.Time) error) error {
	err := f.change(ctx, fn)
	select {
	case f.wake <- struct{}{}:
	default:
	}
	return err
}

// change runs fn under the lock, then what follows from it for callers and
// pages, then, without the lock, what is to be written.
func (f *Floor) change(ctx context.Context, fn func(now time.Time) error) error {
	f.mu.Lock()
	now := f.o.Now()
	err := fn(now)
	f.follow(now)
	later := f.later
	f.later = nil
	f.mu.Unlock()
	if len(later) > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
		defer cancel()
		for _, write := range later {
			write(ctx)
		}
	}
	return err
}

// pause is how long nothing happens by itself.
func (f *Floor) pause() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.o.Now()
	next := now.Add(recount)
	if len(f.visits) > 0 {
		next = now.Add(refresh)
	}
	for _, at := range f.deadlines() {
		if !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	return max(next.Sub(now), 5*time.Millisecond)
}

func (f *Floor) deadlines() []time.Time {
	out := []time.Time{f.q.Next()}
	for _, s := range f.seats {
		if s.pages == 0 && !s.left.IsZero() {
			out = append(out, s.left.Add(pageGrace))
		}
	}
	for _, v := range f.visits {
		if v.person != nil && !v.person.lostAt.IsZero() {
			out = append(out, v.person.lostAt.Add(lineGrace))
		}
		if !v.orphan.IsZero() {
			out = append(out, v.orphan.Add(orphanGrace))
		}
	}
	return out
}

// advance lets time pass.
func (f *Floor) advance(now time.Time) {
	for name, s := range f.seats {
		if s.pages == 0 && !s.left.IsZero() && !s.left.Add(pageGrace).After(now) {
			s.left = time.Time{}
			f.note(f.q.Present(now, name, queue.Offline, ""))
		}
	}
	for _, v := range f.visits {
		if p := v.person; p != nil && !p.lostAt.IsZero() && !p.lostAt.Add(lineGrace).After(now) {
			p.lostAt = time.Time{}
			p.gone()
		}
		if !v.orphan.IsZero() && !v.orphan.Add(orphanGrace).After(now) {
			f.over(now, v, call.EndedLost)
		}
	}
	f.sweep(now)
	for id, p := range f.places {
		if !p.until.After(now) {
			delete(f.places, id)
		}
	}
	f.q.Advance(now)
}

// note logs what cannot happen.
func (f *Floor) note(err error) {
	if err != nil {
		f.o.Log.Warn("desk", "err", err)
	}
}

// follow tells callers and pages what has happened.
func (f *Floor) follow(now time.Time) {
	for _, e := range f.q.Events() {
		f.happened(now, e)
	}
	standings := f.q.Standings(now)
	for id, v := range f.visits {
		if v.search == nil {
			continue
		}
		if s, ok := standings[id]; ok {
			place, _ := f.q.Place(id)
			kind := call.Waiting
			if place.State == queue.Offered {
				kind = call.Ringing
			}
			v.search.tell(call.News{Kind: kind, Position: s.Position, Wait: queue.RoundUp(s.Wait), CallBack: f.o.department(v.h.Department).Callback})
		}
	}
	f.changed()
}

func (f *Floor) happened(now time.Time, e queue.Event) {
	switch e.Kind {
	case queue.Rings:
		if s := f.seats[e.Agent]; s != nil {
			s.tell(Event{"offer"})
		}
	case queue.Overflowed:
		if v := f.visits[e.Ticket]; v != nil && v.search != nil {
			v.search.tell(call.News{Kind: call.Overflow, Target: f.o.department(v.h.Department).Overflow})
		}
	case queue.Deserted:
		if v := f.visits[e.Ticket]; v != nil && v.search != nil {
			v.search.tell(call.News{Kind: call.Nobody})
		}
	case queue.Changed:
		f.presence(now, e)
	case queue.Stops:
		f.o.Log.Debug("offer ended", "call", e.Ticket, "agent", e.Agent, "why", e.Why)
	}
}
