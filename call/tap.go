package call

import (
	"context"
	"sync/atomic"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
)

// Scribe writes down what one party says to another person; call/scribe has one.
// WriteFrame never blocks.
type Scribe interface {
	media.Sink
	Run(ctx context.Context) error
	Pause(on bool)
}

// Scribing is what a Scribe is made for.
type Scribing struct {
	Call, Leg, Language string
	// Heard gets the final lines, Hearing the words while they are spoken and
	// Speaking when the party begins and ends, as scribe.Options has them.
	Heard    func(scribe.Utterance)
	Hearing  func(scribe.Utterance)
	Speaking func(on bool)
}

// tap passes a party's audio on to whom it is set to.
type tap struct{ to atomic.Pointer[pen] }

// WriteFrame never blocks.
func (t *tap) WriteFrame(f media.Frame) error {
	if p := t.to.Load(); p != nil {
		return p.scribe.WriteFrame(f)
	}
	return nil
}

// pen is a scribe at work.
type pen struct {
	scribe Scribe
	stop   context.CancelFunc
}

// write begins to write down what a party says; nil where nothing is written.
func (x *exchange) write(leg string, heard func(journal.Line)) *pen {
	if x.bot.Scribe == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(x.ctx)
	s := x.bot.Scribe(Scribing{
		Call: x.h.Call, Leg: leg, Language: primary(x.h.Language),
		Heard: func(u scribe.Utterance) { x.post(ctx, func() { heard(u.Line) }) },
	})
	x.lingering.Go(func() { // the last words take a moment
		err := x.bot.guard("scribe", func() error { return s.Run(ctx) })
		if err != nil && ctx.Err() == nil {
			x.log.Warn("nothing more is written down", "leg", leg, "err", err)
		}
	})
	return &pen{s, cancel}
}

// pause says whether the party speaks to nobody.
func (p *pen) pause(on bool) {
	if p != nil {
		p.scribe.Pause(on)
	}
}

func (p *pen) end() {
	if p != nil {
		p.stop()
	}
}
