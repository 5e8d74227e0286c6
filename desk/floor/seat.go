package floor

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/desk/queue"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/store"
)

// Kinds of devices.
const (
	Browser = "browser"
	Phone   = "phone"
)

// seat is somebody's place at the desk: their devices and pages.
type seat struct {
	AgentOptions
	kind    string
	line    leg.Leg       // the browser's audio, nil: none
	moved   chan struct{} // closed when another page takes the audio over
	pages   int
	left    time.Time // when the last page was closed
	subs    map[chan Event]struct{}
	hand    string             // ticket of the call in hand or in wrap-up
	problem string             // of the last call, for the page
	stop    context.CancelFunc // of listening to a call
	ear     *line
}

// hears is the call that somebody listens to, "" is none.
func (s *seat) hears() string {
	if s.ear == nil {
		return ""
	}
	return s.ear.info.Call
}

// Event tells a page to look again, or that it rings.
type Event struct {
	Kind string `json:"kind"` // "changed", "offer"
}

func (f *Floor) sit(now time.Time, a AgentOptions) *seat {
	if a.Title == "" {
		a.Title = a.Name
	}
	s := &seat{AgentOptions: a, kind: Browser, subs: map[chan Event]struct{}{}}
	f.seats[a.Name] = s
	f.q.Add(now, queue.Agent{Name: a.Name, Departments: a.Departments, Languages: a.Languages, Skills: a.Skills})
	return s
}

// seat finds somebody, or gives a place to who may work here.
func (f *Floor) seat(now time.Time, agent string) (*seat, error) {
	if s := f.seats[agent]; s != nil {
		return s, nil
	}
	if !f.o.Anyone || agent == "" {
		return nil, ErrNobody
	}
	return f.sit(now, AgentOptions{Name: agent}), nil
}

func (f *Floor) able(s *seat) bool {
	if s.kind == Phone {
		return s.Phone != "" && f.o.Dial != nil
	}
	return s.line != nil
}

// Seen says that a page of somebody is open, until gone is called.
func (f *Floor) Seen(agent string) (gone func()) {
	seen := false
	_ = f.do(context.Background(), func(now time.Time) error {
		s, err := f.seat(now, agent)
		if err != nil {
			return err
		}
		seen = true
		s.pages++
		s.left = time.Time{}
		if v := f.visits[s.hand]; v != nil && v.person != nil && v.ended.IsZero() {
			v.person.heard(f.able(s))
			if p, _ := f.q.Person(agent); p.Presence == queue.Offline { // came back to a call in hand
				return f.q.Present(now, agent, queue.Ready, "")
			}
		}
		return nil
	})
	if !seen {
		return func() {}
	}
	return func() {
		_ = f.do(context.Background(), func(now time.Time) error {
			s := f.seats[agent]
			if s.pages--; s.pages == 0 {
				s.left = now
				if v := f.visits[s.hand]; v != nil && v.person != nil && v.h.Written && v.ended.IsZero() {
					v.person.lostAt = now
				}
			}
			return nil
		})
	}
}

// Present sets somebody's presence: Ready, Paused with a reason, or Offline.
// Wrapup, while it lasts, asks for more time. With a call in hand it holds
// afterwards. Who has neither audio nor a telephone is ready for those who
// write.
func (f *Floor) Present(agent string, p Presence, reason string) error {
	return f.do(context.Background(), func(now time.Time) error {
		s, err := f.seat(now, agent)
		if err != nil {
			return err
		}
		s.problem = ""
		return plain(f.q.Present(now, agent, queue.Presence(p), reason))
	})
}

// SetDevice chooses how somebody hears and speaks: Browser or Phone. It holds
// for the next call.
func (f *Floor) SetDevice(agent, kind string) error {
	return f.do(context.Background(), func(now time.Time) error {
		s, err := f.seat(now, agent)
		if err != nil {
			return err
		}
		if kind != Browser && kind != Phone || kind == Phone && (s.Phone == "" || f.o.Dial == nil) {
			return ErrNoDevice
		}
		s.kind = kind
		f.q.Device(now, agent, f.able(s))
		f.store(func(ctx context.Context, db *store.Store) error { return db.PutSetting(ctx, "device/"+agent, kind) })
		return nil
	})
}

// Subscribe tells a page of changes until stop is called; several changes may
// come as one.
func (f *Floor) Subscribe(agent string) (news <-chan Event, stop func()) {
	c := make(chan Event, 4)
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.seat(f.o.Now(), agent)
	if err != nil {
		return c, func() {}
	}
	s.subs[c] = struct{}{}
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(s.subs, c)
	}
}

// tell never waits: what is waiting there already makes the page look anyway.
func (s *seat) tell(e Event) {
	for c := range s.subs {
		if e.Kind == "changed" && len(c) > 0 {
			continue
		}
		select {
		case c <- e:
		default:
		}
	}
}

func (f *Floor) changed() {
	for _, s := range f.seats {
		s.tell(Event{"changed"})
	}
}

// presence follows a change: it is logged, and a wrap-up that is over closes
// the hand.
func (f *Floor) presence(now time.Time, e queue.Event) {
	p, _ := f.q.Person(e.Agent)
	f.store(func(ctx context.Context, db *store.Store) error {
		return db.AddPresence(ctx, store.PresenceChange{Agent: e.Agent, At: now, State: e.Why, Reason: p.Reason})
	})
	s := f.seats[e.Agent]
	if s == nil || queue.Presence(e.Why) == queue.Wrapup || queue.Presence(e.Why) == queue.Busy {
		return
	}
	f.empty(s)
}

// empty takes a call that is over out of the hand. What was noted is kept.
func (f *Floor) empty(s *seat) {
	v := f.visits[s.hand]
	if v != nil && v.ended.IsZero() {
		return
	}
	s.hand = ""
	if v == nil {
		return
	}
	delete(f.visits, v.id)
	if !v.wrapped && v.notes != "" {
		f.store(func(ctx context.Context, db *store.Store) error {
			return f.keepWrap(ctx, db, v, store.CallWrap{Note: v.notes})
		})
	}
}

// store has something written once the lock is let go; an error is logged.
func (f *Floor) store(write func(context.Context, *store.Store) error) {
	if f.o.Store == nil {
		return
	}
	f.later = append(f.later, func(ctx context.Context) {
		if err := write(ctx, f.o.Store); err != nil {
			f.o.Log.Error("the desk could not store something", "err", err)
		}
	})
}
