package prompts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// What is said between the sentences of two people is brief: the notice and
// the apology take a breath, everything else a few words.
func TestInterpretingIsShort(t *testing.T) {
	l := load(t)
	longest := map[prompts.Key]time.Duration{
		prompts.InterpretNotice: 11 * time.Second, prompts.InterpretBroken: 11 * time.Second,
		prompts.InterpretOn: 3 * time.Second, prompts.InterpretOff: 3 * time.Second, prompts.InterpretCut: 4 * time.Second,
		prompts.InterpretRepeat: 5 * time.Second, prompts.InterpretSlower: 5 * time.Second, prompts.InterpretFailed: 7 * time.Second,
		prompts.InterpretConfirm: 3 * time.Second,
	}
	for _, language := range l.Languages() {
		b, _ := l.Book(language)
		for key, most := range longest {
			for n := range b.Wordings(key) {
				text := b.Say(key, n, "values", "3. 4.")
				require.LessOrEqual(t, prompts.Spoken(text), most, "%s %s", language, text)
			}
		}
	}
}
