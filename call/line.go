package call

import (
	"context"
	"errors"
	"time"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

// Times of a person's line.
const (
	// lineTime is how long a browser may take to come back with a new line, e.g.
	// because the page was loaded again.
	lineTime  = 15 * time.Second
	lineRetry = time.Second
)

// dial gets the person's line, trying for some time: a browser that has lost
// its line may be back in a moment.
func (s *serving) dial(patience time.Duration) {
	x, until := s.x, time.Now().Add(patience)
	x.spawn("person's line", func() {
		l, err := lineOf(s.ctx, s.person)
		for err != nil && time.Now().Before(until) && pause(s.ctx, lineRetry) {
			l, err = lineOf(s.ctx, s.person)
		}
		if err == nil && l != nil && !standing(l) {
			x.legs.add(l)
		}
		x.post(x.ctx, func() {
			switch {
			case s.gone:
				x.release(l)
			case err != nil:
				x.log.Warn("the person's line cannot be reached", "person", s.person.Name(), "err", err)
				s.lost()
			default:
				s.reached(l)
			}
		})
	})
}

// errEnded is a line that is no more.
var errEnded = errors.New("the line has ended")

// lineOf is a person's line that still lives; none for who writes.
func lineOf(ctx context.Context, p Person) (leg.Leg, error) {
	l, err := p.Leg(ctx)
	if err != nil || l == nil {
		return nil, err
	}
	select {
	case <-l.Done():
		return nil, errEnded
	default:
		return l, nil
	}
}

// pause waits; it returns false if ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// join brings the person's line into the bridge.
func (s *serving) join(l leg.Leg) bool {
	x := s.x
	if s.pen == nil {
		s.pen = x.write(speaker{s.name, x.among(s.person.Languages()), &x.ledger, s.heard})
		s.ear.to.Store(s.pen)
	}
	if err := x.bridge.Join(bridge.Party{Name: s.name, Leg: l, Tap: &s.ear}); err != nil {
		x.log.Warn("the person cannot be joined", "err", err)
		return false
	}
	s.line = l
	var ctx context.Context
	ctx, s.unwatch = context.WithCancel(s.ctx)
	x.watch(ctx, l, s.onLine, s.lineGone)
	return true
}

// voice follows audio that a caller who wrote begins or ends: the person is
// joined where they can be, and writes on where not.
func (s *serving) voice() {
	x := s.x
	s.show(s.state.Phase, "")
	if !x.joined || s.line != nil || s.state.Phase == connecting {
		return
	}
	x.spawn("person's line", func() {
		l, err := lineOf(s.ctx, s.person)
		if err != nil || l == nil {
			return
		}
		if !standing(l) {
			x.legs.add(l)
		}
		x.post(x.ctx, func() {
			if s.gone || s.line != nil || !s.join(l) {
				x.release(l)
				return
			}
			s.pens(s.state.Phase != talking && s.state.Phase != merged)
			s.show(s.state.Phase, "")
		})
	})
}

// onLine is a key of the person's telephone, which means nothing here.
func (s *serving) onLine(leg.Event) {}

// lineGone tells who hung up a telephone from who lost a line.
func (s *serving) lineGone() {
	l := s.line
	s.part()
	switch {
	case standing(l):
		s.reconnect()
	case broken(l):
		s.lost()
	default:
		s.finish()
	}
}

// part takes the person's line out of the bridge.
func (s *serving) part() {
	if s.line == nil {
		return
	}
	s.unwatch()
	s.x.bridge.Leave(s.name)
	s.x.release(s.line)
	s.line = nil
}

// reconnect waits for a new line while the caller hears music.
func (s *serving) reconnect() {
	s.pens(true)
	s.x.record.state(journal.Held)
	s.x.surround(s.x.music())
	s.show(held, "the line of your browser is broken")
	s.dial(lineTime)
}
