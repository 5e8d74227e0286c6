package intent

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

// How likeness is judged: kernel ridge regression from the exemplars to +1
// (emergency) and -1, chosen by leaving out each exemplar in turn (see
// TestLikenessLeaveOneOut): the threshold lets 1 % of the calm ones pass.
const (
	width       = 1.0 // gamma of the Gaussian kernel, exp(-gamma |a-b|^2)
	ridge       = 0.3
	leastScore  = 0.4
	leastHinted = 0.15 // where a pattern hints at danger as well
	leastLetter = 8    // a shorter text is nothing to compare
)

// none marks the exemplars that are no emergency.
const none Kind = "none"

// Likeness hears emergencies that no pattern knows, by comparing embeddings
// with those of exemplars. It does not change and is safe for concurrent use.
type Likeness struct {
	embedder knowledge.Embedder
	kinds    []Kind
	mean     []float32
	vectors  [][]float32 // centred, of unit length
	weights  []float64   // of the exemplars in the regression
}

// NewLikeness prepares the exemplars. Vectors of the demo's own model come
// with the program; any other embedder is asked for them once.
func NewLikeness(ctx context.Context, e knowledge.Embedder) (*Likeness, error) {
	exemplars, err := readExemplars()
	if err != nil {
		return nil, err
	}
	vectors, ok, err := storedVectors(e.Name(), len(exemplars))
	if err != nil {
		return nil, err
	}
	if !ok {
		if vectors, err = embedExemplars(ctx, e, exemplars); err != nil {
			return nil, err
		}
	}
	l := &Likeness{embedder: e, vectors: vectors}
	for _, x := range exemplars {
		l.kinds = append(l.kinds, x.kind)
	}
	l.centre()
	k := l.kernel()
	decompose(k)
	l.weights = solve(k, l.signs())
	return l, nil
}

type exemplar struct {
	kind Kind
	text string
}

func readExemplars() ([]exemplar, error) {
	raw, err := data.ReadFile("data/exemplars.txt")
	if err != nil {
		return nil, fmt.Errorf("read exemplars: %w", err)
	}
	var out []exemplar
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		parts := strings.SplitN(line, "|", 3)
		if len(parts) != 3 {
			return nil, fmt.Errorf("exemplar %q is not of the form kind | language | sentence", line)
		}
		out = append(out, exemplar{Kind(strings.TrimSpace(parts[0])), strings.TrimSpace(parts[2])})
	}
	return out, nil
}

func embedExemplars(ctx context.Context, e knowledge.Embedder, exemplars []exemplar) ([][]float32, error) {
	texts := make([]string, 0, len(exemplars))
	for _, x := range exemplars {
		texts = append(texts, x.text)
	}
	vectors, err := e.Embed(ctx, texts, true)
	if err != nil {
		return nil, fmt.Errorf("embed the exemplars of emergencies: %w", err)
	}
	return vectors, nil
}

// centre takes the mean away: E5 vectors all point the same way, and only
// what is left tells sentences apart.
func (l *Likeness) centre() {
	l.mean = make([]float32, len(l.vectors[0]))
	for _, v := range l.vectors {
		for i, x := range v {
			l.mean[i] += x / float32(len(l.vectors))
		}
	}
	for _, v := range l.vectors {
		l.around(v)
	}
}

func (l *Likeness) around(v []float32) {
	sum := 0.0
	for i := range v {
		v[i] -= l.mean[i]
		sum += float64(v[i]) * float64(v[i])
	}
	if sum == 0 {
		return
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
}

// Emergency says whether the text lies among emergencies, and of which kind;
// hinted, less likeness is enough.
func (l *Likeness) Emergency(ctx context.Context, text string, hinted bool) (Kind, bool, error) {
	if len(text) < leastLetter {
		return "", false, nil
	}
	vectors, err := l.embedder.Embed(ctx, []string{text}, true)
	if err != nil {
		return "", false, fmt.Errorf("compare with emergencies: %w", err)
	}
	v := slices.Clone(vectors[0])
	if len(v) != len(l.mean) {
		return "", false, fmt.Errorf("compare with emergencies: the embedder changed its width from %d to %d", len(l.mean), len(v))
	}
	l.around(v)
	score, kind := l.judge(v)
	if hinted {
		return kind, score >= leastHinted, nil
	}
	return kind, score >= leastScore, nil
}

// judge returns the regression's value and the kind of the emergency that is
// nearest.
func (l *Likeness) judge(v []float32) (score float64, kind Kind) {
	nearest := math.Inf(-1)
	for i, w := range l.vectors {
		like := dot(v, w)
		score += l.weights[i] * gauss(like)
		if l.kinds[i] != none && like > nearest {
			nearest, kind = like, l.kinds[i]
		}
	}
	return score, kind
}

// gauss is the kernel of two unit vectors with the given cosine.
func gauss(cosine float64) float64 { return math.Exp(-2 * width * (1 - cosine)) }

// kernel compares all exemplars with each other; the ridge is added.
func (l *Likeness) kernel() [][]float64 {
	k := make([][]float64, len(l.vectors))
	for i, v := range l.vectors {
		k[i] = make([]float64, len(l.vectors))
		for j, w := range l.vectors[:i+1] {
			k[i][j] = gauss(dot(v, w))
			k[j][i] = k[i][j]
		}
		k[i][i] += ridge
	}
	return k
}

func (l *Likeness) signs() []float64 {
	y := make([]float64, len(l.kinds))
	for i, k := range l.kinds {
		y[i] = 1
		if k == none {
			y[i] = -1
		}
	}
	return y
}

// solve returns x with L L' x = y, where k holds L below and on its diagonal.
func solve(k [][]float64, y []float64) []float64 {
	x := slices.Clone(y)
	for i := range x { // forwards
		for j := range i {
			x[i] -= k[i][j] * x[j]
		}
		x[i] /= k[i][i]
	}
	for i := len(x) - 1; i >= 0; i-- { // backwards
		for j := i + 1; j < len(x); j++ {
			x[i] -= k[j][i] * x[j]
		}
		x[i] /= k[i][i]
	}
	return x
}

// decompose leaves the Cholesky factor L of the positive definite k = L L' in
// its lower half.
func decompose(k [][]float64) {
	for i, row := range k {
		for j := range i + 1 {
			sum := row[j]
			for n := range j {
				sum -= row[n] * k[j][n]
			}
			if i == j {
				row[i] = math.Sqrt(sum)
				continue
			}
			row[j] = sum / k[j][j]
		}
	}
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
