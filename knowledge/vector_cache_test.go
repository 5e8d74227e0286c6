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
	forget(t, cache)
	_, err = start(fourth)
	require.NoError(t, err, "half a cache is half a cache")
	require.Positive(t, fourth.texts.Load())
}

func TestOpenNamesTheEmbedderThatFails(t *testing.T) {
	_, err := knowledge.Open(t.Context(), knowledge.Options{FS: cities.Musterstadt(), Embedder: &counting{fail: true}})
	require.ErrorContains(t, err, "counting: server is down")
}

// TestWhatWasLearnedIsKept: the next start neither embeds nor learns, and a
// damaged file is learned again.
func TestWhatWasLearnedIsKept(t *testing.T) {
	dir, _ := ownCopy(t)
	o := knowledge.Options{Dir: dir, Embedder: &counting{}, CacheDir: t.TempDir(), Now: reviewed}
	first, err := knowledge.Open(t.Context(), o)
	require.NoError(t, err)
	want := search(t, first, knowledge.Query{Text: "Hund anmelden", Language: "de"})

	require.NoError(t, os.Remove(filepath.Join(o.CacheDir, "embeddings.bin")))
	after := &counting{}
	o.Embedder = after
	second, err := knowledge.Open(t.Context(), o)
	require.NoError(t, err)
	require.Zero(t, after.texts.Load())
	require.Equal(t, want[0].Confidence, search(t, second, knowledge.Query{Text: "Hund anmelden", Language: "de"})[0].Confidence)

	files, err := filepath.Glob(filepath.Join(o.CacheDir, "learned-*.bin"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	data, err := os.ReadFile(files[0])
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	require.NoError(t, os.WriteFile(files[0], data, 0o600))
	_, err = knowledge.Open(t.Context(), o)
	require.NoError(t, err)
	require.Greater(t, after.texts.Load(), int64(500), "damaged, and the embeddings are gone")
}

// forget removes what was learned, but not the embeddings.
func forget(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "learned-*.bin"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		require.NoError(t, os.Remove(f))
	}
}
