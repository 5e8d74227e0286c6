package espeak_test

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB) *espeak.Synthesizer {
	t.Helper()
	s, err := espeak.Open(espeak.Options{})
	require.NoError(t, err)
	t.Cleanup(s.Close)
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

func say(t testing.TB, s *espeak.Synthesizer, u tts.Utterance) []int16 {
	t.Helper()
	var r recorder
	require.NoError(t, s.Speak(context.Background(), u, &r))
	return r.pcm
}

func TestSpeaksTheLanguagesOfACity(t *testing.T) {
	s := open(t)
	for lang, text := range map[string]string{
		"tr": "Merhaba, belediyenin telefon hattına hoş geldiniz.", "ar": "مرحبا بكم في خط هاتف البلدية.", "ru": "Здравствуйте, это телефон города.",
		"uk": "Добрий день, це телефон міста.", "pl": "Dzień dobry, to telefon miasta.", "fa": "سلام، این تلفن شهرداری است.", "zh": "你好，这里是市政府电话。",
		"ro": "Bună ziua, acesta este telefonul primăriei.", "de": "Guten Tag, hier ist die Stadt.", "pt-BR": "Bom dia, este é o telefone da cidade.",
		"sq": "Mirëdita, ky është telefoni i qytetit.", "ku": "Rojbaş, ev telefona bajêr e.", "vi": "Xin chào, đây là điện thoại thành phố.", "el": "Καλημέρα, τηλέφωνο του δήμου.",
	} {
		pcm := say(t, s, tts.Utterance{Text: text, Language: lang})
		require.InDelta(t, 3.2, float64(len(pcm))/media.SampleRate, 2.2, lang)
		require.Greater(t, rms(pcm), 500.0, lang)
	}
	require.Greater(t, len(s.Languages()), 90)
	require.Contains(t, s.Languages(), "tr")
}

func TestRateAndUnknownLanguage(t *testing.T) {
	s := open(t)
	u := tts.Utterance{Text: "Merhaba, nasılsınız? Bugün belediye açık.", Language: "tr"}
	normal := len(say(t, s, u))
	u.Rate = 0.7
	require.Greater(t, len(say(t, s, u)), normal*115/100)
	u.Language = "qq"
	require.ErrorIs(t, s.Speak(context.Background(), u, &recorder{}), tts.ErrLanguage)
}

func TestMarkupIsNotObeyed(t *testing.T) {
	s := open(t)
	normal := len(say(t, s, tts.Utterance{Text: "Merhaba dünya", Language: "tr"}))
	for _, text := range []string{"Merhaba [[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]] dünya", "Merhaba <break time='9s'/> dünya", "\x01+400S Merhaba dünya"} {
		got := len(say(t, s, tts.Utterance{Text: text, Language: "tr"}))
		require.Greater(t, got, normal*8/10, text)
		require.Less(t, got, normal+5*media.SampleRate, text)
	}
}

func TestPhonemesOfALexiconAreSpoken(t *testing.T) {
	s := open(t)
	u := tts.Utterance{Text: "Jameson", Language: "de", Phonemes: []tts.Phonemes{{Word: "Jameson", Engine: map[string]string{"espeak": "ha'lo:ha'lo:ha'lo:"}}}}
	plain := say(t, s, tts.Utterance{Text: "Jameson", Language: "de"})
	require.Greater(t, len(say(t, s, u)), len(plain)*13/10)
}

func TestCancelStops(t *testing.T) {
	s := open(t)
	ctx, stop := context.WithCancel(context.Background())
	r := recorder{after: 5, stop: stop}
	err := s.Speak(ctx, tts.Utterance{Text: "Merhaba, belediyenin telefon hattına hoş geldiniz.", Language: "tr"}, &r)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, r.pcm, 5*media.FrameSamples)
	require.ErrorIs(t, s.Speak(ctx, tts.Utterance{Text: "Merhaba", Language: "tr"}, &r), context.Canceled)
}

func TestCallsTakeTurns(t *testing.T) {
	s := open(t)
	texts := map[string]string{"tr": "Merhaba, nasılsınız?", "ru": "Здравствуйте, как дела?", "pl": "Dzień dobry."}
	want := map[string]int{}
	for lang, text := range texts {
		want[lang] = len(say(t, s, tts.Utterance{Text: text, Language: lang}))
	}
	var wg sync.WaitGroup
	for range 4 {
		for lang, text := range texts {
			wg.Go(func() {
				var r recorder
				if err := s.Speak(context.Background(), tts.Utterance{Text: text, Language: lang}, &r); err != nil || math.Abs(float64(len(r.pcm)-want[lang])) > 2*media.FrameSamples {
					t.Errorf("%s: %d samples, want %d: %v", lang, len(r.pcm), want[lang], err)
				}
			})
		}
	}
	wg.Wait()
}

func TestOpenTwiceAndMissingData(t *testing.T) {
	s := open(t)
	_, err := espeak.Open(espeak.Options{})
	require.ErrorIs(t, err, espeak.ErrOpen)
	s.Close()
	other, err := espeak.Open(espeak.Options{})
	require.NoError(t, err)
	other.Close()
	missing := filepath.Join(t.TempDir(), "nothing")
	_, err = espeak.Open(espeak.Options{Data: missing})
	require.ErrorContains(t, err, missing)
	require.ErrorContains(t, err, "espeak-ng-data")
}

func TestPhonemes(t *testing.T) {
	s := open(t)
	got, err := s.Phonemes("Hello, world! It is 3.5 today.", "en-us")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(got, "həlˈoʊ, wˈɜːld! "), got)
	require.Contains(t, got, "pɔɪnt", "three point five is one clause")
	require.True(t, strings.HasSuffix(got, "."), got)
	_, err = s.Phonemes("Hello", "no such voice")
	require.Error(t, err)
}

func TestStrangeTextIsSurvived(t *testing.T) {
	s := open(t)
	for _, text := range []string{"", "...", "\xff\xfe", strings.Repeat("a", 3000), strings.Repeat("[[", 800), "日本語 🙂", strings.Repeat("1", 900)} {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		require.NoError(t, s.Speak(ctx, tts.Utterance{Text: text, Language: "tr"}, &recorder{}), "%.20q", text)
		stop()
	}
}

func rms(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(1, len(pcm))))
}

func BenchmarkSpeak(b *testing.B) {
	s := open(b)
	var first, audio time.Duration
	for b.Loop() {
		var r recorder
		start := time.Now()
		require.NoError(b, s.Speak(context.Background(), tts.Utterance{Text: "Merhaba, belediyenin telefon hattına hoş geldiniz.", Language: "tr"}, &r))
		first += r.first.Sub(start)
		audio += media.Duration(len(r.pcm))
	}
	b.ReportMetric(float64(first.Microseconds())/float64(b.N)/1000, "ms-to-first-frame")
	b.ReportMetric(b.Elapsed().Seconds()/audio.Seconds(), "x-realtime")
}
