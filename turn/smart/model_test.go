package smart

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media/mel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func load(t testing.TB) *Model {
	t.Helper()
	path := audiotest.Model(t, "smart-turn-v3.2-cpu.onnx")
	if _, err := onnx.Find(); err != nil {
		t.Skip("ONNX Runtime is not built: ", err)
	}
	rt, err := onnx.Open("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	m, err := Load(rt, path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

// The features in Go and the reference's in Python lead to the same
// probabilities, as far as the model allows: it is quantised to 8 bits, and
// 1e-6 added to all of the reference's own features moves a middling
// probability by 0.03.
func TestReference(t *testing.T) {
	root := audiotest.Shared(t, "speech")
	m := load(t)
	f, err := os.Open("testdata/reference.tsv")
	require.NoError(t, err)
	defer f.Close()
	cases, sum := 0, 0.0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		var name string
		var end int
		var want float64
		_, err := fmt.Sscan(lines.Text(), &name, &end, &want)
		require.NoError(t, err)
		pcm := audiotest.FLAC(t, filepath.Join(root, name))
		got, err := m.Complete(pcm[:min(len(pcm), end*16)])
		require.NoError(t, err)
		t.Logf("%s: %.5f", lines.Text(), got)
		require.InDelta(t, want, got, 0.12, lines.Text())
		sum += math.Abs(want - got)
		cases++
	}
	require.Less(t, sum/float64(cases), 0.03)
	require.Equal(t, 24, cases)
}

func TestConcurrentCallsDoNotMix(t *testing.T) {
	root := audiotest.Shared(t, "speech")
	m := load(t)
	pcm := audiotest.FLAC(t, filepath.Join(root, "de", "picovoice-cheetah-test_de_norm.flac"))
	inputs := [][]int16{pcm, pcm[:len(pcm)/2], nil}
	want := make([]float64, len(inputs))
	for i := range inputs {
		var err error
		want[i], err = m.Complete(inputs[i])
		require.NoError(t, err)
	}
	require.Greater(t, want[0], 0.9)
	require.Less(t, want[1], 0.1)
	got := make([]float64, 12)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			p, err := m.Complete(inputs[i%len(inputs)])
			if err == nil {
				got[i] = p
			}
		})
	}
	wg.Wait()
	for i := range got {
		require.Equal(t, want[i%len(inputs)], got[i])
	}
}

func TestWrongModel(t *testing.T) {
	path := audiotest.Model(t, "silero_vad.onnx")
	if _, err := onnx.Find(); err != nil {
		t.Skip("ONNX Runtime is not built: ", err)
	}
	rt, err := onnx.Open("")
	require.NoError(t, err)
	defer func() { require.NoError(t, rt.Close()) }()
	_, err = Load(rt, path)
	require.ErrorContains(t, err, "input_features")
}

func BenchmarkComplete(b *testing.B) {
	m := load(b)
	pcm := audiotest.Sine(300, 8_000_000_000, 8000)
	b.Run("features", func(b *testing.B) {
		w, err := m.take()
		require.NoError(b, err)
		defer m.give(w)
		extract := mel.NewExtractor(mels)
		for b.Loop() {
			normalise(w.audio, pcm)
			_ = extract.LogMel(w.features.GetData(), w.audio)
		}
	})
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Complete(pcm); err != nil {
				b.Fatal(err)
			}
		}
	})
}
