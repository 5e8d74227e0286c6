package intent

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/amtsleitung/amtsleitung/knowledge"
)

// leastLetters: a shorter text is nothing to compare.
const leastLetters = 8

// Likeness says what a sentence resembles by comparing its embedding with
// those of exemplars in all languages: it hears what no pattern knows. It does
// not change and is safe for concurrent use.
type Likeness struct {
	embedder  knowledge.Embedder
	exemplars []exemplar
	mean      []float32
	vectors   [][]float32 // centred, of unit length
	weights   [][]float64 // of the exemplars in each class's regression
}

// Scores tell for each class how surely a sentence belongs to it: about -1
// for not at all, 1 for certainly. The zero value knows nothing.
type Scores struct {
	known  bool
	values [16]float64
	kind   Kind
	nearer float64 // how much nearer the nearest emergencies are than all else
}

// Of is the score of a class; -1 when nothing is known.
func (s Scores) Of(c Class) float64 {
	at := slices.Index(classes(), c)
	if !s.known || at < 0 {
		return -1
	}
	return s.values[at]
}

// Danger is the score of all emergencies together, and the kind of the
// nearest one.
func (s Scores) Danger() (float64, Kind) { return s.Of(danger), s.kind }

// Known says whether there was anything to compare.
func (s Scores) Known() bool { return s.known }

// NewLikeness prepares the exemplars. What was learned with the demo's own
// model comes with the program; with any other embedder it is learned now,
// which takes some seconds.
func NewLikeness(ctx context.Context, e knowledge.Embedder) (*Likeness, error) {
	exemplars, err := readExemplars()
	if err != nil {
		return nil, err
	}
	l, ok, err := readLearned(e.Name(), exemplars)
	if err != nil {
		return nil, err
	}
	if !ok {
		vectors, err := embedExemplars(ctx, e, exemplars)
		if err != nil {
			return nil, err
		}
		l = learn(exemplars, vectors)
	}
	l.embedder = e
	return l, nil
}

// learn centres the vectors and solves the regressions.
func learn(exemplars []exemplar, vectors [][]float32) *Likeness {
	l := &Likeness{exemplars: exemplars, vectors: vectors}
	l.centre()
	k := l.kernel()
	decompose(k)
	for _, c := range classes() {
		l.weights = append(l.weights, solve(k, l.targets(c)))
	}
	return l
}

func embedExemplars(ctx context.Context, e knowledge.Embedder, exemplars []exemplar) ([][]float32, error) {
	texts := make([]string, 0, len(exemplars))
	for _, x := range exemplars {
		texts = append(texts, x.text)
	}
	vectors, err := e.Embed(ctx, texts, true)
	if err != nil {
		return nil, fmt.Errorf("embed the exemplars of intents: %w", err)
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

// Judge embeds the text once and compares it with all exemplars.
func (l *Likeness) Judge(ctx context.Context, text string) (Scores, error) {
	if len(text) < leastLetters {
		return Scores{}, nil
	}
	vectors, err := l.embedder.Embed(ctx, []string{text}, true)
	if err != nil {
		return Scores{}, fmt.Errorf("compare with known sentences: %w", err)
	}
	v := slices.Clone(vectors[0])
	if len(v) != len(l.mean) {
		return Scores{}, fmt.Errorf("compare with known sentences: the embedder changed its width from %d to %d", len(l.mean), len(v))
	}
	l.around(v)
	return l.judge(v), nil
}

// judge evaluates the regressions and finds the nearest exemplars.
func (l *Likeness) judge(v []float32) Scores {
	s := Scores{known: true}
	var n nearest
	for i, w := range l.vectors {
		like := dot(v, w)
		k := gauss(like)
		for c, weights := range l.weights {
			s.values[c] += weights[i] * k
		}
		n.meet(l.exemplars[i], like)
	}
	s.kind, s.nearer = n.kind, n.lead()
	return s
}

func dot(a, b []float32) float64 {
	sum := float32(0)
	b = b[:len(a)]
	for i, x := range a {
		sum += x * b[i]
	}
	return float64(sum)
}
