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

// older makes a database as an older version left it.
func older(t *testing.T, dir string, version int64, statements ...string) {
	t.Helper()
	ctx := context.Background()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "amtsleitung.db")+"?_pragma=foreign_keys(1)")
	require.NoError(t, err)
	defer db.Close()
	files, err := fs.Sub(migrations, "migrations")
	require.NoError(t, err)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	require.NoError(t, err)
	_, err = p.UpTo(ctx, version)
	require.NoError(t, err)
	for _, s := range statements {
		_, err = db.ExecContext(ctx, s)
		require.NoError(t, err)
	}
}

func TestDeliveriesOfBeforeAreTakenOver(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	older(t, dir, 20,
		`INSERT INTO requests VALUES ('1', '01J', '2026-11-22T12:00:00Z', 'callback', 'x', 'de', 'Wohngeld', '[]', '', 'new', '2026-11-22T12:00:00Z')`,
		`INSERT INTO deliveries VALUES ('k1', '1', 'post', 'waiting', 2, '2026-11-22T12:00:00Z', 'answered 500', '2026-11-22T12:00:00Z', '2026-11-22T12:00:00Z')`)
	s := open(t, dir)
	list, err := s.WaitingDeliveries(ctx, "post", 5)
	require.NoError(t, err)
	require.Equal(t, []Delivery{{Key: "k1", Event: RequestTaken, Reference: "1", Target: "post", State: Waiting, Attempts: 2, Next: noon, Error: "answered 500", Created: noon, Changed: noon}}, list)
	require.NoError(t, s.DeleteRequest(ctx, "1", "erika", "x"))
	list, err = s.WaitingDeliveries(ctx, "post", 5)
	require.NoError(t, err)
	require.Empty(t, list, "goes with its request")
}

// TestDownAndUp goes back to the version before and forward again.
func TestDownAndUp(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	add(t, s, "1", "01J")
	_, err := s.AddCallRecord(context.Background(), record("01K"), []Delivery{{Key: "kc", Event: CallEnded, Target: "hook", State: Waiting}})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "amtsleitung.db"))
	require.NoError(t, err)
	files, err := fs.Sub(migrations, "migrations")
	require.NoError(t, err)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	require.NoError(t, err)
	_, err = p.DownTo(context.Background(), 20)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	s = open(t, dir)
	list, err := s.Deliveries(context.Background(), "")
	require.NoError(t, err)
	require.Len(t, list, 1, "that of the request")
}

func record(call string) CallRecord {
	return CallRecord{
		Call: call, Part: -1, Kind: "in", From: "+4922812345", Department: "buergeramt", Language: "tr",
		Started: noon, Answered: noon.Add(20 * time.Second), Ended: noon.Add(3 * time.Minute), Agent: "tina", Ending: "caller",
		CallWrap: CallWrap{Topic: "Wohngeld", Note: "Geheimnis der Anruferin"}, Summary: []string{"Geheimnis der Zeile"},
	}
}

func TestCallRecords(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	id, err := s.AddCallRecord(ctx, record("01J"), nil)
	require.NoError(t, err)
	second := record("01J")
	second.Agent, second.Answered, second.Started = "udo", time.Time{}, noon.Add(time.Minute)
	_, err = s.AddCallRecord(ctx, second, nil)
	require.NoError(t, err)
	other := record("01K")
	other.Department = "standesamt"
	_, err = s.AddCallRecord(ctx, other, nil)
	require.NoError(t, err)
	whole := record("01J")
	whole.Part = 0
	_, err = s.AddCallRecord(ctx, whole, nil)
	require.NoError(t, err)
	_, err = s.AddCallRecord(ctx, whole, nil)
	require.Error(t, err, "a call ends once")

	list, err := s.CallRecords(ctx, CallFilter{Call: "01J"})
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.Equal(t, []int{2, 0, 1}, []int{list[0].Part, list[1].Part, list[2].Part})
	want := record("01J")
	want.ID, want.Part = id, 1
	require.Equal(t, want, list[2])
	require.Equal(t, 20*time.Second, list[2].Waited())
	require.Equal(t, 160*time.Second, list[2].Talked())
	require.Equal(t, 2*time.Minute, list[0].Waited())
	require.Zero(t, list[0].Talked())
	for name, tc := range map[string]struct {
		f CallFilter
		n int
	}{
		"all": {CallFilter{}, 4}, "department": {CallFilter{Department: "standesamt"}, 1}, "agent": {CallFilter{Agent: "udo"}, 1},
		"later": {CallFilter{From: noon.Add(time.Second)}, 1}, "before": {CallFilter{To: noon}, 0}, "limit": {CallFilter{Limit: 2}, 2},
	} {
		list, err := s.CallRecords(ctx, tc.f)
		require.NoError(t, err)
		require.Len(t, list, tc.n, name)
	}
	w := CallWrap{Topic: "Miete", Resolution: "solved", Bot: "wrong", Article: "wohngeld", Note: "n"}
	require.NoError(t, s.WrapCall(ctx, id, w))
	r, err := s.CallRecord(ctx, id)
	require.NoError(t, err)
	require.Equal(t, w, r.CallWrap)
	_, err = s.CallRecord(ctx, 99)
	require.ErrorIs(t, err, ErrNoCall)
}

// TestErasedCallIsGone looks into the files of the database.
func TestErasedCallIsGone(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir)
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
	_, err := s.AddCallRecord(ctx, record("01J"), []Delivery{{Key: "kc", Event: CallEnded, Target: "hook", State: Waiting}})
	require.NoError(t, err)
	require.NoError(t, s.KeepPlace(ctx, CallbackPlace{"01J", "buergeramt", "de", noon}))
	require.True(t, holds("Geheimnis der"))
	n, err := s.EraseCall(ctx, "01J", "operator")
	require.NoError(t, err)
	require.Equal(t, Erased{Records: 1}, n)
	require.False(t, holds("Geheimnis der"))
	require.False(t, holds("+4922812345"))
	places, err := s.Places(ctx)
	require.NoError(t, err)
	require.Empty(t, places)
	waiting, err := s.WaitingDeliveries(ctx, "hook", 5)
	require.NoError(t, err)
	require.Empty(t, waiting)

	id, err := s.AddCallRecord(ctx, record("01J"), nil) // the call went on
	require.NoError(t, err)
	require.Zero(t, id)
	require.False(t, holds("Geheimnis der"))
}

func TestOldCallsExpire(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	_, err := s.AddCallRecord(ctx, record("01J"), nil)
	require.NoError(t, err)
	require.NoError(t, s.AddPresence(ctx, PresenceChange{"tina", noon, "ready", ""}))
	require.NoError(t, s.AddPresence(ctx, PresenceChange{"tina", noon.Add(time.Hour), "paused", "lunch"}))
	n, err := s.ForgetNumbers(ctx, noon)
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = s.ForgetNumbers(ctx, noon.Add(time.Second))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	list, err := s.CallRecords(ctx, CallFilter{})
	require.NoError(t, err)
	require.Empty(t, list[0].From)
	n, err = s.ExpireCalls(ctx, noon.Add(time.Second))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	log, err := s.Presences(ctx, time.Time{})
	require.NoError(t, err)
	require.Equal(t, []PresenceChange{{"tina", noon.Add(time.Hour), "paused", "lunch"}}, log)
}

func TestSettings(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir)
	value := map[string]int{"x": 1}
	require.NoError(t, s.Setting(ctx, "none", &value))
	require.Equal(t, 1, value["x"], "as it was")
	require.NoError(t, s.PutSetting(ctx, "a", 7))
	require.NoError(t, s.PutSetting(ctx, "a", 8))
	require.NoError(t, s.Close())
	s = open(t, dir)
	n := 0
	require.NoError(t, s.Setting(ctx, "a", &n))
	require.Equal(t, 8, n)
	require.Error(t, s.Setting(ctx, "a", &value))
}
