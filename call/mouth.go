package call

import (
	"context"
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
		if err := m.voice.Say(ctx, p.text, p.language, s.rate, sink); err != nil {
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
