package marks_test

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
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
	"github.com/amtsleitung/amtsleitung/tts/marks"
	"github.com/amtsleitung/amtsleitung/tts/pico"
	"github.com/amtsleitung/amtsleitung/tts/piper"
)

// sentences of a city's pages, by engine and language.
var sentences = []struct{ engine, language, text string }{
	{pico.Name, "de", "Wenn Sie in Musterstadt eine neue Wohnung beziehen, müssen Sie sich innerhalb von zwei Wochen anmelden."},
	{pico.Name, "de", "Bitte bringen Sie Ihren Personalausweis, ein Foto und die Bestätigung des Vermieters mit."},
	{pico.Name, "de", "Der Personalausweis kostet 37,00 €, für Personen unter 24 Jahren 22,80 €."},
	{pico.Name, "de", "Das Bürgeramt ist am Montag von 8 bis 16 Uhr geöffnet. Am Mittwoch ist geschlossen."},
	{pico.Name, "de", "Der Sperrmüll wird an der Straße abgeholt, sobald Sie einen Termin vereinbart haben."},
	{pico.Name, "de", "Die Donaudampfschifffahrt fährt im Sommer ab dem Hafen, im Winter nicht."},
	{pico.Name, "de", "Eltern können ihr Kind im Internet für einen Platz in der Kindertagesstätte vormerken lassen."},
	{pico.Name, "en", "When you move into a new flat, you have to register within two weeks at the citizens' office."},
	{pico.Name, "en", "Please bring your identity card, a photo and the confirmation of your landlord."},
	{pico.Name, "en", "The office is open on Monday from 8 am to 4 pm. On Wednesday it is closed."},
	{pico.Name, "fr", "Si vous déménagez dans un nouvel appartement, vous devez vous inscrire dans les deux semaines."},
	{pico.Name, "es", "Cuando se muda a una nueva vivienda, debe registrarse en un plazo de dos semanas."},
	{pico.Name, "it", "Quando si trasferisce in un nuovo appartamento, deve registrarsi entro due settimane."},
	{espeak.Name, "it", "Quando si trasferisce in un nuovo appartamento, deve registrarsi entro due settimane."},
	{espeak.Name, "es", "Cuando se muda a una nueva vivienda, debe registrarse en un plazo de dos semanas."},
	{piper.Name, "en", "When you move into a new flat, you have to register within two weeks at the citizens' office."},
	{piper.Name, "en", "The swimming pool has a sauna, which is open until ten o'clock in the evening."},
}

// What was estimated is compared with when Whisper hears the words begin and
// end. Whisper's own times are not exact either: about 50 ms.
func TestWordsAreMarkedWhenTheySound(t *testing.T) {
	w, err := whisper.Open(whisper.Options{Model: audiotest.Model(t, "ggml-base.bin")})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	all := engines(t)
	var errs []float64
	by := map[string][]float64{}
	for _, s := range sentences {
		if all[s.engine] == nil {
			continue
		}
		pcm := speak(t, all[s.engine], s.text, s.language, 1)
		h, err := w.Recognize(context.Background(), stt.Window{PCM: pcm, Language: s.language, Words: true})
		require.NoError(t, err)
		off := compare(s.text, marks.Estimate(pcm, s.text, s.language), heard(h))
		t.Logf("%-6s %s %4.0f ms mean, %4.0f ms most, %2d of %2d words: %s", s.engine, s.language, mean(off), slices.Max(append(off, 0)), len(off)/2, len(strings.Fields(s.text)), h.Text())
		errs, by[s.engine] = append(errs, off...), append(by[s.engine], off...)
	}
	for engine, e := range by {
		t.Logf("%-6s mean error %.0f ms over %d boundaries", engine, mean(e), len(e))
	}
	slices.Sort(errs)
	t.Logf("all: mean error %.0f ms, p95 %.0f ms over %d boundaries", mean(errs), errs[len(errs)*95/100], len(errs))
	require.Greater(t, len(errs), 200)
	require.LessOrEqual(t, mean(errs), 120.0)
}

func heard(h stt.Hypothesis) []transcript.Word {
	var words []transcript.Word
	for _, s := range h.Segments {
		words = append(words, s.Words...)
	}
	return words
}

// compare gives the errors in milliseconds of the words that both have, in order.
func compare(text string, marked []marks.Mark, heard []transcript.Word) []float64 {
	var off []float64
	next := 0
	for _, m := range marked {
		word := bare(text[m.At : m.At+m.Length])
		for i := next; i < min(next+4, len(heard)); i++ {
			if bare(heard[i].Text) == word {
				off = append(off, apart(m.Start, heard[i].Start), apart(m.End, heard[i].End))
				next = i + 1
				break
			}
		}
	}
	return off
}

func bare(w string) string { return strings.ToLower(strings.Trim(w, " .,!?„“\"'’")) }

func apart(a, b time.Duration) float64 { return math.Abs(float64(a-b)) / float64(time.Millisecond) }

func mean(all []float64) float64 {
	var sum float64
	for _, v := range all {
		sum += v
	}
	return sum / float64(max(len(all), 1))
}

// speak reads a text as answers are read.
func speak(t testing.TB, s tts.Synthesizer, text, language string, rate float64) []int16 {
	t.Helper()
	var pcm []int16
	_, err := tts.NewSpeaker(s, tts.SpeakerOptions{}).Speak(context.Background(), text, language, rate,
		media.SinkFunc(func(f media.Frame) error { pcm = append(pcm, f.PCM...); return nil }))
	require.NoError(t, err)
	return pcm
}

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
