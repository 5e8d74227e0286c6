package whisper

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/stt/corpus"
)

const shared = "../../../shared"

func clips(tb testing.TB, folder string, keep func(corpus.Clip) bool) []corpus.Clip {
	tb.Helper()
	list, err := corpus.Read(filepath.Join(shared, folder), keep)
	if errors.Is(err, os.ErrNotExist) {
		tb.Skipf("no test audio at %s/%s", shared, folder)
	}
	require.NoError(tb, err)
	return list
}

func one(tb testing.TB, folder, file string) corpus.Clip {
	tb.Helper()
	list := clips(tb, folder, func(c corpus.Clip) bool { return c.File == file })
	require.Len(tb, list, 1)
	return list[0]
}

// modelPath finds a model in the cache.
func modelPath(tb testing.TB, name string) string {
	tb.Helper()
	cache := os.Getenv("AMTSLEITUNG_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		require.NoError(tb, err)
		cache = filepath.Join(user, "amtsleitung")
	}
	path := filepath.Join(cache, "models", name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("no model %s: fetch it with: amtsleitung models fetch", path)
	}
	return path
}

func open(tb testing.TB, o Options) *Engine {
	tb.Helper()
	if o.Model == "" {
		o.Model = modelPath(tb, "ggml-base.bin")
	}
	e, err := Open(o)
	require.NoError(tb, err)
	tb.Cleanup(e.Close)
	return e
}
