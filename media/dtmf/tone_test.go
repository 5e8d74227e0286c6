package dtmf

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media/g711"
)

const allDigits = "1234567890*#ABCD"

func tones(t *testing.T, keys string) []int16 {
	t.Helper()
	g, err := NewGenerator()
	require.NoError(t, err)
	defer g.Close()
	var pcm []int16
	frame := make([]int16, 160)
	for _, k := range keys {
		require.NoError(t, g.Put(k))
		for g.Read(frame) == len(frame) {
			pcm = append(pcm, frame...)
		}
		pcm = append(pcm, frame...)
	}
	return pcm
}

func listen(t testing.TB, pcm []int16) string {
	d, err := NewDetector()
	require.NoError(t, err)
	defer d.Close()
	var found []rune
	for i := 0; i < len(pcm); i += 160 {
		found = d.Listen(found, pcm[i:min(i+160, len(pcm))])
	}
	return string(found)
}

func TestTonesThroughALawAndNoise(t *testing.T) {
	pcm := tones(t, allDigits)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range pcm {
		pcm[i] += int16(random.NormFloat64() * 200)
	}
	payload, _ := g711.ALaw{}.Encode(nil, pcm)
	heard, _ := g711.ALaw{}.Decode(nil, payload)
	require.Equal(t, allDigits, listen(t, heard))
}

func TestToneHasItsFrequencies(t *testing.T) {
	pcm := tones(t, "5")[:toneOn*8]
	require.InDelta(t, 770, audiotest.Peak(pcm, ToneRate, 600, 1000), 5)
	require.InDelta(t, 1336, audiotest.Peak(pcm, ToneRate, 1100, 1700), 5)
}

func TestSingleTonesAreNoDigits(t *testing.T) {
	require.Empty(t, listen(t, audiotest.SineAt(ToneRate, 770, time.Second, 8000)))
	require.Empty(t, listen(t, audiotest.SineAt(ToneRate, 425, time.Second, 8000)), "German dial tone")
	require.Empty(t, listen(t, make([]int16, 8000)))
}

func BenchmarkListen(b *testing.B) {
	d, err := NewDetector()
	require.NoError(b, err)
	defer d.Close()
	pcm := audiotest.SineAt(ToneRate, 300, 20*time.Millisecond, 8000)
	var found []rune
	b.ReportAllocs()
	for b.Loop() {
		found = d.Listen(found[:0], pcm)
	}
}

func BenchmarkReceiver(b *testing.B) {
	var r Receiver
	payload := Event{Code: 1, Duration: 160}.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		r.Push(payload, 5, false)
	}
}
