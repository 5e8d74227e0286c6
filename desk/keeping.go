package desk

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/store"
)

// Rhythm of what happens by itself.
const (
	sweepEvery  = time.Hour
	dueEvery    = time.Minute
	listenEvery = 5 * time.Second // for what other processes erased
)

// Run erases what was kept long enough and follows what other processes erase,
// until ctx ends. Requests of older versions get their due date first.
func (d *Desk) Run(ctx context.Context) error {
	if err := d.promiseAll(ctx); err != nil {
		return err
	}
	last, err := d.lastErasure(ctx)
	if err != nil {
		return err
	}
	sweep, listen, due := time.NewTicker(sweepEvery), time.NewTicker(listenEvery), time.NewTicker(dueEvery)
	defer sweep.Stop()
	defer listen.Stop()
	defer due.Stop()
	d.sweep(ctx)
	d.tellDue(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-sweep.C:
			d.sweep(ctx)
		case <-due.C:
			d.tellDue(ctx)
		case <-listen.C:
			last = d.follow(ctx, last)
		}
	}
}

func (d *Desk) promiseAll(ctx context.Context) error {
	list, err := d.o.Store.Requests(ctx, store.RequestFilter{})
	if err != nil {
		return err
	}
	for _, r := range list {
		if !r.Due.IsZero() {
			continue
		}
		if err := d.o.Store.SetRequestDue(ctx, r.Reference, d.o.Hours.Add(r.Created, d.o.Promise)); err != nil {
			return err
		}
	}
	return nil
}

// sweep erases finished requests and old records of calls; an error is logged
// and tried again.
func (d *Desk) sweep(ctx context.Context) {
	d.sweepCalls(ctx, d.o.KeepCalls, "records of calls", d.o.Store.ExpireCalls)
	d.sweepCalls(ctx, d.o.KeepNumbers, "numbers of callers", d.o.Store.ForgetNumbers)
	if d.o.Keep == 0 {
		return
	}
	n, err := d.o.Store.ExpireRequests(ctx, d.o.Now().Add(-d.o.Keep))
	switch {
	case err != nil && ctx.Err() == nil:
		d.o.Log.Error("expired requests were not erased", "err", err)
	case n > 0:
		d.o.Log.Info("expired requests were erased", "count", n)
		d.changed(false)
	}
}

func (d *Desk) sweepCalls(ctx context.Context, keep time.Duration, what string, erase func(context.Context, time.Time) (int, error)) {
	if keep == 0 {
		return
	}
	n, err := erase(ctx, d.o.Now().Add(-keep))
	switch {
	case err != nil && ctx.Err() == nil:
		d.o.Log.Error("expired "+what+" were not erased", "err", err)
	case n > 0:
		d.o.Log.Info("expired "+what+" were erased", "count", n)
	}
}

func (d *Desk) lastErasure(ctx context.Context) (int64, error) {
	list, err := d.o.Store.Erasures(ctx, 0)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[len(list)-1].ID, nil
}

// follow tells of the erasures after the last one.
func (d *Desk) follow(ctx context.Context, last int64) int64 {
	list, err := d.o.Store.Erasures(ctx, last)
	if err != nil {
		if ctx.Err() == nil {
			d.o.Log.Error("erasures were not read", "err", err)
		}
		return last
	}
	for _, e := range list {
		last = e.ID
		if e.Call != "" {
			d.o.Erased(e.Call)
		}
	}
	if len(list) > 0 {
		d.changed(false)
	}
	return last
}
