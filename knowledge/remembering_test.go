package knowledge_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

// lengths gives each text its length and counts the texts.
type lengths struct {
	texts int
	err   error
}

func (l *lengths) Name() string { return "lengths" }

func (l *lengths) Embed(_ context.Context, texts []string, _ bool) ([][]float32, error) {
	l.texts += len(texts)
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = []float32{float32(len(t))}
	}
	return out, l.err
}

func TestOneUtteranceIsEmbeddedOnce(t *testing.T) {
	inner := &lengths{}
	r, err := knowledge.Remember(inner, 2)
	require.NoError(t, err)
	embed := func(query bool, texts ...string) [][]float32 {
		v, err := r.Embed(t.Context(), texts, query)
		require.NoError(t, err)
		return v
	}
	embed(true, "Pass")
	require.Equal(t, [][]float32{{4}, {7}}, embed(true, "Pass", "Ausweis"))
	require.Equal(t, 2, inner.texts)
	embed(true, "Sperrmüll") // the oldest goes
	embed(true, "Ausweis")
	require.Equal(t, 3, inner.texts)
	embed(true, "Pass")
	require.Equal(t, 4, inner.texts)
	embed(false, "Pass")
	require.Equal(t, 5, inner.texts, "passages are others than queries")

	inner.err = errors.New("down")
	_, err = r.Embed(t.Context(), []string{"neu"}, true)
	require.Error(t, err)
	inner.err = nil
	require.Equal(t, [][]float32{{3}}, embed(true, "neu"), "a failure is not remembered")
}
