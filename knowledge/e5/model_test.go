package e5

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func open(t testing.TB) *Model {
	t.Helper()
	dir := os.Getenv("AMTSLEITUNG_CACHE")
	if dir == "" {
		cache, err := os.UserCacheDir()
		require.NoError(t, err)
		dir = filepath.Join(cache, "amtsleitung")
	}
	path := filepath.Join(dir, "models", "e5-small-q4.bin")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("model %s is not there: run amtsleitung models fetch", path)
	}
	m, err := Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

func cosine(a, b []float32) float64 {
	var s float64
	for i := range a {
		s += float64(a[i]) * float64(b[i])
	}
	return s
}

func TestEmbedPutsMeaningAboveLanguage(t *testing.T) {
	m := open(t)
	q, err := m.Embed(context.Background(), []string{"Wo bekomme ich einen neuen Ausweis?"}, true)
	require.NoError(t, err)
	p, err := m.Embed(context.Background(), []string{
		"You apply for an identity card at the citizens' office.",
		"Die Müllabfuhr leert die Biotonne alle zwei Wochen.",
	}, false)
	require.NoError(t, err)
	require.InDelta(t, 1, cosine(q[0], q[0]), 1e-3)
	require.Greater(t, cosine(q[0], p[0]), cosine(q[0], p[1]))
}

func TestEmbedIsSafeForConcurrentUse(t *testing.T) {
	m := open(t)
	want, err := m.Embed(context.Background(), []string{"Sperrmüll anmelden"}, true)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got, err := m.Embed(context.Background(), []string{"Sperrmüll anmelden"}, true)
			if err != nil || cosine(got[0], want[0]) < 0.999 {
				t.Errorf("concurrent embedding differs: %v", err)
			}
		})
	}
	wg.Wait()
}

func TestEmbedTakesStrangeText(t *testing.T) {
	m := open(t)
	for _, text := range []string{"", "\x00", "\xff\xfe", strings.Repeat("ä", 100_000), strings.Repeat("x", 50_000)} {
		v, err := m.Embed(context.Background(), []string{text}, true)
		require.NoError(t, err)
		require.Len(t, v[0], 384)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := m.Embed(ctx, []string{"x"}, true)
	require.ErrorIs(t, err, context.Canceled)
}

func TestOpenRefusesWhatIsNoModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.bin")
	_, err := Open(path)
	require.ErrorContains(t, err, "models fetch")
	require.NoError(t, os.WriteFile(path, []byte("half a download"), 0o600))
	_, err = Open(path)
	require.ErrorContains(t, err, "damaged")
	require.NoError(t, os.WriteFile(path, make([]byte, 2<<20), 0o600))
	_, err = Open(path)
	require.ErrorContains(t, err, "damaged")
}

func BenchmarkEmbedQuestion(b *testing.B) {
	m := open(b)
	text := []string{"Was kostet denn so ein neuer Personalausweis bei Ihnen?"}
	for b.Loop() {
		if _, err := m.Embed(context.Background(), text, true); err != nil {
			b.Fatal(err)
		}
	}
}
