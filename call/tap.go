package call

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// Scribe writes down what one party says to another person; call/scribe has one.
// No method but Run blocks.
type Scribe interface {
	media.Sink
	Run(ctx context.Context) error
	Pause(on bool)
	// SetLanguage says what is spoken from now on; "" is detected.
	SetLanguage(language string)
	// Often has the words looked at as often as can be while they are spoken.
	Often(on bool)
}

// Scribing is what a Scribe is made for.
type Scribing struct {
	Call, Leg string
	// Language that the party speaks; "" is detected among Languages, those
	// which it may speak, best first; none are all of the service.
	Language  string
	Languages []string
	// Journal that it is written into.
	Journal *journal.Journal
	// Heard gets the final lines, Hearing the words while they are spoken and
	// Speaking when the party begins and ends, as scribe.Options has them.
	Heard    func(scribe.Utterance)
	Hearing  func(scribe.Utterance)
	Speaking func(on bool)
}

// tap passes a party's audio on to whom it is set to: who writes for the
// call, and who writes what the caller must not read.
type tap struct{ to, aside atomic.Pointer[pen] }

// WriteFrame never blocks.
func (t *tap) WriteFrame(f media.Frame) error {
	if p := t.aside.Load(); p != nil {
		_ = p.scribe.WriteFrame(f) // it fails for nobody else
	}
	if p := t.to.Load(); p != nil {
		return p.scribe.WriteFrame(f)
	}
	return nil
}

// pen is a scribe at work.
type pen struct {
	scribe   Scribe
	stop     context.CancelFunc
	language string
	often    bool
}

// speaker is a party who is written down.
type speaker struct {
	leg       string
	languages []string // that may be spoken, best first; none: that of the caller
	ledger    *ledger
	heard     func(journal.Line)
}

// write begins to write down what a party says; nil where nothing is written.
func (x *exchange) write(w speaker) *pen {
	if x.bot.Scribe == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(x.ctx)
	language := x.tongueOf(w.languages)
	s := x.bot.Scribe(Scribing{
		Call: x.h.Call, Leg: w.leg, Language: language, Languages: w.languages, Journal: w.ledger.journal,
		Heard: func(u scribe.Utterance) {
			w.ledger.heard(u)
			x.post(ctx, func() { w.heard(u.Line) })
		},
		Hearing:  w.ledger.hearing,
		Speaking: func(on bool) { w.ledger.speaking(w.leg, on) },
	})
	x.lingering.Go(func() { // the last words take a moment
		err := x.bot.guard("scribe", func() error { return s.Run(ctx) })
		if err != nil && ctx.Err() == nil {
			x.log.Warn("nothing more is written down", "leg", w.leg, "err", err)
		}
	})
	return &pen{scribe: s, stop: cancel, language: language}
}

// tongueOf is the language to be heard: the caller's where a party speaks it
// or is the caller, and the only one of who speaks one; "" is to be detected.
func (x *exchange) tongueOf(languages []string) string {
	language := transcript.Primary(x.h.Language)
	switch {
	case len(languages) == 1:
		return languages[0]
	case len(languages) == 0, language == german && slices.Contains(languages, german):
		return language
	}
	return ""
}

// pause says whether the party speaks to nobody.
func (p *pen) pause(on bool) {
	if p != nil {
		p.scribe.Pause(on)
	}
}

// speaks sets the language that is heard, and whether somebody translates
// before the end of a sentence.
func (p *pen) speaks(language string, often bool) {
	if p == nil {
		return
	}
	if p.language != language { // it would be detected anew
		p.language = language
		p.scribe.SetLanguage(language)
	}
	if p.often != often {
		p.often = often
		p.scribe.Often(often)
	}
}

func (p *pen) end() {
	if p != nil {
		p.stop()
	}
}
