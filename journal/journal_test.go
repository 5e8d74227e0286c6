package journal

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

func line(leg string, id int, text string) Line {
	return Line{Segment: transcript.Segment{Leg: leg, ID: id, Text: text}}
}

func TestLinesAreRevisedInPlace(t *testing.T) {
	j := New(10)
	j.Begin(Call{ID: "a"})
	j.Add("a", line("caller", 0, "ich brauche"))
	j.Add("a", line("bot", 0, "ja bitte"))
	j.Add("a", line("caller", 0, "ich brauche einen Ausweis"))
	calls, _ := j.Snapshot()
	require.Len(t, calls[0].Lines, 2)
	require.Equal(t, "ich brauche einen Ausweis", calls[0].Lines[0].Segment.Text)
}

func TestOnlyTheLastEndedCallsAreKept(t *testing.T) {
	j := New(2)
	for i := range 5 {
		j.Begin(Call{ID: fmt.Sprint(i)})
	}
	for i := range 4 {
		j.End(fmt.Sprint(i), "caller", time.Unix(int64(i), 0), 4)
	}
	calls, _ := j.Snapshot()
	ids := make([]string, 0, len(calls))
	for _, c := range calls {
		ids = append(ids, c.ID)
	}
	require.Equal(t, []string{"4", "3", "2"}, ids)
	require.Equal(t, 1, j.Active())
}

func TestNothingIsKeptWhenSoConfigured(t *testing.T) {
	j := New(0)
	j.Begin(Call{ID: "a"})
	j.Add("a", line("caller", 0, "geheim"))
	j.End("a", "caller", time.Now(), 4)
	calls, _ := j.Snapshot()
	require.Empty(t, calls)
}

func TestSlowReaderLosesTheOldestAndCounts(t *testing.T) {
	j := New(1)
	s := j.Subscribe(2)
	defer s.Close()
	j.Begin(Call{ID: "a"})
	for i := range 4 {
		j.Add("a", line("caller", i, fmt.Sprint(i)))
	}
	require.EqualValues(t, 3, s.Dropped())
	require.Equal(t, "2", (<-s.C).Line.Segment.Text)
	require.Equal(t, "3", (<-s.C).Line.Segment.Text)
}

func TestSnapshotAndSubscriptionMeet(t *testing.T) {
	j := New(1)
	j.Begin(Call{ID: "a"})
	s := j.Subscribe(8)
	defer s.Close()
	_, seq := j.Snapshot()
	j.Add("a", line("bot", 0, "guten Tag"))
	require.Equal(t, seq+1, (<-s.C).Seq)
}
