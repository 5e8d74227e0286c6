package knowledge

import (
	"context"
	"errors"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// metric is the way of comparing embeddings that tells articles apart: the mean
// of all texts is taken off (vectors of E5 lie in a narrow cone: Mu and
// Viswanath 2018, "All-but-the-Top"), and directions in which texts of one
// article differ, such as their language, count less (within-class covariance
// normalisation: Hatch, Kajarekar and Stolcke 2006).
type metric struct {
	width    int
	rowScale float64
	mean     []float32            // of all texts
	means    map[string][]float32 // by language, where there are enough texts
	// inverse of the Cholesky factor of the covariance, lower triangle, row by row.
	inverse []float32
}

const (
	// shrink is the share of the plain metric in the covariance; found with
	// held-out questions: 0.8 to 0.95 are alike, 1 (no covariance) loses 3 points
	// across languages.
	shrink = 0.9
	// minTexts of a language have a mean of their own.
	minTexts = 200
	// covarianceRows bounds the texts that the covariance is taken from.
	covarianceRows = 6000
	// Scales of the integers that stand for unit vectors. Components of a row
	// above this many standard deviations are cut; they hardly occur.
	rowDeviations = 6.2
	questionScale = 8000
)

// learnMetric takes the covariance of the texts within their articles.
func learnMetric(ctx context.Context, vectors [][]float32, languages []string, owners []int32) (*metric, error) {
	if len(vectors) == 0 {
		return nil, errors.New("there are no texts")
	}
	m := &metric{width: len(vectors[0])}
	m.rowScale = 127 * math.Sqrt(float64(m.width)) / rowDeviations
	m.mean = meanOf(vectors)
	m.means = meansOf(vectors, languages)
	within, err := m.within(ctx, vectors, languages, owners)
	if err != nil {
		return nil, err
	}
	trace := 0.0
	for i := range m.width {
		trace += within[i*m.width+i] / float64(m.width)
	}
	if trace <= 0 {
		trace = 1 // one text an article: nothing is known but the plain metric
	}
	for i := range within {
		within[i] *= 1 - shrink
	}
	for i := range m.width {
		within[i*m.width+i] += shrink * trace
	}
	if !cholesky(within, m.width) {
		return nil, errors.New("the embeddings hold numbers that are none")
	}
	m.inverse = invertLower(within, m.width)
	return m, nil
}

func meanOf(vectors [][]float32) []float32 {
	mean := make([]float32, len(vectors[0]))
	for _, v := range vectors {
		for j, x := range v {
			mean[j] += x / float32(len(vectors))
		}
	}
	return mean
}

// meansOf are by language; too few texts tell more of their topics than of the language.
func meansOf(vectors [][]float32, languages []string) map[string][]float32 {
	byLanguage, means := map[string][][]float32{}, map[string][]float32{}
	for i, l := range languages {
		byLanguage[l] = append(byLanguage[l], vectors[i])
	}
	for l, own := range byLanguage {
		if len(own) >= minTexts {
			means[l] = meanOf(own)
		}
	}
	return means
}

// centred is the vector without what all texts of its language have in common,
// of length one.
func (m *metric) centred(v []float32, language string) []float32 {
	mean, ok := m.means[language]
	if !ok {
		mean = m.mean
	}
	out := make([]float32, m.width)
	for j := range out {
		out[j] = v[j] - mean[j]
	}
	normalise(out)
	return out
}

// within is the covariance of texts around the mean of their article.
func (m *metric) within(ctx context.Context, vectors [][]float32, languages []string, owners []int32) ([]float64, error) {
	stride := 1 + len(vectors)/covarianceRows
	byOwner := map[int32][][]float32{}
	for i := 0; i < len(vectors); i += stride {
		if owners[i] >= 0 {
			byOwner[owners[i]] = append(byOwner[owners[i]], m.centred(vectors[i], languages[i]))
		}
	}
	var rows [][]float32
	for _, own := range byOwner {
		mean := meanOf(own)
		for _, v := range own {
			for j := range v {
				v[j] -= mean[j]
			}
			rows = append(rows, v)
		}
	}
	columns := make([][]float32, m.width)
	for j := range columns {
		columns[j] = make([]float32, len(rows))
		for i, v := range rows {
			columns[j][i] = v[j]
		}
	}
	cov := make([]float64, m.width*m.width)
	err := eachParallel(ctx, m.width, func(i int) {
		for j := 0; j <= i; j++ {
			c := float64(dot(columns[i], columns[j])) / math.Max(1, float64(len(rows)))
			cov[i*m.width+j] = c
		}
	})
	for i := range m.width {
		for j := range i {
			cov[j*m.width+i] = cov[i*m.width+j]
		}
	}
	return cov, err
}

// apply returns the unit vector in the metric.
func (m *metric) apply(v []float32, language string) []float32 {
	c, out := m.centred(v, language), make([]float32, m.width)
	for i := range out {
		out[i] = dot(m.inverse[i*m.width:i*m.width+i+1], c[:i+1])
	}
	normalise(out)
	return out
}

func (m *metric) applyAll(ctx context.Context, vectors [][]float32, languages []string, rows []int8) error {
	return eachParallel(ctx, len(vectors), func(i int) {
		for j, x := range m.apply(vectors[i], languages[i]) {
			rows[i*m.width+j] = int8(max(-127, min(127, math.Round(float64(x)*m.rowScale))))
		}
	})
}

// integers stand for a vector of length one.
func integers(v []float32) []int16 {
	out := make([]int16, len(v))
	for j, x := range v {
		out[j] = int16(math.Round(float64(x) * questionScale))
	}
	return out
}

// eachParallel does the work for 0..n-1 on all cores.
func eachParallel(ctx context.Context, n int, work func(i int)) error {
	group, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() error {
			for i := w; i < n; i += workers {
				if i%64 == w && ctx.Err() != nil {
					return ctx.Err()
				}
				work(i)
			}
			return nil
		})
	}
	return group.Wait()
}

// cholesky replaces the lower triangle of a by L with L Lᵀ = a; false when a is
// not positive definite.
func cholesky(a []float64, n int) bool {
	for j := range n {
		for i := j; i < n; i++ {
			sum := a[i*n+j]
			for k := range j {
				sum -= a[i*n+k] * a[j*n+k]
			}
			if i > j {
				a[i*n+j] = sum / a[j*n+j]
			} else if sum > 0 {
				a[j*n+j] = math.Sqrt(sum)
			} else {
				return false
			}
		}
	}
	return true
}

// invertLower inverts a lower triangular matrix.
func invertLower(l []float64, n int) []float32 {
	inverse, column := make([]float32, n*n), make([]float64, n)
	for j := range n {
		for i := j; i < n; i++ {
			sum := 0.0
			if i == j {
				sum = 1
			}
			for k := j; k < i; k++ {
				sum -= l[i*n+k] * column[k]
			}
			column[i] = sum / l[i*n+i]
			inverse[i*n+j] = float32(column[i])
		}
	}
	return inverse
}

func normalise(v []float32) {
	square := dot(v, v)
	if square == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(float64(square)))
	for i := range v {
		v[i] *= scale
	}
}

// dot is unrolled by hand: the compiler does not vectorise.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for len(a) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i := range a {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func dotBytes(a []int16, b []int8) int32 {
	var s0, s1, s2, s3 int32
	b = b[:len(a)]
	for len(a) >= 4 && len(b) >= 4 {
		s0 += int32(a[0]) * int32(b[0])
		s1 += int32(a[1]) * int32(b[1])
		s2 += int32(a[2]) * int32(b[2])
		s3 += int32(a[3]) * int32(b[3])
		a, b = a[4:], b[4:]
	}
	for i := range a {
		s0 += int32(a[i]) * int32(b[i])
	}
	return s0 + s1 + s2 + s3
}
