package call

import (
	"context"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// together is a caller with somebody outside; both lines stay here.
type together struct {
	x    *exchange
	name string
	line leg.Leg
	ctx  context.Context
	stop context.CancelFunc
	ear  tap
	pen  *pen
}

func (x *exchange) together(l leg.Leg, to Target) {
	t := &together{x: x, name: ofDesk + to.Name, line: l}
	t.ctx, t.stop = context.WithCancel(x.ctx)
	w := speaker{t.name, x.among([]string{to.Language}), &x.ledger, func(journal.Line) {}}
	x.interpreting.fault = ""
	interpreted := x.interprets(to)
	if interpreted {
		w.languages = tongues([]string{to.Language})
	}
	t.pen = x.write(w)
	t.ear.to.Store(t.pen)
	if err := x.bridge.Join(bridge.Party{Name: t.name, Leg: l, Tap: &t.ear}); err != nil {
		x.log.Warn("the target cannot be joined", "err", err)
		t.stop()
		x.release(l)
		x.end(Failed, "")
		return
	}
	x.stage = t
	x.hush()
	x.surround(nil)
	x.talked = true
	x.listen()
	x.pen.pause(false)
	x.watch(t.ctx, l, func(leg.Event) {}, t.gone)
	x.record.queue(journal.Talking, News{})
	x.record.with(x.h.Department, to.Name)
	if interpreted {
		x.interpreting.settle(&x.ledger, x.with(to), false, func() {})
	}
}

// with is the talk of the caller with somebody outside.
func (x *exchange) with(to Target) []interpreter.Party {
	return []interpreter.Party{
		{Name: theCaller, Language: transcript.Primary(x.h.Language)},
		{Name: ofDesk + to.Name, Language: tongues([]string{to.Language})[0]},
	}
}

// interprets says whether a talk with somebody outside is to be interpreted:
// then both lines must stay here.
func (x *exchange) interprets(to Target) bool {
	parties := x.with(to)
	return x.joined && x.interpreting.automatic() && differ(parties) && x.possible(parties...)
}

// gone is the other party hanging up.
func (t *together) gone() {
	t.part()
	t.x.pen.pause(true)
	t.x.farewell()
}

func (t *together) part() {
	t.x.interpreting.stop()
	t.stop()
	t.pen.end()
	t.x.bridge.Leave(t.name)
}

func (t *together) digit(key rune) { _ = t.x.key(key, t.name) }

func (t *together) wrote(string) {}

func (t *together) close(error) {
	t.part()
	t.x.release(t.line)
}
