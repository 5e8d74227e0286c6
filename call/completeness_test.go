package call

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/turn"
)

func TestVoiceAndWordsDecideTogether(t *testing.T) {
	u := turn.Utterance{Speech: 2 * second}
	silence := func(c completeness) int64 {
		return turn.EndSilence(turn.Free, c.verdict(turn.Free, u), u.Speech).Milliseconds()
	}
	complete, incomplete := 0.999, 0.1
	require.EqualValues(t, 700, silence(completeness{voice: -1}))
	require.Less(t, silence(completeness{voice: complete}), int64(400))
	require.Greater(t, silence(completeness{voice: incomplete}), int64(1500))
	require.EqualValues(t, 700, silence(completeness{voice: incomplete, whole: true}), "a whole concern spares the long wait")
	require.Less(t, silence(completeness{voice: complete, whole: true}), int64(400), "and never adds to a short one")
	require.Greater(t, silence(completeness{voice: complete, openEnd: true}), int64(1500), "'für ...' goes on")
}
