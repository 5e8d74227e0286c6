package call

import (
	"context"
	"errors"
	"slices"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

// Phases of a call with a person, as State has them.
const (
	connecting   = "connecting"
	talking      = "talking"
	held         = "held"
	consulting   = "consulting"
	merged       = "merged"
	transferring = "transferring"
	ended        = "ended"
)

// serving is a caller with a person who has accepted the call.
type serving struct {
	x      *exchange
	person Person
	name   string // in bridge and journal
	search Search // that keeps the caller's place until both are connected; nil is none
	ctx    context.Context
	stop   context.CancelFunc

	line     leg.Leg // nil: the person writes
	unwatch  context.CancelFunc
	ear      tap
	pen      *pen
	state    State
	on       *onward // a transfer under way; nil is none
	guest    *guest  // who is consulted; nil is nobody
	talk     talk
	question bool // the bot answers what is said next
	gone     bool // the person has been told that it is over
}

// connect brings the person who has accepted to the caller. Nothing is said
// before: both hear each other as soon as there is a line.
func (x *exchange) connect(p Person, search Search) {
	x.take(p, search).dial(0)
}

// take puts the call into the person's hand.
func (x *exchange) take(p Person, search Search) *serving {
	s := &serving{x: x, person: p, name: ofDesk + p.Name(), search: search}
	s.ctx, s.stop = context.WithCancel(x.ctx)
	s.unwatch = func() {}
	x.stage = s
	x.interpreting.fault = ""
	x.record.with(x.h.Department, p.Name())
	s.show(connecting, "")
	follow(s.ctx, x, p.Orders(), s.order, s.lost)
	return s
}

// reached lets both hear each other.
func (s *serving) reached(l leg.Leg) {
	x := s.x
	if l != nil && !s.join(l) {
		s.lost()
		return
	}
	x.failures = 0
	x.hush()
	x.surround(nil)
	if s.search != nil {
		s.search.Leave(Connected)
		s.search = nil
	}
	if !x.talked {
		x.talked = true
		s.greet()
	}
	x.listen()
	s.pens(false)
	x.record.queue(journal.Talking, News{})
	s.show(talking, "")
}

// greet tells the caller that a person is there, the interpreter if there is one.
func (s *serving) greet() {
	x := s.x
	if !s.wants(s.partiesOf(talking), talking) || !s.hearEachOther(talking) {
		x.tell(prompts.ConnectedPerson, nil)
		return
	}
	if text := x.line(prompts.ConnectedPerson); text != "" {
		x.record.said(text, x.h.Language)
		x.interpreting.lead = text
	}
}

// listen begins to write down what the caller says.
func (x *exchange) listen() {
	if x.pen == nil {
		x.pen = x.write(speaker{leg: theCaller, ledger: &x.ledger, heard: func(l journal.Line) {
			if s, ok := x.stage.(*serving); ok {
				s.heard(l)
			}
		}})
		x.ear.to.Store(x.pen)
	}
}

// pens pauses those who write down: music is no speech.
func (s *serving) pens(paused bool) {
	s.x.pen.pause(paused)
	s.pen.pause(paused || s.state.Muted)
}

// show tells the person how it stands.
func (s *serving) show(phase, problem string) {
	s.state.Phase, s.state.Problem, s.state.Voice = phase, problem, s.x.joined
	s.state.Parties = []string{theCaller, s.person.Name()}
	if s.guest != nil && s.guest.line != nil {
		s.state.Parties = append(s.state.Parties, s.guest.title)
	}
	s.interpret()
	told := s.state
	told.Parties = slices.Clone(told.Parties)
	s.person.Tell(told)
}

// over ends the person's part, once.
func (s *serving) over(how Ending) {
	if s.gone {
		return
	}
	s.gone = true
	s.x.interpreting.stop()
	s.setAside(false)
	s.stop()
	s.part()
	s.pen.end()
	s.x.pen.pause(true)
	s.dropGuest()
	s.person.Tell(State{Phase: ended})
	s.person.Over(how)
}

// finish is the person hanging up: the caller is bidden goodbye.
func (s *serving) finish() {
	x := s.x
	switch {
	case s.on != nil:
		s.goOn()
	case s.guest != nil && s.guest.line != nil:
		s.handToGuest()
	default:
		s.over(EndedByPerson)
		x.farewell()
	}
}

// goOn leaves the transfer to itself.
func (s *serving) goOn() {
	on := s.on
	s.on = nil
	s.over(EndedTransfer)
	s.x.proceed(on)
}

// lost looks for another person: the caller keeps the place.
func (s *serving) lost() {
	x := s.x
	if s.on != nil {
		s.goOn()
		return
	}
	place := s.search
	s.search = nil
	s.over(EndedLost)
	if place != nil {
		place.Leave(ConnectFailed)
	}
	if x.failures++; x.failures >= maxFailures {
		x.end(Failed, "")
		return
	}
	x.tell(prompts.PersonLost, nil)
	x.seek(x.h)
}

func (s *serving) close(why error) {
	how, place := EndedByCaller, s.search
	if errors.Is(why, errStopped) {
		how = EndedService
	}
	s.search = nil
	if s.on != nil && s.on.settle(why) {
		how = EndedTransfer
	}
	s.over(how)
	if place != nil {
		place.Leave(leaving(why))
	}
}

func (s *serving) digit(key rune) {
	if s.state.Phase != talking {
		return
	}
	_ = s.x.key(key, s.name) // a key that makes no sound is none
}

func (s *serving) wrote(text string) {
	if s.question {
		s.answer(text, s.x.h.Language)
	}
}
