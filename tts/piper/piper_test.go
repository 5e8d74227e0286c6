package piper_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
	"github.com/amtsleitung/amtsleitung/tts/piper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func model(t testing.TB) string {
	t.Helper()
	base := os.Getenv("AMTSLEITUNG_CACHE")
	if base == "" {
		cache, err := os.UserCacheDir()
		require.NoError(t, err)
		base = filepath.Join(cache, "amtsleitung")
	}
	path := filepath.Join(base, "models", "piper", "en_US-joe-medium.onnx")
	if _, err := os.Stat(path); err != nil {
		t.Skip("no Piper voice " + path + "; run `amtsleitung models fetch`")
	}
	return path
}

func parts(t testing.TB) (*onnx.Runtime, *espeak.Synthesizer) {
	t.Helper()
	rt, err := onnx.Open("")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	e, err := espeak.Open(espeak.Options{})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	return rt, e
}

func open(t testing.TB) *piper.Synthesizer {
	t.Helper()
	path := model(t)
	rt, e := parts(t)
	s, err := piper.Open(rt, e, piper.Options{Models: []string{path}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

type recorder struct {
	pcm   []int16
	first time.Time
	after int
	stop  context.CancelFunc
}

func (r *recorder) WriteFrame(f media.Frame) error {
	if r.pcm == nil {
		r.first = time.Now()
	}
	r.pcm = append(r.pcm, f.PCM...)
	if r.after > 0 && len(r.pcm) == r.after*media.FrameSamples {
		r.stop()
	}
	return nil
}

const sentence = "Good morning, the citizens' office is open from eight to four today."

func say(t testing.TB, s *piper.Synthesizer, u tts.Utterance) []int16 {
	t.Helper()
	var r recorder
	require.NoError(t, s.Speak(context.Background(), u, &r))
	return r.pcm
}

func seconds(pcm []int16) float64 { return float64(len(pcm)) / media.SampleRate }

func TestSpeaksEnglishAtAnyRate(t *testing.T) {
	s := open(t)
	require.Equal(t, []string{"en"}, s.Languages())
	require.Equal(t, "Piper en_US-joe-medium", s.Name())
	normal := seconds(say(t, s, tts.Utterance{Text: sentence, Language: "en"}))
	require.InDelta(t, 4.2, normal, 1.5)
	slow := seconds(say(t, s, tts.Utterance{Text: sentence, Language: "en", Rate: 0.7}))
	require.InDelta(t, 1/0.7, slow/normal, 0.3)
	require.ErrorIs(t, s.Speak(context.Background(), tts.Utterance{Text: "Hallo", Language: "de"}, &recorder{}), tts.ErrLanguage)
}

func TestLongTextsAreCutAndCancelStops(t *testing.T) {
	s := open(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r := recorder{after: 10, stop: stop}
	err := s.Speak(ctx, tts.Utterance{Text: strings.Repeat("and so on, ", 2000), Language: "en"}, &r)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, r.pcm, 10*media.FrameSamples)
}

func TestStrangeTextIsSurvived(t *testing.T) {
	s := open(t)
	for _, text := range []string{"", "...", "\xff\xfe\x00", "🙂", "日本", "[[", strings.Repeat("x", 400)} {
		require.NoError(t, s.Speak(context.Background(), tts.Utterance{Text: text, Language: "en"}, &recorder{}), "%q", text)
	}
}

func TestSeveralCallsAtOnce(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var r recorder
			if err := s.Speak(context.Background(), tts.Utterance{Text: "Good morning.", Language: "en"}, &r); err != nil || len(r.pcm) < media.SampleRate/4 {
				t.Errorf("%d samples, %v", len(r.pcm), err)
			}
		})
	}
	wg.Wait()
}

func TestMissingAndDamagedVoices(t *testing.T) {
	path := model(t)
	rt, e := parts(t)
	dir := t.TempDir()
	copied := filepath.Join(dir, "en_US-joe-medium.onnx")
	_, err := piper.Open(rt, e, piper.Options{Models: []string{copied}})
	require.ErrorContains(t, err, copied)
	require.ErrorContains(t, err, "amtsleitung models fetch")

	description, err := os.ReadFile(path + ".json")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(copied+".json", description, 0o600))
	_, err = piper.Open(rt, e, piper.Options{Models: []string{copied}})
	require.ErrorContains(t, err, "amtsleitung models fetch")

	require.NoError(t, os.WriteFile(copied, []byte("not a model"), 0o600))
	_, err = piper.Open(rt, e, piper.Options{Models: []string{copied}})
	require.ErrorContains(t, err, copied)
	require.ErrorContains(t, err, "amtsleitung models verify")

	for text, want := range map[string]string{
		"{":  "models fetch",
		"{}": "sample_rate",
		`{"audio":{"sample_rate":22050},"espeak":{"voice":"de"},"phoneme_type":"text"}`:                                               "phoneme_type",
		`{"audio":{"sample_rate":22050},"espeak":{"voice":"de"},"phoneme_id_map":{"^":[1]}}`:                                          "phoneme_id_map",
		`{"audio":{"sample_rate":22050},"espeak":{"voice":"de"},"num_speakers":4,"phoneme_id_map":{"^":[1],"$":[2],"_":[0]," ":[3]}}`: "several speakers",
	} {
		require.NoError(t, os.WriteFile(copied+".json", []byte(text), 0o600))
		_, err = piper.Open(rt, e, piper.Options{Models: []string{copied}})
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, copied)
	}
	_, err = piper.Open(rt, e, piper.Options{})
	require.Error(t, err)
}

func BenchmarkSpeak(b *testing.B) {
	s := open(b)
	var first, audio time.Duration
	for b.Loop() {
		var r recorder
		start := time.Now()
		require.NoError(b, s.Speak(context.Background(), tts.Utterance{Text: sentence, Language: "en"}, &r))
		first += r.first.Sub(start)
		audio += media.Duration(len(r.pcm))
	}
	b.ReportMetric(float64(first.Microseconds())/float64(b.N)/1000, "ms-to-first-frame")
	b.ReportMetric(b.Elapsed().Seconds()/audio.Seconds(), "x-realtime")
}
