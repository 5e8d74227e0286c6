package knowledge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"sort"

	"github.com/amtsleitung/amtsleitung/transcript"
)

const (
	folds = 10
	// ridge keeps weights small where the questions say nothing (L2, per question).
	ridge      = 0.003
	iterations = 30
	parameters = features + noneFeatures
	// negligible is a probability that moves no weight.
	negligible = 1e-6
)

// example is one question with all evidence and where the answer lies.
type example struct {
	question Question
	evidence evidence
	right    map[int]bool // articles; empty: none
}

// Calibrate learns the weights for the base's articles from questions. The
// reports are held out, one per mode: each question is judged by weights that
// were learned without the questions of its fold; questions about one article
// are in one fold, so a report says what to expect of unseen articles as well.
func (b *Base) Calibrate(ctx context.Context, questions []Question, t Thresholds) (*Model, []Report, error) {
	s := b.state.Load()
	if len(questions) < folds {
		return nil, nil, fmt.Errorf("calibrate: %d questions are too few", len(questions))
	}
	vectors := make([][]float32, len(questions))
	for i, q := range questions {
		var err error
		if vectors[i], err = b.embed(ctx, s, bounded(q.Text)); err != nil {
			return nil, nil, err
		}
	}
	model := &Model{weights: s.model.weights}
	var reports []Report
	for m := range modes {
		if m != lexicalMode && s.dense == nil {
			continue
		}
		w, r, err := b.calibrate(s, questions, vectors, m, t)
		if err != nil {
			return nil, nil, fmt.Errorf("calibrate %s: %w", modeNames[m], err)
		}
		model.weights[m] = w
		reports = append(reports, r)
	}
	return model, reports, nil
}

// Unseen judges questions that nobody has tuned to by the weights in use; the
// report names no single one.
func (b *Base) Unseen(ctx context.Context, questions []Question, t Thresholds) (Report, error) {
	r, err := b.Test(ctx, questions, t)
	r.Title, r.Mistakes = "unseen questions, weights in use", nil
	return r, err
}

// Keep writes weights into a city's folder; a running service takes them at its
// next look at the folder.
func (m *Model) Keep(dir string) error {
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		return fmt.Errorf("keep search weights: %w", err)
	}
	name := filepath.Join(dir, weightsFile)
	if err := os.WriteFile(name+".new", file.Bytes(), 0o644); err != nil {
		return fmt.Errorf("keep search weights: %w", err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		return fmt.Errorf("keep search weights: %w", err)
	}
	return nil
}

// calibrate learns the weights of one mode.
func (b *Base) calibrate(s *state, questions []Question, vectors [][]float32, m mode, t Thresholds) (weights, Report, error) {
	examples, err := s.examples(questions, vectors, m)
	if err != nil {
		return weights{}, Report{}, err
	}
	w, err := learn(examples)
	if err != nil {
		return weights{}, Report{}, err
	}
	r, err := b.heldOut(s, examples, m, t)
	return w, r, err
}

// examples gathers evidence as the mode would see it.
func (s *state) examples(questions []Question, vectors [][]float32, m mode) ([]example, error) {
	seen := *s
	if m == denseMode {
		seen.indexes = nil
	}
	out := make([]example, 0, len(questions))
	for i, q := range questions {
		_, words := s.indexes[transcript.Primary(q.Lang)]
		if m != denseMode && !words {
			continue
		}
		x := example{question: q, right: map[int]bool{}}
		for _, id := range q.Expect {
			article, ok := s.byID[id]
			if !ok {
				return nil, fmt.Errorf("question %s expects article %q, which is not there", q.ID, id)
			}
			x.right[article] = true
		}
		vector := vectors[i]
		if m == lexicalMode {
			vector = nil
		}
		x.evidence = seen.evidence(Query{Text: bounded(q.Text), Language: q.Lang}, vector)
		out = append(out, x)
	}
	return out, nil
}

func (b *Base) heldOut(s *state, examples []example, m mode, t Thresholds) (Report, error) {
	judged, err := b.crossJudge(s, examples, m)
	r := newReport("held out, " + modeNames[m])
	for i, x := range examples {
		if err == nil {
			r.count(x.question, judged[i], t)
		}
	}
	r.finish()
	return r.Report, err
}

// crossJudge ranks each question by weights that its fold had no part in.
func (b *Base) crossJudge(s *state, examples []example, m mode) ([][]Hit, error) {
	out := make([][]Hit, len(examples))
	for fold := range folds {
		var train []example
		for _, x := range examples {
			if x.fold() != fold {
				train = append(train, x)
			}
		}
		w, err := learn(train)
		if err != nil {
			return nil, err
		}
		held := &state{set: s.set, byID: s.byID, model: &Model{}}
		held.model.weights[m] = w
		for i, x := range examples {
			if x.fold() == fold {
				x.evidence.mode = m
				out[i] = b.rank(held, Query{}, x.evidence)
			}
		}
	}
	return out, nil
}

// fold puts all questions about an article together.
func (x example) fold() int {
	h := fnv.New32a()
	key := x.question.Text
	if len(x.question.Expect) > 0 {
		expect := append([]string(nil), x.question.Expect...)
		sort.Strings(expect)
		key = expect[0]
	}
	h.Write([]byte(key))
	return int(h.Sum32() % folds)
}

// learn maximises the likelihood by Newton's method; the problem is concave.
func learn(examples []example) (weights, error) {
	var w [parameters]float64
	if len(examples) == 0 {
		return weights{}, errors.New("no questions to learn from")
	}
	for range iterations {
		gradient, hessian := derivatives(examples, &w)
		step, err := solve(hessian, gradient)
		if err != nil {
			return weights{}, err
		}
		if !climb(examples, &w, step) {
			break
		}
	}
	return unpack(&w), nil
}

// climb takes the step, halved until the likelihood grows; false at the top.
func climb(examples []example, w *[parameters]float64, step [parameters]float64) bool {
	before := likelihood(examples, w)
	for scale := 1.0; scale > 1e-4; scale /= 2 {
		next := *w
		for i := range next {
			next[i] += scale * step[i]
		}
		if after := likelihood(examples, &next); after > before {
			*w = next
			return after-before > 1e-9*math.Abs(before)
		}
	}
	return false
}

// likelihood is the penalised log likelihood.
func likelihood(examples []example, w *[parameters]float64) float64 {
	model := unpack(w)
	sum := 0.0
	for _, x := range w {
		sum -= ridge * float64(len(examples)) * x * x / 2
	}
	for _, x := range examples {
		p, none := model.softmax(x.evidence)
		if len(x.right) == 0 {
			sum += math.Log(max(none, 1e-300))
		}
		for a := range x.right {
			sum += math.Log(max(p[a], 1e-300)) / float64(len(x.right))
		}
	}
	return sum
}

func unpack(w *[parameters]float64) weights {
	var out weights
	copy(out.article[:], w[:features])
	copy(out.none[:], w[features:])
	return out
}

// derivatives of the penalised log likelihood: gradient, and the negated Hessian.
func derivatives(examples []example, w *[parameters]float64) (g [parameters]float64, h [parameters][parameters]float64) {
	model := unpack(w)
	penalty := ridge * float64(len(examples))
	for i := range w {
		g[i] = -penalty * w[i]
		h[i][i] = penalty
	}
	for _, x := range examples {
		p, none := model.softmax(x.evidence)
		var mean [parameters]float64
		add := func(v *[parameters]float64, p, target float64) {
			for i := range v {
				if v[i] == 0 {
					continue
				}
				g[i] += (target - p) * v[i]
				mean[i] += p * v[i]
				for j := range v {
					h[i][j] += p * v[i] * v[j]
				}
			}
		}
		for a := range x.evidence.articles {
			if p[a] < negligible && !x.right[a] {
				continue
			}
			var v [parameters]float64
			copy(v[:], x.evidence.articles[a][:])
			add(&v, p[a], x.target(a))
		}
		var v [parameters]float64
		copy(v[features:], x.evidence.none[:])
		add(&v, none, x.target(-1))
		for i := range mean {
			for j := range mean {
				h[i][j] -= mean[i] * mean[j]
			}
		}
	}
	return g, h
}

// target is the share of the truth that lies in an article, or in none (-1).
func (x example) target(article int) float64 {
	if len(x.right) == 0 {
		if article < 0 {
			return 1
		}
		return 0
	}
	if article >= 0 && x.right[article] {
		return 1 / float64(len(x.right))
	}
	return 0
}

// solve is Gaussian elimination with pivoting.
func solve(a [parameters][parameters]float64, b [parameters]float64) ([parameters]float64, error) {
	n := parameters
	for i := range n {
		pivot := i
		for j := i + 1; j < n; j++ {
			if math.Abs(a[j][i]) > math.Abs(a[pivot][i]) {
				pivot = j
			}
		}
		a[i], a[pivot], b[i], b[pivot] = a[pivot], a[i], b[pivot], b[i]
		if math.Abs(a[i][i]) < 1e-12 || math.IsNaN(a[i][i]) {
			return b, errors.New("the questions do not determine the weights")
		}
		for j := i + 1; j < n; j++ {
			f := a[j][i] / a[i][i]
			for k := i; k < n; k++ {
				a[j][k] -= f * a[i][k]
			}
			b[j] -= f * b[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			b[i] -= a[i][k] * b[k]
		}
		b[i] /= a[i][i]
	}
	return b, nil
}
