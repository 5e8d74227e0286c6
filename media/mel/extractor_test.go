package mel

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const seconds8 = 8 * 16000

// signal is silence, then a gliding tone, a steady one and a little hiss.
func signal() []float32 {
	x := make([]float32, seconds8)
	seed := uint32(1)
	for i := range x {
		seed = seed*1664525 + 1013904223
		hiss := float64(seed>>16)/65536 - 0.5
		t := float64(i) / 16000
		if i >= 50000 {
			x[i] = float32(0.3*math.Sin(2*math.Pi*(200*t+150*t*t)) + 0.1*math.Sin(2*math.Pi*3000*t) + 0.02*hiss)
		}
	}
	return x
}

func TestReference(t *testing.T) {
	got := make([]float32, 80*Frames(seconds8))
	require.NoError(t, NewExtractor(80).LogMel(got, signal()))
	f, err := os.Open("testdata/reference.tsv")
	require.NoError(t, err)
	defer f.Close()
	points := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		var m, frame int
		var want float64
		_, err := fmt.Sscan(lines.Text(), &m, &frame, &want)
		require.NoError(t, err)
		require.InDelta(t, want, got[m*800+frame], 2e-4, "mel %d frame %d", m, frame)
		points++
	}
	require.Equal(t, 144, points)
}

// The frames repeated for silence must be those that would be computed.
func TestSilenceShortcutChangesNothing(t *testing.T) {
	quiet := signal()
	almost := signal()
	for i := range 50000 {
		almost[i] = float32(i%2) * 1e-12 // not constant, and far below the floor
	}
	a, b := make([]float32, 80*800), make([]float32, 80*800)
	e := NewExtractor(80)
	require.NoError(t, e.LogMel(a, quiet))
	require.NoError(t, e.LogMel(b, almost))
	require.InDeltaSlice(t, a, b, 1e-6)
}

func TestWrongSizes(t *testing.T) {
	e := NewExtractor(80)
	require.ErrorContains(t, e.LogMel(nil, make([]float32, 200)), "at least 201")
	require.ErrorContains(t, e.LogMel(make([]float32, 5), make([]float32, 1600)), "80 x 10")
	require.NoError(t, e.LogMel(make([]float32, 80), make([]float32, 201)))
}

func BenchmarkLogMel8s(b *testing.B) {
	e := NewExtractor(80)
	x := signal()
	for i := range x {
		x[i] += float32(i%5) * 1e-4 // no silence to skip: the worst case
	}
	dst := make([]float32, 80*800)
	b.ReportAllocs()
	for b.Loop() {
		_ = e.LogMel(dst, x)
	}
}
