package call

import (
	"context"
	"errors"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

// guest is whom a person consults while the caller hears music.
type guest struct {
	destination
	title  string // to be shown
	party  string // in bridge and journal
	ctx    context.Context
	stop   context.CancelFunc
	quiet  func() // ends the ringing tone
	search Search
	person Person // of the desk
	line   leg.Leg
	ear    tap
	pen    *pen
	wish   *bool  // to be interpreted; nil: as the languages ask for
	speaks string // "" is chosen of the guest's languages
}

// consult calls somebody.
func (s *serving) consult(name string) error {
	x := s.x
	if s.guest != nil || s.state.Phase != talking && s.state.Phase != held {
		return errNotNow
	}
	if s.line == nil {
		return errNoVoice
	}
	d, err := x.whom(name)
	if err != nil {
		return err
	}
	g := &guest{destination: d, title: d.name, party: ofDesk + d.name}
	g.ctx, g.stop = context.WithCancel(s.ctx)
	if !d.outside {
		if g.search, err = x.seekFor(d.h); err != nil {
			g.stop()
			return err
		}
	}
	s.guest = g
	s.apart()
	x.tell(prompts.OnHold, nil)
	x.record.state(journal.Held)
	g.quiet, _ = x.bridge.Play(g.ctx, []string{s.name}, x.ringing(), 1)
	s.show(consulting, "")
	if d.outside {
		s.callGuest(g)
	} else {
		follow(g.ctx, x, g.search.News(), func(n News) { s.guestNews(g, n) }, func() { s.guestFailed(g, leg.ErrUnavailable) })
	}
	return nil
}

// seekFor asks the desk for somebody else.
func (x *exchange) seekFor(h Handover) (Search, error) {
	if x.bot.People == nil {
		return nil, errNoTarget
	}
	return x.bot.People.Seek(x.ctx, h)
}

// callGuest calls somebody outside.
func (s *serving) callGuest(g *guest) {
	s.guestLine(g, func(ctx context.Context) (leg.Leg, error) { return s.x.dial(ctx, g.target) })
}

// guestLine waits for the guest's line.
func (s *serving) guestLine(g *guest, get func(context.Context) (leg.Leg, error)) {
	x := s.x
	x.spawn("consultation", func() {
		l, err := get(g.ctx)
		if err == nil && l == nil {
			err = errNoVoice
		}
		if err == nil && !standing(l) {
			x.legs.add(l)
		}
		x.post(x.ctx, func() {
			switch {
			case g.ctx.Err() != nil:
				x.release(l)
			case err != nil:
				s.guestFailed(g, err)
			default:
				s.guestReached(g, l)
			}
		})
	})
}

func (s *serving) guestNews(g *guest, n News) {
	switch n.Kind {
	case Found:
		g.person = n.Person
		g.title, g.party = n.Person.Name(), ofDesk+n.Person.Name()
		follow(g.ctx, s.x, n.Person.Orders(), func(o Order) { s.guestOrder(g, o) }, func() { s.guestFailed(g, leg.ErrUnavailable) })
		s.guestLine(g, func(ctx context.Context) (leg.Leg, error) { return lineOf(ctx, n.Person) })
	case Overflow, Nobody:
		s.guestFailed(g, leg.ErrUnavailable)
	}
}

// guestOrder lets a consulted person leave, and nothing else: the call is in
// another hand.
func (s *serving) guestOrder(g *guest, o Order) {
	var err error
	if o.Kind != Finish {
		err = errNotNow
	}
	if o.Done != nil {
		select {
		case o.Done <- err:
		default:
		}
	}
	if err == nil {
		s.guestFailed(g, nil)
	}
}

// guestReached lets person and guest talk, and the caller hear none of it.
func (s *serving) guestReached(g *guest, l leg.Leg) {
	x := s.x
	g.quiet()
	g.pen = x.write(speaker{g.party, x.among(g.languages()), &x.ledger, s.heard})
	g.pen.pause(true)
	g.ear.to.Store(g.pen)
	x.bridge.Between(g.party, theCaller, 0)
	x.bridge.Between(theCaller, g.party, 0)
	if err := x.bridge.Join(bridge.Party{Name: g.party, Leg: l, Tap: &g.ear}); err != nil {
		x.release(l)
		s.guestFailed(g, err)
		return
	}
	if g.search != nil {
		g.search.Leave(Connected)
		g.search = nil
	}
	g.line = l
	x.watch(g.ctx, l, func(leg.Event) {}, func() { s.guestFailed(g, nil) })
	if g.person != nil {
		g.person.Tell(State{Phase: consulting, Parties: []string{s.person.Name()}})
	}
	s.show(consulting, "")
}

// guestFailed brings person and caller together again; the guest has hung up
// or was not reached.
func (s *serving) guestFailed(_ *guest, err error) {
	s.dropGuest()
	s.resume()
	if err != nil {
		s.show(talking, problem(err))
	}
}

// problem is a word for the page of why somebody was not reached, else the error.
func problem(err error) string {
	for _, known := range []struct {
		err  error
		word string
	}{
		{leg.ErrBusy, "busy"}, {leg.ErrDeclined, "declined"}, {leg.ErrNoAnswer, "no_answer"},
		{leg.ErrNotFound, "not_found"}, {leg.ErrForbidden, "forbidden"}, {leg.ErrUnavailable, "unreachable"},
	} {
		if errors.Is(err, known.err) {
			return known.word
		}
	}
	return err.Error()
}

// dropGuest hangs the guest up.
func (s *serving) dropGuest() {
	g := s.guest
	if g == nil {
		return
	}
	s.guest = nil
	g.stop()
	g.quiet()
	g.pen.end()
	s.x.bridge.Leave(g.party)
	if g.search != nil {
		g.search.Leave(HungUp)
	}
	if g.line != nil {
		s.x.release(g.line)
	}
	if g.person != nil {
		g.person.Tell(State{Phase: ended})
		g.person.Over(EndedByCaller)
	}
}

// merge lets all three talk.
func (s *serving) merge() error {
	g := s.guest
	if g == nil || g.line == nil {
		return errNobody
	}
	x := s.x
	x.hush()
	x.surround(nil)
	x.bridge.Between(g.party, theCaller, 1)
	x.bridge.Between(theCaller, g.party, 1)
	s.between(1)
	s.pens(false)
	g.pen.pause(false)
	x.record.state(journal.Talking)
	s.show(merged, "")
	return nil
}

// drop goes back to the caller alone, from a guest or from a transfer under way.
func (s *serving) drop() error {
	switch {
	case s.guest != nil:
		s.dropGuest()
	case s.on != nil:
		s.on.withdraw()
		s.on = nil
	default:
		return errNobody
	}
	s.resume()
	return nil
}

// handToGuest leaves caller and guest to each other. Where it can be, the
// caller's exchange connects them, and both lines here become free.
func (s *serving) handToGuest() {
	x, g := s.x, s.guest
	s.guest = nil
	if g.person != nil {
		s.handToPerson(g)
		return
	}
	g.stop()
	g.pen.end()
	x.bridge.Leave(g.party)
	s.over(EndedTransfer)
	x.surround(x.music())
	if g.speaks != "" {
		g.target.Language = g.speaks
	}
	x.proceed(x.forward(g.target, func(ctx context.Context, on *onward) (leg.Leg, error) {
		return on.replace(ctx, g.line)
	}))
}

// handToPerson makes the guest the one who has the call in hand.
func (s *serving) handToPerson(g *guest) {
	x := s.x
	g.stop()
	g.pen.end()
	x.bridge.Leave(g.party)
	s.over(EndedTransfer)
	next := x.take(g.person, nil)
	next.talk.speaks = g.speaks
	next.reached(g.line)
}
