package kernel

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func load(tb testing.TB) *Model {
	tb.Helper()
	if !Supported() {
		tb.Skip("this processor has no AVX-512 VNNI")
	}
	cache := os.Getenv("AMTSLEITUNG_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		require.NoError(tb, err)
		cache = filepath.Join(user, "amtsleitung")
	}
	f, err := os.Open(filepath.Join(cache, "models", "ggml-base.bin"))
	if err != nil {
		tb.Skip("no model ggml-base.bin: fetch it with: amtsleitung models fetch")
	}
	m, err := Load(f, 1)
	require.NoError(tb, err)
	require.NoError(tb, f.Close())
	tb.Cleanup(m.Close)
	return m
}

func TestTimes(t *testing.T) {
	m := load(t)
	pcm := make([]int16, 70400)
	for i := range pcm {
		pcm[i] = int16(5000 * math.Sin(float64(i)*0.05) * math.Sin(float64(i)*0.0003))
	}
	for range 5 {
		s := time.Now()
		require.NoError(t, m.Encode(pcm, 320))
		e := time.Since(s)
		s = time.Now()
		require.NoError(t, m.Decode([]Token{50258, 50261, 50359, 50364}, 0))
		p := time.Since(s)
		s = time.Now()
		for i := range 10 {
			require.NoError(t, m.Decode([]Token{1000 + Token(i)}, 4+i))
		}
		t.Logf("encode %v prompt %v token %v", e, p, time.Since(s)/10)
	}
}
