package call

import (
	"context"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
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

func (x *exchange) together(l leg.Leg, name string) {
	t := &together{x: x, name: ofDesk + name, line: l}
	t.ctx, t.stop = context.WithCancel(x.ctx)
	t.pen = x.write(t.name, func(journal.Line) {})
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
	x.watch(t.ctx, l, func(e leg.Event) {}, t.gone)
	x.record.queue(journal.Talking, News{})
	x.record.with(x.h.Department, name)
}

// gone is the other party hanging up.
func (t *together) gone() {
	t.part()
	t.x.pen.pause(true)
	t.x.farewell()
}

func (t *together) part() {
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
