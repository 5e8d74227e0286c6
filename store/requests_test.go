package store

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"
)

func TestRequestsOfBeforeAreTakenOver(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "amtsleitung.db"))
	require.NoError(t, err)
	files, err := fs.Sub(migrations, "migrations")
	require.NoError(t, err)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	require.NoError(t, err)
	_, err = p.UpTo(ctx, 10)
	require.NoError(t, err)
	_, err = db.ExecContext(ctx, `INSERT INTO requests VALUES ('326-00001', '01J', '2026-11-22T12:00:00Z', 'callback', '+49228770', 'de', 'Wohngeld'), ('326-00002', '01J', '2026-11-22T12:00:00Z', 'defect', '', 'tr', 'Laterne')`)
	require.NoError(t, err)
	require.NoError(t, db.Close())

	s := open(t, dir)
	r, err := s.Request(ctx, "326-00001")
	require.NoError(t, err)
	require.Equal(t, Request{Reference: "326-00001", Call: "01J", Created: noon, Changed: noon, Form: "callback", Language: "de", Concern: "Wohngeld", Status: "new",
		Slots: []RequestSlot{{"number", "phone", "+49228770", "+49228770", true}}}, r)
	r, err = s.Request(ctx, "326-00002")
	require.NoError(t, err)
	require.Empty(t, r.Slots)
}

// add writes a request with a delivery that waits.
func add(t *testing.T, s *Store, reference, call string) {
	t.Helper()
	require.NoError(t, s.AddRequest(context.Background(),
		Request{Reference: reference, Call: call, Created: noon, Form: "defect", Department: "tiefbauamt", Status: "new", Concern: "Geheimnis " + reference, Due: noon.Add(time.Hour)},
		[]Delivery{{Key: "k" + reference, Reference: reference, Target: "post", State: Waiting, Next: noon, Created: noon, Changed: noon}}))
}

func TestRequestAndDeliveriesAreOneTransaction(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	add(t, s, "1", "01J")
	err := s.AddRequest(ctx, Request{Reference: "2", Created: noon}, []Delivery{{Key: "k1", Reference: "2"}}) // the key is taken
	require.Error(t, err)
	_, err = s.Request(ctx, "2")
	require.ErrorIs(t, err, ErrNoRequest)
}

func TestMoveRequest(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	add(t, s, "1", "01J")
	require.NoError(t, s.MoveRequest(ctx, "1", "new", "rejected", "erika", "kein Fall für uns"))
	require.ErrorIs(t, s.MoveRequest(ctx, "1", "new", "done", "paul", ""), ErrMoved)
	events, err := s.RequestEvents(ctx, "1")
	require.NoError(t, err)
	require.Equal(t, []RequestEvent{{noon, "", "created", ""}, {noon, "erika", "status", "rejected: kein Fall für uns"}}, events)
}

func TestFilter(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	add(t, s, "1", "01J")
	add(t, s, "2", "01K")
	require.NoError(t, s.MoveRequest(ctx, "2", "new", "done", "erika", ""))
	for name, tc := range map[string]struct {
		f    RequestFilter
		want []string
	}{
		"all":        {RequestFilter{}, []string{"2", "1"}},
		"status":     {RequestFilter{Status: "done"}, []string{"2"}},
		"call":       {RequestFilter{Call: "01J"}, []string{"1"}},
		"form":       {RequestFilter{Form: "callback"}, nil},
		"department": {RequestFilter{Department: "tiefbauamt"}, []string{"2", "1"}},
		"overdue":    {RequestFilter{OverdueAt: noon.Add(2 * time.Hour)}, []string{"1"}},
		"in time":    {RequestFilter{OverdueAt: noon}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := s.Requests(ctx, tc.f)
			require.NoError(t, err)
			var got []string
			for _, r := range list {
				got = append(got, r.Reference)
			}
			require.Equal(t, tc.want, got)
		})
	}
}

func TestOutbox(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	add(t, s, "1", "01J")
	waiting, err := s.WaitingDeliveries(ctx, "post", 10)
	require.NoError(t, err)
	require.Len(t, waiting, 1)
	d := waiting[0]
	d.State, d.Attempts, d.Error = Dead, 3, "answered 500"
	require.NoError(t, s.SettleDelivery(ctx, d))
	dead, err := s.DeadDeliveries(ctx)
	require.NoError(t, err)
	require.Equal(t, []Delivery{d}, dead)
	again := Delivery{Key: "k1b", Event: RequestTaken, Reference: "1", Target: "post", State: Waiting, Next: noon, Created: noon, Changed: noon}
	require.NoError(t, s.Redeliver(ctx, "1", "erika", []Delivery{again}))
	all, err := s.Deliveries(ctx, "1")
	require.NoError(t, err)
	require.Equal(t, []Delivery{again}, all, "the dead one is replaced")
}

// TestErasedIsGone looks into the files of the database for the caller's words.
func TestErasedIsGone(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir)
	for _, reference := range []string{"1", "2", "3"} {
		add(t, s, reference, "01"+reference)
	}
	require.NoError(t, s.AddAnswer(ctx, Answer{Call: "013", Article: "wohngeld"}))
	holds := func(words string) bool {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		require.NoError(t, err)
		for _, f := range files {
			data, err := os.ReadFile(f)
			require.NoError(t, err)
			if strings.Contains(string(data), words) {
				return true
			}
		}
		return false
	}
	require.True(t, holds("Geheimnis 1"))
	require.NoError(t, s.DeleteRequest(ctx, "1", "erika", "asked by letter"))
	require.ErrorIs(t, s.DeleteRequest(ctx, "1", "erika", ""), ErrNoRequest)
	require.False(t, holds("Geheimnis 1"))

	require.NoError(t, s.MoveRequest(ctx, "2", "new", "done", "erika", ""))
	n, err := s.ExpireRequests(ctx, noon)
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = s.ExpireRequests(ctx, noon.Add(time.Second))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.False(t, holds("Geheimnis 2"))

	erased, err := s.EraseCall(ctx, "013", "operator")
	require.NoError(t, err)
	require.Equal(t, Erased{Requests: 1, Answers: 1}, erased)
	require.False(t, holds("Geheimnis 3"))
	waiting, err := s.WaitingDeliveries(ctx, "post", 10)
	require.NoError(t, err)
	require.Empty(t, waiting)

	trail, err := s.Erasures(ctx, 0)
	require.NoError(t, err)
	require.Len(t, trail, 3)
	require.Equal(t, Erasure{ID: 3, At: noon, Who: "operator", Call: "013", Why: "erase --call"}, trail[2])
}
