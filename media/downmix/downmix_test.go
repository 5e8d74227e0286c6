package downmix

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

const rate = 16000

func tone(hz, peak float64) []int16 { return audiotest.SineAt(rate, hz, time.Second, peak) }

// times is a channel with another level; a negative one turns it.
func times(pcm []int16, factor float64) []int16 {
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		out[i] = int16(float64(s) * factor)
	}
	return out
}

func weave(channels ...[]int16) (out []int16) {
	for i := range channels[0] {
		for _, c := range channels {
			out = append(out, c[i])
		}
	}
	return out
}

// mixed gives the samples to a mixer in pieces of odd lengths, as decoders do.
func mixed(channels int, pcm []int16) (out []int16) {
	m := New(channels, rate)
	for n := 1; len(pcm) > 0; n = n*7%1000 + 1 {
		take := min(n*channels, len(pcm))
		out = m.Append(out, pcm[:take])
		pcm = pcm[take:]
	}
	return out
}

func TestLevels(t *testing.T) {
	a, b, none := tone(500, 8000), tone(730, 8000), make([]int16, rate)
	for name, c := range map[string]struct {
		channels [][]int16
		level    float64
	}{
		"the same":           {[][]int16{a, a}, 5657},
		"one side":           {[][]int16{a, none}, 2828},
		"different":          {[][]int16{a, b}, 4000},
		"turned":             {[][]int16{a, times(a, -1)}, 5657},
		"turned and quieter": {[][]int16{a, times(a, -0.6)}, 5657},
		"hardly turned":      {[][]int16{a, times(a, -0.2)}, 2263},
		"one":                {[][]int16{a}, 5657},
		"the middle of six":  {[][]int16{none, none, a, none, none, none}, 5657},
		"three the same":     {[][]int16{a, a, a}, 5657},
		"silence":            {[][]int16{none, none}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			out := mixed(len(c.channels), weave(c.channels...))
			require.Len(t, out, rate)
			require.InDelta(t, c.level, audiotest.RMS(out[rate/10:]), 60)
		})
	}
}

// TestNothingOfTheBeginningIsLost: the first word counts as well.
func TestNothingOfTheBeginningIsLost(t *testing.T) {
	a := tone(500, 8000)
	out := New(2, rate).Append(nil, weave(a, times(a, -1)))
	require.Greater(t, audiotest.RMS(out[rate/100:rate/20]), 5000.0)
}

// TestNoClicks turns one side on and off in the middle of a tone.
func TestNoClicks(t *testing.T) {
	a := audiotest.SineAt(rate, 300, 4*time.Second, 9000)
	b := append([]int16{}, a...)
	for i := rate; i < 3*rate; i++ {
		b[i] = -b[i]
	}
	b[rate], b[3*rate-1] = 0, 0
	out := mixed(2, weave(a, b))
	largest := 2 * math.Pi * 300 / rate * 9000 // step of the tone itself
	require.Less(t, float64(audiotest.Step(out)), largest*1.25)
	for second := range 4 {
		part := out[second*rate+rate/2 : (second+1)*rate]
		require.Greater(t, audiotest.RMS(part), 6000.0, "second %d", second)
	}
	require.Greater(t, audiotest.SNR(out[rate*3/2:rate*5/2], rate, 300), 40.0)
}

// TestUnrelatedSoundsStayTogether: two people on two channels are both heard.
func TestUnrelatedSoundsStayTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	a, b := make([]int16, 10*rate), make([]int16, 10*rate)
	for i := range a {
		a[i], b[i] = int16(r.NormFloat64()*3000), int16(r.NormFloat64()*1500)
	}
	for i, s := range mixed(2, weave(a, b)) {
		require.Equal(t, int16((int32(a[i])+int32(b[i]))>>1), s)
	}
}

func TestExtremes(t *testing.T) {
	low, high := make([]int16, 1000), make([]int16, 1000)
	for i := range low {
		low[i], high[i] = math.MinInt16, math.MaxInt16
	}
	require.Equal(t, low, mixed(2, weave(low, low)))
	require.NotPanics(t, func() { mixed(2, weave(low, high)) })
	require.Empty(t, New(2, rate).Append(nil, []int16{1}), "half a frame")
}

func BenchmarkStereo(b *testing.B) {
	a := tone(500, 8000)
	for name, right := range map[string][]int16{"mean": a, "turned": times(a, -1)} {
		b.Run(name, func(b *testing.B) {
			pcm := weave(a, right)[:640]
			m, dst := New(2, rate), make([]int16, 0, 320)
			b.ReportAllocs()
			for b.Loop() {
				dst = m.Append(dst[:0], pcm)
			}
		})
	}
}
