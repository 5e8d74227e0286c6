package floor

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk/queue"
)

// room of orders that the call has not read yet.
const ordersKept = 8

// plain turns errors of the queue into those that pages show.
func plain(err error) error {
	for _, p := range []struct{ from, to error }{
		{queue.ErrTaken, ErrTaken}, {queue.ErrNotFit, ErrNotYours}, {queue.ErrBusy, ErrBusy}, {queue.ErrUnknown, ErrNoCall}, {queue.ErrPresence, ErrState},
	} {
		if errors.Is(err, p.from) {
			return p.to
		}
	}
	return err
}

// Accept takes a caller: the one who is offered, or one from the list.
func (f *Floor) Accept(ctx context.Context, agent, id string) error {
	return f.do(ctx, func(now time.Time) error {
		s, err := f.seat(now, agent)
		if err != nil {
			return err
		}
		v := f.find(s, id)
		if v == nil {
			return ErrNoCall
		}
		if v.person != nil {
			return ErrTaken
		}
		return f.accept(now, s, v)
	})
}

func (f *Floor) accept(now time.Time, s *seat, v *visit) error {
	if !f.q.May(s.Name, v.id) {
		return ErrNotYours
	}
	if !f.able(s) && !v.h.Written {
		return ErrNoDevice
	}
	if v.back != nil && !f.running {
		return ErrState
	}
	if err := f.q.Accept(now, s.Name, v.id); err != nil {
		return plain(err)
	}
	f.empty(s)
	delete(f.handed, v.h.Call)
	p := &person{f: f, agent: s.Name, title: s.Title, ticket: v.id, orders: make(chan call.Order, ordersKept)}
	v.person, v.answered, v.state = p, now, call.State{Phase: "connecting"}
	s.hand, s.problem = v.id, ""
	if v.search != nil {
		v.search.tell(call.News{Kind: call.Found, Person: p})
		return nil
	}
	if err := f.submit(func(ctx context.Context) { f.outward(ctx, v, p) }); err != nil {
		v.person = nil
		p.end()
		s.hand = ""
		f.q.Back(now, v.id, "")
		return err
	}
	return nil
}

// find is the visit somebody means by a call: what they have, what rings at
// them, what waits, what others have.
func (f *Floor) find(s *seat, id string) *visit {
	var best *visit
	rank := 0
	who, _ := f.q.Person(s.Name)
	for _, v := range f.visits {
		if v.id != id && v.h.Call != id && !strings.HasPrefix(v.id, id+"~") {
			continue
		}
		r := 1
		switch place, ok := f.q.Place(v.id); {
		case v.id == s.hand:
			r = 4
		case ok && who.Ticket == v.id:
			r = 3
		case ok && place.State != queue.Taken:
			r = 2
		}
		if r > rank || r == rank && v.id < best.id {
			best, rank = v, r
		}
	}
	return best
}

// Decline passes an offer on to the next.
func (f *Floor) Decline(agent, id string) error {
	return f.do(context.Background(), func(now time.Time) error {
		s, err := f.seat(now, agent)
		if err != nil {
			return err
		}
		v := f.find(s, id)
		if v == nil {
			return ErrNoCall
		}
		return plain(f.q.Decline(now, agent, v.id))
	})
}

// Order has something done with the call in hand and waits for the outcome.
// What takes longer, such as a call to somebody, goes on; the state tells of it.
func (f *Floor) Order(ctx context.Context, agent, id string, o call.Order) error {
	done := make(chan error, 1)
	o.Done = done
	if err := f.order(agent, id, o); err != nil {
		return err
	}
	limit := time.NewTimer(orderTime)
	defer limit.Stop()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-limit.C:
		if o.Kind == call.TransferTo || o.Kind == call.Consult || o.Kind == call.Speak {
			return nil
		}
		return ErrState
	}
}

func (f *Floor) order(agent, id string, o call.Order) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.seat(f.o.Now(), agent)
	if err != nil {
		return err
	}
	v := f.find(s, id)
	if v == nil || v.id != s.hand || v.person == nil || v.person.closed || !v.ended.IsZero() {
		return ErrNotInHand
	}
	if (o.Kind == call.TransferTo && o.Target != "" || o.Kind == call.Consult) && !f.permitted(agent, o.Target) {
		return ErrTarget
	}
	if abroad := o.Kind == call.TransferTo || o.Kind == call.Consult; abroad && f.abroad(o.Target) {
		f.handed[v.h.Call] = handed{v.h, f.o.Now().Add(handedKept)}
	}
	select {
	case v.person.orders <- o:
		return nil
	default:
		return ErrState // the call does not carry out anything now
	}
}

// permitted says whether people may hand a caller to a target: a department
// of the desk, a colleague, or what the configuration and the dial plan allow.
func (f *Floor) permitted(agent, target string) bool {
	if name, ok := strings.CutPrefix(target, colleague); ok {
		return f.seats[name] != nil && name != agent
	}
	if f.inside(target) {
		return true
	}
	if f.o.Permit == nil {
		return false
	}
	_, err := f.o.Permit(target)
	return err == nil
}

// abroad says whether a target is nobody of the desk.
func (f *Floor) abroad(target string) bool {
	return target != "" && !strings.HasPrefix(target, colleague) && !f.inside(target)
}

// inside says whether a department is served by the desk.
func (f *Floor) inside(department string) bool {
	if department == "" || department == "*" {
		return false
	}
	if _, ok := f.o.Departments[department]; ok {
		return true
	}
	for _, s := range f.seats {
		for _, d := range s.Departments {
			if d == department {
				return true
			}
		}
	}
	return false
}
