package g722

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

func TestTonesSurvive(t *testing.T) {
	for _, f := range []float64{300, 1000, 3000, 5000, 6500} {
		e, err := NewEncoder()
		require.NoError(t, err)
		d, err := NewDecoder()
		require.NoError(t, err)
		pcm := audiotest.Sine(f, time.Second, 8000)
		var back []int16
		for i := 0; i < len(pcm); i += 320 {
			payload, err := e.Encode(nil, pcm[i:i+320])
			require.NoError(t, err)
			require.Len(t, payload, 160)
			back, err = d.Decode(back, payload)
			require.NoError(t, err)
		}
		e.Close()
		d.Close()
		require.Len(t, back, len(pcm))
		require.InDelta(t, 8000, audiotest.Goertzel(back[1600:], SampleRate, f), 800, "%v Hz", f)
		require.Greater(t, audiotest.SNR(back[1600:], SampleRate, f), 15.0, "%v Hz", f)
	}
}

func TestEmptyInput(t *testing.T) {
	e, err := NewEncoder()
	require.NoError(t, err)
	defer e.Close()
	payload, err := e.Encode(nil, nil)
	require.NoError(t, err)
	require.Empty(t, payload)
}

func BenchmarkBothWays(b *testing.B) {
	e, err := NewEncoder()
	require.NoError(b, err)
	defer e.Close()
	d, err := NewDecoder()
	require.NoError(b, err)
	defer d.Close()
	pcm, payload := audiotest.Sine(440, 20*time.Millisecond, 8000), make([]byte, 0, 160)
	back := make([]int16, 0, 320)
	b.ReportAllocs()
	for b.Loop() {
		payload, _ = e.Encode(payload[:0], pcm)
		back, _ = d.Decode(back[:0], payload)
	}
}
