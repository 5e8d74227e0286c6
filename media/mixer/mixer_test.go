package mixer

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

type tape struct{ pcm []int16 }

func (t *tape) ReadFrame(dst []int16) bool {
	clear(dst)
	n := copy(dst, t.pcm)
	t.pcm = t.pcm[n:]
	return n > 0
}

func mix(m *Mixer, frames int) (pcm []int16, some int) {
	dst := make([]int16, media.FrameSamples)
	for range frames {
		if m.ReadFrame(dst) {
			some++
		}
		pcm = append(pcm, dst...)
	}
	return pcm, some
}

func TestBothVoicesAreHeardAtTheirLevels(t *testing.T) {
	m := New(Input{Source: &tape{audiotest.Sine(500, time.Second, 8000)}},
		Input{Source: &tape{audiotest.Sine(1200, 500*time.Millisecond, 8000)}, Gain: 0.25})
	pcm, some := mix(m, 60)
	require.Equal(t, 50, some)
	require.InDelta(t, 8000, audiotest.Goertzel(pcm[:8000], 16000, 500), 50)
	require.InDelta(t, 2000, audiotest.Goertzel(pcm[:8000], 16000, 1200), 50)
	require.Less(t, audiotest.Goertzel(pcm[8000:16000], 16000, 1200), 20.0)
	require.Zero(t, audiotest.RMS(pcm[16000:]))
}

func TestLoudVoicesAreLimitedNotClipped(t *testing.T) {
	var inputs []Input
	for range 8 {
		inputs = append(inputs, Input{Source: &tape{audiotest.Sine(400, 200*time.Millisecond, 20000)}})
	}
	m := New()
	m.Set(inputs...)
	pcm, _ := mix(m, 10)
	top := 0
	for i, s := range pcm {
		require.Less(t, s, int16(32767))
		if i > 0 && pcm[i] == pcm[i-1] && s > 30000 {
			top++
		}
	}
	require.Less(t, top, len(pcm)/4, "peaks are bent, not flat")
	require.Equal(t, 400.0, audiotest.Peak(pcm, 16000, 200, 3000))
}

func TestNothingIsSilence(t *testing.T) {
	pcm, some := mix(New(), 2)
	require.Zero(t, some)
	require.Zero(t, audiotest.RMS(pcm))
}

func BenchmarkThreeVoices(b *testing.B) {
	silent := &tape{}
	m := New(Input{Source: silent}, Input{Source: silent, Gain: 0.3}, Input{Source: silent})
	dst := make([]int16, media.FrameSamples)
	b.ReportAllocs()
	for b.Loop() {
		m.ReadFrame(dst)
	}
}
