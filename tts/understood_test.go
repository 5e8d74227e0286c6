package tts_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/tts"
)

// What the product says is recognised again: the facts of each sentence must
// be in what was heard, in one of the spellings a recogniser chooses.
func TestSpeechIsUnderstood(t *testing.T) {
	w, err := whisper.Open(whisper.Options{Model: audiotest.Model(t, "ggml-base.bin")})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	all := engines(t)
	found, wanted := 0, 0
	for _, c := range []struct {
		engine, lang, text string
		facts              []string // alternatives separated by |
	}{
		{"pico", "de", "Der Personalausweis kostet 37,00 €, unter 24 Jahren 22,80 €.", []string{"personalausweis", "37|siebenunddreißig", "24", "22", "80"}},
		{"pico", "de", "Das Bürgeramt hat Mo-Fr 8:00-16:00 geöffnet, Do bis 18 Uhr.", []string{"bürgeramt", "montag", "freitag", "8", "16", "donnerstag", "18 uhr"}},
		{"pico", "de", "Ihr Aktenzeichen ist MS-2026-00417.", []string{"aktenzeichen", "ms", "2026", "00417|0417"}},
		{"pico", "de", "Bitte bringen Sie z. B. ein Foto und Ihre Geburtsurkunde mit.", []string{"zum beispiel", "foto", "geburtsurkunde"}},
		{"pico", "de", "Mehr unter www.musterstadt.de.", []string{"www", "muster", "de"}},
		{"pico", "de", "Der nächste Termin ist am 3. Juni um 9:15 Uhr.", []string{"termin", "3. juni|dritten juni", "9.15|9:15|neun uhr"}},
		{"pico", "en", "The office is open Mon-Fri 8:00-16:00, it costs €37.00.", []string{"office", "monday", "friday", "8", "4", "37"}},
		{"pico", "en", "Please bring your passport and a photo, e.g. from the booth.", []string{"passport", "photo", "for example", "booth"}},
		{"piper", "en", "Your file number is MS-2026-00417, please bring your ID card.", []string{"file number", "ms", "2026", "00417|0417", "id card"}},
		{"piper", "en", "Open from 9 am to 5 pm. Call 115.", []string{"9", "5", "115"}},
	} {
		if all[c.engine] == nil {
			continue
		}
		var pcm []int16
		_, err := tts.NewSpeaker(all[c.engine], tts.SpeakerOptions{}).Speak(context.Background(), c.text, c.lang, 1,
			media.SinkFunc(func(f media.Frame) error { pcm = append(pcm, f.PCM...); return nil }))
		require.NoError(t, err)
		h, err := w.Recognize(context.Background(), stt.Window{PCM: pcm, Language: c.lang})
		require.NoError(t, err)
		heard := strings.ToLower(h.Text())
		t.Logf("%s %s: %s -> %s", c.engine, c.lang, c.text, h.Text())
		for _, fact := range c.facts {
			wanted++
			if containsOne(heard, strings.Split(fact, "|")) {
				found++
			} else {
				t.Logf("  not heard: %s", fact)
			}
		}
	}
	t.Logf("%d of %d facts heard", found, wanted)
	require.GreaterOrEqual(t, float64(found), 0.9*float64(wanted))
}

func containsOne(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
