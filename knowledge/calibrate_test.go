package knowledge_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

func TestCalibrate(t *testing.T) {
	base := musterstadt(t)
	questions, err := knowledge.LoadQuestions(cities.Musterstadt())
	require.NoError(t, err)
	model, reports, err := base.Calibrate(context.Background(), questions, knowledge.Thresholds{})
	require.NoError(t, err)
	for _, r := range reports {
		t.Log("\n" + r.String())
	}
	require.NoError(t, model.Save(os.Stdout))
}
