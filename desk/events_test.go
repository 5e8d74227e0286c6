package desk

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/store"
)

func TestDueCallbacksAreToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(context.Background(), t.TempDir(), time.Now)
		require.NoError(t, err)
		defer s.Close()
		woken := 0
		d := New(Options{Store: s, Hours: Hours{Location: time.UTC, Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}, Promise: 2 * time.Hour, Notice: time.Hour, Wake: func() { woken++ },
			Events: func(event string) []string {
				if event == store.CallbackDue {
					return []string{"hook"}
				}
				return nil
			}})
		ctx, cancel := context.WithCancel(context.Background())
		<-time.After(9 * time.Hour)
		require.NoError(t, d.Take(ctx, store.Request{Reference: "1", Form: "callback"}))
		require.NoError(t, d.Take(ctx, store.Request{Reference: "2", Form: "callback"}))
		require.NoError(t, d.Take(ctx, store.Request{Reference: "3", Form: "defect"}))
		require.NoError(t, d.Move(ctx, "2", Done, "tina", ""))
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx) }()
		<-time.After(59 * time.Minute)
		synctest.Wait()
		list, err := s.WaitingDeliveries(ctx, "hook", 9)
		require.NoError(t, err)
		require.Empty(t, list)
		<-time.After(30 * time.Minute)
		synctest.Wait()
		list, err = s.WaitingDeliveries(ctx, "hook", 9)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, "1", list[0].Reference)
		require.Equal(t, store.CallbackDue, list[0].Event)
		require.Equal(t, 1, woken)
		cancel()
		require.NoError(t, <-done)
	})
}

func TestAttempts(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	defer s.Close()
	d := New(Options{Store: s})
	require.NoError(t, d.Take(t.Context(), store.Request{Reference: "1", Form: "callback"}))
	require.NoError(t, d.Attempt(t.Context(), "1", "tina", "busy"))
	require.NoError(t, d.Attempt(t.Context(), "1", "udo", "reached"))
	n, err := d.Attempts(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	c, err := d.Case(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, string(InWork), c.Status)
	require.ErrorIs(t, d.Attempt(t.Context(), "9", "udo", "reached"), store.ErrNoRequest)
}

func TestCallEndedLastsWithItsEvent(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	defer s.Close()
	d := New(Options{Store: s, Events: func(string) []string { return []string{"hook", "archive"} }})
	require.NoError(t, d.CallEnded(t.Context(), store.CallRecord{Call: "01J", Kind: "in", Ending: "caller"}))
	require.Error(t, d.CallEnded(t.Context(), store.CallRecord{Call: "01J"}), "once")
	all, err := s.Deliveries(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.NotEqual(t, all[0].Key, all[1].Key)
	require.NotZero(t, all[0].Record)
}
