package call

import (
	"errors"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Errors of orders, shown on the person's page.
var (
	errNotNow    = errors.New("this is not possible now")
	errNoLetters = errors.New("this caller cannot read")
	errNoText    = errors.New("there is no text")
	errNoKey     = errors.New("there is no such key")
	errNoVoice   = errors.New("nobody can hear it")
	errNoScribe  = errors.New("the bot cannot listen to this call")
	errNoTarget  = errors.New("this number or department may not be called")
	errNobody    = errors.New("nobody is consulted")
)

// order does what the person wants.
func (s *serving) order(o Order) {
	err := s.obey(o)
	if o.Done != nil {
		select {
		case o.Done <- err:
		default: // it has room by contract
		}
	}
	if err != nil && !s.gone {
		s.show(s.state.Phase, err.Error())
	}
}

func (s *serving) obey(o Order) error {
	if s.state.Phase == connecting && o.Kind != Finish {
		return errNotNow
	}
	switch o.Kind {
	case HoldCaller:
		return s.hold(o.On)
	case MuteSelf:
		return s.mute(o.On)
	case Write:
		return s.write(o.Text)
	case Speak:
		return s.speak(o.Text, o.Lang)
	case TransferTo:
		return s.transfer(o)
	case Consult:
		return s.consult(o.Target)
	case Merge:
		return s.merge()
	case Drop:
		return s.drop()
	case BackToBot:
		s.over(EndedByBot)
		s.x.end(Returned, "")
	case WithBot:
		return s.withBot()
	case SendDigit:
		return s.press(o.Digit)
	case Interpret:
		return s.orderInterpretation(o)
	case Finish:
		return s.hangUp()
	default:
		return errNotNow
	}
	return nil
}

// hangUp is the wish to end: before there is a line, somebody else takes the call.
func (s *serving) hangUp() error {
	if s.state.Phase == connecting {
		s.lost()
		return nil
	}
	s.dropGuest()
	s.finish()
	return nil
}

// hold lets the caller hear music, or talk again.
func (s *serving) hold(on bool) error {
	if p := s.state.Phase; p != talking && p != held || on == (p == held) {
		return errNotNow
	}
	if !on {
		s.resume()
		return nil
	}
	s.apart()
	s.x.tell(prompts.OnHold, nil)
	s.x.record.state(journal.Held)
	s.show(held, "")
	return nil
}

// apart lets the caller hear music and nobody hear the caller.
func (s *serving) apart() {
	x := s.x
	x.interpreting.stop()
	s.between(0)
	s.pens(true)
	x.surround(x.music())
}

// resume lets both hear each other again.
func (s *serving) resume() {
	x := s.x
	x.hush()
	x.surround(nil)
	s.between(1)
	x.interpreting.renew()
	s.pens(false)
	x.record.state(journal.Talking)
	s.show(talking, "")
	x.tell(prompts.BackFromHold, nil)
}

func (s *serving) between(gain float64) {
	s.x.bridge.Between(theCaller, s.name, gain)
	s.x.bridge.Between(s.name, theCaller, gain)
}

func (s *serving) mute(on bool) error {
	s.state.Muted = on
	s.x.bridge.Set(s.name, bridge.Controls{Muted: on})
	s.pen.pause(on || s.state.Phase != talking && s.state.Phase != merged)
	s.show(s.state.Phase, "")
	return nil
}

// write adds a line of the person for a caller who reads.
func (s *serving) write(text string) error {
	switch _, reads := s.x.caller.(leg.Written); {
	case text == "":
		return errNoText
	case !reads:
		return errNoLetters
	}
	language := s.x.h.Language
	if s.talk.on {
		language = s.language(transcript.Primary(language))
	}
	s.x.written(s.name, s.x.record.wrote(s.name, text, language), text)
	return nil
}

// speak has the bot read a text to all, e.g. an answer that was found.
func (s *serving) speak(text, language string) error {
	x := s.x
	if language == "" {
		language = x.h.Language
	}
	if text == "" {
		return errNoText
	}
	if s.state.Phase != talking && s.state.Phase != merged {
		return errNotNow
	}
	p, segment := phrase{text: text, language: language}, x.record.said(text, language)
	if s.talk.on && transcript.Primary(language) != transcript.Primary(x.h.Language) {
		s.aloudAbroad(p, segment)
		return nil
	}
	s.aloud(p)
	return nil
}

// aloudAbroad says a sentence to the caller in the caller's language, to the
// others as it is.
func (s *serving) aloudAbroad(p phrase, segment int) {
	x, caller := s.x, transcript.Primary(s.x.h.Language)
	others := []string{s.name}
	if s.guest != nil {
		others = append(others, s.guest.party)
	}
	x.spawn("aloud", func() { x.speak(s.ctx, p, others...) })
	x.translated("bot", segment, p.text, transcript.Primary(p.language), caller, func(text string) {
		said := phrase{text: text, language: caller}
		if text == "" {
			said = p
		}
		x.speak(s.ctx, said, theCaller)
	})
}

// aloud says sentences to everybody, one after the other.
func (s *serving) aloud(texts ...phrase) {
	s.x.spawn("aloud", func() {
		for _, p := range texts {
			s.x.speak(s.ctx, p)
		}
	})
}

func (s *serving) press(key rune) error {
	to := theCaller
	if s.state.Phase == consulting {
		to = s.guest.name
	}
	return s.x.key(key, to)
}

// key lets a party hear a key, as tones within the audio.
func (x *exchange) key(key rune, to string) error {
	tone, ok := newKeyTone(key)
	if !ok {
		return errNoKey
	}
	x.bridge.Play(x.ctx, []string{to}, tone, 1)
	return nil
}
