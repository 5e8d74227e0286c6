package knowledge_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// ownCopy is a folder with the demo city that a test may edit.
func ownCopy(t *testing.T) (dir, answer string) {
	t.Helper()
	dir = t.TempDir()
	require.NoError(t, os.CopyFS(dir, cities.Musterstadt()))
	answer = filepath.Join(dir, "articles", "hundesteuer", "de.md")
	require.NoError(t, os.Chmod(answer, 0o600))
	return dir, answer
}

const newAnswer = "---\ntitle: Hundesteuer\n---\nDie Hundesteuer ist abgeschafft.\n"

func spoken(t testing.TB, base *knowledge.Base) string {
	a, ok := base.Article("hundesteuer")
	require.True(t, ok)
	return a.Variants["de"].Answer
}

func TestReloadKeepsTheLastGoodSet(t *testing.T) {
	dir, file := ownCopy(t)
	base, err := knowledge.Open(t.Context(), knowledge.Options{Dir: dir, Now: reviewed})
	require.NoError(t, err)
	before := spoken(t, base)

	require.NoError(t, os.WriteFile(file, []byte("---\ntitle: Hund\n---\n"), 0o600))
	err = base.Reload(t.Context())
	require.ErrorIs(t, err, knowledge.ErrBroken)
	require.ErrorContains(t, err, "articles/hundesteuer/de.md:4")
	require.Equal(t, before, spoken(t, base))

	require.NoError(t, os.WriteFile(file, []byte(newAnswer), 0o600))
	require.NoError(t, base.Reload(t.Context()))
	require.Equal(t, "Die Hundesteuer ist abgeschafft.", spoken(t, base))
}

func TestSearchDuringReload(t *testing.T) {
	dir, file := ownCopy(t)
	base, err := knowledge.Open(t.Context(), knowledge.Options{Dir: dir, Now: reviewed})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				hits, err := base.Search(context.Background(), knowledge.Query{Text: "Was kostet die Hundesteuer?", Language: "de"})
				if err != nil || len(hits) == 0 || hits[0].Article.ID != "hundesteuer" {
					t.Errorf("search during reload: %v, %v", hits, err)
					return
				}
			}
		})
	}
	for i := range 5 {
		text := []byte(newAnswer)
		if i%2 == 1 {
			text = []byte("kaputt")
		}
		require.NoError(t, os.WriteFile(file, text, 0o600))
		if err := base.Reload(context.Background()); i%2 == 1 {
			require.Error(t, err)
		} else {
			require.NoError(t, err)
		}
	}
	wg.Wait()
}

func TestWatchReloadsAndLogsBrokenEdits(t *testing.T) {
	dir, file := ownCopy(t)
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		base, err := knowledge.Open(t.Context(), knowledge.Options{
			Dir: dir, Now: reviewed, Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { require.NoError(t, base.Watch(ctx)) })
		pass := func() {
			time.Sleep(3 * time.Second) // of the bubble's own clock
			synctest.Wait()
		}
		pass()
		require.NoError(t, os.WriteFile(file, []byte("kaputt"), 0o600))
		pass()
		require.Contains(t, log.String(), "articles/hundesteuer/de.md:1")
		require.Contains(t, spoken(t, base), "96 Euro")
		logged := log.Len()
		pass()
		require.Equal(t, logged, log.Len(), "a broken edit is logged once")
		require.NoError(t, os.WriteFile(file, []byte(newAnswer), 0o600))
		pass()
		require.Contains(t, spoken(t, base), "abgeschafft")
		cancel()
		wg.Wait()
	})
}
