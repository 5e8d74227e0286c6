package floor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/store"
)

// What the whole call became is for exports and webhooks, not among its times
// with people.
func TestRecordHasTheTimesWithPeople(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	defer s.Close()
	f, err := New(Options{Anyone: true, Store: s})
	require.NoError(t, err)
	now := time.Now()
	add := func(call string, part int, agent string) {
		_, err := s.AddCallRecord(t.Context(), store.CallRecord{Call: call, Part: part, Kind: "in", Agent: agent, Started: now, Ended: now}, nil)
		require.NoError(t, err)
	}
	add("01A", 1, "tina")
	add("01A", 0, "Tina Sommer")
	add("01B", 0, "")
	list, err := f.Record(t.Context(), "tina", "01A")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "tina", list[0].Agent)
	_, err = f.Record(t.Context(), "tina", "01B")
	require.ErrorIs(t, err, ErrNoCall, "the bot had it alone")
}
