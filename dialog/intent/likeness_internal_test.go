package intent

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/knowledge/e5"
)

var update = flag.Bool("update", false, "learn from the exemplars anew")

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

// TestLikenessStored holds what is stored to the model's own vectors.
func TestLikenessStored(t *testing.T) {
	m := openModel(t)
	exemplars, err := readExemplars()
	require.NoError(t, err)
	if *update {
		vectors, err := embedExemplars(context.Background(), m, exemplars)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(learnedFile, writeLearned(m.Name(), exemplars, vectors), 0o644))
		return
	}
	l, ok, err := readLearned(m.Name(), exemplars)
	require.NoError(t, err)
	require.True(t, ok, "run: go test ./dialog/intent -run LikenessStored -update")
	for i := 0; i < len(exemplars); i += 100 {
		own, err := m.Embed(context.Background(), []string{exemplars[i].text}, true)
		require.NoError(t, err)
		l.around(own[0])
		require.Greater(t, dot(own[0], l.vectors[i]), 0.99, exemplars[i].text)
	}
}

// leaveOneOut judges each exemplar by all others. Leaving one out of a ridge
// regression has a closed form: y - x[i] / inverse[i][i].
func (l *Likeness) leaveOneOut() []Scores {
	factor := l.kernel()
	decompose(factor)
	out := make([]Scores, len(l.exemplars))
	for i := range out {
		out[i].known = true
	}
	inverse := inverseDiagonal(factor)
	for c, class := range classes() {
		y := l.targets(class)
		x := solve(factor, y)
		for i := range out {
			out[i].values[c] = y[i] - x[i]/inverse[i]
		}
	}
	for i, v := range l.vectors {
		var n nearest
		for j, w := range l.vectors {
			if i != j {
				n.meet(l.exemplars[j], dot(v, w))
			}
		}
		out[i].kind, out[i].nearer = n.kind, n.lead()
	}
	return out
}

// inverseDiagonal is the diagonal of the inverse of L L'.
func inverseDiagonal(factor [][]float64) []float64 {
	n := len(factor)
	diagonal := make([]float64, n)
	column := make([]float64, n)
	for c := range n {
		clear(column)
		column[c] = 1 / factor[c][c]
		diagonal[c] += column[c] * column[c]
		for i := c + 1; i < n; i++ {
			sum := 0.0
			for j, f := range factor[i][c:i] {
				sum += f * column[c+j]
			}
			column[i] = -sum / factor[i][i]
			diagonal[c] += column[i] * column[i]
		}
	}
	return diagonal
}

// TestLikenessLeaveOneOut prints the figures for which the constants were
// chosen: how much is heard of each class where 1 % of the others pass.
func TestLikenessLeaveOneOut(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	l, err := NewLikeness(context.Background(), openModel(t))
	require.NoError(t, err)
	scores := l.leaveOneOut()
	for _, c := range classes() {
		var own, others []float64
		for i, x := range l.exemplars {
			switch s := scores[i].Of(c); {
			case x.class == c:
				own = append(own, s)
			default:
				others = append(others, s)
			}
		}
		slices.Sort(others)
		slices.Sort(own)
		threshold := others[len(others)*99/100]
		at, _ := slices.BinarySearch(own, threshold)
		heard := 1 - float64(at)/float64(len(own))
		t.Logf("%-12s %4d exemplars: 1 %% of the others pass at %.2f, where %.0f %% are heard", c, len(own), threshold, 100*heard)
		if c == danger || c == Human {
			require.Greater(t, heard, 0.7)
		}
	}
}

func TestSolve(t *testing.T) {
	k := [][]float64{{4, 2, 0.5}, {2, 3, 1}, {0.5, 1, 2}}
	factor := [][]float64{{4}, {2, 3}, {0.5, 1, 2}}
	decompose(factor)
	x := solve(factor, []float64{1, -2, 3})
	for i, want := range []float64{1, -2, 3} {
		got := 0.0
		for j := range x {
			got += k[i][j] * x[j]
		}
		require.InDelta(t, want, got, 1e-9)
	}
	for i, want := range inverseDiagonal(factor) {
		unit := make([]float64, 3)
		unit[i] = 1
		require.InDelta(t, solve(factor, unit)[i], want, 1e-9)
	}
}

// TestAlarmsOnExemplars prints what the thresholds of Alarm were chosen by:
// words and likeness together, each exemplar judged by all others.
func TestAlarmsOnExemplars(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	l, err := NewLikeness(context.Background(), openModel(t))
	require.NoError(t, err)
	r, err := Load()
	require.NoError(t, err)
	scores := l.leaveOneOut()
	var heard, others [Clear + 1]int // exemplars by alert
	for i, x := range l.exemplars {
		_, alert := Alarm(r.Sign(Split(x.text), x.language), scores[i])
		if x.class == danger {
			heard[alert]++
			continue
		}
		others[alert]++
		if alert == Clear {
			t.Logf("false alarm (%.2f): %s", scores[i].Of(danger), x.text)
		}
	}
	emergencies, rest := sum(heard), sum(others)
	t.Logf("%d of %d emergencies heard and %d asked about; %d false alarms of %d and %d asked about",
		heard[Clear], emergencies, heard[Doubtful], others[Clear], rest, others[Doubtful])
	require.Greater(t, float64(heard[Clear])/float64(emergencies), 0.95)
	require.Greater(t, float64(heard[Clear]+heard[Doubtful])/float64(emergencies), 0.98)
	require.Less(t, float64(others[Clear])/float64(rest), 0.015)
}

func sum(counts [Clear + 1]int) int { return counts[NoAlert] + counts[Doubtful] + counts[Clear] }
