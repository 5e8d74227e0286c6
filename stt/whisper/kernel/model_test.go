package kernel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/models/ggml"
	"github.com/amtsleitung/amtsleitung/stt/whisper/portable"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func modelFile(tb testing.TB) []byte {
	tb.Helper()
	if Supported() == Other {
		tb.Skip("there are no kernels for this processor")
	}
	cache := os.Getenv("AMTSLEITUNG_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		require.NoError(tb, err)
		cache = filepath.Join(user, "amtsleitung")
	}
	data, err := os.ReadFile(filepath.Join(cache, "models", "ggml-base.bin"))
	if err != nil {
		tb.Skip("no model ggml-base.bin: fetch it with: amtsleitung models fetch")
	}
	return data
}

// onEach runs a test with all kernels that this processor has.
func onEach(t *testing.T, f func(t *testing.T, p Processor)) {
	t.Helper()
	_ = modelFile(t)
	for p := AVX2; p <= Supported(); p++ {
		t.Run(names[p], func(t *testing.T) { f(t, p) })
	}
}

var names = map[Processor]string{AVX2: "AVX2", AVX512: "AVX-512"}

func load(tb testing.TB, p Processor, threads int) *Model {
	tb.Helper()
	m, err := loadFor(p, bytes.NewReader(modelFile(tb)), threads)
	require.NoError(tb, err)
	tb.Cleanup(m.Close)
	return m
}

// sweep is 4.4 s that sound like something without being speech.
func sweep() []int16 {
	pcm := make([]int16, 70400)
	for i := range pcm {
		x := float64(i)
		pcm[i] = int16(5000*math.Sin(x*0.05)*math.Sin(x*0.0003) + 2000*math.Sin(x*x*1e-6))
	}
	return pcm
}

var prompt = []Token{50258, 50261, 50359, 50364}

// whisper.cpp computes the same network from the same file in f16.
func TestLogitsAreThoseOfWhisperCpp(t *testing.T) { onEach(t, logitsAreThoseOfWhisperCpp) }

func logitsAreThoseOfWhisperCpp(t *testing.T, p Processor) {
	m := load(t, p, 1)
	reference, err := portable.Load(modelFile(t), 1)
	require.NoError(t, err)
	defer reference.Close()
	for _, positions := range []int{131, 320, 1500} {
		require.NoError(t, m.Encode(sweep(), positions))
		require.NoError(t, reference.Encode(sweep(), positions))
		past := 0
		for step, tokens := range [][]Token{prompt, {1000}, {50257 - 10}} {
			require.NoError(t, m.Decode(tokens, past))
			require.NoError(t, reference.Decode(tokens, past))
			past += len(tokens)
			c := correlation(m.Logits(0), reference.Logits(0))
			t.Logf("positions %d step %d: correlation %.4f", positions, step, c)
			require.Greater(t, c, 0.99)
		}
	}
}

// What is heard does not depend on the processor.
func TestKernelsAgree(t *testing.T) {
	_ = modelFile(t)
	if Supported() == AVX2 {
		t.Skip("this processor has no AVX-512 VNNI to compare with")
	}
	small, large := load(t, AVX2, 1), load(t, AVX512, 1)
	for _, m := range []*Model{small, large} {
		require.NoError(t, m.Encode(sweep(), 300))
		require.NoError(t, m.Decode(prompt, 0))
	}
	c := correlation(small.Logits(0), large.Logits(0))
	t.Logf("correlation %.6f", c)
	require.Greater(t, c, 0.995)
}

func correlation(a, b []float32) float64 {
	var sa, sb, saa, sbb, sab float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		sa, sb, saa, sbb, sab = sa+x, sb+y, saa+x*x, sbb+y*y, sab+x*y
	}
	n := float64(len(a))
	return (sab - sa*sb/n) / math.Sqrt((saa-sa*sa/n)*(sbb-sb*sb/n))
}

func TestThreadsDoNotChangeTheResult(t *testing.T) { onEach(t, threadsDoNotChangeTheResult) }

func threadsDoNotChangeTheResult(t *testing.T, p Processor) {
	one, two := load(t, p, 1), load(t, p, 2)
	for _, m := range []*Model{one, two} {
		require.NoError(t, m.Encode(sweep(), 300))
		require.NoError(t, m.Decode(prompt, 0))
	}
	require.Equal(t, one.Logits(0), two.Logits(0))
}

func TestBatchesAndSingleTokensAgree(t *testing.T) { onEach(t, batchesAndSingleTokensAgree) }

func batchesAndSingleTokensAgree(t *testing.T, p Processor) {
	m := load(t, p, 1)
	require.NoError(t, m.Encode(sweep(), 300))
	require.NoError(t, m.Decode(prompt, 0))
	batch := slices.Clone(m.Logits(0))
	for i, p := range prompt {
		require.NoError(t, m.Decode([]Token{p}, i))
	}
	require.InDeltaSlice(t, batch, m.Logits(0), 0.05)
}

// A text among several goes on as it would alone.
func TestBeamsGoTheirOwnWays(t *testing.T) { onEach(t, beamsGoTheirOwnWays) }

func beamsGoTheirOwnWays(t *testing.T, p Processor) {
	m := load(t, p, 1)
	require.NoError(t, m.Encode(sweep(), 300))
	alone := func(tokens ...Token) []float32 {
		require.NoError(t, m.Decode(prompt, 0))
		for i, x := range tokens {
			require.NoError(t, m.Decode([]Token{x}, len(prompt)+i))
		}
		return slices.Clone(m.Logits(0))
	}
	abc, xy, axz := alone(1000, 2000, 3000), alone(4000, 5000), alone(1000, 5000, 6000)

	require.NoError(t, m.Decode(prompt, 0))
	require.NoError(t, m.DecodeBeams([]Token{4000, 1000, 7000}, []int32{0, 0, 0}, len(prompt)))
	require.NoError(t, m.DecodeBeams([]Token{5000, 5000, 2000}, []int32{1, 0, 1}, len(prompt)+1))
	require.InDeltaSlice(t, xy, m.Logits(1), 0.01)
	require.NoError(t, m.DecodeBeams([]Token{3000, 6000}, []int32{2, 0}, len(prompt)+2))
	require.InDeltaSlice(t, abc, m.Logits(0), 0.01)
	require.InDeltaSlice(t, axz, m.Logits(1), 0.01)
	sum := float32(0)
	for _, a := range m.AppendAttention(1, nil, 300) {
		sum += a
	}
	require.InDelta(t, 1, sum, 1e-3)

	require.Error(t, m.DecodeBeams(nil, nil, 4))
	require.Error(t, m.DecodeBeams([]Token{1}, []int32{Beams}, 4))
	require.Error(t, m.DecodeBeams([]Token{1, 2}, []int32{0}, 4))
	require.Error(t, m.DecodeBeams([]Token{1}, []int32{0}, 448))
	require.Error(t, m.DecodeBeams([]Token{51865}, []int32{0}, 4))
}

func TestTops(t *testing.T) { onEach(t, tops) }

func tops(t *testing.T, p Processor) {
	m := load(t, p, 1)
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		for i := range m.Logits(0) {
			m.Logits(0)[i] = float32(math.Round(4 * r.NormFloat64())) // many are equal
		}
		m.Logits(0)[51864] = 99
		tokens, logs := m.Tops(0, 7)
		sorted := slices.Clone(m.Logits(0))
		slices.SortFunc(sorted, func(a, b float32) int { return int(b - a) })
		require.Len(t, tokens, 7)
		require.EqualValues(t, 51864, tokens[0])
		for i, k := range tokens {
			require.Equal(t, sorted[i], m.Logits(0)[k])
			require.InDelta(t, float64(sorted[i])-m.LogSum(0, 0, len(sorted)), logs[i], 1e-3)
			require.NotContains(t, tokens[:i], k)
		}
	}
	for i := range m.Logits(0) {
		m.Logits(0)[i] = float32(math.Inf(-1))
	}
	m.Logits(0)[5] = 1
	tokens, _ := m.Tops(0, 7)
	require.Equal(t, []Token{5}, tokens, "what is forbidden is no choice")
}

func TestBestAndLogSum(t *testing.T) { onEach(t, bestAndLogSum) }

func bestAndLogSum(t *testing.T, p Processor) {
	m := load(t, p, 1)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Logits(0) {
		m.Logits(0)[i] = float32(10 * r.NormFloat64())
	}
	m.Logits(0)[51864] = 60
	sum := 0.0
	for _, l := range m.Logits(0) {
		sum += math.Exp(float64(l))
	}
	best, logP := m.Best(0)
	require.EqualValues(t, 51864, best)
	require.InDelta(t, 60-math.Log(sum), logP, 1e-4)
	require.InDelta(t, math.Log(sum), m.LogSum(0, 0, len(m.Logits(0))), 1e-4)
	for _, n := range []int{1, 15, 16, 17} {
		for i := range n {
			m.Logits(0)[100+i] = float32(math.Inf(-1))
		}
		require.True(t, math.IsInf(m.LogSum(0, 100, 100+n), -1))
		m.Logits(0)[100+n-1] = 3
		require.InDelta(t, 3, m.LogSum(0, 100, 100+n), 1e-5)
	}
}

func TestAttentionIsADistribution(t *testing.T) { onEach(t, attentionIsADistribution) }

func attentionIsADistribution(t *testing.T, p Processor) {
	m := load(t, p, 1)
	require.NoError(t, m.Encode(sweep(), 200))
	require.NoError(t, m.Decode(prompt, 0))
	sum := float32(0)
	for _, a := range m.AppendAttention(0, nil, 200) {
		require.GreaterOrEqual(t, a, float32(0))
		sum += a
	}
	require.InDelta(t, 1, sum, 1e-3)
}

func TestStop(t *testing.T) { onEach(t, stop) }

func stop(t *testing.T, p Processor) {
	m := load(t, p, 1)
	require.NoError(t, m.Encode(sweep(), 200))
	m.Stop()
	require.ErrorIs(t, m.Decode(prompt, 0), ErrStopped)
	require.NoError(t, m.Encode(sweep(), 200), "the next window is not stopped")
	require.NoError(t, m.Decode(prompt, 0))
}

func TestWrongUse(t *testing.T) { onEach(t, wrongUse) }

func wrongUse(t *testing.T, p Processor) {
	m := load(t, p, 1)
	require.Error(t, m.Encode(nil, 100))
	require.Error(t, m.Encode(sweep(), 0))
	require.Error(t, m.Encode(sweep(), 1501))
	require.NoError(t, m.Encode(sweep()[:1], 10))
	require.Error(t, m.Decode(nil, 0))
	require.Error(t, m.Decode([]Token{51865}, 0))
	require.Error(t, m.Decode([]Token{-1}, 0))
	require.Error(t, m.Decode(prompt, 445))
	require.NoError(t, m.Decode(prompt, 444))
}

func TestLoadRefusesOtherFiles(t *testing.T) {
	data := modelFile(t)
	change := func(at int, v uint32) []byte {
		b := slices.Clone(data)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":           {nil, ggml.ErrFormat},
		"cut":             {data[:len(data)-1], ggml.ErrFormat},
		"width":           {change(12, 384), ErrModel},
		"layers":          {change(20, 7), ErrModel},
		"context":         {change(8, 3000), ErrModel},
		"vocabulary":      {change(4, 1<<30), ErrModel},
		"one layer fewer": {change(20, 5), ErrModel},
	} {
		_, err := Load(bytes.NewReader(c.data), 1)
		require.ErrorIs(t, err, c.want, name)
	}
	var quantised bytes.Buffer
	require.NoError(t, ggml.Quantize(bytes.NewReader(data), &quantised, ggml.Q80))
	_, err := Load(&quantised, 1)
	require.True(t, errors.Is(err, ErrQuantised), "%v", err)
}

func onEachBenchmarked(b *testing.B, f func(b *testing.B, m *Model)) {
	b.Helper()
	_ = modelFile(b)
	for p := AVX2; p <= Supported(); p++ {
		b.Run(names[p], func(b *testing.B) { f(b, load(b, p, 1)) })
	}
}

func BenchmarkEncode5s(b *testing.B) {
	onEachBenchmarked(b, func(b *testing.B, m *Model) {
		for b.Loop() {
			require.NoError(b, m.Encode(sweep(), 350))
		}
	})
}

func BenchmarkToken(b *testing.B) {
	onEachBenchmarked(b, func(b *testing.B, m *Model) {
		require.NoError(b, m.Encode(sweep(), 350))
		require.NoError(b, m.Decode(prompt, 0))
		one := []Token{1000}
		b.ReportAllocs()
		for b.Loop() {
			require.NoError(b, m.Decode(one, 8))
			m.Best(0)
		}
	})
}

func BenchmarkFiveBeams(b *testing.B) {
	onEachBenchmarked(b, func(b *testing.B, m *Model) {
		require.NoError(b, m.Encode(sweep(), 350))
		require.NoError(b, m.Decode(prompt, 0))
		tokens, from := []Token{1000, 1001, 1002, 1003, 1004}, []int32{0, 1, 2, 3, 4}
		b.ReportAllocs()
		for b.Loop() {
			require.NoError(b, m.DecodeBeams(tokens, from, 8))
			for i := range tokens {
				m.Tops(i, 6)
			}
		}
	})
}
