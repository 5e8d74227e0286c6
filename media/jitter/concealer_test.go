package jitter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

// lose plays a tone with the frames named missing.
func lose(pcm []int16, missing ...int) (out []int16, sounding []bool) {
	var c Concealer
	for i, f := range audiotest.Frames(pcm) {
		frame := append([]int16(nil), f.PCM...)
		gone := false
		for _, m := range missing {
			gone = gone || m == i
		}
		if gone {
			sounding = append(sounding, c.Fill(frame))
		} else {
			c.Good(frame)
		}
		out = append(out, frame...)
	}
	return out, sounding
}

func TestOneLostFrameIsHardlyHeard(t *testing.T) {
	for _, f := range []float64{110, 230, 440, 1000} {
		pcm := audiotest.Sine(f, 400*time.Millisecond, 8000)
		out, _ := lose(pcm, 10)
		hole := out[10*320 : 11*320]
		require.InDelta(t, audiotest.RMS(pcm), audiotest.RMS(hole), 0.25*audiotest.RMS(pcm), "%v Hz", f)
		natural := audiotest.Step(pcm)
		require.LessOrEqual(t, audiotest.Step(out), natural*2+400, "%v Hz: no click", f)
		if f >= 200 {
			require.InDelta(t, f, audiotest.Peak(hole, media.SampleRate, 100, 1500), f*0.1)
		}
	}
}

func TestLongLossFadesToSilence(t *testing.T) {
	out, sounding := lose(audiotest.Sine(200, 600*time.Millisecond, 8000), 10, 11, 12, 13, 14, 15)
	require.Equal(t, []bool{true, true, true, false, false, false}, sounding)
	level := func(frame int) float64 { return audiotest.RMS(out[frame*320 : (frame+1)*320]) }
	require.Greater(t, level(10), level(11))
	require.Greater(t, level(11), level(12))
	require.Zero(t, level(14))
	require.Greater(t, level(17), 5000.0, "and the voice is back")
}

func TestLossBeforeAnything(t *testing.T) {
	var c Concealer
	pcm := audiotest.Sine(300, 20*time.Millisecond, 5000)
	c.Fill(pcm)
	require.Zero(t, audiotest.RMS(pcm))
}

func BenchmarkGood(b *testing.B) {
	var c Concealer
	pcm := audiotest.Sine(200, 20*time.Millisecond, 8000)
	b.ReportAllocs()
	for b.Loop() {
		c.Good(pcm)
	}
}

func BenchmarkFirstLoss(b *testing.B) {
	var c Concealer
	c.Good(audiotest.Sine(200, 20*time.Millisecond, 8000))
	pcm := make([]int16, 320)
	b.ReportAllocs()
	for b.Loop() {
		c.made = 0
		c.Fill(pcm)
	}
}
