package call

import (
	"context"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

// summarised is a dialog that tells a person what was said in it.
type summarised interface{ Summary() dialog.Summary }

// handOver brings the caller to a person, in the goroutine of the call: the
// bot hears nothing meanwhile. It comes back with whom that did not work for.
func (s *session) handOver() error {
	to := s.transfer
	s.transfer = nil
	s.deafen()
	x := newExchange(s.bot, s.leg, s.handover(to), &s.record, &s.tasks, s.log)
	x.tidings = s.tidings
	result, err := x.run(s.ctx, func() { x.begin() })
	if err != nil {
		return err
	}
	switch result {
	case Left, Served:
		// The dialog hears of it also where the call's own context has ended.
		s.reason = x.reason
		return s.conv.Handle(context.WithoutCancel(s.ctx), s.stamp(dialog.Event{Kind: dialog.Gone}), func(dialog.Action) error { return nil })
	}
	s.record.queue(journal.Speaking, News{})
	if x.missed {
		s.noticed()
	}
	if err := s.relisten(); err != nil {
		return err
	}
	if err := s.handle(dialog.Event{Kind: resultEvents(result)}); err != nil {
		return err
	}
	for _, e := range x.unread {
		if e.Kind != leg.Text {
			continue // keys were for who is gone
		}
		if err := s.wrote(e); err != nil {
			return err
		}
	}
	return nil
}

func resultEvents(r Result) dialog.EventKind {
	switch r {
	case CallbackWon:
		return dialog.CallbackChosen
	case Returned:
		return dialog.Returned
	}
	return dialog.TransferFailed
}

// begin hands over as the department is served: outside, or by the desk.
func (x *exchange) begin() {
	if t, ok := x.target(x.h.Department); ok {
		x.record.with(x.h.Department, "")
		x.transferOut(t)
		return
	}
	if x.bot.People == nil {
		x.log.Error("the dialog asked for a transfer that this service does not offer", "department", x.h.Department)
	}
	x.seek(x.h)
}

// handover is what a person needs to know.
func (s *session) handover(to *dialog.Action) Handover {
	info := s.leg.Info()
	h := Handover{
		Call: info.Call, Department: to.Target, Language: s.language, Concern: to.Text,
		From: info.From, Trunk: info.Trunk, Written: !voiced(s.leg), Asked: s.bot.Now(),
	}
	if c, ok := s.conv.(summarised); ok {
		h.Summary = c.Summary()
	}
	return h
}

// deafen ends listening: neither the caller nor music is heard by the bot.
func (s *session) deafen() {
	s.silence.Stop()
	s.leg.Receive(nil)
	if s.held {
		s.held = false
		s.leg.Playout().Resume()
	}
	s.dropRecognition()
	s.caller, s.pending = hearing{}, nil
}

// relisten begins to listen anew, as in a new call: what was heard before has
// nothing to do with what comes.
func (s *session) relisten() error {
	s.release()
	s.release = func() {}
	d, release, err := s.bot.Detect(s.onTurn)
	if err != nil {
		return err
	}
	s.detector, s.release = d, release
	s.barge = newBarge(s.bot)
	s.ear.drain()
	s.leg.Receive(s.ear)
	return nil
}

// tidings asks the dialog what everybody must hear, for a caller who waits.
func (s *session) tidings() ([]phrase, error) {
	var turn botTurn
	err := s.conv.Handle(s.ctx, s.stamp(dialog.Event{Kind: dialog.Announce}), func(a dialog.Action) error {
		if a.Kind == dialog.Say {
			s.collect(&turn, a)
		}
		return nil
	})
	return turn.texts, err
}

// onVoice follows audio that begins or ends: the bot speaks from the next turn
// on, or writes on at once.
func (s *session) onVoice() error {
	s.medium()
	if voiced(s.leg) {
		return nil
	}
	s.dropRecognition()
	s.caller = hearing{}
	if !s.voice.active {
		return nil
	}
	s.stopSpeech()
	return s.afterSpeech()
}

// writes is a dialog that speaks otherwise to who reads.
type writes interface{ Writes(on bool) }

// medium tells the dialog whether it is heard or read.
func (s *session) medium() {
	if c, ok := s.conv.(writes); ok {
		c.Writes(!voiced(s.leg))
	}
}

// wrote brings what the caller has written to the dialog.
func (s *session) wrote(e leg.Event) error {
	if e.Text == "" {
		return nil
	}
	s.record.wrote(theCaller, e.Text, s.language)
	return s.input(dialog.Event{Kind: dialog.Heard, Text: e.Text, Confidence: 1})
}
