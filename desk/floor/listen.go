package floor

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/desk/queue"
)

// listening is the reason of the pause of who listens.
const listening = "listening"

// Listen lets a supervisor hear a call until Deafen, or its end. Callers and
// people are told by who runs the call.
func (f *Floor) Listen(ctx context.Context, supervisor, id string) error {
	return f.do(ctx, func(now time.Time) error {
		s, err := f.seat(now, supervisor)
		if err != nil {
			return err
		}
		v := f.find(s, id)
		who, _ := f.q.Person(supervisor)
		switch {
		case !s.Supervisor:
			return ErrNoSupervisor
		case !f.o.Listening || f.o.Listen == nil:
			return ErrListening
		case v == nil || v.person == nil || !v.ended.IsZero():
			return ErrNoCall
		case who.Presence == queue.Busy:
			return ErrBusy
		case s.line == nil:
			return ErrNoDevice
		}
		if s.stop != nil {
			return ErrBusy
		}
		ear, id := newLine(v.h.Call, s.line), v.h.Call
		return f.submit(func(ctx context.Context) { f.listen(ctx, s, id, ear) })
	})
}

func (f *Floor) listen(ctx context.Context, s *seat, id string, ear *line) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f.mu.Lock()
	s.stop, s.ear = cancel, ear
	before, _ := f.q.Person(s.Name)
	f.mu.Unlock()
	_ = f.Present(s.Name, Paused, listening)
	if err := f.o.Listen(ctx, id, ear); err != nil && ctx.Err() == nil {
		f.o.Log.Warn("listening ended", "call", id, "agent", s.Name, "err", err)
	}
	ear.end()
	_ = f.do(context.WithoutCancel(ctx), func(now time.Time) error {
		s.stop, s.ear = nil, nil
		if who, _ := f.q.Person(s.Name); who.Presence == queue.Paused && who.Reason == listening {
			return f.q.Present(now, s.Name, before.Presence, before.Reason)
		}
		return nil // went elsewhere meanwhile
	})
}

// listened says whether a supervisor hears a call now.
func (f *Floor) listened(id string) bool {
	for _, s := range f.seats {
		if s.hears() == id {
			return true
		}
	}
	return false
}

// Deafen ends what Listen began.
func (f *Floor) Deafen(supervisor string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.seats[supervisor]; s != nil && s.stop != nil {
		s.stop()
	}
}
