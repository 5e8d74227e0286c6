package resample

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

func convert(t testing.TB, pcm []int16, from, to, frame int, q Quality) []int16 {
	r, err := New(from, to, q)
	require.NoError(t, err)
	defer r.Close()
	var out []int16
	for len(pcm) > 0 {
		n := min(frame, len(pcm))
		out = r.Append(out, pcm[:n])
		pcm = pcm[n:]
	}
	return out
}

func TestTonesKeepFrequencyAndLevel(t *testing.T) {
	for _, c := range []struct{ from, to int }{
		{8000, 16000}, {16000, 8000}, {44100, 16000}, {48000, 16000}, {16000, 48000}, {11025, 16000}, {22050, 16000}, {96000, 16000},
	} {
		pcm := audiotest.SineAt(c.from, 1000, time.Second, 8000)
		out := convert(t, pcm, c.from, c.to, c.from/50, Phone)
		require.InDelta(t, c.to, len(out), float64(c.to)/50, "%v", c)
		steady := out[c.to/10:]
		require.InDelta(t, 8000, audiotest.Goertzel(steady, c.to, 1000), 150, "%v", c)
		require.Greater(t, audiotest.SNR(steady, c.to, 1000), 45.0, "%v", c)
	}
}

func TestFoldingIsStopped(t *testing.T) {
	out := convert(t, audiotest.SineAt(16000, 6000, time.Second, 8000), 16000, 8000, 320, Phone)
	require.Less(t, audiotest.DBFS(out[800:]), -55.0, "6 kHz must not fold to 2 kHz")
}

func TestDelayIsShort(t *testing.T) {
	for _, c := range [][2]int{{8000, 16000}, {16000, 8000}} {
		r, err := New(c[0], c[1], Phone)
		require.NoError(t, err)
		delay := time.Duration(r.Delay()) * time.Second / time.Duration(c[1])
		r.Close()
		require.LessOrEqual(t, delay, 5*time.Millisecond, "%v", c)
	}
}

func TestSkipDelayKeepsTimes(t *testing.T) {
	r, err := New(8000, 16000, File)
	require.NoError(t, err)
	defer r.Close()
	r.SkipDelay()
	pcm := make([]int16, 8000)
	pcm[4000] = 20000
	out := r.Append(nil, pcm)
	out = r.Append(out, make([]int16, 200))
	loudest := 0
	for i := range out {
		if out[i] > out[loudest] {
			loudest = i
		}
	}
	require.InDelta(t, 8000, loudest, 1)
}

func TestAbsurdRatesAreRefused(t *testing.T) {
	for _, c := range [][2]int{{0, 16000}, {-8000, 16000}, {16000, 1 << 30}} {
		_, err := New(c[0], c[1], Phone)
		require.ErrorContains(t, err, "rates must be")
	}
}

func TestLongInputInOneCall(t *testing.T) {
	out := convert(t, make([]int16, 200_000), 768000, 1000, 200_000, Phone)
	require.InDelta(t, 200_000/768, len(out), 3)
}

func BenchmarkUp8to16(b *testing.B)   { bench(b, 8000, 16000) }
func BenchmarkDown16to8(b *testing.B) { bench(b, 16000, 8000) }

func bench(b *testing.B, from, to int) {
	r, err := New(from, to, Phone)
	require.NoError(b, err)
	defer r.Close()
	pcm := audiotest.SineAt(from, 440, 20*time.Millisecond, 8000)
	out := make([]int16, 0, 1000)
	b.ReportAllocs()
	for b.Loop() {
		out = r.Append(out[:0], pcm)
	}
}
