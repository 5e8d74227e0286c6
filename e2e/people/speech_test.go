package people

import (
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/pico"
)

// speech is a German sentence in a synthetic voice, 16 kHz.
func speech(t *testing.T, text string) []int16 {
	t.Helper()
	v, err := pico.Open(pico.Options{Dir: filepath.Dir(audiotest.Model(t, "pico/de-DE_ta.bin"))})
	require.NoError(t, err)
	defer v.Close()
	var pcm []int16
	require.NoError(t, v.Speak(t.Context(), tts.Utterance{Text: text, Language: "de"}, media.SinkFunc(func(f media.Frame) error {
		pcm = append(pcm, f.PCM...)
		return nil
	})))
	return pcm
}

// ears recognise what was heard; the model is loaded once.
var ears = sync.OnceValues(func() (*whisper.Engine, error) {
	return whisper.Open(whisper.Options{Model: earsModel.Load().(string), Scheduler: inference.NewScheduler(inference.Options{})})
})

// earsModel is the path that the first test found.
var earsModel atomic.Value

// understand is what a recogniser makes of at most 25 s of German.
func understand(t *testing.T, pcm []int16) string {
	t.Helper()
	earsModel.Store(audiotest.Model(t, "ggml-base.bin"))
	e, err := ears()
	require.NoError(t, err)
	h, err := e.Recognize(t.Context(), stt.Window{PCM: pcm[:min(len(pcm), 25*media.SampleRate)], Language: "de"})
	require.NoError(t, err)
	return h.Text()
}

func matches(pattern, text string) bool { return regexp.MustCompile(pattern).MatchString(text) }
