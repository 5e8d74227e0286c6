package delivery

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/store"
)

// TestEventsReachARealServer delivers all events by the outbox: signed, with
// name, id and time; the first attempt of each fails, the key stays.
func TestEventsReachARealServer(t *testing.T) {
	type got struct {
		Posted
		key string
	}
	posts := make(chan got, 9)
	seen := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var p Posted
		if err != nil || json.Unmarshal(body, &p) != nil || r.Header.Get(SignatureHeader) != Sign("geheim", r.Header.Get(TimestampHeader), body) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if seen[p.Key]++; seen[p.Key] == 1 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		posts <- got{p, r.Header.Get(KeyHeader)}
	}))
	defer server.Close()

	ctx, cancel := context.WithCancel(t.Context())
	s, err := store.Open(ctx, t.TempDir(), time.Now)
	require.NoError(t, err)
	defer s.Close()
	o := New(Options{Store: s, Targets: []Target{&Webhook{Title: "hook", URL: server.URL, Secret: "geheim", City: "Musterstadt", Client: server.Client()}}})
	d := desk.New(desk.Options{Store: s, Wake: o.Wake, Promise: time.Nanosecond, Hours: desk.Hours{Location: time.UTC, Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, To: 24 * time.Hour},
		Route:  func(string, string) []string { return []string{"hook"} },
		Events: func(string) []string { return []string{"hook"} }})
	require.NoError(t, d.Take(ctx, store.Request{Reference: "327-1", Call: "01J", Form: "callback", Department: "buergeramt"}))
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	_, err = s.AddCallRecord(ctx, store.CallRecord{Call: "01J", Part: -1, Kind: "in", Agent: "tina", Started: start, Answered: start.Add(20 * time.Second), Ended: start.Add(time.Minute), Ending: "person",
		CallWrap: store.CallWrap{Topic: "Wohngeld", Resolution: "solved"}}, nil)
	require.NoError(t, err)
	require.NoError(t, d.CallEnded(ctx, store.CallRecord{Call: "01J", Kind: "in", From: "0228••", Started: start, Ended: start.Add(2 * time.Minute), Ending: "caller"}))

	done := make(chan error, 2)
	go func() { done <- d.Run(ctx) }() // finds the callback due
	go func() { done <- o.Run(ctx) }()
	// The pause after the failed attempt is not waited for.
	require.Eventually(t, func() bool {
		list, err := s.WaitingDeliveries(ctx, "hook", 9)
		if err != nil || len(list) != 3 {
			return false
		}
		for _, w := range list {
			if w.Attempts == 0 {
				return false
			}
		}
		for _, w := range list {
			w.Next = time.Now()
			if s.SettleDelivery(ctx, w) != nil {
				return false
			}
		}
		o.Wake()
		return true
	}, 20*time.Second, 10*time.Millisecond)
	events := map[string]got{}
	for range 3 {
		select {
		case p := <-posts:
			events[p.Event] = p
		case <-time.After(20 * time.Second):
			t.Fatal("an event did not come")
		}
	}
	for name, p := range events {
		require.Equal(t, p.Key, p.key, name)
		require.NotEmpty(t, p.Key)
		require.Equal(t, "Musterstadt", p.City)
		require.WithinDuration(t, time.Now(), p.Time, time.Minute)
	}
	require.Equal(t, "327-1", events[store.RequestTaken].Request.Reference)
	require.Equal(t, "327-1", events[store.CallbackDue].Request.Reference)
	call := events[store.CallEnded].Call
	require.Nil(t, events[store.CallEnded].Request)
	require.Equal(t, "0228••", call.From)
	require.Equal(t, "tina", call.People[0].Agent)
	require.InDelta(t, 20, call.People[0].WaitedS, 0.01)
	require.Equal(t, "Wohngeld", call.People[0].Topic)
	cancel()
	require.NoError(t, <-done)
	require.NoError(t, <-done)
}

// TestErasedCallIsNotDelivered erases it while its event waits.
func TestErasedCallIsNotDelivered(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	defer s.Close()
	d := desk.New(desk.Options{Store: s, Events: func(string) []string { return []string{"hook"} }})
	require.NoError(t, d.CallEnded(t.Context(), store.CallRecord{Call: "01J"}))
	list, err := s.WaitingDeliveries(t.Context(), "hook", 1)
	require.NoError(t, err)
	_, err = s.EraseCall(t.Context(), "01J", "x")
	require.NoError(t, err)
	w := &Webhook{Title: "hook", URL: "http://127.0.0.1:1/"}
	require.NoError(t, New(Options{Store: s, Targets: []Target{w}}).deliver(t.Context(), w, list[0]))
}

func TestEmailTellsOfRequestsOnly(t *testing.T) {
	require.ErrorIs(t, (&Email{}).Deliver(t.Context(), Message{Call: &desk.CallView{}}), ErrRefused)
	msg, err := (&Email{To: []string{"a@x.example"}, SMTP: SMTP{From: "b@x.example"}}).message(Message{Event: store.CallbackDue, Request: message.Request})
	require.NoError(t, err)
	require.Contains(t, msg.GetGenHeader("Subject")[0], "llig")
}
