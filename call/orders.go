package call

import (
	"context"
	"errors"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
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
		language = s.language(primary(language))
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
	if s.talk.on && primary(language) != primary(x.h.Language) {
		s.aloudAbroad(p, segment)
		return nil
	}
	s.aloud(p)
	return nil
}

// aloudAbroad says a sentence to the caller in the caller's language, to the
// others as it is.
func (s *serving) aloudAbroad(p phrase, segment int) {
	x, caller := s.x, primary(s.x.h.Language)
	others := []string{s.name}
	if s.guest != nil {
		others = append(others, s.guest.party)
	}
	x.spawn("aloud", func() { x.speak(s.ctx, p, others...) })
	x.translated("bot", segment, p.text, primary(p.language), caller, func(text string) {
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

// withBot has the bot answer what is said next, by either side.
func (s *serving) withBot() error {
	if s.x.bot.Scribe == nil && voiced(s.x.caller) {
		return errNoScribe
	}
	if s.state.Phase != talking && s.state.Phase != merged {
		return errNotNow
	}
	s.question = true
	return nil
}

// heard is told each line that was written down.
func (s *serving) heard(l journal.Line) {
	if s.question && l.Segment.Text != "" {
		s.answer(l.Segment.Text, l.Segment.Language)
	}
}

// answer asks a dialog that knows nothing of the call but this question, and
// says what it says; it asks nothing back and hands over to nobody.
func (s *serving) answer(text, language string) {
	s.question = false
	x, interpreted, caller := s.x, s.talk.on, s.x.h.Language
	x.spawn("bot's answer", func() {
		turn, err := x.ask(s.ctx, text, language)
		if err != nil {
			x.log.Warn("the bot has no answer", "err", err)
			return
		}
		if interpreted {
			turn.texts = x.into(s.ctx, turn.texts, caller)
		}
		x.post(s.ctx, func() { s.answered(turn) })
	})
}

// answered says an answer; in an interpreted call the person reads it.
func (s *serving) answered(turn *botTurn) {
	x := s.x
	if len(turn.texts) == 0 {
		return
	}
	x.record.bot(turn, x.h.Language)
	s.aloud(turn.texts...)
	if s.talk.on {
		caller, line := primary(x.h.Language), x.record.line.Segment
		x.translated(line.Leg, line.ID, line.Text, caller, s.language(caller), nil)
	}
}

// ask puts one question to a dialog of its own.
func (x *exchange) ask(ctx context.Context, text, language string) (*botTurn, error) {
	info := x.caller.Info()
	info.Language = x.h.Language
	conv, err := x.bot.Converse(info)
	if err != nil {
		return nil, err
	}
	greeting := dialog.Event{Kind: dialog.Start, Language: x.h.Language, Now: x.bot.Now()}
	if err := conv.Handle(ctx, greeting, func(dialog.Action) error { return nil }); err != nil {
		return nil, err
	}
	turn := &botTurn{}
	question := dialog.Event{Kind: dialog.Heard, Text: text, Language: language, Confidence: 1, Now: x.bot.Now()}
	err = conv.Handle(ctx, question, func(a dialog.Action) error {
		switch a.Kind {
		case dialog.Say:
			lang := a.Lang
			if lang == "" {
				lang = x.h.Language
			}
			turn.texts = append(turn.texts, phrase{a.Text, lang, a.Firm})
		case dialog.Answered:
			turn.answer = a
			if x.bot.Evidence != nil {
				return x.bot.Evidence.Answered(ctx, x.h.Call, a)
			}
		}
		if a.Outcome != dialog.OutcomeNone {
			turn.outcome = a.Outcome
		}
		return nil
	})
	return turn, err
}
