package intent

import (
	"math"
	"slices"
)

// Kernel ridge regression from the exemplars to +1 (of the class) and -1. The
// constants were chosen by leaving out each exemplar in turn, see
// TestLikenessLeaveOneOut.
const (
	width = 1.0 // gamma of the Gaussian kernel, exp(-gamma |a-b|^2)
	ridge = 0.15
)

// gauss is the kernel of two unit vectors with the given cosine.
func gauss(cosine float64) float64 { return math.Exp(-2 * width * (1 - cosine)) }

// kernel compares all exemplars with each other; the ridge is added, less of
// it for those of rare classes, so that they count as much as the others.
func (l *Likeness) kernel() [][]float64 {
	k := make([][]float64, len(l.vectors))
	rare := l.rarity()
	for i, v := range l.vectors {
		k[i] = make([]float64, i+1)
		for j, w := range l.vectors[:i+1] {
			k[i][j] = gauss(dot(v, w))
		}
		k[i][i] += ridge / rare[l.exemplars[i].class]
	}
	return k
}

// rarity weighs the classes by the root of how seldom they are; 1 on average.
func (l *Likeness) rarity() map[Class]float64 {
	count := map[Class]float64{}
	for _, x := range l.exemplars {
		count[x.class]++
	}
	for c, n := range count {
		count[c] = math.Sqrt(float64(len(l.exemplars)) / n / float64(len(count)))
	}
	return count
}

func (l *Likeness) targets(of Class) []float64 {
	y := make([]float64, len(l.exemplars))
	for i, x := range l.exemplars {
		y[i] = -1
		if x.class == of {
			y[i] = 1
		}
	}
	return y
}

// decompose leaves the Cholesky factor L of the positive definite k = L L' in
// k, of which only the lower half is there.
func decompose(k [][]float64) {
	for i, row := range k {
		for j := range i + 1 {
			sum := row[j]
			other := k[j][:j]
			for n, x := range row[:j] {
				sum -= x * other[n]
			}
			if i == j {
				row[i] = math.Sqrt(sum)
				continue
			}
			row[j] = sum / k[j][j]
		}
	}
}

// solve returns x with L L' x = y for the factor L.
func solve(factor [][]float64, y []float64) []float64 {
	x := slices.Clone(y)
	for i, row := range factor { // forwards
		for j, f := range row[:i] {
			x[i] -= f * x[j]
		}
		x[i] /= row[i]
	}
	for i := len(x) - 1; i >= 0; i-- { // backwards
		x[i] /= factor[i][i]
		for j, f := range factor[i][:i] {
			x[j] -= f * x[i]
		}
	}
	return x
}
