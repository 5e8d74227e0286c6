package pico_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/pico"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func voicesDir(t testing.TB) string {
	t.Helper()
	base := os.Getenv("AMTSLEITUNG_CACHE")
	if base == "" {
		cache, err := os.UserCacheDir()
		require.NoError(t, err)
		base = filepath.Join(cache, "amtsleitung")
	}
	dir := filepath.Join(base, "models", "pico")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no Pico voices in " + dir + "; run `amtsleitung models fetch`")
	}
	return dir
}

func open(t testing.TB) *pico.Synthesizer {
	t.Helper()
	s, err := pico.Open(pico.Options{Dir: voicesDir(t)})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// recorder keeps the samples and can end the context after some frames.
type recorder struct {
	pcm   []int16
	after int
	stop  context.CancelFunc
	first time.Time
}

func (r *recorder) WriteFrame(f media.Frame) error {
	if r.pcm == nil {
		r.first = time.Now()
	}
	if len(f.PCM) != media.FrameSamples {
		return fmt.Errorf("frame of %d samples", len(f.PCM))
	}
	if want := media.Duration(len(r.pcm)); f.At != want {
		return fmt.Errorf("frame at %v, want %v", f.At, want)
	}
	r.pcm = append(r.pcm, f.PCM...)
	if r.after > 0 && len(r.pcm) == r.after*media.FrameSamples {
		r.stop()
	}
	return nil
}

func say(t testing.TB, s *pico.Synthesizer, u tts.Utterance) []int16 {
	t.Helper()
	var r recorder
	require.NoError(t, s.Speak(context.Background(), u, &r))
	return r.pcm
}

func seconds(pcm []int16) float64 { return float64(len(pcm)) / media.SampleRate }

func samples() map[string]string {
	return map[string]string{
		"de": "Guten Tag, das Bürgeramt hat heute von acht bis sechzehn Uhr geöffnet.",
		"en": "Good morning, the citizens' office is open from eight to four today.",
		"fr": "Bonjour, le bureau est ouvert de huit heures à seize heures.",
		"es": "Buenos días, la oficina está abierta de ocho a dieciséis horas.",
		"it": "Buongiorno, l'ufficio è aperto dalle otto alle sedici.",
	}
}

func TestSpeaksEveryLanguage(t *testing.T) {
	s := open(t)
	for lang, text := range samples() {
		pcm := say(t, s, tts.Utterance{Text: text, Language: lang})
		require.InDelta(t, 4.2, seconds(pcm), 2, lang)
		require.Greater(t, power(pcm), 300.0, lang)
	}
	require.NotEqual(t, len(say(t, s, tts.Utterance{Text: samples()["en"], Language: "en-US"})),
		len(say(t, s, tts.Utterance{Text: samples()["en"], Language: "en-GB"})), "two different voices")
}

func TestRateChangesDuration(t *testing.T) {
	s := open(t)
	text := samples()["de"]
	normal := seconds(say(t, s, tts.Utterance{Text: text, Language: "de"}))
	slow := seconds(say(t, s, tts.Utterance{Text: text, Language: "de", Rate: 0.75}))
	fast := seconds(say(t, s, tts.Utterance{Text: text, Language: "de", Rate: 1.4}))
	require.InDelta(t, 1/0.75, slow/normal, 0.12)
	require.InDelta(t, 1/1.4, fast/normal, 0.12)
}

func TestMarkupInTextIsNotObeyed(t *testing.T) {
	s := open(t)
	normal := seconds(say(t, s, tts.Utterance{Text: "Guten Morgen, liebe Leute.", Language: "de"}))
	for _, text := range []string{
		`Guten Morgen, <speed level="20">liebe Leute.</speed>`,
		`Guten Morgen, <break time="9000ms"/> liebe Leute.`,
		`Guten Morgen, <ignore>liebe Leute.`,
		`Guten Morgen, <play file="/etc/passwd"/> liebe Leute.`,
	} {
		got := seconds(say(t, s, tts.Utterance{Text: text, Language: "de"}))
		require.Greater(t, got, 0.8*normal, text)
		require.Less(t, got, normal+6, text)
	}
}

func TestCancelStopsWithinAFrame(t *testing.T) {
	s := open(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r := recorder{after: 10, stop: stop}
	err := s.Speak(ctx, tts.Utterance{Text: samples()["de"], Language: "de"}, &r)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, r.pcm, 10*media.FrameSamples)
	// Nothing of the cancelled sentence is left in the engine.
	a := say(t, s, tts.Utterance{Text: "Ja.", Language: "de"})
	require.Less(t, seconds(a), 1.0)
}

func TestSinkErrorEndsSpeech(t *testing.T) {
	s := open(t)
	gone := errors.New("leg is gone")
	err := s.Speak(context.Background(), tts.Utterance{Text: "Guten Tag.", Language: "de"},
		media.SinkFunc(func(media.Frame) error { return gone }))
	require.ErrorIs(t, err, gone)
}

func TestManyAtOnceGiveTheSameSpeech(t *testing.T) {
	s := open(t)
	want := say(t, s, tts.Utterance{Text: samples()["de"], Language: "de"})
	var wg sync.WaitGroup
	got := make([]recorder, 12)
	errs := make([]error, len(got))
	for i := range got {
		lang := []string{"de", "en"}[i%2]
		wg.Go(func() {
			errs[i] = s.Speak(context.Background(), tts.Utterance{Text: samples()[lang], Language: lang}, &got[i])
		})
	}
	wg.Wait()
	for i := range got {
		require.NoError(t, errs[i])
		if i%2 == 0 {
			require.Equal(t, want, got[i].pcm)
		}
	}
}

func TestTheLastTextLeavesNoTrace(t *testing.T) {
	s := open(t)
	u := tts.Utterance{Text: samples()["de"], Language: "de"}
	want := say(t, s, u)
	say(t, s, tts.Utterance{Text: "Etwas ganz anderes! 12345?", Language: "de", Rate: 1.5})
	require.Equal(t, want, say(t, s, u))
}

func TestPhonemesOfALexiconAreSpoken(t *testing.T) {
	s := open(t)
	u := tts.Utterance{Text: "Jameson", Language: "de", Phonemes: []tts.Phonemes{{Word: "Jameson", Engine: map[string]string{"pico": `ha"lo:ha"lo:ha"lo:`}}}}
	plain := say(t, s, tts.Utterance{Text: "Jameson", Language: "de"})
	require.Greater(t, len(say(t, s, u)), len(plain)*13/10)
}

func TestNoVoiceNoLanguage(t *testing.T) {
	s := open(t)
	for _, u := range []tts.Utterance{{Text: "Merhaba", Language: "tr"}, {Text: "Hallo", Language: ""}, {Text: "Hallo", Language: "de", Voice: "xx"}} {
		require.ErrorIs(t, s.Speak(context.Background(), u, &recorder{}), tts.ErrLanguage)
	}
}

func TestMissingVoiceFileIsNamed(t *testing.T) {
	from, to := voicesDir(t), t.TempDir()
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
	missing := filepath.Join(to, "de-DE_gl0_sg.bin")
	require.NoError(t, os.Remove(missing))
	_, err := pico.Open(pico.Options{Dir: to})
	require.ErrorContains(t, err, missing)
	require.ErrorContains(t, err, "amtsleitung models fetch")

	require.NoError(t, os.WriteFile(missing, []byte("not a voice at all, only some words"), 0o600))
	_, err = pico.Open(pico.Options{Dir: to})
	require.ErrorContains(t, err, "de-DE")
	require.ErrorContains(t, err, "amtsleitung models fetch")
}

func TestStrangeTextIsSurvived(t *testing.T) {
	s := open(t)
	for _, text := range []string{
		"", "   ", "\x00\x01", "...", "\xff\xfe kaputt", strings.Repeat("a", 5000), strings.Repeat("ä", 5000),
		strings.Repeat("1", 600), strings.Repeat("!?", 500), "日本語 العربية 🙂", strings.Repeat("Ö. ", 500),
	} {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		err := s.Speak(ctx, tts.Utterance{Text: text, Language: "de"}, media.SinkFunc(func(media.Frame) error { return nil }))
		stop()
		require.NoError(t, err, "%.20q", text)
	}
}

func power(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(1, len(pcm))))
}

func BenchmarkSpeak(b *testing.B) {
	s := open(b)
	for _, lang := range []string{"de", "en"} {
		b.Run(lang, func(b *testing.B) {
			var first, audio time.Duration
			for b.Loop() {
				r := recorder{pcm: nil}
				start := time.Now()
				require.NoError(b, s.Speak(context.Background(), tts.Utterance{Text: samples()[lang], Language: lang}, &r))
				first += r.first.Sub(start)
				audio += media.Duration(len(r.pcm))
			}
			b.ReportMetric(float64(first.Microseconds())/float64(b.N)/1000, "ms-to-first-frame")
			b.ReportMetric(b.Elapsed().Seconds()/audio.Seconds(), "x-realtime")
		})
	}
}
