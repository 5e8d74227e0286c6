package floor

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/store"
)

const citizen = "+4922812345"

// outside is a room that can call a citizen, who does what answer says; the
// call lasts a minute unless the person hangs up.
func outside(t *testing.T, answer func(ctx context.Context, to leg.Callee) (leg.Leg, error)) *room {
	var r *room
	r = open(t, func(o *Options) {
		o.Permit = func(n string) (call.Target, error) {
			if n == "09001234" {
				return call.Target{}, ErrTarget
			}
			return call.Target{Address: n}, nil
		}
		o.Dial = dialler{citizen: answer}
		o.Connect = func(ctx context.Context, _ leg.Leg, h call.Handover, p call.Person) {
			kind, reference := r.Origin(h.Call) // as who records it asks
			r.origins = append(r.origins, kind+" "+reference)
			l, err := p.Leg(ctx)
			require.NoError(t, err)
			require.NotNil(t, l)
			p.Tell(call.State{Phase: "talking"})
			talked := time.NewTimer(time.Minute)
			defer talked.Stop()
			for {
				select {
				case o := <-p.Orders():
					o.Done <- nil
					p.Over(call.EndedByPerson)
					return
				case <-talked.C:
					p.Over(call.EndedByCaller)
					return
				}
			}
		}
	})
	return r
}

// asks stores a request for a callback.
func (r *room) asks(reference, id, department string) {
	require.NoError(r.t, r.desk.Take(context.Background(), store.Request{Reference: reference, Call: id, Form: "callback", Department: department, Language: "tr", Concern: "Wohngeld",
		Slots: []store.RequestSlot{{Name: "number", Kind: "phone", Value: citizen, Listed: true}}}))
	settle()
}

func (r *room) status(reference string) (string, []string) {
	c, err := r.desk.Case(context.Background(), reference)
	require.NoError(r.t, err)
	var attempts []string
	for _, e := range c.Events {
		if e.What == desk.AttemptEvent {
			attempts = append(attempts, e.Detail)
		}
	}
	return c.Status, attempts
}

func TestCallbackKeepsThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		called := newWire("citizen")
		r := outside(t, func(_ context.Context, to leg.Callee) (leg.Leg, error) {
			require.NoError(t, to.Early.WriteFrame(media.Frame{}))
			return called, nil
		})
		audio, _ := r.works("tina")
		require.NoError(t, r.Present("tina", Paused, "lunch"))
		first := r.seek("01A", "buergeramt", "tr")
		pass(time.Minute)
		second := r.seek("01B", "buergeramt", "de")
		first.Leave(call.WantsCallback)
		require.Equal(t, 1, latest(second).Position, "until the number is known")
		r.asks("327-1", "01A", "buergeramt")
		require.Equal(t, 2, latest(second).Position, "the place is kept")
		snap, err := r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.Equal(t, []string{"callback", "waiting"}, []string{snap.Queue[0].State, snap.Queue[1].State})
		require.Equal(t, Callbacks{Open: 1}, snap.Callbacks)

		require.NoError(t, r.Present("tina", Ready, ""))
		id := r.offer("tina")
		require.NotEqual(t, "01B", id)
		snap, err = r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.Equal(t, "327-1", snap.Offer.Callback)
		require.Equal(t, citizen, snap.Offer.From)
		require.NoError(t, r.Accept(t.Context(), "tina", id))
		settle()
		require.Equal(t, "talking", r.phase("tina"))
		require.Equal(t, 1, audio.frames(), "it rang in the person's ear")
		pass(time.Minute)
		require.Equal(t, "wrapup", r.phase("tina"))
		require.True(t, called.ended())
		status, attempts := r.status("327-1")
		require.Equal(t, "in_work", status)
		require.Equal(t, []string{"1: reached"}, attempts)
		require.NoError(t, r.Wrap(t.Context(), "tina", id, Wrap{Resolution: "solved", Note: "Bescheid erklärt"}))
		status, _ = r.status("327-1")
		require.Equal(t, "done", status)
		rec := r.records(id)
		require.Len(t, rec, 1, "the part with tina; the whole call is recorded by who connects")
		require.Equal(t, []string{"callback 327-1"}, r.origins)
		kind, _ := r.Origin(id)
		require.Equal(t, "in", kind, "it is over")
		shown, err := r.Records(t.Context(), RecordQuery{Agent: "tina", Words: "bescheid"})
		require.NoError(t, err)
		require.Len(t, shown, 1)
		shown, err = r.Records(t.Context(), RecordQuery{Agent: "vera"})
		require.NoError(t, err)
		require.Empty(t, shown, "another department")
		_, err = r.Record(t.Context(), "vera", id)
		require.ErrorIs(t, err, ErrNotYours)
		require.Equal(t, "callback", rec[0].Kind)
		require.Equal(t, "327-1", rec[0].Request)
		require.Equal(t, "01B", r.offer("tina"))
		require.Equal(t, "callback", r.records("01A")[0].Ending)
		second.Leave(call.HungUp)
		places, err := r.store.Places(context.Background())
		require.NoError(t, err)
		require.Empty(t, places)
	})
}

func TestCallbackFromTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := func(context.Context, leg.Callee) (leg.Leg, error) { return nil, leg.ErrBusy }
		r := outside(t, func(ctx context.Context, to leg.Callee) (leg.Leg, error) { return answer(ctx, to) })
		r.works("tina")
		r.works("vera")
		r.asks("327-1", "01A", "buergeramt")
		require.ErrorIs(t, r.CallBack(t.Context(), "vera", "327-1", ""), ErrNotYours)
		require.ErrorIs(t, r.CallBack(t.Context(), "tina", "327-9", ""), ErrNoCall)
		require.NoError(t, r.CallBack(t.Context(), "tina", "327-1", ""))
		settle()
		require.Equal(t, "wrapup", r.phase("tina"))
		snap, err := r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.Equal(t, "busy", snap.Hand.Problem)
		rec := r.records(snap.Hand.Call)
		require.Len(t, rec, 2, "the whole call, though nobody took it, and its part")
		for _, part := range rec {
			require.Equal(t, "busy", part.Ending)
			require.Equal(t, "callback", part.Kind)
			require.Equal(t, "327-1", part.Request)
		}
		require.NoError(t, r.Wrap(t.Context(), "tina", snap.Hand.Call, Wrap{Resolution: "open"}))

		answer = func(ctx context.Context, _ leg.Callee) (leg.Leg, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}
		require.NoError(t, r.CallBack(t.Context(), "tina", "327-1", ""))
		settle()
		require.Equal(t, "connecting", r.phase("tina"))
		require.ErrorIs(t, r.CallBack(t.Context(), "tina", "327-1", ""), ErrTaken)
		snap, err = r.Snapshot("tina", "de")
		require.NoError(t, err)
		id := snap.Hand.Call
		require.ErrorIs(t, r.Order(t.Context(), "tina", id, call.Order{Kind: call.HoldCaller}), ErrState)
		require.NoError(t, r.Order(t.Context(), "tina", id, call.Order{Kind: call.Finish}))
		settle()
		require.Equal(t, "wrapup", r.phase("tina"))

		answer = func(context.Context, leg.Callee) (leg.Leg, error) { return newWire("c"), nil }
		require.NoError(t, r.Present("tina", Ready, ""))
		require.NoError(t, r.CallBack(t.Context(), "tina", "327-1", ""))
		pass(2 * time.Minute)
		status, attempts := r.status("327-1")
		require.Equal(t, "in_work", status)
		require.Equal(t, []string{"1: busy", "2: cancelled", "3: reached"}, attempts)
		require.NoError(t, r.desk.Move(t.Context(), "327-1", desk.Done, "vera", ""))
		require.ErrorIs(t, r.CallBack(t.Context(), "tina", "327-1", ""), ErrState)
	})
}

func TestCallOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := outside(t, func(context.Context, leg.Callee) (leg.Leg, error) { return newWire("c"), nil })
		require.ErrorIs(t, r.CallOut(t.Context(), "tina", citizen), ErrNoDevice)
		r.works("tina")
		require.ErrorIs(t, r.CallOut(t.Context(), "tina", "09001234"), ErrTarget)
		require.NoError(t, r.CallOut(t.Context(), "tina", citizen))
		settle()
		require.Equal(t, "talking", r.phase("tina"))
		require.ErrorIs(t, r.CallOut(t.Context(), "tina", citizen), ErrBusy)
		require.Equal(t, []string{"out "}, r.origins)
		snap, err := r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.NoError(t, r.Follow("tina", snap.Hand.Call))
		_, ok := r.journal.Find(snap.Hand.Call)
		require.False(t, ok, "whoever connects begins it, and ends it with the reason")
		pass(2 * time.Minute)
		require.Zero(t, r.Figures().AnsweredToday)
		require.Equal(t, 0, r.Figures().Waiting)
	})
}

// TestSettledCallbackLeavesTheQueue has somebody finish it in the list.
func TestSettledCallbackLeavesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := outside(t, func(context.Context, leg.Callee) (leg.Leg, error) { return nil, leg.ErrBusy })
		r.works("tina")
		require.NoError(t, r.Present("tina", Paused, "lunch"))
		s := r.seek("01A", "buergeramt", "tr")
		s.Leave(call.WantsCallback)
		r.asks("327-1", "01A", "buergeramt")
		snap, err := r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.Len(t, snap.Queue, 1)
		require.NoError(t, r.desk.Move(t.Context(), "327-1", desk.Rejected, "vera", "doppelt"))
		settle()
		snap, err = r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.Empty(t, snap.Queue)
		require.NoError(t, r.store.AddRequest(context.Background(), store.Request{Reference: "327-2", Call: "01C", Form: "callback", Department: "buergeramt", Status: "new",
			Created: time.Now(), Due: time.Now().Add(time.Minute)}, nil))
		pass(3 * time.Minute)
		snap, err = r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.Equal(t, Callbacks{Open: 1, Overdue: 1}, snap.Callbacks)
	})
}

// TestRestart brings places, devices, figures and handling times back.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(context.Background(), t.TempDir(), time.Now)
		require.NoError(t, err)
		defer db.Close()
		shift := func(work func(*room)) {
			ctx, cancel := context.WithCancel(context.Background())
			d := desk.New(desk.Options{Store: db, Hours: desk.Hours{Location: time.UTC}})
			f, err := New(Options{Agents: []AgentOptions{{Name: "udo", Phone: "sip:udo@desk"}}, Store: db, Desk: d, Records: true, Location: time.UTC,
				Dial: dialler{}, Permit: func(n string) (call.Target, error) { return call.Target{Address: n}, nil },
				Connect: func(context.Context, leg.Leg, call.Handover, call.Person) {}})
			require.NoError(t, err)
			done := make(chan error, 1)
			go func() { done <- f.Run(ctx) }()
			settle()
			work(&room{Floor: f, t: t, store: db, desk: d})
			cancel()
			require.NoError(t, <-done)
		}
		shift(func(r *room) {
			require.NoError(t, r.SetDevice("udo", Phone))
			require.NoError(t, r.Present("udo", Ready, ""))
			p := r.person(r.seek("01A", "x", "de"), "udo", "01A")
			p.Tell(call.State{Phase: "talking"})
			pass(10 * time.Minute)
			p.Over(call.EndedByCaller)
			require.NoError(t, r.Wrap(t.Context(), "udo", "01A", Wrap{}))
			require.NoError(t, r.Present("udo", Paused, "lunch"))
			s := r.seek("01B", "x", "tr")
			s.Leave(call.WantsCallback)
			r.asks("327-1", "01B", "x")
		})
		shift(func(r *room) {
			snap, err := r.Snapshot("udo", "de")
			require.NoError(t, err)
			require.Equal(t, Device{Kind: Phone, Ready: true, Phone: true}, snap.Me.Device)
			require.Len(t, snap.Queue, 1)
			require.Equal(t, "callback", snap.Queue[0].State)
			require.Equal(t, 1, snap.Figures.AnsweredToday)
			require.NoError(t, r.Present("udo", Ready, ""))
			s := r.seek("01C", "x", "de")
			require.Greater(t, latest(s).Wait, 5*time.Minute, "calls of this department take longer than thought")
			s.Leave(call.HungUp)
			log, err := r.store.Presences(context.Background(), time.Time{})
			require.NoError(t, err)
			require.NotEmpty(t, log)
		})
	})
}
