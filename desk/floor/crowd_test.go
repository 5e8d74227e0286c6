package floor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/store"
)

// serve is a call as package call runs it: it waits, is connected or not, and
// ends on either side. It returns how many people it had.
func serve(t *testing.T, f *Floor, id string, r *rand.Rand) int {
	had := 0
	for {
		s, err := f.Seek(t.Context(), call.Handover{Call: id, Department: "x", Language: "de"})
		if err != nil {
			return had
		}
		patience := time.NewTimer(time.Duration(r.IntN(5000)) * time.Millisecond)
		p := await(s, patience.C)
		patience.Stop()
		if p == nil {
			s.Leave(call.HungUp)
			return had
		}
		switch r.IntN(5) {
		case 0: // the telephone does not answer
			p.Over(call.EndedLost)
			s.Leave(call.ConnectFailed)
			continue
		case 1: // hung up while it rang
			p.Over(call.EndedByCaller)
			s.Leave(call.HungUp)
			return had
		}
		if _, err := p.Leg(t.Context()); err != nil {
			p.Over(call.EndedLost)
			s.Leave(call.ConnectFailed)
			continue
		}
		s.Leave(call.Connected)
		had++
		p.Tell(call.State{Phase: "talking"})
		select {
		case o := <-p.Orders():
			if o.Done != nil {
				o.Done <- nil
			}
			p.Over(call.EndedByPerson)
		case <-time.After(time.Duration(r.IntN(5)) * time.Millisecond):
			p.Over(call.EndedByCaller)
		}
		return had
	}
}

func await(s call.Search, enough <-chan time.Time) call.Person {
	for {
		select {
		case n := <-s.News():
			if n.Kind == call.Found {
				return n.Person
			}
		case <-enough:
			return nil
		}
	}
}

// work is a person at the desk, who accepts, declines, hangs up and pauses.
func work(ctx context.Context, f *Floor, name string, r *rand.Rand) {
	news, stop := f.Subscribe(name)
	defer stop()
	_ = f.Present(name, Ready, "")
	for {
		select {
		case <-ctx.Done():
			return
		case <-news:
		case <-time.After(5 * time.Millisecond):
		}
		snap, err := f.Snapshot(name, "de")
		switch {
		case err != nil:
			return
		case snap.Hand != nil && snap.Hand.Phase == "wrapup":
			_ = f.Wrap(ctx, name, snap.Hand.Call, Wrap{Resolution: "solved"})
		case snap.Hand != nil && r.IntN(2) == 0:
			_ = f.Order(ctx, name, snap.Hand.Call, call.Order{Kind: call.Finish})
		case snap.Offer != nil && r.IntN(8) == 0:
			_ = f.Decline(name, snap.Offer.Call)
		case snap.Offer != nil:
			_ = f.Accept(ctx, name, snap.Offer.Call)
		case len(snap.Queue) > 0 && r.IntN(3) == 0:
			_ = f.Accept(ctx, name, snap.Queue[r.IntN(len(snap.Queue))].Call)
		case snap.Me.State == Paused || snap.Me.State == Offline:
			_ = f.Present(name, Ready, "")
		}
	}
}

// TestCrowd has 120 calls and 6 people at once, in real time: no call has two
// people at a time, each ends with a record, nobody is left behind.
func TestCrowd(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	defer s.Close()
	f, err := New(Options{Anyone: true, Store: s, Records: true})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var desk, calls sync.WaitGroup
	desk.Go(func() { _ = f.Run(ctx) })
	for i := range 6 {
		name := fmt.Sprintf("agent%d", i)
		w := newWire(name)
		gone := f.Seen(name)
		desk.Go(func() { _ = f.Line(name, w) })
		desk.Go(func() {
			defer gone()
			defer func() { _ = w.Hangup(context.Background(), leg.CauseNormal) }()
			work(ctx, f, name, rand.New(rand.NewPCG(uint64(i), 3)))
		})
	}
	require.Eventually(t, func() bool { return f.Figures().Ready == 6 }, 10*time.Second, time.Millisecond)
	had := make([]int, 120)
	for i := range had {
		calls.Go(func() { had[i] = serve(t, f, fmt.Sprintf("01C%03d", i), rand.New(rand.NewPCG(uint64(i), 4))) })
	}
	calls.Wait()
	require.Eventually(t, func() bool { f := f.Figures(); return f.Waiting == 0 && f.Busy == 0 }, 10*time.Second, time.Millisecond)
	cancel()
	desk.Wait()
	talked := 0
	for i, n := range had {
		list, err := s.CallRecords(t.Context(), store.CallFilter{Call: fmt.Sprintf("01C%03d", i)})
		require.NoError(t, err)
		require.Len(t, list, 1, "call %d", i)
		require.Equal(t, n > 0, !list[0].Answered.IsZero(), "call %d", i)
		talked += n
	}
	require.Positive(t, talked)
	t.Logf("%d of %d callers spoke with somebody", talked, len(had))
	require.Empty(t, f.visits)
}
