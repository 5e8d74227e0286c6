package call

import (
	"context"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

// together is a caller with somebody outside; both lines stay here.
type together struct {
	x    *exchange
	name string
	line leg.Leg
	ctx  context.Context
	stop context.CancelFunc
	ear  tap
	pen  *pen
}

func (x *exchange) together(l leg.Leg, name string) {
	t := &together{x: x, name: ofDesk + name, line: l}
	t.ctx, t.stop = context.WithCancel(x.ctx)
	t.pen = x.write(t.name, func(journal.Line) {})
	t.ear.to.Store(t.pen)
	if err := x.bridge.Join(bridge.Party{Name: t.name, Leg: l, Tap: &t.ear}); err != nil {
		x.log.Warn("the target cannot be joined", "err", err)
		t.stop()
		x.release(l)
		x.end(Failed, "")
		return
	}
	x.stage = t
	x.hush()
	x.surround(nil)
	x.talked = true
	x.listen()
	x.pen.pause(false)
	x.watch(t.ctx, l, func(e leg.Event) {}, t.gone)
	x.record.queue(journal.Talking, News{})
	x.record.with(x.h.Department, name)
}

// gone is the other party hanging up.
func (t *together) gone() {
	t.part()
	t.x.pen.pause(true)
	t.x.farewell()
}

func (t *together) part() {
	t.stop()
	t.pen.end()
	t.x.bridge.Leave(t.name)
}

func (t *together) digit(key rune) { _ = t.x.key(key, t.name) }

func (t *together) wrote(string) {}

func (t *together) close(error) {
	t.part()
	t.x.release(t.line)
}

// transfer is a person's wish to hand the caller on.
func (s *serving) transfer(o Order) error {
	x := s.x
	if g := s.guest; g != nil && (o.Target == "" || o.Target == g.name) {
		if g.line == nil {
			return errNotNow
		}
		s.handToGuest()
		return nil
	}
	if s.guest != nil || s.state.Phase != talking && s.state.Phase != held {
		return errNotNow
	}
	d, err := x.whom(o.Target)
	if err != nil {
		return err
	}
	if d.outside {
		return s.transferOut(d.target, o.Mode)
	}
	search, err := x.seekFor(d.h)
	if err != nil {
		return err // the person keeps the call
	}
	s.over(EndedTransfer)
	x.tell(prompts.TransferOnward, nil, "department", d.name)
	x.wait(d.h, search)
	return nil
}

// transferOut hands the caller to a target; the person has them back if it fails.
func (s *serving) transferOut(t Target, mode Mode) error {
	x := s.x
	if mode != "" {
		t.Mode = mode
	}
	if !voiced(x.caller) {
		return errNoVoice
	}
	s.apart()
	x.tell(prompts.TransferOnward, nil, "department", t.Name)
	s.on = x.handTo(t)
	s.on.then = func(l leg.Leg, err error) {
		s.on = nil
		if err != nil {
			s.resume()
			s.show(talking, problem(err))
			return
		}
		s.over(EndedTransfer)
		if l == nil {
			x.end(Served, "transferred")
			return
		}
		x.together(l, t.Name)
	}
	s.show(transferring, "")
	return nil
}
