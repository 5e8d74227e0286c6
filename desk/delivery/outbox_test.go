package delivery

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake answers as the test wants.
type fake struct {
	name string
	got  chan Message
	do   func(attempt int) error
	n    int
}

func (f *fake) Name() string { return f.name }

func (f *fake) Deliver(_ context.Context, m Message) error {
	f.n++
	f.got <- m
	return f.do(f.n)
}

// bench is a desk with an outbox that runs.
type bench struct {
	t     *testing.T
	store *store.Store
	desk  *desk.Desk
	stop  func()
}

func run(t *testing.T, dir string, targets ...Target) *bench {
	t.Helper()
	s, err := store.Open(context.Background(), dir, time.Now)
	require.NoError(t, err)
	o := New(Options{Store: s, Targets: targets})
	var names []string
	for _, target := range targets {
		names = append(names, target.Name())
	}
	b := &bench{t: t, store: s, desk: desk.New(desk.Options{Store: s, Route: func(string, string) []string { return names }, Wake: o.Wake})}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	b.stop = func() {
		cancel()
		require.NoError(t, <-done)
		require.NoError(t, s.Close())
		b.stop = func() {}
	}
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *bench) take(reference string) {
	b.t.Helper()
	require.NoError(b.t, b.desk.Take(context.Background(), store.Request{Reference: reference, Call: "01J", Form: "defect", Department: "tiefbauamt", Concern: "Laterne"}))
}

func (b *bench) deliveries() []store.Delivery {
	b.t.Helper()
	list, err := b.store.Deliveries(context.Background(), "")
	require.NoError(b.t, err)
	return list
}

// until waits for the deliveries to be settled.
func (b *bench) until(ok func([]store.Delivery) bool) {
	b.t.Helper()
	require.Eventually(b.t, func() bool { return ok(b.deliveries()) }, 10*time.Second, 5*time.Millisecond)
}

func TestTargetsDoNotWaitForEachOther(t *testing.T) {
	hold := make(chan struct{})
	slow := &fake{name: "slow", got: make(chan Message, 9), do: func(int) error { <-hold; return nil }}
	fast := &fake{name: "fast", got: make(chan Message, 9), do: func(int) error { return nil }}
	b := run(t, t.TempDir(), slow, fast)
	b.take("1")
	b.take("2")
	require.Equal(t, "1", (<-fast.got).Request.Reference)
	require.Equal(t, "2", (<-fast.got).Request.Reference)
	close(hold)
	b.until(func(list []store.Delivery) bool {
		for _, d := range list {
			if d.State != store.Delivered {
				return false
			}
		}
		return len(list) == 4
	})
	require.Len(t, slow.got, 2, "each once")
}

func TestRefusalIsFinalAndSeen(t *testing.T) {
	f := &fake{name: "f", got: make(chan Message, 9), do: func(int) error { return fmt.Errorf("%w: answered 410 Gone", ErrRefused) }}
	b := run(t, t.TempDir(), f)
	b.take("1")
	b.until(func(list []store.Delivery) bool { return list[0].State == store.Dead })
	dead, err := b.desk.Dead(context.Background())
	require.NoError(t, err)
	require.Equal(t, "refused: answered 410 Gone", dead[0].Error)
	c, err := b.desk.Case(context.Background(), "1")
	require.NoError(t, err)
	require.Equal(t, "dead", c.Events[1].What)

	f.do = func(int) error { return nil }
	require.NoError(t, b.desk.Redeliver(context.Background(), "1", "tina"))
	b.until(func(list []store.Delivery) bool { return list[0].State == store.Delivered })
	first, second := <-f.got, <-f.got
	require.NotEqual(t, first.Key, second.Key, "somebody wanted a second delivery: it is no repetition")
}

// TestRhythm runs a day of failures in no time, and then gives up.
func TestRhythm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{name: "f", got: make(chan Message, 99), do: func(int) error { return errors.New("answered 500") }}
		b := run(t, t.TempDir(), f)
		defer b.stop()
		began := time.Now()
		b.take("1")
		var keys []string
		var at []time.Duration
		for range maxAttempts {
			m := <-f.got
			keys, at = append(keys, m.Key), append(at, time.Since(began).Round(time.Minute/2))
		}
		synctest.Wait()
		require.Equal(t, store.Dead, b.deliveries()[0].State)
		for _, k := range keys {
			require.Equal(t, keys[0], k)
		}
		require.Equal(t, []time.Duration{0, 30 * time.Second, 90 * time.Second, 210 * time.Second}, at[:4])
		require.InDelta(t, 26, at[len(at)-1].Hours(), 2)
		require.Len(t, f.got, 0)
	})
}

func TestPause(t *testing.T) {
	require.Equal(t, 30*time.Second, pauseAfter(1))
	require.Equal(t, 2*time.Hour, pauseAfter(10))
	require.Equal(t, 2*time.Hour, pauseAfter(1000))
	o := New(Options{Now: func() time.Time { return time.Unix(0, 0) }})
	d := store.Delivery{State: store.Waiting}
	require.Equal(t, "retry", o.settle(&d, &LaterError{time.Hour, errors.New("answered 503")}))
	require.Equal(t, time.Unix(3600, 0), d.Next)
}

// TestStopDoesNotCount ends the service in the middle of an attempt.
func TestStopDoesNotCount(t *testing.T) {
	dir := t.TempDir()
	ended := make(chan struct{})
	f := &stuck{began: make(chan struct{}, 1), ended: ended}
	b := run(t, dir, f)
	b.take("1")
	<-f.began
	b.stop()
	<-ended
	ok := &fake{name: "stuck", got: make(chan Message, 1), do: func(int) error { return nil }}
	b = run(t, dir, ok)
	require.Equal(t, f.key, (<-ok.got).Key)
	b.until(func(list []store.Delivery) bool { return list[0].State == store.Delivered && list[0].Attempts == 1 })
}

type stuck struct {
	began, ended chan struct{}
	key          string
}

func (s *stuck) Name() string { return "stuck" }

func (s *stuck) Deliver(ctx context.Context, m Message) error {
	s.key = m.Key
	s.began <- struct{}{}
	<-ctx.Done()
	close(s.ended)
	return ctx.Err()
}

func TestErasedIsNotDelivered(t *testing.T) {
	f := &fake{name: "f", got: make(chan Message, 9), do: func(int) error { return errors.New("answered 500") }}
	b := run(t, t.TempDir(), f)
	b.take("1")
	<-f.got
	require.NoError(t, b.desk.Delete(context.Background(), "1", "chef", "asked"))
	require.Empty(t, b.deliveries())
}
