package audiotest

import "math"

// Likeness says how alike two recordings sound, 1 at most: how loud each 20 ms
// of the first is goes up and down as in the second, at the best shift. The same
// speech through codecs and networks is above 0.8, other speech below.
func Likeness(a, b []int16) float64 {
	best := 0.0
	x, y := loudness(a), loudness(b)
	for shift := -len(x) / 2; shift < len(y); shift++ {
		best = max(best, correlation(x, y, shift))
	}
	return best
}

// quietest is what silence counts as, in dBFS.
const quietest = -60

func loudness(pcm []int16) (out []float64) {
	for _, f := range Frames(pcm) {
		out = append(out, max(quietest, DBFS(f.PCM)))
	}
	return out
}

// correlation of two courses; what b lacks is silence.
func correlation(a, b []float64, shift int) float64 {
	at := func(i int) float64 {
		if i < 0 || i >= len(b) {
			return quietest
		}
		return b[i]
	}
	var ma, mb float64
	for i := range a {
		ma, mb = ma+a[i]/float64(len(a)), mb+at(i+shift)/float64(len(a))
	}
	var ab, aa, bb float64
	for i := range a {
		x, y := a[i]-ma, at(i+shift)-mb
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb+1e-9)
}
