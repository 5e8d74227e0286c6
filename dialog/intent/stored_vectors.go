package intent

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// The stored vectors: the model's name and a line feed, count and width as 32
// bit little endian, then a scale and one signed byte a dimension per vector.
const vectorsFile = "data/exemplars.bin"

// storedVectors returns the vectors that come with the program when they are
// of this model and these exemplars.
func storedVectors(model string, count int) ([][]float32, bool, error) {
	raw, err := data.ReadFile(vectorsFile)
	if err != nil {
		return nil, false, fmt.Errorf("read %s: %w", vectorsFile, err)
	}
	name, rest, _ := strings.Cut(string(raw), "\n")
	if name != model || len(rest) < 8 {
		return nil, false, nil
	}
	b := []byte(rest)
	n, width := int(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
	b = b[8:]
	if n != count || len(b) != n*(4+width) {
		return nil, false, nil
	}
	vectors := make([][]float32, n)
	for i := range vectors {
		scale := math.Float32frombits(binary.LittleEndian.Uint32(b))
		v := make([]float32, width)
		for j := range v {
			v[j] = float32(int8(b[4+j])) * scale
		}
		vectors[i], b = v, b[4+width:]
	}
	return vectors, true, nil
}

// storeVectors is the inverse of storedVectors.
func storeVectors(model string, vectors [][]float32) []byte {
	b := append([]byte(model), '\n')
	b = binary.LittleEndian.AppendUint32(b, uint32(len(vectors)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(vectors[0])))
	for _, v := range vectors {
		largest := float32(0)
		for _, x := range v {
			largest = max(largest, float32(math.Abs(float64(x))))
		}
		scale := largest / 127
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(scale))
		for _, x := range v {
			b = append(b, byte(int8(math.Round(float64(x/scale)))))
		}
	}
	return b
}
