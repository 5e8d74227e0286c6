// Package queue decides who serves whom: callers who wait, people who come,
// go and answer, and the time of each flow in; offers, withdrawals, positions
// and honest waiting times flow out. It has no clock, network or goroutine.
package queue

import (
	"errors"
	"slices"
	"time"
)

// Errors of what people at the desk try.
var (
	ErrUnknown  = errors.New("there is no such caller or person")
	ErrTaken    = errors.New("somebody else has this caller")
	ErrNotFit   = errors.New("this caller is for others")
	ErrBusy     = errors.New("a call is in hand")
	ErrPresence = errors.New("this is not possible in this presence")
	ErrTwice    = errors.New("this caller waits already")
)

// Options of a Queue; the zero value works.
type Options struct {
	RingTime time.Duration // an offer lasts so long; 0: 20 s
	Wrapup   time.Duration // to write down what was; 0: 60 s, negative: none
	// Patience is how long a caller waits for somebody of their language, while
	// there is one, before anybody of the department gets the call; 0: 30 s,
	// negative: not at all.
	Patience time.Duration
	// Interpreted says that calls are interpreted: language does not bind then.
	Interpreted bool
	// Rest is how long who declined a caller is not offered the same one; 0: 60 s.
	Rest time.Duration
	// Deserted is how long a caller waits while nobody is there; 0: 30 s.
	Deserted time.Duration
	// Handling is what a call takes, wrap-up included, before any was measured; 0: 4 min.
	Handling time.Duration
	// Goal is the waiting time of the service level; 0: 30 s, as the 115 has it.
	Goal time.Duration
	// Departments have rules of their own; "*" is for the others.
	Departments map[string]Department
	Location    *time.Location // of the day that figures are for; nil: local
}

// Department is what holds for the callers of one.
type Department struct {
	RingTime time.Duration // 0: as the queue has it
	After    time.Duration // a caller who waits longer goes elsewhere; 0: never
	Length   int           // so does one who finds so many waiting; 0: nobody
}

// Queue is for one goroutine at a time.
type Queue struct {
	o       Options
	line    []*ticket // who waits or is offered, in order
	tickets map[string]*ticket
	agents  map[string]*agent
	names   []string // of the agents, sorted: the order of all loops
	seq     int
	events  []Event
	pace    map[string]*mean // handling time by department
	pickup  mean             // from the offer to the answer
	day     day
}

// New makes an empty queue.
func New(o Options) *Queue {
	for _, d := range []struct {
		to    *time.Duration
		value time.Duration
	}{{&o.RingTime, 20 * time.Second}, {&o.Wrapup, time.Minute}, {&o.Patience, 30 * time.Second}, {&o.Rest, time.Minute},
		{&o.Deserted, 30 * time.Second}, {&o.Handling, 4 * time.Minute}, {&o.Goal, 30 * time.Second}} {
		if *d.to == 0 {
			*d.to = d.value
		}
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	return &Queue{o: o, tickets: map[string]*ticket{}, agents: map[string]*agent{}, pace: map[string]*mean{}, pickup: mean{value: 5 * time.Second}}
}

// Join puts a caller into the queue.
func (q *Queue) Join(now time.Time, t Ticket) error {
	if q.tickets[t.ID] != nil {
		return ErrTwice
	}
	if t.Since.IsZero() {
		t.Since = now
	}
	q.seq++
	own := &ticket{Ticket: t, seq: q.seq, rests: map[string]time.Time{}}
	q.tickets[t.ID] = own
	if n := q.department(t.Department).Length; n > 0 && !t.Virtual && q.waitingIn(t.Department) >= n {
		q.overflow(own)
	}
	q.enqueue(own)
	q.settle(now)
	return nil
}

// Leave takes a caller out; lost says that they gave up waiting.
func (q *Queue) Leave(now time.Time, id string, lost bool) {
	t := q.tickets[id]
	if t == nil {
		return
	}
	q.release(now, t, "left")
	if a := q.agents[t.agent]; t.state == Taken && a != nil {
		q.free(now, a)
	}
	q.forget(t)
	if lost && !t.Virtual && !t.Inner {
		q.today(now).lost++
	}
	q.settle(now)
}

// Back puts a caller who was taken into their place again, since the line
// broke or was never there. Who is to blame is paused with the reason.
func (q *Queue) Back(now time.Time, id string, reason string) {
	t := q.tickets[id]
	if t == nil || t.state != Taken {
		return
	}
	q.uncount(now, t)
	if a := q.agents[t.agent]; a != nil {
		a.ticket = ""
		switch {
		case a.presence == Offline:
		case reason != "":
			q.become(now, a, Paused, reason)
		default:
			q.free(now, a)
		}
	}
	t.state, t.agent = Queued, ""
	q.enqueue(t)
	q.settle(now)
}

// Done ends a call; who had it writes down what was.
func (q *Queue) Done(now time.Time, id string) {
	t := q.tickets[id]
	if t == nil || t.state != Taken {
		return
	}
	q.forget(t)
	if a := q.agents[t.agent]; a != nil {
		a.ticket = ""
		switch {
		case a.presence == Offline:
		case q.o.Wrapup < 0:
			q.measure(now, a)
			q.free(now, a)
		default:
			q.become(now, a, Wrapup, "")
			a.until = now.Add(q.o.Wrapup)
		}
	}
	q.settle(now)
}

// Accept gives a caller to somebody: the one who is offered, or one picked
// from the list, also while it rings elsewhere. The first one wins.
func (q *Queue) Accept(now time.Time, name, id string) error {
	a, t := q.agents[name], q.tickets[id]
	switch {
	case a == nil || t == nil:
		return ErrUnknown
	case t.state == Taken:
		return ErrTaken
	case a.presence == Busy:
		return ErrBusy
	case a.presence == Offline:
		return ErrPresence
	case !q.may(t, a):
		return ErrNotFit
	}
	if t.state == Offered && t.agent == name {
		q.pickup.add(now.Sub(t.offered))
	}
	q.release(now, t, "taken")
	if other := q.tickets[a.ticket]; other != nil && other != t {
		q.release(now, other, "busy")
	}
	if a.presence == Wrapup {
		q.measure(now, a)
	}
	q.dequeue(t)
	t.state, t.agent = Taken, name
	a.ticket, a.taken, a.department = id, now, t.Department
	if a.presence == Paused && a.reason != Missed { // goes on with the pause afterwards
		a.then, a.thenWhy = Paused, a.reason
	}
	q.become(now, a, Busy, "")
	q.count(now, t)
	q.settle(now)
	return nil
}

// Decline passes an offer on.
func (q *Queue) Decline(now time.Time, name, id string) error {
	a, t := q.agents[name], q.tickets[id]
	if a == nil || t == nil {
		return ErrUnknown
	}
	if t.state != Offered || t.agent != name {
		return ErrTaken
	}
	q.release(now, t, "declined")
	t.rests[name] = now.Add(q.o.Rest)
	q.settle(now)
	return nil
}

// Advance lets time pass: rings, wrap-ups and patience end.
func (q *Queue) Advance(now time.Time) {
	for _, t := range slices.Clone(q.line) {
		if t.state == Offered && !t.until.After(now) {
			a := q.agents[t.agent]
			q.release(now, t, "missed")
			if a != nil {
				q.become(now, a, Paused, Missed)
			}
		}
		if after := q.department(t.Department).After; after > 0 && !t.Virtual && !t.overflowed && !t.Since.Add(after).After(now) {
			q.overflow(t)
		}
	}
	for _, name := range q.names {
		if a := q.agents[name]; a.presence == Wrapup && !a.until.After(now) {
			q.rested(now, a)
		}
	}
	q.settle(now)
}

// Next is when Advance has something to do at the latest; zero: only after
// something happened.
func (q *Queue) Next() time.Time {
	var next time.Time
	soon := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, t := range q.line {
		if t.state == Offered {
			soon(t.until)
		}
		if after := q.department(t.Department).After; after > 0 && !t.Virtual && !t.overflowed {
			soon(t.Since.Add(after))
		}
		if !t.deserted.IsZero() && !t.told {
			soon(t.deserted.Add(q.o.Deserted))
		}
		if t.state == Queued {
			soon(q.nextChance(t))
		}
	}
	for _, a := range q.agents {
		if a.presence == Wrapup {
			soon(a.until)
		}
	}
	return next
}

// nextChance is when a free person who may not yet serve the caller may.
func (q *Queue) nextChance(t *ticket) time.Time {
	var next time.Time
	for _, name := range q.names {
		a := q.agents[name]
		if !a.idle(t) || !q.may(t, a) {
			continue
		}
		if at := q.from(t, a); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}

// Events hands out what has happened since it was last asked.
func (q *Queue) Events() []Event {
	out := q.events
	q.events = nil
	return out
}

func (q *Queue) tell(kind Kind, t, a, why string) {
	q.events = append(q.events, Event{kind, t, a, why})
}

func (q *Queue) overflow(t *ticket) {
	t.overflowed = true
	q.tell(Overflowed, t.ID, "", "")
}

func (q *Queue) department(name string) Department {
	if d, ok := q.o.Departments[name]; ok {
		return d
	}
	return q.o.Departments["*"]
}

func (q *Queue) waitingIn(department string) int {
	n := 0
	for _, t := range q.line {
		if t.Department == department {
			n++
		}
	}
	return n
}

func (q *Queue) enqueue(t *ticket) {
	i, _ := slices.BinarySearchFunc(q.line, t, before)
	q.line = slices.Insert(q.line, i, t)
}

func (q *Queue) dequeue(t *ticket) {
	q.line = slices.DeleteFunc(q.line, func(o *ticket) bool { return o == t })
}

func (q *Queue) forget(t *ticket) {
	q.dequeue(t)
	delete(q.tickets, t.ID)
}

// before orders callers: the more urgent, then who has waited longer.
func before(a, b *ticket) int {
	if a.Priority != b.Priority {
		return b.Priority - a.Priority
	}
	if c := a.Since.Compare(b.Since); c != 0 {
		return c
	}
	return a.seq - b.seq
}
