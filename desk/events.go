package desk

import (
	"context"
	"slices"

	"github.com/amtsleitung/amtsleitung/store"
)

// DueEvent is the line in the history of a callback that was told to be due.
const DueEvent = "due"

// CallEnded stores what became of a whole call and has the targets told that
// it has ended; both last when CallEnded returns.
func (d *Desk) CallEnded(ctx context.Context, r store.CallRecord) error {
	r.Part = 0
	deliveries := d.deliveries(store.CallEnded, "", d.o.Events(store.CallEnded))
	if _, err := d.o.Store.AddCallRecord(ctx, r, deliveries); err != nil {
		return err
	}
	d.changed(len(deliveries) > 0)
	return nil
}

// tellDue has the targets told, once, of callbacks that are due. An error is
// logged and tried again.
func (d *Desk) tellDue(ctx context.Context) {
	list, err := d.o.Store.Requests(ctx, store.RequestFilter{Form: "callback"})
	for _, r := range list {
		if err == nil && Status(r.Status).Open() && !r.Due.IsZero() && !r.Due.After(d.o.Now().Add(d.o.Notice)) {
			err = d.tellOneDue(ctx, r)
		}
	}
	if err != nil && ctx.Err() == nil {
		d.o.Log.Error("callbacks that are due were not told", "err", err)
	}
}

func (d *Desk) tellOneDue(ctx context.Context, r store.Request) error {
	events, err := d.o.Store.RequestEvents(ctx, r.Reference)
	if err != nil || slices.ContainsFunc(events, func(e store.RequestEvent) bool { return e.What == DueEvent }) {
		return err
	}
	deliveries := d.deliveries(store.CallbackDue, r.Reference, d.o.Events(store.CallbackDue))
	if err := d.o.Store.Announce(ctx, r.Reference, DueEvent, deliveries); err != nil {
		return err
	}
	d.changed(len(deliveries) > 0)
	return nil
}
