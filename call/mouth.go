package call

import (
	"context"
	"errors"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

// speech is what the bot says in one go: several texts, some of them firm.
type speech struct {
	serial int
	texts  []phrase
	rate   float64
}

type phrase struct {
	text, language string
	firm           bool
}

// spoken reports the progress of a speech.
type spoken struct {
	serial int
	kind   spokenKind
	err    error
	at     time.Time
}

type spokenKind int

const (
	firstFrame spokenKind = iota + 1
	firmOver              // from here on the caller may interrupt
	allPlayed
	stopped
)

// mouth speaks one speech at a time in a goroutine of its own.
type mouth struct {
	voice   Voice
	out     leg.Playout
	reports chan spoken
	now     func() time.Time
}

func newMouth(voice Voice, out leg.Playout, now func() time.Time) *mouth {
	return &mouth{voice: voice, out: out, reports: make(chan spoken, 64), now: now}
}

// run speaks one speech under its own ctx, which the session cancels to interrupt.
func (m *mouth) run(ctx context.Context, s speech) {
	report := func(kind spokenKind, err error) {
		m.reports <- spoken{s.serial, kind, err, m.now()}
	}
	m.out.Flush() // starts the count of what was played anew
	begun := false
	sink := media.SinkFunc(func(f media.Frame) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := m.out.WriteFrame(f); err != nil {
			return err
		}
		if !begun {
			begun = true
			report(firstFrame, nil)
		}
		return nil
	})
	firm := len(s.texts) > 0 && s.texts[0].firm
	for _, p := range s.texts {
		if firm && !p.firm {
			if err := m.out.Drain(ctx); err != nil {
				break
			}
			firm = false
			report(firmOver, nil)
		}
		if err := m.utter(ctx, p, s.rate, sink); err != nil {
			if ctx.Err() == nil {
				report(stopped, err)
				return
			}
			break
		}
	}
	if ctx.Err() == nil && m.out.Drain(ctx) == nil {
		report(allPlayed, nil)
		return
	}
	m.out.Flush() // what a frame in flight may have left
	report(stopped, nil)
}

// voicePatience is how long a voice may stop in the middle of a sentence.
const voicePatience = 5 * time.Second

// errStalled is a voice that no longer speaks, and does not fail either.
var errStalled = errors.New("the voice has stalled")

// utter says one text. A voice that breaks or stalls is asked once more: with
// its engine dead, another one takes over from its next sentence on.
func (m *mouth) utter(ctx context.Context, p phrase, rate float64, to media.Sink) (err error) {
	for range 2 {
		if err = m.attempt(ctx, p, rate, to); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (m *mouth) attempt(ctx context.Context, p phrase, rate float64, to media.Sink) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	stalled := time.AfterFunc(voicePatience, func() { stop(errStalled) })
	defer stalled.Stop()
	err := m.voice.Say(ctx, p.text, p.language, rate, media.SinkFunc(func(f media.Frame) error {
		stalled.Stop() // the playout sets the pace: waiting for it is not the voice's fault
		defer stalled.Reset(voicePatience)
		return to.WriteFrame(f)
	}))
	if err != nil && errors.Is(context.Cause(ctx), errStalled) {
		return errStalled
	}
	return err
}
