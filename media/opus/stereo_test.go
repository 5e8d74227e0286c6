package opus

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

// sent is a stream of Opus in stereo as others encode them: each testdata
// file has one packet after the other with its length before it, made by
// ffmpeg from a tone of 600 Hz, at 96 kbit/s and, for speech, at 24.
func sent(t testing.TB, name string) (packets [][]byte) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	for len(b) > 2 {
		n := int(b[0])<<8 | int(b[1])
		packets = append(packets, b[2:2+n])
		b = b[2+n:]
	}
	require.NotEmpty(t, packets)
	return packets
}

func TestStereo(t *testing.T) {
	for name, level := range map[string]float64{
		"same-96k":   8000,
		"turned-96k": 8000,
		"turned-24k": 8000,
		"left-96k":   4000,
	} {
		t.Run(name, func(t *testing.T) {
			d := decoder(t)
			var pcm []int16
			for _, p := range sent(t, name+".opus-packets") {
				var err error
				pcm, err = d.Decode(pcm, p)
				require.NoError(t, err)
			}
			require.InDelta(t, SampleRate, len(pcm), SampleRate/20)
			steady := pcm[SampleRate/4 : SampleRate*3/4]
			require.Greater(t, share(steady, 600), 0.95)
			require.InDelta(t, level/1.4142, audiotest.RMS(steady), level/15)
		})
	}
}

// TestMonoAmongStereo: encoders change to one channel where that is as good.
func TestMonoAmongStereo(t *testing.T) {
	d := decoder(t)
	var pcm []int16
	wide, narrow := sent(t, "same-96k.opus-packets"), packets(t, tone(600))
	for i := range 25 {
		var err error
		for _, p := range [][]byte{narrow[i], wide[i]} {
			require.Equal(t, media.FrameDuration, Duration(p))
			n := len(pcm)
			pcm, err = d.Decode(pcm, p)
			require.NoError(t, err)
			require.Len(t, pcm[n:], media.FrameSamples)
		}
	}
	lost, err := d.Conceal(nil, media.FrameSamples)
	require.NoError(t, err)
	require.Len(t, lost, media.FrameSamples)
	again, err := d.Recover(nil, wide[25], media.FrameSamples)
	require.NoError(t, err)
	require.Len(t, again, media.FrameSamples)
}

func BenchmarkDecodeStereo(b *testing.B) {
	all := sent(b, "turned-96k.opus-packets")
	d := decoder(b)
	dst := make([]int16, 0, maxSamples)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		dst, _ = d.Decode(dst[:0], all[i%len(all)])
	}
}
