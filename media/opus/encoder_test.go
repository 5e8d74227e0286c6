package opus

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
	"github.com/amtsleitung/amtsleitung/tts/espeak"
)

// peaks of frames.
func peaks(pcm []int16) (out []int) {
	for ; len(pcm) >= media.FrameSamples; pcm = pcm[media.FrameSamples:] {
		p := 0
		for _, v := range pcm[:media.FrameSamples] {
			p = max(p, int(v), -int(v))
		}
		out = append(out, p)
	}
	return out
}

// TestNothingRings: of the sounds of a formant synthesiser, each at ten places
// in the frames, none becomes much louder than it was.
func TestNothingRings(t *testing.T) {
	voice, err := espeak.Open(espeak.Options{})
	require.NoError(t, err)
	defer voice.Close()
	calmed, frames := 0, 0
	for language, text := range map[string]string{
		"pt": "Boa noite, todos. A biblioteca será encerrada na segunda-feira.",
		"ro": "Bună seara. Biblioteca va fi închisă luni. Vă rugăm să aduceți buletinul de identitate.",
		"tr": "Kimlik kartınızı getirin. Daire perşembe günleri saat sekizden on sekize kadar açıktır.",
		"ru": "Добрый вечер. Библиотека будет закрыта в понедельник. Пожалуйста, принесите паспорт.",
	} {
		var said audiotest.Recorder
		require.NoError(t, voice.Speak(t.Context(), tts.Utterance{Text: text, Language: language, Rate: 1}, &said))
		for shift := 0; shift < media.FrameSamples; shift += media.FrameSamples / 10 {
			in := append(make([]int16, shift), said.PCM...)
			e, err := NewEncoder()
			require.NoError(t, err)
			d := decoder(t)
			var out []int16
			for f := in; len(f) >= media.FrameSamples; f = f[media.FrameSamples:] {
				p, err := e.Encode(nil, f[:media.FrameSamples])
				require.NoError(t, err)
				out, err = d.Decode(out, p)
				require.NoError(t, err)
			}
			calmed += e.calmed()
			e.Close()
			was, is := peaks(in), peaks(out)
			frames += len(is)
			for i := 1; i < len(is); i++ {
				require.LessOrEqual(t, is[i], max(3000, 2*max(was[i], was[i-1])), "%s, shift %d, %d ms", language, shift, 20*i)
			}
		}
	}
	t.Logf("%d of %d packets were made again", calmed, frames)
}
