package knowledge

import (
	"context"
	"math"
	"math/rand/v2"
)

// classifier tells from an embedding which article is meant, or none: a softmax
// over linear scores, learned from all texts of all articles in all languages
// and from the lines of what is not the city's concern. It sees directions that
// matter; neighbours see single texts: they err differently.
type classifier struct {
	width   int
	weights []float32 // one row of width+1 (last: bias) per article, then for none
}

const (
	epochs = 6
	// stepSize of the first epoch; it falls to a tenth.
	stepSize = 6.0
	// decay keeps weights small (L2, per example).
	decay = 1e-5
	// trivial is a probability too small to move a class.
	trivial = 1e-3
)

// learnClassifier is stochastic gradient descent over the rows, in an order
// that is the same every time.
func learnClassifier(ctx context.Context, d *dense) (*classifier, error) {
	c := &classifier{width: d.width, weights: make([]float32, (d.article+1)*(d.width+1))}
	order := make([]int, len(d.owners))
	for i := range order {
		order[i] = i
	}
	random := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, d.width+1)
	p := make([]float64, d.article+1)
	for epoch := range epochs {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		rate := stepSize * (1 - 0.9*float64(epoch)/(epochs-1))
		for n, i := range order {
			if n%256 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			right := int(d.owners[i])
			if right < 0 {
				right = d.article
			}
			d.unpack(i, x)
			c.probabilities(x, p)
			c.learn(x, p, right, rate)
		}
		c.shrink(1 - float32(decay*rate*float64(len(order))))
	}
	return c, nil
}

// unpack writes a row as floats, with a one for the bias behind it.
func (d *dense) unpack(row int, x []float32) {
	scale := float32(1 / d.metric.rowScale)
	for j, b := range d.row(row) {
		x[j] = float32(b) * scale
	}
	x[d.width] = 1
}

func (c *classifier) row(class int) []float32 {
	return c.weights[class*(c.width+1) : (class+1)*(c.width+1)]
}

// probabilities of all classes, none last.
func (c *classifier) probabilities(x []float32, p []float64) {
	top := math.Inf(-1)
	for k := range p {
		p[k] = float64(dot(x, c.row(k)))
		top = max(top, p[k])
	}
	sum := 0.0
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
}

func (c *classifier) learn(x []float32, p []float64, right int, rate float64) {
	for k := range p {
		step := -p[k]
		if k == right {
			step++
		}
		if math.Abs(step) < trivial {
			continue
		}
		w, s := c.row(k), float32(rate*step)
		for j := range w {
			w[j] += s * x[j]
		}
	}
}

func (c *classifier) shrink(by float32) {
	for i := range c.weights {
		c.weights[i] *= by
	}
}

// judge returns the log probability of each article and of none, not below a
// floor, for a vector in the metric.
func (c *classifier) judge(v []float32) (articles []float64, none float64) {
	p := make([]float64, len(c.weights)/(c.width+1))
	c.probabilities(append(append(make([]float32, 0, len(v)+1), v...), 1), p)
	for k := range p {
		p[k] = max(math.Log(p[k]), floor)
	}
	return p[:len(p)-1], p[len(p)-1]
}

// floor is a log probability below which nothing is told apart.
const floor = -9
