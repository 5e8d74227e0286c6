package bergamot_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
)

// pair copies real weights, as the direction named, with some files changed:
// nil leaves a file out.
func pair(t *testing.T, name string, change func(file string, data []byte) []byte) string {
	t.Helper()
	from, dir := filepath.Join(weights(t), "enpt"), t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	entries, err := os.ReadDir(from)
	require.NoError(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		require.NoError(t, err)
		if data = change(e.Name(), data); data != nil {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name, e.Name()), data, 0o600))
		}
	}
	return dir
}

func TestIncompleteAndDamagedPairsAreNamed(t *testing.T) {
	for what, change := range map[string]func(file string, data []byte) []byte{
		"no vocabulary":      func(f string, d []byte) []byte { return unless(strings.HasPrefix(f, "vocab."), d, nil) },
		"garbage vocabulary": func(f string, d []byte) []byte { return unless(strings.HasPrefix(f, "vocab."), d, []byte("garbage")) },
		"empty vocabulary":   func(f string, d []byte) []byte { return unless(strings.HasPrefix(f, "vocab."), d, []byte{}) },
		"short shortlist":    func(f string, d []byte) []byte { return unless(strings.HasPrefix(f, "lex."), d, d[:100]) },
		"empty model":        func(f string, d []byte) []byte { return unless(strings.HasPrefix(f, "model."), d, []byte{}) },
		"no model":           func(f string, d []byte) []byte { return unless(strings.HasPrefix(f, "model."), d, nil) },
	} {
		t.Run(what, func(t *testing.T) {
			tr := bergamot.New(bergamot.Options{Dir: pair(t, "enpt", change)})
			_, err := tr.Translate(t.Context(), "Where is the town hall?", "en", "pt")
			require.Error(t, err)
			require.NotErrorIs(t, err, translate.ErrNoPair)
			require.NoError(t, tr.Close())
		})
	}
}

func unless(changed bool, data, other []byte) []byte {
	if changed {
		return other
	}
	return data
}

// A language that has no canary of its own can be loaded, too.
func TestALanguageWithoutACanaryLoads(t *testing.T) {
	dir := pair(t, "eopt", func(_ string, data []byte) []byte { return data })
	tr := bergamot.New(bergamot.Options{Dir: dir})
	out, err := tr.Translate(t.Context(), "Where is the school?", "eo", "pt")
	require.NoError(t, err)
	require.Contains(t, strings.ToLower(out), "escola")
	require.NoError(t, tr.Close())
}

func TestStrangeTextsAreBounded(t *testing.T) {
	tr := bergamot.New(bergamot.Options{Dir: weights(t)})
	t.Cleanup(func() { require.NoError(t, tr.Close()) })
	_, err := tr.Translate(t.Context(), strings.Repeat("a", 100_000), "en", "pt")
	require.ErrorIs(t, err, bergamot.ErrTooLong)
	_, err = tr.Translate(t.Context(), "bad \xff bytes", "en", "pt")
	require.Error(t, err)
	for _, text := range []string{"", "\x07\x1b[31m bell", "Привет мир, مرحبا, 你好, hello", "\u202eabc", "🙂🙂🙂"} {
		_, err := tr.Translate(t.Context(), text, "en", "pt")
		require.NoError(t, err, "%q", text)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = tr.Translate(ctx, "Where is the school?", "en", "pt")
	require.ErrorIs(t, err, context.Canceled)
}
