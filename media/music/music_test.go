package music

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/g711"
	"github.com/amtsleitung/amtsleitung/media/resample"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
)

const length = 48 * time.Second

func read(s media.Source, d time.Duration) []int16 {
	pcm := make([]int16, media.Samples(d))
	for i := 0; i+media.FrameSamples <= len(pcm); i += media.FrameSamples {
		s.ReadFrame(pcm[i : i+media.FrameSamples])
	}
	return pcm
}

// phone passes audio through a telephone line: 8 kHz, A-law.
func phone(t testing.TB, pcm []int16) []int16 {
	t.Helper()
	down, err := resample.New(16000, 8000, resample.Phone)
	require.NoError(t, err)
	defer down.Close()
	up, err := resample.New(8000, 16000, resample.Phone)
	require.NoError(t, err)
	defer up.Close()
	line, err := g711.ALaw{}.Encode(nil, down.Append(nil, pcm))
	require.NoError(t, err)
	heard, err := g711.ALaw{}.Decode(nil, line)
	require.NoError(t, err)
	return up.Append(nil, heard)
}

func TestMusicIsCalm(t *testing.T) {
	pcm := read(New(), length)
	require.InDelta(t, level, audiotest.DBFS(pcm), 0.1)
	peak := 0.0
	for _, s := range pcm {
		peak = max(peak, math.Abs(float64(s)))
	}
	require.Less(t, peak, 16000.0, "-6 dBFS")
	quietest := 0.0
	for i := 0; i+media.SampleRate <= len(pcm); i += media.SampleRate {
		quietest = min(quietest, audiotest.DBFS(pcm[i:i+media.SampleRate]))
	}
	require.Greater(t, quietest, -35.0, "a pause would sound like a line that broke")
	t.Logf("peak %.1f dBFS, quietest second %.1f dBFS, largest step %d", 20*math.Log10(peak/32768), quietest, audiotest.Step(pcm))
}

func TestMusicRepeatsWithoutASeam(t *testing.T) {
	s := New()
	first, second := read(s, length), read(s, length)
	require.Equal(t, first, second)
	seam := append(append([]int16(nil), first[len(first)-100:]...), second[:100]...)
	require.LessOrEqual(t, audiotest.Step(seam), audiotest.Step(first))
	require.Equal(t, first, read(New(), length), "each call hears it from the beginning")
}

func TestMusicIsHeardOnTheTelephone(t *testing.T) {
	pcm := read(New(), length)
	require.InDelta(t, audiotest.DBFS(pcm), audiotest.DBFS(phone(t, pcm)), 2)
}

func TestVoiceActivityDoesNotTakeMusicForSpeech(t *testing.T) {
	path := audiotest.Model(t, "silero_vad.onnx")
	if _, err := onnx.Find(); err != nil {
		t.Skip("ONNX Runtime is not built: ", err)
	}
	rt, err := onnx.Open("")
	require.NoError(t, err)
	defer func() { require.NoError(t, rt.Close()) }()
	m, err := vad.Load(rt, path)
	require.NoError(t, err)
	defer func() { require.NoError(t, m.Close()) }()
	pcm := read(New(), length)
	for name, heard := range map[string][]int16{"wide": pcm, "telephone": phone(t, pcm), "soft": quieter(pcm, 12)} {
		share, most := speech(t, m, heard)
		t.Logf("%s: %.1f %% of windows taken for speech, most %.2f", name, 100*share, most)
		require.Less(t, share, 0.05, name)
	}
}

func quieter(pcm []int16, db float64) []int16 {
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		out[i] = int16(float64(s) * math.Pow(10, -db/20))
	}
	return out
}

func speech(t *testing.T, m *vad.Model, pcm []int16) (share float64, most float32) {
	s, err := m.Stream()
	require.NoError(t, err)
	defer s.Close()
	n, all := 0, 0
	for i := 0; i+vad.WindowSamples <= len(pcm); i += vad.WindowSamples {
		p, err := s.Probability(pcm[i : i+vad.WindowSamples])
		require.NoError(t, err)
		if all++; p >= 0.5 {
			n++
		}
		most = max(most, p)
	}
	return float64(n) / float64(all), most
}

func TestRecogniserHearsNoWordsInMusic(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds of computing")
	}
	e, err := whisper.Open(whisper.Options{Model: audiotest.Model(t, "ggml-base-q8_0.bin")})
	require.NoError(t, err)
	defer e.Close()
	pcm := phone(t, read(New(), length))
	for _, language := range []string{"de", ""} {
		for from := 0; from < len(pcm); from += media.Samples(12 * time.Second) {
			to := min(from+media.Samples(12*time.Second), len(pcm))
			h, err := e.Recognize(t.Context(), stt.Window{PCM: pcm[from:to], Language: language, Languages: []string{"de", "en", "tr"}})
			require.NoError(t, err)
			require.Empty(t, h.Text(), "%q from %v", language, media.Duration(from))
			t.Logf("%q from %v: rejected as %q, no speech %.2f", language, media.Duration(from), h.Rejected, h.NoSpeech)
		}
	}
}

func TestRingingIsGerman(t *testing.T) {
	pcm := read(Ringing(), 10*time.Second)
	for i := range 10 {
		second := pcm[i*media.SampleRate : (i+1)*media.SampleRate]
		if i%5 == 0 {
			require.InDelta(t, 425, audiotest.Peak(second, media.SampleRate, 300, 600), 5)
			require.Greater(t, audiotest.Share(second, media.SampleRate, 425), 0.95)
		} else {
			require.Zero(t, audiotest.RMS(second))
		}
	}
	require.Less(t, audiotest.Step(pcm), soft/4, "no clicks")
}

func TestSignalsEnd(t *testing.T) {
	for name, s := range map[string]media.Source{"accept": Accept(), "beep": Beep()} {
		frame := make([]int16, media.FrameSamples)
		frames := 0
		for s.ReadFrame(frame) {
			require.Less(t, audiotest.Step(frame), soft/2, name)
			frames++
		}
		require.InDelta(t, 12, frames, 4, name)
		require.Zero(t, audiotest.RMS(frame), "silence follows")
	}
}

func BenchmarkMusic(b *testing.B) {
	s, frame := New(), make([]int16, media.FrameSamples)
	b.ReportAllocs()
	for b.Loop() {
		s.ReadFrame(frame)
	}
}

func BenchmarkRender(b *testing.B) {
	for b.Loop() {
		render(piece)
	}
}
