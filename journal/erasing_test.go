package journal

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestErase(t *testing.T) {
	j := New(5)
	j.Begin(Call{ID: "a", From: "0176555••••"})
	j.Begin(Call{ID: "b"})
	j.Add("a", Line{})
	j.End("a", "caller", time.Unix(1, 0), 4)
	sub := j.Subscribe(8)
	defer sub.Close()
	j.Erase("a")
	j.Erase("never there")
	j.Add("a", Line{})
	calls, seq := j.Snapshot()
	require.Len(t, calls, 1)
	require.Equal(t, "b", calls[0].ID)
	e := <-sub.C
	require.Equal(t, seq, e.Seq)
	require.Equal(t, "a", e.Call.ID)
	require.Empty(t, e.Call.From, "the number is not told once more")
	require.False(t, e.Call.Ended.IsZero())
}
