package call

import (
	"context"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// speak starts the bot's next speech; the former one is over.
func (s *session) speak(texts []phrase) {
	s.stopSpeech()
	ctx, cancel := context.WithCancel(s.ctx)
	before := s.voice.done
	s.voice = speaking{
		serial: s.voice.serial + 1, active: true, firm: texts[0].firm,
		cancel: cancel, done: make(chan struct{}),
	}
	sp, done := speech{serial: s.voice.serial, texts: texts, rate: s.rate}, s.voice.done
	s.detector.SetBotSpeaking(true)
	s.detector.SetFirm(s.voice.firm)
	s.barge.BotSpeaks(s.voice.firm, s.listen.Expect)
	s.record.state("speaking")
	s.spawn("speech", func(context.Context) error {
		defer close(done)
		if before != nil {
			<-before // the former speech has let go of the playout
		}
		s.mouth.run(ctx, sp)
		return nil
	})
}

// stopSpeech silences the bot within one frame.
func (s *session) stopSpeech() {
	if !s.voice.active {
		return
	}
	s.voice.cancel()
	s.leg.Playout().Flush()
	s.silent()
}

// silent notes that the bot no longer speaks.
func (s *session) silent() {
	s.voice.active, s.voice.firm = false, false
	s.detector.SetBotSpeaking(false)
	s.detector.SetFirm(false)
	s.barge.BotSilent()
}

// interrupt ends the bot's speech because the caller has something to say,
// and tells the dialog how much of it was heard.
func (s *session) interrupt() error {
	if !s.voice.active {
		return nil
	}
	played := s.leg.Playout().Played()
	s.stopSpeech()
	if s.ending { // even a goodbye may be interrupted
		s.ending = false
	}
	return s.handle(dialog.Event{Kind: dialog.Interrupted, Played: played})
}

// onSpoken follows the progress of the speech.
func (s *session) onSpoken(r spoken) error {
	if r.serial != s.voice.serial || !s.voice.active {
		return nil // of a speech that was interrupted
	}
	switch r.kind {
	case firstFrame:
		s.record.firstAudio(r.at)
		s.finishTiming()
	case firmOver:
		s.voice.firm = false
		s.barge.BotSpeaks(false, s.listen.Expect)
		s.detector.SetFirm(false)
		return s.afterFirm()
	case stopped, allPlayed:
		s.voice.cancel()
		s.silent()
		if r.err != nil {
			return r.err
		}
		return s.afterSpeech()
	}
	return nil
}

func (s *session) finishTiming() {
	if t, outcome, ok := s.record.timing(); ok && s.bot.Figures != nil {
		s.bot.Figures.Turn(t, outcome)
	}
}

// afterFirm brings what the caller did meanwhile to the dialog.
func (s *session) afterFirm() error {
	waiting := s.pending
	s.pending = nil
	for _, e := range waiting {
		if err := s.input(e); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) afterSpeech() error {
	if len(s.pending) > 0 {
		return s.afterFirm()
	}
	if s.transfer != nil {
		return s.handOver()
	}
	if s.ending {
		s.reason = "goodbye"
		return nil
	}
	return s.handle(dialog.Event{Kind: dialog.Spoken})
}
