package intent

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// What was learned is stored as: the model's name and a line feed; SHA-256 of
// the exemplars; count and width as 32 bit little endian; for each exemplar
// the scale and one signed byte a dimension of its vector, then one 32 bit
// float a class.
const learnedFile = "data/exemplars.bin"

// readLearned returns what comes with the program when it was learned with
// this model from these exemplars.
func readLearned(model string, exemplars []exemplar) (*Likeness, bool, error) {
	raw, err := data.ReadFile(learnedFile)
	if err != nil {
		return nil, false, fmt.Errorf("read %s: %w", learnedFile, err)
	}
	name, rest, _ := strings.Cut(string(raw), "\n")
	sum := fingerprint(exemplars)
	rest, same := strings.CutPrefix(rest, string(sum[:]))
	if name != model || !same || len(rest) < 8 {
		return nil, false, nil
	}
	b := []byte(rest)
	n, width := int(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
	b = b[8:]
	classes := len(classes())
	if n != len(exemplars) || len(b) != n*(4+width+4*classes) {
		return nil, false, nil
	}
	l := &Likeness{exemplars: exemplars, weights: make([][]float64, classes)}
	for range n {
		scale := readFloat(b)
		v := make([]float32, width)
		for j := range v {
			v[j] = float32(int8(b[4+j])) * scale
		}
		l.vectors, b = append(l.vectors, v), b[4+width:]
		for c := range classes {
			l.weights[c], b = append(l.weights[c], float64(readFloat(b))), b[4:]
		}
	}
	l.centre()
	return l, true, nil
}

func readFloat(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }

// writeLearned learns from the vectors as they are stored.
func writeLearned(model string, exemplars []exemplar, vectors [][]float32) []byte {
	quantised := make([][]int8, len(vectors))
	scales := make([]float32, len(vectors))
	for i, v := range vectors {
		quantised[i], scales[i] = quantise(v)
		for j := range v {
			v[j] = float32(quantised[i][j]) * scales[i]
		}
	}
	l := learn(exemplars, vectors)
	sum := fingerprint(exemplars)
	b := append([]byte(model), '\n')
	b = append(b, sum[:]...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(vectors)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(vectors[0])))
	for i := range vectors {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(scales[i]))
		for _, x := range quantised[i] {
			b = append(b, byte(x))
		}
		for _, w := range l.weights {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(w[i])))
		}
	}
	return b
}

func quantise(v []float32) ([]int8, float32) {
	largest := float32(0)
	for _, x := range v {
		largest = max(largest, float32(math.Abs(float64(x))))
	}
	scale := largest / 127
	out := make([]int8, len(v))
	for i, x := range v {
		out[i] = int8(math.Round(float64(x / scale)))
	}
	return out, scale
}

// fingerprint tells exemplars and the constants of learning apart.
func fingerprint(exemplars []exemplar) [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%v %v\n", width, ridge)
	for _, x := range exemplars {
		fmt.Fprintf(h, "%s %s %s\n", x.class, x.kind, x.text)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
