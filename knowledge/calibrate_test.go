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

func TestCalibrate(t *testing.T) {
	base := musterstadt(t)
	questions, err := knowledge.LoadQuestions(cities.Musterstadt())
	require.NoError(t, err)
	model, reports, err := base.Calibrate(context.Background(), questions, knowledge.Thresholds{})
	require.NoError(t, err)
	for _, r := range reports {
		t.Log("\n" + r.String())
	}
	if *update {
		var file bytes.Buffer
		require.NoError(t, model.Save(&file))
		require.NoError(t, os.WriteFile("weights.json", file.Bytes(), 0o644))
	}
}
