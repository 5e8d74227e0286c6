package tts_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
)

func silent(d time.Duration) []int16 { return make([]int16, media.Samples(d)) }

// frame puts samples through a Framer in pieces of an odd length.
func frame(t *testing.T, pcm []int16, gain float64) []int16 {
	t.Helper()
	var out []int16
	f := tts.NewFramer(media.SinkFunc(func(fr media.Frame) error {
		require.Len(t, fr.PCM, media.FrameSamples)
		require.Equal(t, media.Duration(len(out)), fr.At)
		out = append(out, fr.PCM...)
		return nil
	}), gain)
	for len(pcm) > 0 {
		n := min(len(pcm), 377)
		require.NoError(t, f.Write(context.Background(), pcm[:n]))
		pcm = pcm[n:]
	}
	require.NoError(t, f.Close(context.Background()))
	require.Equal(t, len(out), f.Samples())
	return out
}

func TestFramerTrimsBothEndsAndKeepsPauses(t *testing.T) {
	tone := audiotest.Sine(300, 200*time.Millisecond, 8000)
	var in []int16
	for _, part := range [][]int16{silent(400 * time.Millisecond), tone, silent(300 * time.Millisecond), tone, silent(700 * time.Millisecond)} {
		in = append(in, part...)
	}
	out := frame(t, in, 0)
	// 30 ms before, 700 ms of speech with its pause, 40 ms after, whole frames.
	require.InDelta(t, 770, len(out)*1000/media.SampleRate, 20)
	require.Zero(t, audiotest.RMS(out[media.Samples(300*time.Millisecond):media.Samples(450*time.Millisecond)]))
}

func TestFramerShortensEndlessPauses(t *testing.T) {
	tone := audiotest.Sine(300, 200*time.Millisecond, 8000)
	in := append(append(tone, silent(10*time.Second)...), tone...)
	require.InDelta(t, 1.9, float64(len(frame(t, in, 0)))/media.SampleRate, 0.05)
}

func TestFramerLeavesOutFaintNoiseAfterSpeech(t *testing.T) {
	in := append(audiotest.Sine(300, 200*time.Millisecond, 8000), silent(200*time.Millisecond)...)
	in = append(append(in, audiotest.Sine(500, 8*time.Millisecond, 300)...), silent(200*time.Millisecond)...)
	require.InDelta(t, 240, len(frame(t, in, 0))*1000/media.SampleRate, 20)
}

func TestFramerOfSilenceWritesNothing(t *testing.T) {
	require.Empty(t, frame(t, silent(3*time.Second), 0))
	require.Empty(t, frame(t, nil, 0))
}

func TestFramerBendsPeaksWithoutClicks(t *testing.T) {
	out := frame(t, audiotest.Sine(440, time.Second, 20000), 12)
	loudest := 0.0
	for i := 1; i < len(out); i++ {
		loudest = math.Max(loudest, math.Abs(float64(out[i])))
		require.Less(t, math.Abs(float64(out[i])-float64(out[i-1])), 16000.0, "a step at %d", i)
	}
	require.InDelta(t, 32000, loudest, 200)
	quiet := frame(t, audiotest.Sine(440, time.Second, 20000), -20)
	require.InDelta(t, audiotest.RMS(audiotest.Sine(440, time.Second, 2000)), audiotest.RMS(quiet), 100)
}

func TestFramerObeysCancel(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	frames := 0
	f := tts.NewFramer(media.SinkFunc(func(media.Frame) error {
		if frames++; frames == 3 {
			stop()
		}
		return nil
	}), 0)
	require.ErrorIs(t, f.Write(ctx, audiotest.Sine(440, time.Second, 20000)), context.Canceled)
	require.Equal(t, 3, frames)
	require.ErrorIs(t, f.Close(ctx), context.Canceled)
}

func BenchmarkFramer(b *testing.B) {
	f := tts.NewFramer(media.SinkFunc(func(media.Frame) error { return nil }), 3)
	pcm := audiotest.Sine(440, 20*time.Millisecond, 12000)
	b.ReportAllocs()
	for b.Loop() {
		if err := f.Write(context.Background(), pcm); err != nil {
			b.Fatal(err)
		}
	}
}
