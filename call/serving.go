package call

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/call/bridge"
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

// Times of a person's line.
const (
	// lineTime is how long a browser may take to come back with a new line, e.g.
	// because the page was loaded again.
	lineTime  = 15 * time.Second
	lineRetry = time.Second
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
	question bool    // the bot answers what is said next
	gone     bool    // the person has been told that it is over
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
	x.record.with(x.h.Department, p.Name())
	s.show(connecting, "")
	follow(x, s.ctx, p.Orders(), s.order, s.lost)
	return s
}

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

// reached lets both hear each other.
func (s *serving) reached(l leg.Leg) {
	x := s.x
	if l != nil && !s.join(l) {
		s.lost()
		return
	}
	x.hush()
	x.surround(nil)
	if s.search != nil {
		s.search.Leave(Connected)
		s.search = nil
	}
	if !x.talked {
		x.talked = true
		x.tell(prompts.ConnectedPerson, nil)
	}
	x.listen()
	s.pens(false)
	x.record.queue(journal.Talking, News{})
	s.show(talking, "")
}

// join brings the person's line into the bridge.
func (s *serving) join(l leg.Leg) bool {
	x := s.x
	if s.pen == nil {
		s.pen = x.write(s.name, s.heard)
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

// listen begins to write down what the caller says.
func (x *exchange) listen() {
	if x.pen == nil {
		x.pen = x.write(theCaller, func(l journal.Line) {
			if s, ok := x.stage.(*serving); ok {
				s.heard(l)
			}
		})
		x.ear.to.Store(x.pen)
	}
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
		})
	})
}

// pens pauses those who write down: music is no speech.
func (s *serving) pens(paused bool) {
	s.x.pen.pause(paused)
	s.pen.pause(paused || s.state.Muted)
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

// show tells the person how it stands.
func (s *serving) show(phase, problem string) {
	s.state.Phase, s.state.Problem, s.state.Voice = phase, problem, s.x.joined
	s.state.Parties = []string{theCaller, s.person.Name()}
	if s.guest != nil && s.guest.line != nil {
		s.state.Parties = append(s.state.Parties, s.guest.title)
	}
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

// farewell says goodbye to a caller whose person has hung up.
func (x *exchange) farewell() {
	x.stage = &parting{}
	x.surround(nil)
	x.tell(prompts.PersonLeft, func() { x.end(Served, "person") })
}

// parting is the goodbye; nothing is awaited.
type parting struct{}

func (*parting) digit(rune)   {}
func (*parting) wrote(string) {}
func (*parting) close(error)  {}

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
	if why == errStopped {
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
