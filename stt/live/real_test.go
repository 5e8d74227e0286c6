package live

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/wer"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
)

// real are Whisper base and Silero.
func real(t *testing.T) Options {
	t.Helper()
	rt, err := onnx.Open("")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no ONNX runtime here")
	}
	require.NoError(t, err)
	t.Cleanup(func() { _ = rt.Close() })
	m, err := vad.Load(rt, audiotest.Model(t, "silero_vad.onnx"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = m.Close() })
	e, err := whisper.Open(whisper.Options{Model: audiotest.Model(t, "ggml-base.bin")})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	return Options{Recognizer: e, Lossless: true, Voice: func() (Voice, func(), error) {
		s, err := m.Stream()
		if err != nil {
			return nil, nil, err
		}
		return s, s.Close, nil
	}}
}

// row joins clips with a short quiet between them.
func row(t *testing.T, folder string, keep func(corpus.Clip) bool) (pcm []int16, text string) {
	t.Helper()
	list, err := corpus.Read(audiotest.Shared(t, folder), keep)
	require.NoError(t, err)
	for _, c := range list {
		pcm = append(append(pcm, c.PCM...), make([]int16, media.SampleRate/2)...)
		text += c.Text + " "
	}
	return pcm, text
}

func written(t *testing.T, o Options, pcm []int16) []Word {
	t.Helper()
	var words []Word
	o.Update = func(u Update) { words = append(words, u.Committed...) }
	s := NewStream(o)
	done := make(chan error, 1)
	go func() { done <- s.Run(t.Context()) }()
	for i := 0; i+media.FrameSamples <= len(pcm); i += media.FrameSamples {
		require.NoError(t, s.WriteFrame(media.Frame{PCM: pcm[i : i+media.FrameSamples], At: media.Duration(i)}))
	}
	require.NoError(t, s.Close())
	require.NoError(t, <-done)
	requireForward(t, words)
	return words
}

// What is settled early may be little worse than what is heard in whole
// stretches; many of the errors of both are digits that are written as words.
func TestEnglishAloud(t *testing.T) {
	o := real(t)
	pcm, text := row(t, "speech", func(c corpus.Clip) bool { return c.Language == "en" && c.Text != "" && c.Duration < 9*time.Second })
	o.Languages = []string{"de", "en", "fr"}
	rate := func(name string, o Options) float64 {
		n := wer.Compare(text, Text(written(t, o, pcm)))
		t.Logf("%s: %.1f %% of %d words", name, 100*n.Rate(), n.Words)
		return n.Rate()
	}
	detected := rate("live, language detected", o)
	o.Language = "en"
	live := rate("live", o)
	o.Accurate = true
	whole := rate("whole stretches", o)
	require.Less(t, whole, 0.15)
	require.Less(t, live, whole+0.03)
	require.Less(t, detected, live+0.03)
}

func TestSoundsHaveNoWords(t *testing.T) {
	o := real(t)
	pcm, _ := row(t, "sounds", func(corpus.Clip) bool { return true })
	require.Empty(t, Text(written(t, o, pcm)))
	o.Accurate = true
	require.Empty(t, Text(written(t, o, pcm)), "as a recording")
}
