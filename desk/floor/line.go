package floor

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/desk/queue"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

// ErrReplaced says that another page of the same person has the audio now.
var ErrReplaced = errors.New("another page has taken the audio over")

// Line is the standing audio of somebody's browser; it returns when the leg
// has ended, another page has taken over or the floor has closed. A call in
// hand moves to the new line.
func (f *Floor) Line(agent string, l leg.Leg) error {
	moved := make(chan struct{})
	err := f.do(context.Background(), func(now time.Time) error {
		s, err := f.seat(now, agent)
		if err != nil {
			return err
		}
		if s.moved != nil {
			close(s.moved)
		}
		s.line, s.moved = l, moved
		f.lined(now, s)
		return nil
	})
	if err != nil {
		return err
	}
	err = f.carry(agent, l, moved)
	_ = f.do(context.Background(), func(now time.Time) error {
		if s := f.seats[agent]; s.moved == moved {
			s.line, s.moved = nil, nil
			f.lined(now, s)
		}
		return nil
	})
	return err
}

// lined follows a change of the browser's audio.
func (f *Floor) lined(now time.Time, s *seat) {
	f.q.Device(now, s.Name, f.able(s))
	v := f.visits[s.hand]
	if v == nil || v.person == nil || !v.ended.IsZero() || v.person.line == nil {
		return
	}
	v.person.line.move(s.line)
	if v.person.lostAt = (time.Time{}); s.line == nil {
		v.person.lostAt = now
	}
}

// carry passes the events of the browser's leg on to the call in hand.
func (f *Floor) carry(agent string, l leg.Leg, moved <-chan struct{}) error {
	events := l.Events()
	for {
		select {
		case <-l.Done():
			return nil
		case <-moved:
			_ = l.Hangup(context.Background(), leg.CauseNormal) // the other page is heard now
			return ErrReplaced
		case <-f.ended:
			return nil
		case e, ok := <-events:
			if !ok {
				events = nil
				continue
			}
			f.mu.Lock()
			if v := f.visits[f.seats[agent].hand]; v != nil && v.person != nil && v.person.line != nil {
				v.person.line.event(e)
			}
			f.mu.Unlock()
		}
	}
}

// line is the browser's audio as one call has it: hanging it up leaves the
// audio open for the next call, and a page that was loaded anew goes on with it.
type line struct {
	info   leg.Info
	events chan leg.Event
	done   chan struct{}

	mu      sync.Mutex
	cur     leg.Leg       // nil: away
	changed chan struct{} // closed with each change of cur
	sink    media.Sink
	over    bool
}

func newLine(id string, cur leg.Leg) *line {
	info := cur.Info()
	info.Call, info.Leg = id, "agent"
	return &line{info: info, events: make(chan leg.Event, 16), done: make(chan struct{}), cur: cur, changed: make(chan struct{})}
}

// move goes on with another leg; nil: there is none for now.
func (l *line) move(to leg.Leg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	l.cur = to
	close(l.changed)
	l.changed = make(chan struct{})
	if to != nil {
		to.Receive(l.sink)
	}
}

func (l *line) away() bool {
	cur, _ := l.now()
	if cur == nil {
		return true
	}
	select {
	case <-cur.Done():
		return true
	default:
		return false
	}
}

// end gives the browser's audio back.
func (l *line) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	l.over = true
	close(l.done)
	close(l.events)
	if l.cur != nil {
		l.cur.Receive(nil)
		l.cur.Playout().Flush()
	}
}

func (l *line) event(e leg.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	select {
	case l.events <- e:
	default: // nobody reads the keys of the desk
	}
}

func (l *line) now() (leg.Leg, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cur, l.changed
}

// Info implements leg.Leg.
func (l *line) Info() leg.Info { return l.info }

// Answer implements leg.Leg: the line is open.
func (l *line) Answer(context.Context) error { return nil }

// Receive implements leg.Leg.
func (l *line) Receive(to media.Sink) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	l.sink = to
	if l.cur != nil {
		l.cur.Receive(to)
	}
}

// Playout implements leg.Leg.
func (l *line) Playout() leg.Playout { return (*linePlayout)(l) }

// Events implements leg.Leg.
func (l *line) Events() <-chan leg.Event { return l.events }

// Done implements leg.Leg.
func (l *line) Done() <-chan struct{} { return l.done }

// Hangup implements leg.Leg; the browser's audio stays open.
func (l *line) Hangup(context.Context, leg.Cause) error {
	l.end()
	return nil
}

// Stats implements leg.Leg.
func (l *line) Stats() leg.Stats {
	if cur, _ := l.now(); cur != nil {
		return cur.Stats()
	}
	return leg.Stats{}
}

// linePlayout plays to whichever leg the browser has now; nothing waits while
// there is none.
type linePlayout line

func (p *linePlayout) to() (leg.Playout, <-chan struct{}) {
	cur, changed := (*line)(p).now()
	if cur == nil {
		return nil, changed
	}
	return cur.Playout(), changed
}

// WriteFrame implements media.Sink; what nobody hears takes its 20 ms all the same.
func (p *linePlayout) WriteFrame(fr media.Frame) error {
	to, changed := p.to()
	select {
	case <-p.done:
		return leg.ErrEnded
	default:
	}
	if to != nil {
		err := to.WriteFrame(fr)
		if err == nil || !(*line)(p).away() {
			return err
		}
	}
	pace := time.NewTimer(20 * time.Millisecond)
	defer pace.Stop()
	select {
	case <-pace.C:
	case <-changed:
	case <-p.done:
		return leg.ErrEnded
	}
	return nil
}

// Flush implements leg.Playout.
func (p *linePlayout) Flush() time.Duration {
	if to, _ := p.to(); to != nil {
		return to.Flush()
	}
	return 0
}

// Pause implements leg.Playout.
func (p *linePlayout) Pause() {
	if to, _ := p.to(); to != nil {
		to.Pause()
	}
}

// Resume implements leg.Playout.
func (p *linePlayout) Resume() {
	if to, _ := p.to(); to != nil {
		to.Resume()
	}
}

// Played implements leg.Playout.
func (p *linePlayout) Played() time.Duration {
	if to, _ := p.to(); to != nil {
		return to.Played()
	}
	return 0
}

// Buffered implements leg.Playout.
func (p *linePlayout) Buffered() time.Duration {
	if to, _ := p.to(); to != nil {
		return to.Buffered()
	}
	return 0
}

// Drain implements leg.Playout.
func (p *linePlayout) Drain(ctx context.Context) error {
	if to, _ := p.to(); to != nil {
		return to.Drain(ctx)
	}
	return nil
}

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
	s.stop = cancel
	f.mu.Unlock()
	_ = f.Present(s.Name, Paused, "listening")
	if err := f.o.Listen(ctx, id, ear); err != nil && ctx.Err() == nil {
		f.o.Log.Warn("listening ended", "call", id, "agent", s.Name, "err", err)
	}
	ear.end()
	f.mu.Lock()
	s.stop = nil
	f.mu.Unlock()
	_ = f.Present(s.Name, Ready, "")
}

// Deafen ends what Listen began.
func (f *Floor) Deafen(supervisor string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.seats[supervisor]; s != nil && s.stop != nil {
		s.stop()
	}
}
