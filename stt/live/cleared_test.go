package live

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/wer"
)

// listener keeps what a Voice was given.
type listener struct{ pcm []int16 }

func (l *listener) Probability(window []int16) (float32, error) {
	l.pcm = append(l.pcm, window...)
	return 0, nil
}

func given(t *testing.T, pcm []int16) []int16 {
	t.Helper()
	l := &listener{}
	v := Cleared(l)
	for ; len(pcm) >= VoiceSamples; pcm = pcm[VoiceSamples:] {
		_, err := v.Probability(pcm[:VoiceSamples])
		require.NoError(t, err)
	}
	return l.pcm
}

func TestVoiceHearsNoHumAndNoOffset(t *testing.T) {
	pcm := audiotest.SineAt(media.SampleRate, 50, 2*time.Second, 10000)
	for i := range pcm {
		pcm[i] += 9000
	}
	heard := given(t, pcm)
	require.Less(t, audiotest.RMS(heard[media.SampleRate:]), 0.17*10000/math.Sqrt2)
	require.InDelta(t, 0, offsetOf(heard[media.SampleRate:]), 10)

	speech := audiotest.SineAt(media.SampleRate, 300, 2*time.Second, 10000)
	require.InDelta(t, audiotest.RMS(speech), audiotest.RMS(given(t, speech)[media.SampleRate:]), 200, "what is loud stays as it is")
}

func offsetOf(pcm []int16) float64 {
	sum := 0.0
	for _, v := range pcm {
		sum += float64(v)
	}
	return sum / float64(len(pcm))
}

func TestVoiceHearsQuietRecordingsLouder(t *testing.T) {
	quiet := audiotest.SineAt(media.SampleRate, 300, 2*time.Second, 200)
	require.InDelta(t, 10*audiotest.RMS(quiet), audiotest.RMS(given(t, quiet)[media.SampleRate:]), 100)
	loud := audiotest.SineAt(media.SampleRate, 300, 2*time.Second, 20000)
	heard := given(t, append(quiet, loud...))
	for _, v := range heard {
		require.Less(t, math.Abs(float64(v)), 22000.0, "a loud word behind a quiet one is not cut off")
	}
	require.InDelta(t, audiotest.RMS(quiet), audiotest.RMS(given(t, append(loud, quiet...))[3*media.SampleRate:]), 20, "the pauses of a loud recording stay quiet")
}

// A recording that somebody took from afar: 29 % of its words were wrong as the
// Voice heard it before, 17 % are now.
func TestQuietRecording(t *testing.T) {
	o := real(t)
	o.Accurate, o.Language = true, "de"
	raw := o.Voice
	o.Voice = func() (Voice, func(), error) {
		v, free, err := raw()
		if err != nil {
			return nil, nil, err
		}
		return Cleared(v), free, nil
	}
	pcm, text := row(t, "speech", func(c corpus.Clip) bool {
		return c.Language == "de" && len(c.Text) > 40 && c.Duration > 4*time.Second
	})
	for i, v := range pcm {
		pcm[i] = int16(0.012 * float64(v))
	}
	heard := ""
	for _, w := range written(t, o, pcm) {
		heard += w.Text + " "
	}
	require.Less(t, wer.Compare(text, heard).Rate(), 0.23)
}
