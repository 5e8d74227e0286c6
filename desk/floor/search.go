package floor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk/queue"
)

// Errors of Seek.
var (
	ErrClosed  = errors.New("this department is closed now")
	ErrNoAgent = errors.New("nobody of this department is at the desk")
)

// colleague marks a department that is one person: "@tina".
const colleague = "@"

// visit is a caller on the floor, from the wish for a person to the wrap-up.
type visit struct {
	id       string // of the ticket
	h        call.Handover
	search   *search // nil: a call of the desk
	back     *callback
	began    time.Time // here since then
	since    time.Time // the place in the queue
	person   *person   // who has taken it
	answered time.Time
	state    call.State
	adrift   bool // put back since the person's line could not be reached
	talked   bool // they could hear each other, or write
	ended    time.Time
	ending   string
	notes    string
	wrapped  bool
	record   *int64        // id of the record, once saved is closed
	saved    chan struct{} // nil: there is no record
	erased   bool
	machine  *Machine  // nil: there is no note
	orphan   time.Time // the call is over, but nobody said how
}

// search implements call.Search.
type search struct {
	f    *Floor
	id   string
	news chan call.News
	last call.News
	done bool
}

// Seek implements call.People. Who comes back from a broken call with a
// person has the place of before.
func (f *Floor) Seek(ctx context.Context, h call.Handover) (call.Search, error) {
	var s *search
	err := f.do(ctx, func(now time.Time) error {
		if old := f.waits(h); old != nil {
			s = old.search
			s.last = call.News{} // is told how it stands once more
			if old.person != nil {
				s.tell(call.News{Kind: call.Found, Person: old.person})
			}
			return nil
		}
		t := f.ticket(now, h)
		if !t.Inner && t.Agent == "" && !f.o.Open(h.Department, now) {
			return ErrClosed
		}
		if !f.q.Staffed(t) {
			return ErrNoAgent
		}
		s = &search{f: f, id: t.ID, news: make(chan call.News, 1)}
		v := &visit{id: t.ID, h: h, search: s, began: now, since: t.Since}
		f.visits[t.ID] = v
		delete(f.places, h.Call)
		if err := f.q.Join(now, t); err != nil {
			return err
		}
		f.wish(v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("department %s: %w", h.Department, err)
	}
	id := s.id
	context.AfterFunc(ctx, func() { f.abandoned(id) })
	return s, nil
}

// waits finds the call where it was put back into its place; somebody else may
// have accepted it since.
func (f *Floor) waits(h call.Handover) *visit {
	for _, v := range f.visits {
		if v.h.Call == h.Call && v.h.Department == h.Department && v.adrift && !v.talked && !v.search.done {
			return v
		}
	}
	return nil
}

func (f *Floor) ticket(now time.Time, h call.Handover) queue.Ticket {
	t := queue.Ticket{ID: h.Call, Department: h.Department, Language: h.Language, Skills: f.o.Skills(h), Since: now, Written: h.Written}
	if name, ok := strings.CutPrefix(h.Department, colleague); ok {
		t.Agent = name
	}
	if h.Summary.Alarm {
		t.Priority = 1
	}
	for n := 2; f.visits[t.ID] != nil; n++ { // a colleague has the call, or writes down what was
		t.Since, t.Inner = f.visits[t.ID].since, true // who waited once does not begin anew
		t.ID = fmt.Sprintf("%s~%d", h.Call, n)
	}
	if p, ok := f.places[h.Call]; ok {
		t.Since, t.Inner = p.since, true
	}
	return t
}

// abandoned ends a visit whose call has ended without a word.
func (f *Floor) abandoned(id string) {
	_ = f.do(context.Background(), func(now time.Time) error {
		v := f.visits[id]
		if v == nil || v.search == nil {
			return nil
		}
		if v.person != nil && v.ended.IsZero() {
			v.orphan = now
		} else if v.person == nil {
			f.places[v.h.Call] = f.placeOf(now, v.since) // it may have been this search only
			f.leave(now, v, call.HungUp)
		}
		return nil
	})
}

// News implements call.Search.
func (s *search) News() <-chan call.News { return s.news }

// tell replaces what was not read yet; a person, or that there is none, is
// not overwritten by news of waiting.
func (s *search) tell(n call.News) {
	if s.done || n == s.last {
		return
	}
	select {
	case old := <-s.news:
		if (old.Kind == call.Overflow || old.Kind == call.Nobody) && (n.Kind == call.Waiting || n.Kind == call.Ringing) {
			n = old
		}
	default:
	}
	s.last = n
	s.news <- n // there is room: only tell writes, under the floor's lock
}

// Leave implements call.Search.
func (s *search) Leave(why call.Leaving) {
	_ = s.f.do(context.Background(), func(now time.Time) error {
		if v := s.f.visits[s.id]; v != nil {
			s.f.leave(now, v, why)
		}
		return nil
	})
}

func (f *Floor) leave(now time.Time, v *visit, why call.Leaving) {
	switch {
	case !v.ended.IsZero():
		return
	case why == call.Connected:
		v.talked = true
		return // Over ends it
	case why == call.ConnectFailed:
		f.unreached(now, v)
		return
	}
	v.search.done = true
	if v.person != nil && v.talked {
		f.over(now, v, call.EndedByCaller)
		return
	}
	if v.person != nil { // accepted, but the caller is gone already
		f.vanished(now, v, why)
		return
	}
	v.ended, v.ending = now, string(why)
	f.part(now, v, why == call.HungUp)
	delete(f.visits, v.id)
	if why == call.WantsCallback {
		f.keep(v)
	}
	f.write(v)
}

// unreached puts a caller back whose person could not be reached.
func (f *Floor) unreached(now time.Time, v *visit) {
	if v.person == nil {
		return
	}
	p := v.person
	v.person, v.answered, v.state = nil, time.Time{}, call.State{}
	p.end()
	why := cmpOr(p.failed, "unreachable")
	f.q.Back(now, v.id, why)
	s := f.seats[p.agent]
	s.hand, s.problem = "", why
	if v.search != nil {
		v.search.last, v.adrift = call.News{}, true
	}
}
