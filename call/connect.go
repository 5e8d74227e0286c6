package call

import (
	"context"
	"sync"

	"github.com/amtsleitung/amtsleitung/leg"
)

// Connect brings a caller whom the desk itself has called, e.g. back, to the
// person who did; the leg is answered. It returns once the caller's leg has
// ended. What a person does with the call is the same as with any other; who
// loses the person waits for another one, and there is no bot to go back to.
// A call that the desk has begun in the journal is the desk's to end there.
func (b *Bot) Connect(ctx context.Context, caller leg.Leg, h Handover, p Person) Result {
	info := caller.Info()
	log := b.Log.With("call", info.Call, "leg", info.Leg)
	reason := "error"
	if c, ok := b.Journal.Find(info.Call); !ok || !c.Ended.IsZero() {
		b.begin(info, caller.Stats().Codec)
		defer func() { b.end(caller, info.Call, reason) }()
	}

	if h.Language == "" {
		h.Language = b.Languages[0]
	}
	r := newRecord(b, info.Call)
	r.language(h.Language)
	var lingering sync.WaitGroup
	defer lingering.Wait()
	x := newExchange(b, caller, h, r, &lingering, log)
	var result Result
	err := b.guard("connect", func() (err error) {
		result, err = x.run(ctx, func() { x.connect(p, nil) })
		return err
	})
	switch {
	case err == nil:
		reason = x.reason
	case ctx.Err() != nil:
		reason = "shutdown"
	default:
		log.Error("call failed", "err", err)
	}
	if result == Failed || result == Returned { // there is nobody else
		reason = "nobody"
		b.apologise(ctx, caller, h.Language)
	}
	hangup(ctx, caller, log)
	return result
}
