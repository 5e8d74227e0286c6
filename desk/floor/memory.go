package floor

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/desk/queue"
	"github.com/amtsleitung/amtsleitung/store"
)

// paces is the name of the setting with the measured handling times.
const paces = "paces"

// recall takes up what was known before a restart: handling times, devices,
// the figures of the day, promised callbacks.
func (f *Floor) recall(ctx context.Context) error {
	if f.o.Store == nil {
		return nil
	}
	known := map[string]queue.Pace{}
	if err := f.o.Store.Setting(ctx, paces, &known); err != nil {
		return err
	}
	loc := f.o.Location
	if loc == nil {
		loc = time.Local
	}
	now := f.o.Now().In(loc)
	today, err := f.o.Store.CallRecords(ctx, store.CallFilter{From: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, loc)})
	if err != nil {
		return err
	}
	kinds := map[string]string{}
	for _, name := range f.names() {
		kind := ""
		if err := f.o.Store.Setting(ctx, "device/"+name, &kind); err != nil {
			return err
		}
		kinds[name] = kind
	}
	answered, within, lost, late := counts(today)
	_ = f.do(ctx, func(now time.Time) error {
		f.q.SetPaces(known)
		f.q.SetToday(now, answered, within, lost)
		f.late.set(now, f.o.Location, late)
		for name, kind := range kinds {
			if s := f.seats[name]; kind == Phone && s.Phone != "" {
				s.kind = Phone
			}
			f.q.Device(now, name, f.able(f.seats[name]))
		}
		return nil
	})
	f.callbacks(ctx)
	return nil
}

// names are those of all who have a seat.
func (f *Floor) names() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Keys(f.seats))
}

// counts are the figures of a day by its records: the first part of a call
// with people counts.
func counts(records []store.CallRecord) (answered, within, lost, late int) {
	for _, r := range records {
		switch {
		case r.Part != 1 || r.Kind != "in":
		case !r.Answered.IsZero():
			answered++
			if r.Waited() <= goal {
				within++
			}
		case r.Ending == "hung_up":
			lost++
			if r.Waited() > goal {
				late++
			}
		}
	}
	return answered, within, lost, late
}

// remember keeps the measured times for the next start.
func (f *Floor) remember(ctx context.Context) {
	if f.o.Store == nil {
		return
	}
	f.mu.Lock()
	known := f.q.Paces()
	f.mu.Unlock()
	if err := f.o.Store.PutSetting(ctx, paces, known); err != nil {
		f.o.Log.Error("handling times were not kept", "err", err)
	}
}
