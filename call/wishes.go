package call

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Errors of orders for interpretation.
var (
	errNoInterpreter = errors.New("this service does not interpret")
	errNoTranslation = errors.New("nothing translates between these languages")
	errSameLanguage  = errors.New("all speak the same language")
	errNoSuch        = errors.New("there is no such interpretation")
)

// orderInterpretation is the person's wish.
func (s *serving) orderInterpretation(o Order) error {
	phase := s.state.Phase
	switch {
	case s.x.bot.Renderer == nil:
		return errNoInterpreter
	case phase == talking, phase == held, phase == merged, phase == consulting && s.guest.line != nil:
	default:
		return errNotNow
	}
	if err := o.Interpretation.check(); err != nil {
		return err
	}
	before := s.spoken()
	s.speakAs(tongueSet{o.Interpretation.Caller, o.Interpretation.Person, o.Interpretation.Guest})
	if o.On {
		if err := s.able(s.interpretable(phase)); err != nil {
			s.setSpoken(before)
			return err
		}
	}
	s.tune(o)
	return nil
}

// able says why nothing can be interpreted.
func (s *serving) able(parties []interpreter.Party) error {
	if !differ(parties) {
		return fmt.Errorf("%w: %s", errSameLanguage, parties[0].Language)
	}
	if s.x.possible(parties...) {
		return nil
	}
	var names []string
	for _, p := range parties {
		if !slices.Contains(names, p.Language) {
			names = append(names, p.Language)
		}
	}
	return fmt.Errorf("%w: %s", errNoTranslation, strings.Join(names, ", "))
}

// tune carries a wish out that can be.
func (s *serving) tune(o Order) {
	i, w := &s.x.interpreting, o.Interpretation
	if o.On {
		i.fault, i.ordered = "", true
	}
	if w.Mode != "" {
		i.mode = w.Mode
	}
	if w.Original != nil {
		i.original = *w.Original
	}
	if s.guest != nil {
		s.guest.wish = &o.On
	}
	if s.state.Phase != consulting {
		s.talk.wish = &o.On
	}
	if s.talk.on != o.On {
		s.talk.begun = false // it is said
	}
	i.renew()
	before := i.work
	s.show(s.state.Phase, "")
	if before != nil && i.work == nil {
		i.announce(prompts.InterpretOff, before.parties)
	}
}

// tongueSet are languages that were ordered; "" is none.
type tongueSet struct{ caller, person, guest string }

func (s *serving) spoken() tongueSet {
	t := tongueSet{caller: s.x.h.Language, person: s.talk.speaks}
	if s.guest != nil {
		t.guest = s.guest.speaks
	}
	return t
}

// speakAs sets those that are not "".
func (s *serving) speakAs(w tongueSet) {
	t := s.spoken()
	if w.caller != "" && transcript.Primary(w.caller) != transcript.Primary(t.caller) {
		t.caller = w.caller
	}
	if w.person != "" {
		t.person = transcript.Primary(w.person)
	}
	if w.guest != "" {
		t.guest = transcript.Primary(w.guest)
	}
	s.setSpoken(t)
}

func (s *serving) setSpoken(t tongueSet) {
	x := s.x
	if x.h.Language != t.caller {
		x.h.Language = t.caller // prompts and whoever is sought follow it
		x.record.language(t.caller)
	}
	s.talk.speaks = t.person
	if s.guest != nil {
		s.guest.speaks = t.guest
	}
}

// tag is a language as orders may name it, BCP 47 without private parts.
var tag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// check looks at what can be wrong with an order.
func (i Interpretation) check() error {
	for _, l := range []string{i.Caller, i.Person, i.Guest} {
		if l != "" && !tag.MatchString(l) {
			return fmt.Errorf("%w: %q is no language", errNoSuch, l)
		}
	}
	if i.Mode != "" && i.Mode != interpreter.Consecutive && i.Mode != interpreter.Simultaneous {
		return fmt.Errorf("%w: mode %q", errNoSuch, i.Mode)
	}
	if i.Original != nil && !(*i.Original >= 0 && *i.Original <= 1) {
		return fmt.Errorf("%w: original %g, it goes from 0 to 1", errNoSuch, *i.Original)
	}
	return nil
}
