package subtitles

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestCuesOfARecording(t *testing.T) {
	cues := Cues(Television(), []transcript.Segment{
		{Leg: "A", Language: "de", Text: "Guten Tag, was kostet ein neuer Personalausweis, wenn ich noch keine 24 Jahre alt bin?", Start: 0, End: 6 * time.Second, Confidence: 0.8},
		{Leg: "B", Language: "de", Words: []transcript.Word{{Text: " Moment.", Start: 3 * time.Second, End: 3500 * time.Millisecond, Probability: 0.6}}},
		{Leg: "A", Language: "en", Text: "Thank you.", Start: 7 * time.Second, End: 8 * time.Second},
	})
	var got []string
	for _, c := range cues {
		got = append(got, c.ID+" "+c.Speaker+" "+c.Language+" "+c.Text)
	}
	require.Equal(t, []string{
		"A-1 A de Guten Tag, was kostet ein neuer Personalausweis,", "B-1 B de Moment.", "A-2 A de wenn ich noch keine 24 Jahre alt bin?", "A-3 A en Thank you.",
	}, got)
	require.InDelta(t, 0.8, cues[0].Confidence, 1e-9)
	require.Empty(t, Cues(Rules{}, nil))
}

func BenchmarkSegmenter(b *testing.B) {
	words := spoken(speeches()["de"], "de")
	for b.Loop() {
		s := NewSegmenter(Television(), "de")
		for i := range words {
			s.Add(words[i:i+1], false)
		}
		s.Flush()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(words)), "µs/word")
}
