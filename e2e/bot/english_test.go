package bot

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
	"github.com/amtsleitung/amtsleitung/tts/piper"
)

var theRuntime = sync.OnceValues(func() (*onnx.Runtime, error) { return onnx.Open("") })

// englishVoice is Piper's.
func englishVoice(t *testing.T) tts.Synthesizer {
	t.Helper()
	model := audiotest.Model(t, "piper/en_US-joe-medium.onnx")
	rt, err := theRuntime()
	require.NoError(t, err)
	phonemes, err := espeak.Open(espeak.Options{})
	require.NoError(t, err)
	t.Cleanup(phonemes.Close)
	s, err := piper.Open(rt, phonemes, piper.Options{Models: []string{model}})
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}
