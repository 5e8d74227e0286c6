package vad

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func noise(rng *rand.Rand, rms float64) []int16 {
	w := make([]int16, WindowSamples)
	for i := range w {
		w[i] = int16(rng.NormFloat64() * rms)
	}
	return w
}

func TestGateFollowsSteadyNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var g gate
	passed := 0
	for i := range 600 {
		if g.pass(noise(rng, 100)) && i > 100 {
			passed++
		}
	}
	require.Zero(t, passed, "steady noise at -50 dBFS is no work for the model")
	require.True(t, g.pass(noise(rng, 200)), "6 dB more is")
	for range hangover - 1 {
		require.True(t, g.pass(noise(rng, 100)))
	}
	require.False(t, g.pass(noise(rng, 100)))
}

func TestGateNeverHoldsBackLoudSound(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var g gate
	for range 5000 {
		require.True(t, g.pass(noise(rng, 1000)))
	}
}

func TestGateOpensAfterSilence(t *testing.T) {
	var g gate
	for range 1000 {
		require.False(t, g.pass(make([]int16, WindowSamples)))
	}
	require.True(t, g.pass(noise(rand.New(rand.NewPCG(1, 2)), 30)), "soft speech at -61 dBFS")
}
