package desk

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTakeSetsDueAndDeliveries(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	defer s.Close()
	woken := 0
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	d := New(Options{Store: s, Hours: Hours{Location: time.UTC}, Now: func() time.Time { return monday }, Wake: func() { woken++ },
		Route: func(form, department string) []string {
			require.Equal(t, "defect tiefbauamt", form+" "+department)
			return []string{"hook", "post"}
		}})
	news, stop := d.Subscribe()
	defer stop()
	require.True(t, d.Unused(t.Context(), "1"))
	require.NoError(t, d.Take(t.Context(), store.Request{Reference: "1", Call: "01J", Form: "defect", Department: "tiefbauamt"}))
	require.False(t, d.Unused(t.Context(), "1"))
	require.Len(t, news, 1)
	require.Equal(t, 1, woken)
	c, err := d.Case(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 25, 13, 0, 0, 0, time.UTC), c.Due)
	require.Equal(t, string(Fresh), c.Status)
	require.Len(t, c.Deliveries, 2)
	require.NotEqual(t, c.Deliveries[0].Key, c.Deliveries[1].Key)
	require.Error(t, d.Take(t.Context(), store.Request{Reference: "1", Form: "defect", Department: "tiefbauamt"}), "the bot must not say a number twice")
}

func TestStatuses(t *testing.T) {
	for _, from := range Statuses() {
		for _, to := range Statuses() {
			err := from.check(to, "why")
			require.Equal(t, from == to || (from == Done || from == Rejected) && to != InWork, err != nil, "%s to %s", from, to)
		}
		require.ErrorIs(t, from.check("nonsense", "why"), ErrStatus)
	}
	require.ErrorIs(t, Fresh.check(Rejected, ""), ErrNote)
	require.Empty(t, Status("nonsense").Next())
}

// TestRun lets hours pass.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(context.Background(), t.TempDir(), time.Now)
		require.NoError(t, err)
		defer s.Close()
		add := func(reference, call string) {
			require.NoError(t, s.AddRequest(context.Background(), store.Request{Reference: reference, Call: call, Created: time.Now(), Form: "callback", Status: "new"}, nil))
		}
		add("1", "a") // of an older version: without a due date
		add("2", "b")
		var erased []string
		d := New(Options{Store: s, Hours: Hours{Location: time.UTC}, Keep: 90 * time.Minute, Erased: func(call string) { erased = append(erased, call) }})
		_, err = s.EraseCall(context.Background(), "before", "x")
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx) }()
		synctest.Wait()
		r, err := s.Request(ctx, "1")
		require.NoError(t, err)
		require.False(t, r.Due.IsZero())

		require.NoError(t, d.Move(ctx, "1", Done, "tina", ""))
		<-time.After(89 * time.Minute)
		synctest.Wait()
		require.False(t, d.Unused(ctx, "1"))
		<-time.After(time.Hour)
		synctest.Wait()
		require.True(t, d.Unused(ctx, "1"), "finished long ago")
		require.False(t, d.Unused(ctx, "2"), "open requests stay")

		_, err = s.EraseCall(ctx, "b", "command line") // as another process does
		require.NoError(t, err)
		<-time.After(listenEvery)
		synctest.Wait()
		require.Equal(t, []string{"b"}, erased, "what was erased before the start is no news")
		cancel()
		require.NoError(t, <-done)
	})
}

func TestNames(t *testing.T) {
	kinds, err := LoadKinds()
	require.NoError(t, err)
	n := Names{Kinds: kinds, Slots: map[string]map[string]string{"f/a": {"de": "die Art", "en": "the kind"}}, Choices: map[string]map[string]string{"f/a/x": {"de": "Laterne"}}}
	require.Equal(t, "The kind", n.Slot("f", store.RequestSlot{Name: "a", Kind: "choice"}, "en"))
	require.Equal(t, "Telefonnummer", n.Slot("f", store.RequestSlot{Name: "number", Kind: "phone"}, "de"))
	require.Equal(t, "Odd thing", n.Slot("f", store.RequestSlot{Name: "odd_thing", Kind: "odd"}, "de"))
	for _, tc := range []struct {
		s            store.RequestSlot
		value, heard string
	}{
		{store.RequestSlot{Name: "a", Kind: "choice", Value: "x", Spoken: "a lamp"}, "Laterne", "a lamp"},
		{store.RequestSlot{Name: "a", Kind: "choice", Value: "x", Spoken: "Laterne"}, "Laterne", ""},
		{store.RequestSlot{Name: "b", Kind: "yes_no", Value: "yes", Spoken: "evet"}, "ja", ""},
		{store.RequestSlot{Name: "b", Kind: "date", Value: "2026-12-01", Spoken: "1 Aralık"}, "01.12.2026", ""},
		{store.RequestSlot{Name: "b", Kind: "date", Value: "soon"}, "soon", ""},
		{store.RequestSlot{Name: "b", Kind: "phone", Value: "+49", Spoken: "plus vier neun"}, "+49", ""},
		{store.RequestSlot{Name: "b", Kind: "count", Value: "3", Spoken: "ein Sofa und zwei Stühle"}, "3", "ein Sofa und zwei Stühle"},
	} {
		require.Equal(t, tc.value, n.Value("f", tc.s, "de"))
		require.Equal(t, tc.heard, n.Heard("f", tc.s, "de"))
	}
}

// TestCSVRunsNothing covers what spreadsheets take for a formula.
func TestCSVRunsNothing(t *testing.T) {
	for _, evil := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\u00a0=1", "＝1"} {
		require.Equal(t, []string{"'" + evil}, row([]string{evil}), "%q", evil)
	}
	var b bytes.Buffer
	list := []store.Request{{Reference: "1", Concern: "\r=1", Slots: []store.RequestSlot{{Name: "=cmd", Value: "+49"}}}}
	require.NoError(t, WriteCSV(&b, list, func(store.Request) bool { return false }, time.UTC))
	require.Equal(t, "\ufeffreference;created;due;status;overdue;form;department;language;concern;call;slot_=cmd\r\n1;;;;false;;;;\"'=1\";;'+49\r\n", b.String())
	require.Equal(t, []string{"327-00001", "Straße 5-7", ""}, row([]string{"327-00001", "Straße 5-7", ""}))
}
