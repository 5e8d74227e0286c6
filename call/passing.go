package call

import (
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/leg"
)

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
		x.together(l, t)
	}
	s.show(transferring, "")
	return nil
}
