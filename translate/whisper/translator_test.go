package whisper_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/whisper"
)

func TestLongSpeechIsCutWhereItIsQuiet(t *testing.T) {
	pcm := make([]int16, 70*16_000)
	for i := range pcm {
		pcm[i] = 3000
	}
	for i := range 3200 { // a pause at 25 s
		pcm[25*16_000+i] = 0
	}
	var lengths []int
	tr := whisper.New(func(_ context.Context, pcm []int16, from string) (whisper.Heard, error) {
		lengths = append(lengths, len(pcm))
		return whisper.Heard{Text: " part ", Confidence: 0.8}, nil
	})
	got, err := tr.TranslateSpeech(t.Context(), pcm, "de")
	require.NoError(t, err)
	require.Equal(t, "part part part", got)
	require.InDelta(t, 25*16_000, lengths[0], 3200)
	sum := 0
	for _, n := range lengths {
		require.LessOrEqual(t, n, 30*16_000)
		sum += n
	}
	require.Equal(t, len(pcm), sum, "nothing is lost")
}

func TestWhatWasNotUnderstoodIsNotInvented(t *testing.T) {
	for _, c := range []struct {
		heard whisper.Heard
		err   error
		want  error
	}{
		{whisper.Heard{}, nil, translate.ErrUnsure},
		{whisper.Heard{Text: "Thank you.", Confidence: 0.9, Rejected: "phantom"}, nil, translate.ErrUnsure},
		{whisper.Heard{Text: "Perhaps", Confidence: 0.05}, nil, translate.ErrUnsure},
		{whisper.Heard{}, context.DeadlineExceeded, context.DeadlineExceeded},
		{whisper.Heard{}, errors.ErrUnsupported, errors.ErrUnsupported},
	} {
		tr := whisper.New(func(context.Context, []int16, string) (whisper.Heard, error) { return c.heard, c.err })
		_, err := tr.TranslateSpeech(t.Context(), make([]int16, 16_000), "de")
		require.ErrorIs(t, err, c.want)
	}
	tr := whisper.New(nil)
	require.True(t, tr.TranslatesSpeech("uk"))
	for _, no := range []string{"", "en", "xx"} {
		require.False(t, tr.TranslatesSpeech(no), no)
	}
	_, err := tr.TranslateSpeech(t.Context(), nil, "en")
	require.ErrorIs(t, err, translate.ErrNoPair)
}
