package dialog_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/e5"
)

// demoCity opens the demo city with its embedding model.
func demoCity(t *testing.T) *knowledge.Base {
	base, _ := demoCityModel(t)
	return base
}

func demoCityModel(t *testing.T) (*knowledge.Base, *e5.Model) {
	cache := os.Getenv("AMTSLEITUNG_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		require.NoError(t, err)
		cache = filepath.Join(user, "amtsleitung")
	}
	m, err := e5.Open(filepath.Join(cache, "models", "e5-small-q4.bin"))
	if err != nil {
		t.Skipf("the embedding model is not there (amtsleitung models fetch): %v", err)
	}
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	base, err := knowledge.Open(t.Context(), knowledge.Options{
		FS: cities.Musterstadt(), Embedder: m, CacheDir: filepath.Join(cache, "embeddings"), Now: autumn,
	})
	require.NoError(t, err)
	return base, m
}

func autumn() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }

// TestConcernsOfDemoCity asks sentences with two concerns, and sentences with one
// that only look like two.
func TestConcernsOfDemoCity(t *testing.T) {
	base := demoCity(t)
	raw, err := os.ReadFile("testdata/concerns/two.txt")
	require.NoError(t, err)
	both, twos, split, ones := 0, 0, 0, 0
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSpace(line), " | ")
		if len(f) < 3 {
			continue
		}
		got, err := dialog.Ask(t.Context(), dialog.Options{Search: base, City: "Musterstadt"}, f[1], f[0], autumn())
		require.NoError(t, err)
		answered := len(got.Sources)
		if len(f) == 3 {
			ones++
			if answered > 1 {
				split++
				t.Logf("split into %v: %s", got.Articles, f[1])
			}
			continue
		}
		twos++
		if slices.Equal(got.Articles, f[2:]) {
			both++
			continue
		}
		t.Logf("%s %v: %s", got.Outcome, got.Articles, f[1])
	}
	t.Logf("%d of %d with two concerns got both answers in order; %d of %d with one were split", both, twos, split, ones)
	require.GreaterOrEqual(t, float64(both)/float64(twos), 0.65)
	require.LessOrEqual(t, split, 1)
}
