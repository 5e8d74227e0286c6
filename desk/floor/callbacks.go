package floor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/queue"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/store"
)

// callbackForm is the kind of request that asks for a call.
const callbackForm = "callback"

// callback is a call that the desk begins.
type callback struct {
	kind      string // "callback", "out"
	reference string // of the request; "": none
	number    string
}

// CallBack calls somebody who asked for it; they speak the language of their
// request unless another one is given.
func (f *Floor) CallBack(ctx context.Context, agent, reference, language string) error {
	if f.o.Desk == nil {
		return ErrNoCall
	}
	r, err := f.o.Store.Request(ctx, reference)
	if errors.Is(err, store.ErrNoRequest) {
		return ErrNoCall
	}
	if err != nil {
		return err
	}
	number := phoneOf(r)
	if r.Form != callbackForm || number == "" || !desk.Status(r.Status).Open() {
		return ErrState
	}
	return f.do(ctx, func(now time.Time) error {
		s, err := f.seat(now, agent)
		if err != nil {
			return err
		}
		if !s.Supervisor && !works(s.Departments, r.Department) {
			return ErrNotYours
		}
		if v := f.calledBack(reference); v != nil {
			if v.person != nil {
				return ErrTaken
			}
			v.h.Language = cmp.Or(language, v.h.Language)
			return f.accept(now, s, v)
		}
		return f.begin(now, s, call.Handover{Department: r.Department, Language: cmp.Or(language, r.Language), Concern: r.Concern, From: number},
			&callback{callbackForm, reference, number})
	})
}

// CallOut calls a number that the dial plan permits; German is spoken there.
func (f *Floor) CallOut(ctx context.Context, agent, number string) error {
	return f.CallOutIn(ctx, agent, number, "")
}

// CallOutIn is CallOut to somebody who speaks another language.
func (f *Floor) CallOutIn(ctx context.Context, agent, number, language string) error {
	return f.do(ctx, func(now time.Time) error {
		s, err := f.seat(now, agent)
		if err != nil {
			return err
		}
		department := ""
		if len(s.Departments) > 0 {
			department = s.Departments[0]
		}
		return f.begin(now, s, call.Handover{Department: department, Language: cmp.Or(language, "de"), From: number}, &callback{kind: "out", number: number})
	})
}

// begin has somebody call a number: the call is theirs from the start.
func (f *Floor) begin(now time.Time, s *seat, h call.Handover, back *callback) error {
	if f.o.Permit == nil || f.o.Dial == nil || f.o.Connect == nil {
		return ErrTarget
	}
	if _, err := f.o.Permit(back.number); err != nil {
		return fmt.Errorf("%w: %w", ErrTarget, err)
	}
	v := f.virtual(now, h, back)
	t := queue.Ticket{ID: v.id, Department: h.Department, Agent: s.Name, Since: now, Virtual: true, Inner: true}
	if err := f.q.Join(now, t); err != nil {
		delete(f.visits, v.id)
		return plain(err)
	}
	if err := f.accept(now, s, v); err != nil {
		f.q.Leave(now, v.id, false)
		delete(f.visits, v.id)
		return err
	}
	return nil
}

// virtual is a visit of a caller who is not on the line.
func (f *Floor) virtual(now time.Time, h call.Handover, back *callback) *visit {
	h.Call, h.Asked = f.o.NewID(), now
	v := &visit{id: h.Call, h: h, back: back, began: now}
	f.visits[v.id] = v
	return v
}

func (f *Floor) calledBack(reference string) *visit {
	for _, v := range f.visits {
		if v.back != nil && v.back.reference == reference && v.ended.IsZero() {
			return v
		}
	}
	return nil
}

func phoneOf(r store.Request) string {
	i := slices.IndexFunc(r.Slots, func(s store.RequestSlot) bool { return s.Kind == "phone" && s.Value != "" })
	if i < 0 {
		return ""
	}
	return r.Slots[i].Value
}

// outward makes a call that the desk begins and runs it to its end.
func (f *Floor) outward(ctx context.Context, v *visit, p *person) {
	own, err := p.Leg(ctx)
	if err != nil {
		_ = f.do(ctx, func(now time.Time) error {
			if v.person == p {
				f.unreached(now, v)
				f.forgetOwn(now, v)
			}
			return nil
		})
		return
	}
	f.given(ctx, v)
	f.goesOut(v.h.Call, v.back)
	defer f.goesOut(v.h.Call, nil)
	p.Tell(call.State{Phase: "connecting", Parties: []string{p.title}})
	caller, err := f.ringUp(ctx, v, p, own)
	if err != nil {
		f.attempt(ctx, v, p, reason(err))
		p.Tell(call.State{Phase: "ended", Problem: reason(err)})
		p.Over(call.Ending(reason(err)))
		f.unanswered(ctx, v)
		return
	}
	f.o.Connect(ctx, caller, v.h, p)
	_ = caller.Hangup(context.WithoutCancel(ctx), leg.CauseNormal) // if it has not ended
	p.Over(call.EndedByPerson)
	f.attempt(ctx, v, p, "reached")
}

func (f *Floor) goesOut(id string, back *callback) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if back == nil {
		delete(f.outgoing, id)
		return
	}
	f.outgoing[id] = back
}

// Origin says what a call is that has not been recorded yet: "in", or one that
// the desk began, "callback" with the reference of its request or "out".
func (f *Floor) Origin(id string) (kind, reference string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if back := f.outgoing[id]; back != nil {
		return back.kind, back.reference
	}
	return "in", ""
}

// unanswered records a call that nobody took, as those that were taken are by
// Connect, and has it told that it is over.
func (f *Floor) unanswered(ctx context.Context, v *visit) {
	f.mu.Lock()
	r, keep := f.recordOf(v), f.o.Desk != nil && f.o.Records && !v.erased
	f.mu.Unlock()
	if !keep {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	r.Ended = f.o.Now()
	if err := f.o.Desk.CallEnded(ctx, r); err != nil {
		f.o.Log.Error("a call of the desk was not recorded", "call", v.h.Call, "err", err)
	}
}

// forgetOwn drops a call that somebody wanted to make themselves and could not.
func (f *Floor) forgetOwn(now time.Time, v *visit) {
	if place, ok := f.q.Place(v.id); ok && place.Ticket.Agent != "" {
		f.q.Leave(now, v.id, false)
		delete(f.visits, v.id)
	}
}

// ringUp calls the number. Meanwhile the person hears it ring, and can only hang up.
func (f *Floor) ringUp(ctx context.Context, v *visit, p *person, own leg.Leg) (leg.Leg, error) {
	target, err := f.o.Permit(v.back.number)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", leg.ErrForbidden, err)
	}
	ctx, cancel := context.WithTimeout(ctx, max(target.RingTime, 45*time.Second))
	defer cancel()
	answered := make(chan struct{})
	waiting := make(chan struct{})
	go func() {
		defer close(waiting)
		refuse(p, own, answered, cancel)
	}()
	to := leg.Callee{Address: target.Address, Call: v.h.Call, Leg: "caller", Language: v.h.Language, UserToUser: v.h.Call}
	if own != nil {
		to.Early = own.Playout()
	}
	l, err := f.o.Dial.Dial(ctx, to)
	close(answered)
	<-waiting
	return l, err
}

// refuse answers the person's orders while a number rings.
func refuse(p *person, own leg.Leg, answered <-chan struct{}, hangUp func()) {
	var gone <-chan struct{}
	if own != nil {
		gone = own.Done()
	}
	for {
		select {
		case <-answered:
			return
		case <-gone:
			hangUp()
			return
		case o, ok := <-p.orders:
			if !ok {
				hangUp()
				return
			}
			if o.Kind != call.Finish {
				o.Done <- ErrState
				continue
			}
			hangUp()
			o.Done <- nil
		}
	}
}

// attempt notes how an attempt to call back went.
func (f *Floor) attempt(ctx context.Context, v *visit, p *person, how string) {
	if v.back.reference == "" || f.o.Desk == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	if err := f.o.Desk.Attempt(ctx, v.back.reference, p.agent, how); err != nil {
		f.o.Log.Error("an attempt to call back was not noted", "reference", v.back.reference, "err", err)
	}
}

// keep writes down the place of who chose a callback.
func (f *Floor) keep(v *visit) {
	f.store(func(ctx context.Context, db *store.Store) error {
		return db.KeepPlace(ctx, store.CallbackPlace{Call: v.h.Call, Department: v.h.Department, Language: v.h.Language, Since: v.since})
	})
}

// given gives up the place of a callback that is being made.
func (f *Floor) given(ctx context.Context, v *visit) {
	if v.back.reference == "" || f.o.Store == nil {
		return
	}
	r, err := f.o.Store.Request(ctx, v.back.reference)
	if err == nil {
		err = f.o.Store.DropPlace(ctx, r.Call)
	}
	f.note(err)
}

// requests tells of changes of requests.
func (f *Floor) requests() (<-chan struct{}, func()) {
	if f.o.Desk == nil {
		return nil, func() {}
	}
	return f.o.Desk.Subscribe()
}

// callbacks reads what is promised: it is counted, and who kept a place gets it.
func (f *Floor) callbacks(ctx context.Context) {
	if f.o.Desk == nil || f.o.Store == nil {
		return
	}
	list, err := f.o.Store.Requests(ctx, store.RequestFilter{Form: callbackForm})
	var places []store.CallbackPlace
	if err == nil {
		places, err = f.o.Store.Places(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			f.o.Log.Error("callbacks were not read", "err", err)
		}
		return
	}
	_ = f.do(ctx, func(now time.Time) error {
		f.counts = map[string]Callbacks{}
		for _, r := range list {
			if !desk.Status(r.Status).Open() {
				f.withdraw(now, r.Reference)
				continue
			}
			c := f.counts[r.Department]
			c.Open++
			if r.Overdue(now) {
				c.Overdue++
			}
			f.counts[r.Department] = c
			i := slices.IndexFunc(places, func(p store.CallbackPlace) bool { return p.Call == r.Call })
			if i >= 0 && f.calledBack(r.Reference) == nil {
				f.promise(now, r, places[i])
			}
		}
		return nil
	})
}

// recount reads callbacks again after a while: some become overdue.
func (f *Floor) recount(ctx context.Context) {
	f.mu.Lock()
	now := f.o.Now()
	due := now.Sub(f.recounted) >= recount
	if due {
		f.recounted = now
	}
	f.mu.Unlock()
	if due {
		f.callbacks(ctx)
	}
}

// withdraw takes a callback out of the queue that was settled otherwise.
func (f *Floor) withdraw(now time.Time, reference string) {
	if v := f.calledBack(reference); v != nil && v.person == nil {
		f.q.Leave(now, v.id, false)
		delete(f.visits, v.id)
	}
}

// promise puts a callback into the queue where its caller stood.
func (f *Floor) promise(now time.Time, r store.Request, p store.CallbackPlace) {
	number := phoneOf(r)
	if number == "" || f.o.Permit == nil || f.o.Dial == nil || f.o.Connect == nil || !f.o.Open(p.Department, now) {
		return
	}
	if _, err := f.o.Permit(number); err != nil {
		return // stays in the list, where somebody sees it
	}
	h := call.Handover{Department: p.Department, Language: p.Language, Concern: r.Concern, From: number, Summary: dialog.Summary{Language: p.Language, Concern: r.Concern}}
	v := f.virtual(now, h, &callback{callbackForm, r.Reference, number})
	v.began, v.since = p.Since, p.Since
	f.note(f.q.Join(now, queue.Ticket{ID: v.id, Department: p.Department, Language: p.Language, Since: p.Since, Virtual: true}))
}

func (f *Floor) counted(s *seat) Callbacks {
	var out Callbacks
	for department, c := range f.counts {
		if s.Supervisor || works(s.Departments, department) {
			out.Open += c.Open
			out.Overdue += c.Overdue
		}
	}
	return out
}
