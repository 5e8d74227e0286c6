package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/stt/corpus"
)

type parrot struct{ says string }

func (p parrot) name() string { return p.says }
func (p parrot) close() error { return nil }
func (p parrot) hear(context.Context, corpus.Clip) (string, time.Duration, error) {
	return p.says, 100 * time.Millisecond, nil
}

func TestCompete(t *testing.T) {
	clips := []corpus.Clip{
		{Language: "de", Text: "guten Tag", Duration: 2 * time.Second},
		{Language: "en", Text: "good day", Duration: 4 * time.Second},
	}
	results, err := compete(t.Context(), []contestant{parrot{"guten Tag"}, parrot{"good"}}, clips, 3)
	require.NoError(t, err)
	require.Equal(t, "| engine | WER de | WER en | WER all | median time | p50 of the length | p95 of the length | slower than the first by |\n"+
		"|---|---|---|---|---|---|---|---|\n"+
		"| guten Tag | 0.0 % | 100.0 % | 50.0 % | 100 ms | 0.050 | 0.050 | 1.0 x |\n"+
		"| good | 100.0 % | 50.0 % | 75.0 % | 100 ms | 0.050 | 0.050 | 1.0 x |\n", format(results, []string{"de", "en"}))
}

func TestQuantile(t *testing.T) {
	require.InDelta(t, 3.0, quantile([]float64{5, 1, 3, 2, 4}, 0.5), 0)
	require.InDelta(t, 5.0, quantile([]float64{5, 1, 3, 2, 4}, 0.95), 0)
}
