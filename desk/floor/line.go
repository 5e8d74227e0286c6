package floor

import (
	"context"
	"errors"
	"sync"
	"time"

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

// lined follows a change of the browser's audio. A call in hand goes on with
// new audio at once; with none, its line ends and another one may follow.
func (f *Floor) lined(now time.Time, s *seat) {
	f.q.Device(now, s.Name, f.able(s))
	if s.ear != nil && s.line == nil {
		s.ear.end()
	}
	v := f.visits[s.hand]
	if v == nil || v.person == nil || !v.ended.IsZero() || s.kind != Browser {
		return
	}
	p := v.person
	if s.line != nil {
		p.lostAt = time.Time{}
		if p.line != nil {
			p.line.move(s.line)
		}
		return
	}
	if p.line != nil {
		p.line.end()
		p.line, p.lostAt = nil, now
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

	mu   sync.Mutex
	cur  leg.Leg
	sink media.Sink
	over bool
}

func newLine(id string, cur leg.Leg) *line {
	info := cur.Info()
	info.Call, info.Leg = id, "agent"
	return &line{info: info, events: make(chan leg.Event, 16), done: make(chan struct{}), cur: cur}
}

// move goes on with another leg.
func (l *line) move(to leg.Leg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.cur = to
		to.Receive(l.sink)
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
	l.cur.Receive(nil)
	l.cur.Playout().Flush()
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

func (l *line) now() (cur leg.Leg, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cur, l.over
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
	l.cur.Receive(to)
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
	cur, _ := l.now()
	return cur.Stats()
}

// linePlayout plays to whichever leg the browser has now.
type linePlayout line

func (p *linePlayout) to() leg.Playout {
	cur, _ := (*line)(p).now()
	return cur.Playout()
}

// WriteFrame implements media.Sink.
func (p *linePlayout) WriteFrame(fr media.Frame) error {
	cur, over := (*line)(p).now()
	if over {
		return leg.ErrEnded
	}
	return cur.Playout().WriteFrame(fr)
}

// Flush implements leg.Playout.
func (p *linePlayout) Flush() time.Duration { return p.to().Flush() }

// Pause implements leg.Playout.
func (p *linePlayout) Pause() { p.to().Pause() }

// Resume implements leg.Playout.
func (p *linePlayout) Resume() { p.to().Resume() }

// Played implements leg.Playout.
func (p *linePlayout) Played() time.Duration { return p.to().Played() }

// Buffered implements leg.Playout.
func (p *linePlayout) Buffered() time.Duration { return p.to().Buffered() }

// Drain implements leg.Playout.
func (p *linePlayout) Drain(ctx context.Context) error { return p.to().Drain(ctx) }
