package knowledge_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

var update = flag.Bool("update", false, "write weights.json anew")

func TestHeldOutQuestions(t *testing.T) {
	base := musterstadt(t)
	questions, err := knowledge.LoadQuestions(cities.Musterstadt())
	require.NoError(t, err)
	model, reports, err := base.Calibrate(context.Background(), questions, knowledge.Thresholds{})
	require.NoError(t, err)
	for _, r := range reports {
		t.Log("\n" + r.String())
	}
	unseen, err := knowledge.LoadUnseen(cities.Musterstadt())
	require.NoError(t, err)
	r, err := base.Unseen(context.Background(), unseen, knowledge.Thresholds{})
	require.NoError(t, err)
	require.Empty(t, r.Mistakes, "nobody tunes to single ones")
	t.Log("\n" + r.Figures())
	// Bounds well below what is measured, so that a real loss shows.
	hybrid := reports[0].Total()
	require.GreaterOrEqual(t, float64(hybrid.First)/float64(hybrid.InScope), 0.85)
	require.LessOrEqual(t, float64(hybrid.Wrong-hybrid.Invented)/float64(hybrid.InScope), 0.07)
	for _, bin := range reports[0].Bins {
		if bin.Questions >= 30 { // honest confidence: never much more is said than happens
			require.LessOrEqual(t, bin.Confidence/float64(bin.Questions)-float64(bin.Right)/float64(bin.Questions), 0.15)
		}
	}
	if *update {
		var file bytes.Buffer
		require.NoError(t, model.Save(&file))
		require.NoError(t, os.WriteFile("weights.json", file.Bytes(), 0o644))
	}
}
