package intent

import (
	"bufio"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/knowledge/e5"
)

var update = flag.Bool("update", false, "embed the exemplars anew")

func openModel(t *testing.T) *e5.Model {
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
	return m
}

// TestLikenessStored holds the stored vectors to the model's own.
func TestLikenessStored(t *testing.T) {
	m := openModel(t)
	exemplars, err := readExemplars()
	require.NoError(t, err)
	if *update {
		vectors, err := embedExemplars(context.Background(), m, exemplars)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(vectorsFile, storeVectors(m.Name(), vectors), 0o644))
		return
	}
	vectors, ok, err := storedVectors(m.Name(), len(exemplars))
	require.NoError(t, err)
	require.True(t, ok, "run: go test ./dialog/intent -run Likeness -update")
	for i := 0; i < len(exemplars); i += 60 {
		own, err := m.Embed(context.Background(), []string{exemplars[i].text}, true)
		require.NoError(t, err)
		require.Greater(t, dot(own[0], vectors[i]), 0.999, exemplars[i].text)
	}
}

// TestLikenessLeaveOneOut judges each exemplar by all others: the figures for
// which the constants were chosen. Leaving one out of a ridge regression has a
// closed form: y - x[i] / inverse[i][i].
func TestLikenessLeaveOneOut(t *testing.T) {
	l, err := NewLikeness(context.Background(), openModel(t))
	require.NoError(t, err)
	y := l.signs()
	factor := l.kernel()
	decompose(factor)
	heard, alarms, emergencies, calm := 0, 0, 0, 0
	for i, k := range l.kinds {
		unit := make([]float64, len(y))
		unit[i] = 1
		inverse := solve(factor, unit)
		score := y[i] - l.weights[i]/inverse[i]
		switch {
		case k == none:
			calm++
			if score >= leastScore {
				alarms++
				t.Logf("false alarm: exemplar %d", i)
			}
		default:
			emergencies++
			if score >= leastScore {
				heard++
			}
		}
	}
	t.Logf("by likeness alone: %d of %d emergencies, %d false alarms of %d", heard, emergencies, alarms, calm)
	require.LessOrEqual(t, float64(alarms)/float64(calm), 0.03)
	require.Greater(t, float64(heard)/float64(emergencies), 0.55)
}

func TestSolve(t *testing.T) {
	k := [][]float64{{4, 2, 0.5}, {2, 3, 1}, {0.5, 1, 2}}
	factor := [][]float64{{4, 2, 0.5}, {2, 3, 1}, {0.5, 1, 2}}
	decompose(factor)
	x := solve(factor, []float64{1, -2, 3})
	for i, want := range []float64{1, -2, 3} {
		got := 0.0
		for j := range x {
			got += k[i][j] * x[j]
		}
		require.InDelta(t, want, got, 1e-9)
	}
}

// TestUnseen prints how sentences fare that nobody made a rule for.
func TestUnseen(t *testing.T) {
	l, err := NewLikeness(context.Background(), openModel(t))
	require.NoError(t, err)
	r, err := Load()
	require.NoError(t, err)
	heard, alarms, emergencies, calm := 0, 0, 0, 0
	eachLine(t, "testdata/unseen_emergency.txt", func(want, text string) {
		_, _, ok := r.Emergency(Split(text), "de")
		by := "patterns"
		if !ok {
			_, ok, err = l.Emergency(context.Background(), text, r.Hint(Split(text), "de"))
			require.NoError(t, err)
			by = "likeness"
		}
		switch {
		case want == string(none) && ok:
			alarms++
			t.Logf("false alarm by %s: %s", by, text)
		case want != string(none) && !ok:
			t.Logf("not heard: %s", text)
		}
		if want == string(none) {
			calm++
		} else {
			emergencies++
			if ok {
				heard++
			}
		}
	})
	t.Logf("unseen: %d of %d emergencies heard, %d false alarms of %d", heard, emergencies, alarms, calm)
	require.Greater(t, float64(heard)/float64(emergencies), 0.85)
	require.Less(t, float64(alarms)/float64(calm), 0.06)
}

func eachLine(t *testing.T, file string, f func(want, text string)) {
	b, err := os.Open(file)
	require.NoError(t, err)
	defer b.Close()
	for lines := bufio.NewScanner(b); lines.Scan(); {
		if parts := strings.Split(lines.Text(), "|"); len(parts) == 3 && !strings.HasPrefix(parts[0], "#") {
			f(strings.TrimSpace(parts[0]), strings.TrimSpace(parts[2]))
		}
	}
}
