package tts_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
	"github.com/amtsleitung/amtsleitung/tts/pico"
	"github.com/amtsleitung/amtsleitung/tts/piper"
)

// engines opens all that this machine has, by name.
func engines(t testing.TB) map[string]tts.Synthesizer {
	t.Helper()
	dir := filepath.Dir(audiotest.Model(t, "pico"))
	p, err := pico.Open(pico.Options{Dir: filepath.Join(dir, "pico")})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	e, err := espeak.Open(espeak.Options{})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	all := map[string]tts.Synthesizer{pico.Name: p, espeak.Name: e}
	model := filepath.Join(dir, "piper", "en_US-joe-medium.onnx")
	if _, err := os.Stat(model); err == nil {
		rt, err := onnx.Open("")
		require.NoError(t, err)
		v, err := piper.Open(rt, e, piper.Options{Models: []string{model}})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, v.Close()); require.NoError(t, rt.Close()) })
		all[piper.Name] = v
	}
	return all
}

type spoken struct{ engine, language, voice, text string }

func repertoire() []spoken {
	return []spoken{
		{pico.Name, "de", "", "Guten Tag. Sie sprechen mit dem Telefonassistenten der Stadt Musterstadt. Ein Personalausweis kostet siebenunddreißig Euro."},
		{pico.Name, "en", "", "Good morning. You are speaking with the telephone assistant of the city. An identity card costs thirty-seven euros."},
		{pico.Name, "en", "en-US", "Good morning. You are speaking with the telephone assistant of the city. An identity card costs thirty-seven euros."},
		{pico.Name, "fr", "", "Bonjour. Vous parlez avec l'assistant téléphonique de la ville. Une carte d'identité coûte trente-sept euros."},
		{pico.Name, "es", "", "Buenos días. Usted habla con el asistente telefónico de la ciudad. El documento cuesta treinta y siete euros."},
		{pico.Name, "it", "", "Buongiorno. Sta parlando con l'assistente telefonico della città. La carta d'identità costa trentasette euro."},
		{espeak.Name, "tr", "", "İyi günler. Şehrin telefon asistanıyla konuşuyorsunuz. Kimlik kartı otuz yedi avrodur."},
		{espeak.Name, "ar", "", "صباح الخير. أنت تتحدث مع المساعد الهاتفي للمدينة. تكلفة بطاقة الهوية سبعة وثلاثون يورو."},
		{espeak.Name, "ru", "", "Добрый день. Вы говорите с телефонным помощником города. Удостоверение стоит тридцать семь евро."},
		{espeak.Name, "pl", "", "Dzień dobry. Rozmawiasz z asystentem telefonicznym miasta. Dowód osobisty kosztuje trzydzieści siedem euro."},
		{espeak.Name, "de", "", "Guten Tag. Sie sprechen mit dem Telefonassistenten der Stadt Musterstadt. Ein Personalausweis kostet siebenunddreißig Euro."},
		{piper.Name, "en", "", "Good morning. You are speaking with the telephone assistant of the city. An identity card costs thirty-seven euros."},
	}
}

// The callers of different languages and the steps of a fallback must not hear
// one voice whisper and the next one shout.
func TestSpeechIsCleanAndEquallyLoud(t *testing.T) {
	all := engines(t)
	for _, r := range repertoire() {
		if all[r.engine] == nil {
			continue
		}
		var pcm []int16
		err := all[r.engine].Speak(context.Background(), tts.Utterance{Text: r.text, Language: r.language, Voice: r.voice},
			media.SinkFunc(func(f media.Frame) error { pcm = append(pcm, f.PCM...); return nil }))
		require.NoError(t, err)
		who := strings.TrimSpace(r.engine + " " + r.language + " " + r.voice)
		level := speechLevel(pcm)
		t.Logf("%-14s %5.1f s, speech level %6.1f dBFS, peak %6.1f dBFS, lead %3d ms, trail %3d ms, joint %.2f", who,
			float64(len(pcm))/media.SampleRate, level, decibels(float64(peak(pcm))), quietStart(pcm), quietEnd(pcm), jointRatio(pcm))
		require.InDelta(t, -20, level, 2, who)
		require.Less(t, peak(pcm), int16(math.MaxInt16), who+" clips")
		require.Less(t, quietStart(pcm), 100, who)
		require.Less(t, quietEnd(pcm), 100, who)
		require.Less(t, jointRatio(pcm), 1.3, who+" clicks at the joints of frames")
	}
}

func decibels(v float64) float64 { return 20 * math.Log10(math.Max(v, 1)/32768) }

func peak(pcm []int16) int16 {
	p := int16(0)
	for _, s := range pcm {
		p = max(p, s, -max(s, -math.MaxInt16))
	}
	return p
}

// frameLevels is the RMS of each 20 ms.
func frameLevels(pcm []int16) []float64 {
	var out []float64
	for at := 0; at+media.FrameSamples <= len(pcm); at += media.FrameSamples {
		out = append(out, audiotest.RMS(pcm[at:at+media.FrameSamples]))
	}
	return out
}

// speechLevel is the mean power while somebody speaks: of the frames at most
// 16 dB below the mean of the loudest tenth (after ITU-T P.56, simplified).
func speechLevel(pcm []int16) float64 {
	levels := frameLevels(pcm)
	sorted := slices.Sorted(slices.Values(levels))
	top := sorted[len(sorted)*9/10:]
	var loud float64
	for _, l := range top {
		loud += l / float64(len(top))
	}
	var sum float64
	n := 0
	for _, l := range levels {
		if l > loud*math.Pow(10, -16.0/20) {
			sum += l * l
			n++
		}
	}
	return decibels(math.Sqrt(sum / float64(n)))
}

// quietStart and quietEnd are in ms: what is below -50 dBFS, 30 dB under speech.
func quietStart(pcm []int16) int {
	for i := 0; i+80 <= len(pcm); i += 80 {
		if decibels(audiotest.RMS(pcm[i:i+80])) > -50 {
			return i * 1000 / media.SampleRate
		}
	}
	return len(pcm) * 1000 / media.SampleRate
}

func quietEnd(pcm []int16) int {
	reversed := slices.Clone(pcm)
	slices.Reverse(reversed)
	return quietStart(reversed)
}

// jointRatio compares the mean step of the second difference at the joints of
// frames with that everywhere: above 1 something clicks there.
func jointRatio(pcm []int16) float64 {
	var joints, all float64
	var nj, na int
	for i := 2; i < len(pcm); i++ {
		d := math.Abs(float64(pcm[i]) - 2*float64(pcm[i-1]) + float64(pcm[i-2]))
		all += d
		na++
		if i%media.FrameSamples < 2 {
			joints += d
			nj++
		}
	}
	return (joints / float64(nj)) / (all / float64(na))
}

// BenchmarkSpeaker prints, per engine, the time from a written answer to its
// first frame and the processor time for a second of speech.
func BenchmarkSpeaker(b *testing.B) {
	all := engines(b)
	for _, c := range []struct{ engine, language, text string }{
		{pico.Name, "de", "Ein Personalausweis kostet 37,00 €, das Bürgeramt hat Mo-Fr 8:00-16:00 geöffnet."},
		{pico.Name, "en", "An identity card costs €37.00, the office is open Mon-Fri 8:00-16:00."},
		{espeak.Name, "tr", "Kimlik kartı 37 avrodur, belediye pazartesiden cumaya kadar açık."},
		{piper.Name, "en", "An identity card costs €37.00, the office is open Mon-Fri 8:00-16:00."},
	} {
		b.Run(c.engine+"-"+c.language, func(b *testing.B) {
			if all[c.engine] == nil {
				b.Skip("no voice")
			}
			s := tts.NewSpeaker(all[c.engine], tts.SpeakerOptions{})
			var first, audio time.Duration
			for b.Loop() {
				start, heard := time.Now(), time.Duration(0)
				spoken, err := s.Speak(context.Background(), c.text, c.language, 1, media.SinkFunc(func(media.Frame) error {
					if heard == 0 {
						heard = time.Since(start)
					}
					return nil
				}))
				require.NoError(b, err)
				first += heard
				audio += spoken[len(spoken)-1].End
			}
			b.ReportMetric(float64(first.Microseconds())/float64(b.N)/1000, "ms-to-first-frame")
			b.ReportMetric(b.Elapsed().Seconds()/audio.Seconds(), "x-realtime")
		})
	}
}
