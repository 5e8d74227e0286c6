package knowledge_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/e5"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reviewed is a day on which the demo city's articles are valid.
func reviewed() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func cacheDir(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("AMTSLEITUNG_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	require.NoError(t, err)
	return filepath.Join(dir, "amtsleitung")
}

// embedder opens the real model or skips.
func embedder(t testing.TB) *e5.Model {
	t.Helper()
	path := filepath.Join(cacheDir(t), "models", "e5-small-q4.bin")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("embedding model %s is not there: run amtsleitung models fetch", path)
	}
	m, err := e5.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

// musterstadt opens the demo city with the real model; embeddings are kept
// between test runs.
func musterstadt(t testing.TB) *knowledge.Base {
	t.Helper()
	base, err := knowledge.Open(context.Background(), knowledge.Options{
		FS: cities.Musterstadt(), Embedder: embedder(t), CacheDir: filepath.Join(cacheDir(t), "embeddings"), Now: reviewed,
	})
	require.NoError(t, err)
	return base
}

// wordsOnly opens the demo city without embeddings.
func wordsOnly(t testing.TB) *knowledge.Base {
	t.Helper()
	base, err := knowledge.Open(context.Background(), knowledge.Options{FS: cities.Musterstadt(), Now: reviewed})
	require.NoError(t, err)
	return base
}
