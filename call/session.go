package call

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/turn"
)

// session is the state of one bot call. Everything in it belongs to the
// goroutine of run; others send it messages.
type session struct {
	bot  *Bot
	leg  leg.Leg
	log  *slog.Logger
	conv Conversation

	ear      *ear
	detector *turn.Detector
	barge    *turn.BargeIn
	failed   error  // of a turn's event, within hear
	release  func() // frees the detector
	mouth    *mouth
	hypos    chan hypothesis
	verdicts chan verdict
	fatal    chan error
	tasks    sync.WaitGroup

	ctx      context.Context // of run; ends every task of the call
	language string
	deafened bool // the recogniser failed the last time
	settled  bool // the language is known: recognition is no longer asked to detect it
	rate     float64
	reason   string // why the call ended, once it has

	voice  speaking
	caller hearing
	listen dialog.Action // what to wait for once the bot has spoken
	// answered: the bot has reacted to something, and may have asked back.
	answered bool
	ending   bool // hang up once the bot has spoken
	held     bool
	pending  []dialog.Event // came while the bot was firm
	transfer *dialog.Action // hand over once the bot has spoken; nothing is heard from then on
	silence  *time.Timer
	notice   notice
	record   record
}

// speaking is the bot's half of the floor.
type speaking struct {
	serial int
	active bool
	firm   bool
	cancel context.CancelFunc
	done   chan struct{}
}

func newSession(b *Bot, l leg.Leg, log *slog.Logger) (*session, error) {
	info := l.Info()
	conv, err := b.Converse(info)
	if err != nil {
		return nil, fmt.Errorf("start the dialog: %w", err)
	}
	s := &session{
		bot: b, leg: l, log: log, conv: conv,
		ear:      newEar(),
		mouth:    newMouth(b.Voice, l.Playout(), b.Now),
		hypos:    make(chan hypothesis, 8),
		verdicts: make(chan verdict, 8),
		fatal:    make(chan error, 8),
		language: info.Language,
		rate:     1,
		notice:   newNotice(b),
		record:   *newRecord(b, info.Call),
	}
	if s.language == "" {
		s.language = b.Languages[0]
	}
	s.barge = newBarge(b)
	s.detector, s.release, err = b.Detect(s.onTurn)
	if err != nil {
		return nil, fmt.Errorf("start turn detection: %w", err)
	}
	return s, nil
}

// run converses until the call ends; nil means that it ended in an orderly way.
func (s *session) run(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	s.ctx = ctx
	s.silence = time.NewTimer(time.Hour)
	s.silence.Stop()
	defer func() {
		s.leg.Receive(nil)
		cancel()
		s.notice.late.Stop()
		s.leg.Playout().Flush()
		s.tasks.Wait()
		s.release()
	}()
	s.leg.Receive(s.ear)
	s.medium()
	return s.bot.guard("call", func() error {
		if err := s.handle(dialog.Event{Kind: dialog.Start, Language: s.leg.Info().Language}); err != nil {
			return err
		}
		for s.reason == "" {
			if err := s.step(); err != nil {
				return err
			}
			if err := s.announce(); err != nil {
				return err
			}
		}
		return nil
	})
}

// step waits for one message and handles it.
func (s *session) step() error {
	select {
	case f := <-s.ear.frames:
		return s.hear(&f)
	case h := <-s.hypos:
		return s.onHypothesis(h)
	case v := <-s.verdicts:
		if v.serial == s.caller.utterance.Serial {
			s.caller.complete.voice = v.complete
			s.judge()
		}
		return nil
	case r := <-s.mouth.reports:
		return s.onSpoken(r)
	case e, ok := <-s.leg.Events():
		if !ok {
			return s.gone()
		}
		return s.onLeg(e)
	case <-s.silence.C:
		return s.handle(dialog.Event{Kind: dialog.Silence})
	case <-s.notice.changed:
		s.noticed()
		return nil
	case <-s.notice.late.C:
		s.notice.overdue = true
		return nil
	case err := <-s.fatal:
		return err
	case <-s.leg.Done():
		return s.gone()
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

func (s *session) hear(f *heardFrame) error {
	if s.held || s.transfer != nil {
		return nil
	}
	err := s.detector.WriteFrame(media.Frame{PCM: f.pcm[:], At: f.at, Concealed: f.concealed})
	if err == nil {
		err = s.floor(s.barge.Tick(f.at))
	}
	return errors.Join(err, s.failed)
}

func (s *session) gone() error {
	s.reason = "caller"
	return s.conv.Handle(s.ctx, s.stamp(dialog.Event{Kind: dialog.Gone}), func(dialog.Action) error { return nil })
}

func (s *session) onLeg(e leg.Event) error {
	switch e.Kind {
	case leg.Hold:
		s.held = true
		s.silence.Stop()
		s.leg.Playout().Pause()
		s.record.state("held")
	case leg.Resumed:
		s.held = false
		s.leg.Playout().Resume()
		s.waitForCaller()
	case leg.Digit:
		return s.input(dialog.Event{Kind: dialog.Digit, Digit: e.Digit})
	case leg.Text:
		return s.wrote(e)
	case leg.Voice:
		return s.onVoice()
	}
	return nil
}

// input brings something the caller did to the dialog: at once if the bot may
// be interrupted, otherwise after its firm words.
func (s *session) input(e dialog.Event) error {
	if s.transfer != nil {
		return nil // the words that lead to a person are heard to their end
	}
	if s.voice.active && s.voice.firm {
		s.pending = append(s.pending, e)
		return nil
	}
	if err := s.interrupt(); err != nil {
		return err
	}
	return s.handle(e)
}

// writtenSilence is how long somebody who writes may think.
const writtenSilence = 5 * time.Minute

// waitForCaller starts the clock of the caller's silence.
func (s *session) waitForCaller() {
	s.record.state("listening")
	if s.listen.Timeout <= 0 || s.held || s.caller.active {
		return
	}
	if !voiced(s.leg) {
		s.silence.Reset(max(s.listen.Timeout, writtenSilence))
		return
	}
	s.silence.Reset(s.listen.Timeout)
}

// spawn runs a task of the call; its panic ends the call.
func (s *session) spawn(what string, f func(ctx context.Context) error) {
	s.tasks.Add(1)
	go func() {
		defer s.tasks.Done()
		if err := s.bot.guard(what, func() error { return f(s.ctx) }); err != nil {
			select {
			case s.fatal <- err:
			default:
			}
		}
	}()
}
