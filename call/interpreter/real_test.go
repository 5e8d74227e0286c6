package interpreter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/journal"
)

// TestRealSpeechIsTranslatedAndSpoken runs on the real clock, for some 12 s.
func TestRealSpeechIsTranslatedAndSpoken(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds of computing")
	}
	l := newLive(t, Consecutive, "en")
	r := &audiotest.Recorder{}
	require.NoError(t, l.Say(t.Context(), "Good morning, I need a new passport for my daughter.", "en", 1, r))
	_, ended, first, last := l.utter(trimmed(r.PCM))
	lines := l.log.Lines("01")
	require.Len(t, lines, 1)
	require.Less(t, audiotest.WER("Good morning, I need a new passport for my daughter.", lines[0].Segment.Text), 0.3)
	pt := lines[0].Translations[0]
	require.Equal(t, journal.TranslationSpoken, pt.State)
	for _, word := range []string{"bom dia", "passaporte", "filha"} {
		require.Contains(t, strings.ToLower(pt.Text), word)
	}
	require.False(t, first.IsZero(), "the agent hears it")
	t.Logf("%q; tone %v after the end of speech, voice %v, all was heard after %v", pt.Text, first.Sub(ended), pt.Delay, last.Sub(ended))
	pcm, ok := l.it.Original("caller", lines[0].Segment.ID)
	require.True(t, ok)
	require.InDelta(t, len(r.PCM), len(pcm), 16000, "as it was said")
}
