package call

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/turn"
)

func TestVoiceAndWordsDecideTogether(t *testing.T) {
	u := turn.Utterance{Speech: 2 * second}
	silence := func(c completeness, words turn.Words) int64 {
		return turn.EndSilence(turn.Free, c.verdict(words, u), u.Speech).Milliseconds()
	}
	complete, incomplete := 0.99, 0.02
	require.Less(t, silence(completeness{voice: complete}, turn.Unclear), int64(450))
	require.Greater(t, silence(completeness{voice: incomplete}, turn.Unclear), int64(1100))
	require.Less(t, silence(completeness{voice: 0.8, whole: true}, turn.Unclear), silence(completeness{voice: 0.8}, turn.Unclear), "a whole concern spares the long wait")
	require.Less(t, silence(completeness{voice: 0.9, whole: true}, turn.Question), int64(450), "a question has been asked")
	require.Less(t, silence(completeness{voice: incomplete, whole: true}, turn.Answered), int64(400), "nothing follows 'ja, bitte'")
	require.Greater(t, silence(completeness{voice: complete, openEnd: true}, turn.GoesOn), int64(1500), "'für ...' goes on")
	require.Greater(t, silence(completeness{voice: complete, whole: true}, turn.GoesOn), int64(1500), "whatever else is known")
}
