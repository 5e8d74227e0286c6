package subtitles

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestMeasure(t *testing.T) {
	word := func(text string, end int, p float64) transcript.Word {
		return transcript.Word{Text: text, Start: time.Duration(end-400) * time.Millisecond, End: time.Duration(end) * time.Millisecond, Probability: p}
	}
	log := []Shown{
		{At: 1500 * time.Millisecond, Tail: "Guten Tag zusammen"},
		{At: 2 * time.Second, Committed: []transcript.Word{word(" Guten", 1000, 0.9), word(" Tag", 1500, 0.4)}, Tail: "meine"}, // "zusammen" is erased
		{At: 3 * time.Second, Committed: []transcript.Word{word(" meine", 2000, 0)}, Tail: "Damen"},
		{At: 9 * time.Second, Committed: []transcript.Word{word(" Damen", 2500, 0.8)}}, // waited for since 3 s
		{At: 30 * time.Second, Committed: []transcript.Word{word(" Gut.", 29000, 0.8)}},
	}
	q := Measure(log, []Cue{{Fast: true}, {}}, 20*time.Second, 5*time.Second)
	require.Equal(t, time.Second, q.LagP50) // of 0.5, 1, 1, 1 and 6.5 s
	require.Equal(t, 6500*time.Millisecond, q.LagP95)
	require.InDelta(t, 1.0/5, q.Erasure, 1e-9)
	require.InDelta(t, 1.0/4, q.LowConfidence, 1e-9)
	require.Equal(t, 1, q.Gaps)
	require.Equal(t, 1, q.TooFast)
	require.InDelta(t, 0.25, q.RealTime, 1e-9)
	require.Zero(t, Measure(nil, nil, 0, 0))
}

func TestAppendOnlyErasesNothing(t *testing.T) {
	words := spoken(speeches()["de"], "de")
	var log []Shown
	for i, w := range words {
		log = append(log, Shown{At: w.End + time.Second, Committed: words[i : i+1]})
	}
	q := Measure(log, nil, time.Minute, time.Second)
	require.Zero(t, q.Erasure)
	require.Zero(t, q.Gaps)
	require.Equal(t, time.Second, q.LagP95)
}
