package call

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/turn"
)

type cityWords struct{}

func (cityWords) Vocabulary(string) string { return "Musterstadt." }
func (cityWords) Terms(string) []string    { return nil }

// The recogniser is told of short answers once there can be any, and of
// nothing else where only those are awaited.
func TestThePromptFollowsTheQuestion(t *testing.T) {
	s := &session{bot: &Bot{Vocabulary: cityWords{}, Answers: map[string]string{"de": "Ja. Nein."}}}
	require.Equal(t, "Musterstadt.", s.prompt("de"), "the first thing said is no answer")
	s.answered = true
	require.Equal(t, "Ja. Nein. Musterstadt.", s.prompt("de"))
	require.Equal(t, "Musterstadt.", s.prompt("tr"), "no answers are known")
	s.listen = dialog.Action{Expect: turn.YesNo}
	require.Equal(t, "Ja. Nein.", s.prompt("de"))
	require.Equal(t, "Musterstadt.", s.prompt("tr"))
	s.listen = dialog.Action{Expect: turn.Digits}
	require.Equal(t, "Musterstadt.", s.prompt("de"))
}
