package call

import (
	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// talk is what a person wants of interpretation, and what it is at present.
type talk struct {
	wish   *bool  // nil: as the languages ask for
	speaks string // "" is chosen of the person's languages
	begun  bool   // it was on before: nothing is said when it goes on
	on     bool   // it is, or is once they talk again
	aside  *aside // while a guest is consulted
}

// aside is a talk that the caller hears and reads nothing of.
type aside struct {
	ledger
	person, guest *pen
}

// partiesOf are those who talk in a phase, each in their language.
func (s *serving) partiesOf(phase string) []interpreter.Party {
	x := s.x
	caller := interpreter.Party{Name: theCaller, Language: transcript.Primary(x.h.Language)}
	g := s.guest
	if g == nil || phase != consulting && phase != merged {
		return []interpreter.Party{caller, {Name: s.name, Language: s.language(caller.Language)}}
	}
	if phase == consulting {
		guest := g.language(x, s.language(""))
		return []interpreter.Party{{Name: s.name, Language: s.language(guest)}, {Name: g.party, Language: guest}}
	}
	person := s.language(caller.Language)
	return []interpreter.Party{caller, {Name: s.name, Language: person}, {Name: g.party, Language: g.language(x, person)}}
}

// interpretable are those whom interpretation can be for. In a conference
// caller and person understand each other at least.
func (s *serving) interpretable(phase string) []interpreter.Party {
	parties := s.partiesOf(phase)
	if len(parties) > 2 && !s.x.possible(parties...) {
		return parties[:2]
	}
	return parties
}

// language that the person speaks with somebody.
func (s *serving) language(with string) string {
	if s.talk.speaks != "" {
		return s.talk.speaks
	}
	return s.x.tongue(s.person.Languages(), with)
}

// language that the guest speaks with somebody.
func (g *guest) language(x *exchange, with string) string {
	if g.speaks != "" {
		return g.speaks
	}
	return x.tongue(g.languages(), with)
}

// languages of the guest, best first.
func (g *guest) languages() []string {
	if g.person != nil {
		return g.person.Languages()
	}
	return []string{g.target.Language}
}

// wants says whether those who talk are to be interpreted.
func (s *serving) wants(parties []interpreter.Party, phase string) bool {
	x := s.x
	wish := s.talk.wish
	if g := s.guest; g != nil && (phase == consulting || phase == merged && g.wish != nil && *g.wish) {
		wish = g.wish
	}
	on := x.interpreting.automatic()
	if wish != nil {
		on = *wish
	}
	return on && x.interpreting.fault == "" && differ(parties) && x.possible(parties...)
}

// hearEachOther says whether audio flows between those who talk in a phase.
func (s *serving) hearEachOther(phase string) bool {
	if s.line == nil {
		return false
	}
	switch phase {
	case talking:
		return s.x.joined
	case consulting:
		return s.guest != nil && s.guest.line != nil
	case merged:
		return s.x.joined && s.guest != nil && s.guest.line != nil
	}
	return false
}

// interpret brings interpretation to what the talk asks for now.
func (s *serving) interpret() {
	x, phase := s.x, s.state.Phase
	if x.bot.Renderer == nil {
		return
	}
	parties, able := s.partiesOf(phase), s.interpretable(phase)
	s.talk.on = s.wants(able, phase)
	s.dictate(parties)
	var now []interpreter.Party
	if s.talk.on && s.hearEachOther(phase) {
		now = able
	}
	in := &x.ledger
	if s.talk.aside != nil {
		in = &s.talk.aside.ledger
	}
	x.interpreting.settle(in, now, s.talk.begun, s.changed)
	s.talk.begun = s.talk.begun || now != nil
	s.state.Interpretation = s.interpretation(parties)
}

// changed shows it to the person. Who was heard speaking another language than
// was thought is taken for speaking that from then on.
func (s *serving) changed() {
	if s.gone {
		return
	}
	if heard := s.x.interpreting.heard(); heard != nil {
		t := tongueSet{caller: heard[theCaller], person: heard[s.name]}
		if s.guest != nil {
			t.guest = heard[s.guest.party]
		}
		s.speakAs(t)
	}
	s.show(s.state.Phase, s.state.Problem)
}

// interpretation is how it stands, for the page.
func (s *serving) interpretation(parties []interpreter.Party) *Interpretation {
	x := s.x
	original := x.interpreting.original
	out := &Interpretation{
		On: s.talk.on, Mode: x.interpreting.mode, Original: &original,
		Caller: transcript.Primary(x.h.Language), Possible: x.possible(parties...), Problem: x.interpreting.problem(),
	}
	for _, p := range parties {
		switch {
		case p.Name == s.name:
			out.Person = p.Language
		case s.guest != nil && p.Name == s.guest.party:
			out.Guest = p.Language
		}
	}
	return out
}

// dictate tells those who write which language they hear: an interpreted party
// speaks one. A guest who is consulted is written down only to be interpreted.
func (s *serving) dictate(parties []interpreter.Party) {
	x := s.x
	often := s.talk.on && x.interpreting.mode == interpreter.Simultaneous
	s.setAside(s.talk.on && s.hearEachOther(consulting) && s.state.Phase == consulting)
	x.pen.speaks(transcript.Primary(x.h.Language), often)
	for _, p := range parties {
		language := p.Language
		switch {
		case p.Name == s.name:
			if !s.talk.on {
				language = x.tongueOf(x.among(s.person.Languages()))
			}
			s.pen.speaks(language, often)
			if a := s.talk.aside; a != nil {
				a.person.speaks(language, often)
			}
		case s.guest != nil && p.Name == s.guest.party:
			if !s.talk.on {
				language = x.tongueOf(x.among([]string{p.Language}))
			}
			s.guest.pen.speaks(language, often)
			if a := s.talk.aside; a != nil {
				a.guest.speaks(language, often)
			}
		}
	}
}

// setAside writes down for nobody but the interpreter what person and guest say.
func (s *serving) setAside(on bool) {
	x, a := s.x, s.talk.aside
	switch {
	case on == (a != nil):
	case on:
		g := s.guest
		a = &aside{}
		a.journal = journal.New(0)
		a.journal.Begin(journal.Call{ID: x.h.Call})
		nobody := func(journal.Line) {}
		a.person = x.write(speaker{s.name, x.among(s.person.Languages()), &a.ledger, nobody})
		a.guest = x.write(speaker{g.party, []string{g.language(x, "")}, &a.ledger, nobody})
		s.ear.aside.Store(a.person)
		g.ear.aside.Store(a.guest)
		s.talk.aside = a
	default:
		s.ear.aside.Store(nil)
		a.person.end()
		a.guest.end()
		s.talk.aside = nil
	}
}
