package floor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk/queue"
	"github.com/amtsleitung/amtsleitung/leg"
)

// person implements call.Person: somebody at the desk, for one call.
type person struct {
	f      *Floor
	agent  string
	title  string
	ticket string
	orders chan call.Order
	closed bool // orders is
	line   *line
	phone  leg.Leg
	lostAt time.Time // since when they cannot be heard
	failed string    // why their device could not be reached
}

// Name implements call.Person.
func (p *person) Name() string { return p.title }

// Languages implements call.Person.
func (p *person) Languages() []string {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	if s := p.f.seats[p.agent]; s != nil {
		return slices.Clone(s.Languages)
	}
	return nil
}

// Orders implements call.Person.
func (p *person) Orders() <-chan call.Order { return p.orders }

// Leg implements call.Person. It may be called again and returns the same leg.
func (p *person) Leg(ctx context.Context) (leg.Leg, error) {
	l, dial, err := p.device()
	if dial == nil || err != nil {
		return l, err
	}
	ctx, cancel := context.WithTimeout(ctx, p.f.ring())
	defer cancel()
	l, err = dial(ctx)
	return p.reached(l, err)
}

// device is the line there is, or how to get one.
func (p *person) device() (leg.Leg, func(context.Context) (leg.Leg, error), error) {
	f := p.f
	f.mu.Lock()
	defer f.mu.Unlock()
	v, s := f.visits[p.ticket], f.seats[p.agent]
	switch {
	case v == nil || v.person != p || p.closed:
		return nil, nil, ErrNotInHand
	case p.line != nil:
		return p.line, nil, nil
	case p.phone != nil:
		return p.phone, nil, nil
	case v.h.Written && !v.state.Voice:
		return nil, nil, nil // asked again once the caller can be heard
	case !f.able(s):
		p.failed = "no_audio"
		return nil, nil, fmt.Errorf("%s: %w", p.title, ErrNoDevice)
	case s.kind == Browser:
		p.line = newLine(v.h.Call, s.line)
		return p.line, nil, nil
	}
	to := leg.Callee{Address: s.Phone, Call: v.h.Call, Leg: "agent", Language: "de", UserToUser: v.h.Call}
	return nil, func(ctx context.Context) (leg.Leg, error) { return f.o.Dial.Dial(ctx, to) }, nil
}

// reached takes the telephone's line, unless the call is gone meanwhile.
func (p *person) reached(l leg.Leg, err error) (leg.Leg, error) {
	f := p.f
	f.mu.Lock()
	v := f.visits[p.ticket]
	gone := v == nil || v.person != p || p.closed
	if err != nil {
		p.failed = reason(err)
	} else if !gone {
		p.phone = l
	}
	f.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("telephone of %s: %w", p.title, err)
	}
	if gone {
		_ = l.Hangup(context.Background(), leg.CauseNormal) // the line is not needed any more
		return nil, ErrNotInHand
	}
	return l, nil
}

// reason is a word for the page and the pause.
func reason(err error) string {
	for _, r := range []struct {
		err  error
		word string
	}{{leg.ErrBusy, "busy"}, {leg.ErrDeclined, "declined"}, {leg.ErrNoAnswer, "no_answer"}, {context.DeadlineExceeded, "no_answer"},
		{context.Canceled, "cancelled"}, {leg.ErrNotFound, "not_found"}, {leg.ErrForbidden, "forbidden"}} {
		if errors.Is(err, r.err) {
			return r.word
		}
	}
	return "unreachable"
}

func (f *Floor) ring() time.Duration {
	if f.o.RingTime > 0 {
		return f.o.RingTime
	}
	return 20 * time.Second
}

// Tell implements call.Person.
func (p *person) Tell(st call.State) {
	_ = p.f.do(context.Background(), func(time.Time) error {
		if v := p.f.visits[p.ticket]; v != nil && v.person == p && v.ended.IsZero() {
			if slices.Contains(withOthers(), v.state.Phase) && (st.Phase == "talking" || st.Phase == "held") {
				delete(p.f.handed, v.h.Call) // whoever was asked has nothing to do with it any more
			}
			st.Interpretation = copied(st.Interpretation) // pages read it when the call has gone on
			v.state = st
			v.talked = v.talked || st.Phase == "talking"
		}
		return nil
	})
}

func copied(i *call.Interpretation) *call.Interpretation {
	if i == nil {
		return nil
	}
	c := *i
	if i.Original != nil {
		original := *i.Original
		c.Original = &original
	}
	return &c
}

// Over implements call.Person.
func (p *person) Over(how call.Ending) {
	_ = p.f.do(context.Background(), func(now time.Time) error {
		v := p.f.visits[p.ticket]
		switch {
		case v == nil || v.person != p || !v.ended.IsZero():
		case v.talked || v.search == nil:
			p.f.over(now, v, how)
		case how == call.EndedLost:
			p.f.unreached(now, v)
		case how == call.EndedByCaller:
			p.f.vanished(now, v, call.HungUp)
		default:
			p.f.over(now, v, how)
		}
		return nil
	})
}

// heard notes whether the person can be heard and read.
func (p *person) heard(yes bool) {
	v := p.f.visits[p.ticket]
	if yes || v != nil && v.h.Written {
		p.lostAt = time.Time{}
	}
}

// gone ends what the person can do: they are lost for good.
func (p *person) gone() {
	if !p.closed {
		p.closed = true
		close(p.orders)
	}
	if p.line != nil {
		p.line.end()
	}
}

// end lets go of the person's devices: the browser's audio stays open, a
// telephone is hung up.
func (p *person) end() {
	p.gone()
	if phone := p.phone; phone != nil {
		p.f.later = append(p.f.later, func(ctx context.Context) {
			select {
			case <-phone.Done():
			default:
				_ = phone.Hangup(ctx, leg.CauseNormal) // it ends either way
			}
		})
	}
}

// broken says whether it was the person's line that broke.
func (p *person) broken() bool {
	if p.phone != nil {
		select {
		case <-p.phone.Done():
			return true
		default:
			return false
		}
	}
	return p.closed || !p.lostAt.IsZero()
}

// vanished ends a visit whose caller is gone before anybody spoke: there is
// nothing to write down.
func (f *Floor) vanished(now time.Time, v *visit, why call.Leaving) {
	p := v.person
	p.end()
	v.person, v.answered, v.search.done = nil, time.Time{}, true
	v.ended, v.ending = now, string(why)
	f.q.Back(now, v.id, "")
	f.part(now, v, why == call.HungUp)
	s := f.seats[p.agent]
	s.hand, s.problem = "", "caller_gone"
	delete(f.visits, v.id)
	f.write(v)
}

// over ends a call; the person writes down what was.
func (f *Floor) over(now time.Time, v *visit, how call.Ending) {
	p := v.person
	broken := p.broken()
	p.end()
	if v.search != nil {
		v.search.done = true
	}
	v.ended, v.ending, v.orphan = now, string(how), time.Time{}
	place, _ := f.q.Place(v.id)
	if how == call.EndedLost {
		f.places[v.h.Call] = f.placeOf(now, place.Since)
	}
	f.q.Done(now, v.id)
	if how == call.EndedLost && broken {
		f.q.Then(p.agent, queue.Paused, "line")
	}
	f.write(v)
	s := f.seats[p.agent]
	if who, _ := f.q.Person(p.agent); who.Presence != queue.Wrapup {
		f.empty(s)
	}
}

func (f *Floor) placeOf(now, since time.Time) place {
	return place{since, now.Add(placeKept)}
}
