package call

import (
	"fmt"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// handle gives the dialog an event and carries out its actions.
func (s *session) handle(e dialog.Event) error {
	s.silence.Stop()
	var turn botTurn
	err := s.conv.Handle(s.ctx, s.stamp(e), func(a dialog.Action) error { return s.act(&turn, a) })
	if err != nil {
		return fmt.Errorf("dialog: %w", err)
	}
	s.answered = s.answered || e.Kind != dialog.Start
	if len(turn.texts) > 0 {
		s.record.bot(&turn, s.language)
		if voiced(s.leg) {
			s.speak(turn.texts)
			return nil
		}
		return s.afterSpeech() // it was read
	}
	if s.transfer != nil && !s.voice.active {
		return s.handOver()
	}
	if s.ending {
		s.reason = "goodbye"
		return nil
	}
	if !s.voice.active {
		s.waitForCaller()
	}
	return nil
}

func (s *session) stamp(e dialog.Event) dialog.Event {
	e.Now = s.bot.Now()
	return e
}

// botTurn gathers what the dialog wants in answer to one event.
type botTurn struct {
	texts   []phrase
	answer  dialog.Action // the Answered evidence, if any
	outcome dialog.Outcome
}

func (s *session) act(t *botTurn, a dialog.Action) error {
	if a.Outcome != dialog.OutcomeNone {
		t.outcome = a.Outcome
	}
	switch a.Kind {
	case dialog.Say:
		s.collect(t, a)
	case dialog.Listen:
		s.listen = a
		s.detector.Expect(a.Expect)
	case dialog.Answered:
		t.answer = a
		return s.evidence(a)
	case dialog.Request:
		return s.evidence(a)
	case dialog.Rate:
		s.rate = a.Rate
	case dialog.Language:
		s.language, s.settled = a.Lang, true
		s.record.language(a.Lang)
	case dialog.End:
		s.ending = true
	case dialog.Transfer:
		s.transfer = &a
	}
	return nil
}

// collect keeps a sentence to be said.
func (s *session) collect(t *botTurn, a dialog.Action) {
	lang := a.Lang
	if lang == "" {
		lang = s.language
	}
	t.texts = append(t.texts, phrase{a.Text, lang, a.Firm})
}

func (s *session) evidence(a dialog.Action) error {
	if s.bot.Evidence == nil {
		return nil
	}
	if a.Kind == dialog.Request {
		return s.bot.Evidence.Requested(s.ctx, s.record.call, a)
	}
	return s.bot.Evidence.Answered(s.ctx, s.record.call, a)
}
