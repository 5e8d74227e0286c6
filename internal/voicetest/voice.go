// Package voicetest gives tests the voices of other people than the ones that
// the service speaks with: a sentence flows in, its sound flows out.
package voicetest

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
	"github.com/amtsleitung/amtsleitung/tts/pico"
	"github.com/amtsleitung/amtsleitung/tts/piper"
)

// Speech is one sentence of Speeches.
func Speech(t *testing.T, language, text string) []int16 {
	t.Helper()
	return Speeches(t, language, text)[0]
}

// Speeches are sentences, 16 kHz: English by Piper, which does not sound like the
// service's own voice, German, Spanish, French and Italian by Pico, all else by
// espeak-ng. The test is skipped where a model is missing.
func Speeches(t *testing.T, language string, texts ...string) [][]int16 {
	t.Helper()
	v := voice(t, language)
	out := make([][]int16, len(texts))
	for i, text := range texts {
		keep := media.SinkFunc(func(f media.Frame) error {
			out[i] = append(out[i], f.PCM...)
			return nil
		})
		require.NoError(t, v.Speak(t.Context(), tts.Utterance{Text: text, Language: language}, keep))
	}
	return out
}

func voice(t *testing.T, language string) tts.Synthesizer {
	t.Helper()
	switch language {
	case "en":
		return english(t)
	case "de", "es", "fr", "it":
		v, err := pico.Open(pico.Options{Dir: filepath.Dir(audiotest.Model(t, "pico/de-DE_ta.bin"))})
		require.NoError(t, err)
		t.Cleanup(v.Close)
		return v
	}
	v, err := phonemes()
	require.NoError(t, err)
	return v
}

// A process has one of each, as long as it lives.
var (
	runtime  = sync.OnceValues(func() (*onnx.Runtime, error) { return onnx.Open("") })
	phonemes = sync.OnceValues(func() (*espeak.Synthesizer, error) { return espeak.Open(espeak.Options{}) })
)

func english(t *testing.T) tts.Synthesizer {
	t.Helper()
	model := audiotest.Model(t, "piper/en_US-joe-medium.onnx")
	rt, err := runtime()
	require.NoError(t, err)
	p, err := phonemes()
	require.NoError(t, err)
	v, err := piper.Open(rt, p, piper.Options{Models: []string{model}})
	require.NoError(t, err)
	t.Cleanup(func() { v.Close() })
	return v
}
