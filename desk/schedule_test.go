package desk

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOpen(t *testing.T) {
	c, err := LoadCalendar()
	require.NoError(t, err)
	loc := berlin(t)
	h := Hours{Location: loc, Calendar: c, Land: "NW"}
	for text, tc := range map[string]struct {
		open bool
		next string
	}{
		"2026-11-23 08:00": {true, "2026-11-23 08:00"},
		"2026-11-23 07:59": {false, "2026-11-23 08:00"},
		"2026-11-23 17:59": {true, "2026-11-23 17:59"},
		"2026-11-23 18:00": {false, "2026-11-24 08:00"},
		"2026-11-27 18:30": {false, "2026-11-30 08:00"},
		"2026-12-24 19:00": {false, "2026-12-28 08:00"},
		"2026-06-04 10:00": {false, "2026-06-05 08:00"}, // Fronleichnam
		"2026-03-29 12:00": {false, "2026-03-30 08:00"}, // the clock goes forward
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
		require.NoError(t, err)
		require.Equal(t, tc.open, h.Open(at), text)
		require.Equal(t, tc.open, h.Open(at.UTC()), text)
		require.Equal(t, tc.next, h.Next(at).Format("2006-01-02 15:04"), text)
	}
	require.True(t, Hours{From: 9 * time.Hour, To: 9 * time.Hour}.Next(time.Now()).IsZero())
}

func TestSchedule(t *testing.T) {
	at := time.Date(2026, 11, 23, 7, 45, 0, 0, time.UTC)
	s := Schedule{
		Hours:       Hours{Location: time.UTC},
		Departments: map[string]Hours{"kfz": {Location: time.UTC, From: 7*time.Hour + 30*time.Minute, To: 12 * time.Hour}, "shut": {Location: time.UTC, From: time.Hour, To: 23 * time.Hour}},
		Closed:      []string{"shut"},
	}
	require.True(t, s.Open("kfz", at))
	require.False(t, s.Open("buergeramt", at))
	require.False(t, s.Open("shut", at))
	require.Equal(t, 12*time.Hour, s.For("kfz").To)
}
