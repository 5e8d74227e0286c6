package vad

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func load(t testing.TB) *Model {
	t.Helper()
	path := audiotest.Model(t, "silero_vad.onnx")
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

func stream(t testing.TB, m *Model) *Stream {
	t.Helper()
	s, err := m.Stream()
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func windows(pcm []int16) [][]int16 {
	var out [][]int16
	for ; len(pcm) >= WindowSamples; pcm = pcm[WindowSamples:] {
		out = append(out, pcm[:WindowSamples])
	}
	return out
}

// heard says for each window whether infer takes it for speech.
func heard(t testing.TB, s *Stream, pcm []int16, infer func([]int16) (float32, error)) []bool {
	t.Helper()
	var out []bool
	for _, w := range windows(pcm) {
		p, err := infer(w)
		require.NoError(t, err)
		out = append(out, p >= 0.5)
	}
	s.Reset()
	return out
}

func share(flags []bool) float64 {
	n := 0
	for _, f := range flags {
		if f {
			n++
		}
	}
	return float64(n) / float64(max(1, len(flags)))
}

// The gate must save work and not change what is heard.
func TestGateAgreesWithTheModel(t *testing.T) {
	root := audiotest.Shared(t, "speech")
	m := load(t)
	s := stream(t, m)
	files, err := filepath.Glob(filepath.Join(root, "*", "*.flac"))
	require.NoError(t, err)
	agree, voiced, missed, total := 0, 0, 0, 0
	for i, file := range files {
		if i%4 != 0 {
			continue // a quarter is enough for each run
		}
		pcm := append(make([]int16, 16000), audiotest.FLAC(t, file)...)
		pcm = append(pcm, make([]int16, 16000)...)
		alone := heard(t, s, pcm, s.infer)
		gated := heard(t, s, pcm, s.Probability)
		for j := range alone {
			total++
			if alone[j] {
				voiced++
			}
			if alone[j] == gated[j] {
				agree++
			} else if alone[j] {
				missed++
			}
		}
	}
	t.Logf("%d windows, %d voiced: the gated model agrees on %.2f %%, misses %.2f %% of the voiced",
		total, voiced, 100*float64(agree)/float64(total), 100*float64(missed)/float64(voiced))
	require.Greater(t, voiced, 1000)
	require.Less(t, float64(missed)/float64(voiced), 0.01)
}

func TestSoundsAreNotSpeech(t *testing.T) {
	root := audiotest.Shared(t, "sounds")
	m := load(t)
	s := stream(t, m)
	files, err := filepath.Glob(filepath.Join(root, "*", "*.flac"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		got := share(heard(t, s, append(make([]int16, 8000), audiotest.FLAC(t, file)...), s.Probability))
		rel := strings.TrimPrefix(file, root+string(os.PathSeparator))
		t.Logf("%-45s %5.1f %% taken for speech", rel, 100*got)
		require.Less(t, got, 0.05, rel)
	}
}

func TestStreamsDoNotMix(t *testing.T) {
	root := audiotest.Shared(t, "speech")
	m := load(t)
	files, err := filepath.Glob(filepath.Join(root, "de", "*.flac"))
	require.NoError(t, err)
	files = files[:4]
	var alone [][]bool
	for _, f := range files {
		s := stream(t, m)
		alone = append(alone, heard(t, s, audiotest.FLAC(t, f), s.Probability))
	}
	together := make([][]bool, len(files))
	var wg sync.WaitGroup
	for i, f := range files {
		s := stream(t, m)
		pcm := audiotest.FLAC(t, f)
		wg.Go(func() {
			for _, w := range windows(pcm) {
				p, err := s.Probability(w)
				if err != nil {
					return
				}
				together[i] = append(together[i], p >= 0.5)
			}
		})
	}
	wg.Wait()
	require.Equal(t, alone, together)
	require.Greater(t, share(alone[0]), 0.3)
}

func TestResetForgets(t *testing.T) {
	root := audiotest.Shared(t, "speech")
	m := load(t)
	files, err := filepath.Glob(filepath.Join(root, "de", "*.flac"))
	require.NoError(t, err)
	pcm := audiotest.FLAC(t, files[0])
	fresh, used := stream(t, m), stream(t, m)
	_ = heard(t, used, audiotest.FLAC(t, files[1]), used.Probability) // ends with Reset
	for _, w := range windows(pcm) {
		want, err := fresh.Probability(w)
		require.NoError(t, err)
		got, err := used.Probability(w)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestWrongWindow(t *testing.T) {
	s := stream(t, load(t))
	_, err := s.Probability(make([]int16, 320))
	require.ErrorContains(t, err, "320")
}

func BenchmarkWindow(b *testing.B) {
	m := load(b)
	for _, c := range []struct {
		name string
		peak float64
	}{{"speech-level", 8000}, {"silence", 5}} {
		b.Run(c.name, func(b *testing.B) {
			s := stream(b, m)
			w := audiotest.Sine(300, 40_000_000, c.peak)[:WindowSamples]
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Probability(w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
