package call

import (
	"context"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
)

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
	if s.line == nil { // the person reads
		s.x.written(l.Segment.Leg, l.Segment.ID, l.Segment.Text)
	}
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
		turn, err := x.ask(s.ctx, caller, text, language)
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
		caller, line := transcript.Primary(x.h.Language), x.record.line.Segment
		x.translated(line.Leg, line.ID, line.Text, caller, s.language(caller), nil)
	}
}

// ask puts one question to a dialog of its own, which speaks the caller's language.
func (x *exchange) ask(ctx context.Context, caller, text, language string) (*botTurn, error) {
	info := x.caller.Info()
	info.Language = caller
	conv, err := x.bot.Converse(info)
	if err != nil {
		return nil, err
	}
	greeting := dialog.Event{Kind: dialog.Start, Language: caller, Now: x.bot.Now()}
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
				lang = caller
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
