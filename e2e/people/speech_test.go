package people

import (
	"regexp"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/voicetest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
)

// speech is a German sentence in a synthetic voice, 16 kHz.
func speech(t *testing.T, text string) []int16 {
	t.Helper()
	return voicetest.Speech(t, "de", text)
}

// ears recognise what was heard; the model is loaded once.
var ears = sync.OnceValues(func() (*whisper.Engine, error) {
	return whisper.Open(whisper.Options{Model: earsModel.Load().(string), Scheduler: inference.NewScheduler(inference.Options{})})
})

// earsModel is the path that the first test found.
var earsModel atomic.Value

// understand is what a recogniser makes of at most 25 s of German.
func understand(t *testing.T, pcm []int16) string { return understandIn(t, "de", pcm) }

func understandIn(t *testing.T, language string, pcm []int16) string {
	t.Helper()
	earsModel.Store(audiotest.Model(t, "ggml-base.bin"))
	e, err := ears()
	require.NoError(t, err)
	h, err := e.Recognize(t.Context(), stt.Window{PCM: pcm[:min(len(pcm), 25*media.SampleRate)], Language: language})
	require.NoError(t, err)
	return h.Text()
}

func matches(pattern, text string) bool { return regexp.MustCompile(pattern).MatchString(text) }
