package opus

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
)

// tone is 1 s of a sine.
func tone(hz float64) []int16 {
	out := make([]int16, SampleRate)
	for i := range out {
		out[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/SampleRate))
	}
	return out
}

// share is how much of the power of pcm lies at hz (Goertzel), 0..1.
func share(pcm []int16, hz float64) float64 {
	c := 2 * math.Cos(2*math.Pi*hz/SampleRate)
	var a, b, sum float64
	for _, s := range pcm {
		a, b = float64(s)+c*a-b, a
		sum += float64(s) * float64(s)
	}
	return (a*a + b*b - c*a*b) * 2 / (sum*float64(len(pcm)) + 1)
}

func packets(t testing.TB, pcm []int16) [][]byte {
	t.Helper()
	e, err := NewEncoder()
	require.NoError(t, err)
	defer e.Close()
	var out [][]byte
	for ; len(pcm) >= media.FrameSamples; pcm = pcm[media.FrameSamples:] {
		p, err := e.Encode(nil, pcm[:media.FrameSamples])
		require.NoError(t, err)
		out = append(out, p)
	}
	return out
}

func decoder(t testing.TB) *Decoder {
	t.Helper()
	d, err := NewDecoder()
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

func TestToneSurvives(t *testing.T) {
	for _, hz := range []float64{300, 1000, 3100, 6000} {
		d := decoder(t)
		var pcm []int16
		bytes := 0
		for _, p := range packets(t, tone(hz)) {
			require.Equal(t, media.FrameDuration, Duration(p))
			bytes += len(p)
			var err error
			pcm, err = d.Decode(pcm, p)
			require.NoError(t, err)
		}
		require.Len(t, pcm, SampleRate)
		steady := pcm[SampleRate/4:]
		require.Greater(t, share(steady, hz), 0.95, "%v Hz", hz)
		require.Less(t, share(steady, hz*1.3), 0.02, "%v Hz", hz)
		require.Less(t, bytes*8, 40000, "bits a second for %v Hz", hz)
	}
}

func TestSilenceIsSmall(t *testing.T) {
	for _, p := range packets(t, make([]int16, SampleRate))[5:] {
		require.NotEmpty(t, p)
		require.Less(t, len(p), 30)
	}
}

// warble is a sound that changes all the time, so that what is made up or
// recovered can be told from the truth.
func warble() []int16 {
	out := make([]int16, 2*SampleRate)
	phase := 0.0
	for i := range out {
		at := float64(i) / SampleRate
		phase += 2 * math.Pi * (180 + 60*math.Sin(2*math.Pi*2.3*at)) / SampleRate
		for h := 1.0; h < 12; h++ {
			out[i] += int16(2500 / h * math.Sin(h*phase))
		}
	}
	return out
}

// TestRedundancyBeatsMakingUp loses every fifth packet: with the redundancy of
// the next one the sound must be nearer to the truth than without.
func TestRedundancyBeatsMakingUp(t *testing.T) {
	sent := packets(t, warble())
	whole, fec, plc := decoder(t), decoder(t), decoder(t)
	var truth, recovered, made []int16
	var errFEC, errPLC float64
	for i, p := range sent {
		truth, _ = whole.Decode(truth[:0], p)
		if i%5 != 4 || i+1 == len(sent) {
			recovered, _ = fec.Decode(recovered[:0], p)
			made, _ = plc.Decode(made[:0], p)
			continue
		}
		var err error
		recovered, err = fec.Recover(recovered[:0], sent[i+1], media.FrameSamples)
		require.NoError(t, err)
		made, err = plc.Conceal(made[:0], media.FrameSamples)
		require.NoError(t, err)
		require.Len(t, recovered, media.FrameSamples)
		require.Len(t, made, media.FrameSamples)
		errFEC += distance(truth, recovered)
		errPLC += distance(truth, made)
	}
	t.Logf("error of lost frames: with FEC %.3g, made up %.3g", errFEC, errPLC)
	require.Less(t, errFEC, errPLC/2)
}

func distance(a, b []int16) (d float64) {
	for i := range a {
		d += math.Pow(float64(a[i])-float64(b[i]), 2)
	}
	return d
}

func TestLongLossFades(t *testing.T) {
	d := decoder(t)
	pcm := []int16{}
	for _, p := range packets(t, tone(400)) {
		pcm, _ = d.Decode(pcm[:0], p)
	}
	for range 50 {
		var err error
		pcm, err = d.Conceal(pcm[:0], media.FrameSamples)
		require.NoError(t, err)
	}
	require.Less(t, math.Sqrt(distance(pcm, make([]int16, len(pcm)))/float64(len(pcm))), 300.0, "after 1 s nothing may sound")
}

func TestDuration(t *testing.T) {
	require.Equal(t, time.Duration(0), Duration(nil))
	require.Equal(t, 60*time.Millisecond, Duration([]byte{0x18, 0})) // SILK 60 ms, one frame
	require.Equal(t, time.Duration(0), Duration([]byte{0x03}))       // code 3 without its count
}

func TestEncoderRefusesOddLengths(t *testing.T) {
	e, err := NewEncoder()
	require.NoError(t, err)
	defer e.Close()
	out, err := e.Encode([]byte{1}, make([]int16, 321))
	require.ErrorContains(t, err, "321 samples")
	require.Equal(t, []byte{1}, out)
}

func FuzzDecode(f *testing.F) {
	for _, p := range packets(f, warble())[:4] {
		f.Add(p, p[:len(p)/2])
	}
	f.Add([]byte{0x18, 0}, []byte{0x03})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d := decoder(t)
		var pcm []int16
		for _, p := range [][]byte{a, b} {
			n := len(pcm)
			pcm, _ = d.Decode(pcm, p) // an error is right for garbage
			require.LessOrEqual(t, len(pcm)-n, maxSamples)
			require.LessOrEqual(t, Duration(p), 120*time.Millisecond)
		}
		n := len(pcm)
		pcm, _ = d.Recover(pcm, a, 320)
		require.LessOrEqual(t, len(pcm)-n, maxSamples)
	})
}

func BenchmarkEncode(b *testing.B) {
	e, err := NewEncoder()
	require.NoError(b, err)
	defer e.Close()
	pcm := noisy()
	dst := make([]byte, 0, maxPacket)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		at := i % 50 * media.FrameSamples
		dst, _ = e.Encode(dst[:0], pcm[at:at+media.FrameSamples])
	}
}

func BenchmarkDecode(b *testing.B) {
	all := packets(b, noisy())
	d := decoder(b)
	dst := make([]int16, 0, maxSamples)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		dst, _ = d.Decode(dst[:0], all[i%len(all)])
	}
}

// noisy is a changing sound with some noise, which costs about what speech does.
func noisy() []int16 {
	out := warble()[:SampleRate]
	r := rand.New(rand.NewPCG(1, 2))
	for i := range out {
		out[i] += int16(r.IntN(400) - 200)
	}
	return out
}
