package knowledge

import (
	"bytes"
	_ "embed" // weights.json
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// Model turns evidence into probabilities: a conditional logit over all
// articles and "none of them" (McFadden 1974). What it says sums to one, so
// two near articles share their confidence.
type Model struct {
	weights [modes]weights
}

type weights struct {
	article [features]float64
	none    [noneFeatures]float64
}

//go:embed weights.json
var learnedWeights []byte

// defaultModel has the weights learned on the demo city's questions; they suit
// other cities until those calibrate their own. A weight that the file does not
// know yet is zero, so that Calibrate can start after a change of features.
func defaultModel() *Model {
	m, err := LoadModel(learnedWeights)
	if err != nil {
		m = &Model{}
	}
	return m
}

// probabilities returns one per article; the rest to 1 is "none".
func (m *Model) probabilities(e evidence) []float64 {
	p, _ := e.withTopic(m.weights[e.mode].softmax(e))
	return p
}

func (w *weights) softmax(e evidence) (articles []float64, none float64) {
	articles = make([]float64, len(e.articles))
	none = dotWeights(w.none[:], e.none[:])
	top := none
	for i := range e.articles {
		articles[i] = dotWeights(w.article[:], e.articles[i][:])
		articles[i] += e.prior[i]
		top = max(top, articles[i])
	}
	none = math.Exp(none - top)
	for i := range articles {
		articles[i] = math.Exp(articles[i] - top)
	}
	total := none + sum(articles)
	for i := range articles {
		articles[i] /= total
	}
	return articles, none / total
}

func sum(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}

func dotWeights(w, x []float64) float64 {
	s := 0.0
	for i := range w {
		s += w[i] * x[i]
	}
	return s
}

// modelFile is the form on disk: weights by mode and feature name.
type modelFile map[string]map[string]map[string]float64

// Save writes the weights as JSON.
func (m *Model) Save(w io.Writer) error {
	file := modelFile{}
	for i, name := range modeNames {
		article, none := map[string]float64{}, map[string]float64{}
		for j, f := range featureNames {
			article[f] = round(m.weights[i].article[j])
		}
		for j, f := range noneNames {
			none[f] = round(m.weights[i].none[j])
		}
		file[name] = map[string]map[string]float64{"article": article, "none": none}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(file)
}

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// LoadModel reads what Save wrote; every weight must be there, no other.
func LoadModel(data []byte) (*Model, error) {
	var file modelFile
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("search weights: %w", err)
	}
	m := &Model{}
	for i, name := range modeNames {
		if err := readWeights(file[name]["article"], featureNames[:], m.weights[i].article[:]); err != nil {
			return nil, fmt.Errorf("search weights: %s, article: %w", name, err)
		}
		if err := readWeights(file[name]["none"], noneNames[:], m.weights[i].none[:]); err != nil {
			return nil, fmt.Errorf("search weights: %s, none: %w", name, err)
		}
	}
	return m, nil
}

func readWeights(from map[string]float64, names []string, to []float64) error {
	if len(from) != len(names) {
		return fmt.Errorf("%d weights instead of %d (amtsleitung kb test FOLDER --calibrate makes them anew)", len(from), len(names))
	}
	for i, name := range names {
		w, ok := from[name]
		if !ok {
			return fmt.Errorf("weight %q is missing", name)
		}
		to[i] = w
	}
	return nil
}
