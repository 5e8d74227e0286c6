package knowledge_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// counting is an embedder that only counts: vectors depend on the text's letters.
type counting struct {
	texts atomic.Int64
	fail  bool
}

func (c *counting) Name() string { return "counting" }

func (c *counting) Embed(_ context.Context, texts []string, _ bool) ([][]float32, error) {
	if c.fail {
		return nil, errors.New("server is down")
	}
	c.texts.Add(int64(len(texts)))
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = make([]float32, 32)
		for _, r := range t {
			out[i][r%32]++
		}
	}
	return out, nil
}

func TestEmbeddingsAreKept(t *testing.T) {
	dir, file := ownCopy(t)
	cache := t.TempDir()
	start := func(e *counting) (*knowledge.Base, error) {
		return knowledge.Open(t.Context(), knowledge.Options{Dir: dir, Embedder: e, CacheDir: cache, Now: reviewed})
	}
	first, second, third, fourth := &counting{}, &counting{}, &counting{}, &counting{}
	_, err := start(first)
	require.NoError(t, err)
	require.Greater(t, first.texts.Load(), int64(500))
	_, err = start(second)
	require.NoError(t, err)
	require.Zero(t, second.texts.Load(), "nothing was edited")

	require.NoError(t, os.WriteFile(file, []byte(newAnswer), 0o600))
	_, err = start(third)
	require.NoError(t, err)
	require.InDelta(t, 2, third.texts.Load(), 1, "only the edited article")

	kept := filepath.Join(cache, "embeddings.bin")
	data, err := os.ReadFile(kept)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(kept, data[:len(data)/2], 0o600))
	_, err = start(fourth)
	require.NoError(t, err, "half a cache is half a cache")
	require.Positive(t, fourth.texts.Load())
}

func TestOpenNamesTheEmbedderThatFails(t *testing.T) {
	_, err := knowledge.Open(t.Context(), knowledge.Options{FS: cities.Musterstadt(), Embedder: &counting{fail: true}})
	require.ErrorContains(t, err, "counting: server is down")
}

func TestWarmMakesTheNextStartQuick(t *testing.T) {
	dir, _ := ownCopy(t)
	o := knowledge.Options{Dir: dir, Embedder: &counting{}, CacheDir: t.TempDir(), Now: reviewed}
	texts, err := knowledge.Warm(t.Context(), o)
	require.NoError(t, err)
	require.Greater(t, texts, 500)
	after := &counting{}
	o.Embedder = after
	_, err = knowledge.Open(t.Context(), o)
	require.NoError(t, err)
	require.Zero(t, after.texts.Load())
}
