package dialog_test

import (
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// converse gives the actions of the last event.
func converse(t *testing.T, c *dialog.Conversation, events ...dialog.Event) []dialog.Action {
	var last []dialog.Action
	for _, e := range events {
		e.Now = friday
		last = nil
		require.NoError(t, c.Handle(context.Background(), e, func(a dialog.Action) error {
			last = append(last, a)
			return nil
		}))
	}
	return last
}

// What the bot tells people to write is understood, in every language.
func TestWordsToWriteAreUnderstood(t *testing.T) {
	words := map[string]struct{ human, callback, repeat string }{
		"de": {"Mensch", "Rückruf", "noch einmal"}, "en": {"person", "callback", "repeat"}, "tr": {"insan", "geri arama", "tekrar"},
		"uk": {"людина", "зворотний дзвінок", "ще раз"}, "ru": {"человек", "обратный звонок", "ещё раз"}, "ar": {"موظف", "معاودة الاتصال", "مرة أخرى"},
		"pl": {"człowiek", "oddzwonienie", "jeszcze raz"}, "fr": {"humain", "rappel", "répéter"}, "es": {"persona", "devolución de llamada", "repetir"},
		"it": {"persona", "richiamata", "ripetere"}, "ro": {"persoană", "sunați-mă înapoi", "repetă"},
	}
	library, err := prompts.Load()
	require.NoError(t, err)
	for language, w := range words {
		t.Run(language, func(t *testing.T) {
			b, ok := library.Book(language)
			require.True(t, ok)
			require.Contains(t, b.Say(prompts.Written(prompts.Robot), 0), w.human)
			require.Contains(t, b.Say(prompts.Written(prompts.WaitCallback), 0), w.callback)
			begin := func() *dialog.Conversation {
				c := dialog.New(dialog.Options{
					City: "Musterstadt", Search: dialogtest.Musterstadt(), Written: true,
					Departments: []dialog.Department{{Name: "servicecenter", Transfers: true}},
				})
				converse(t, c, dialog.Event{Kind: dialog.Start, Language: language})
				return c
			}
			write := func(text string) dialog.Event {
				return dialog.Event{Kind: dialog.Heard, Text: text, Language: language, Confidence: 1}
			}
			last := converse(t, begin(), write(w.human))
			require.Equal(t, dialog.Transfer, last[len(last)-1].Kind, "%+v", last)
			require.Equal(t, dialog.OutcomeRequest, converse(t, begin(), write(w.callback))[0].Outcome)
			require.True(t, dialog.WantsCallback(w.callback, language))
			require.True(t, dialog.WantsCallback(" 1 ", language))
			require.False(t, dialog.WantsCallback(w.repeat, language))
			greeting := converse(t, begin(), write(w.repeat))
			require.Contains(t, greeting[0].Text, b.Say(prompts.GreetingAsk, 0), "%+v", greeting)
		})
	}
}

// spokenOnly are words that make no sense to somebody who reads.
var spokenOnly = regexp.MustCompile(`(?i)\b(taste|tasten|drücken sie die|raute|hörer|höre|hören|sprechen sie|sprechen sie|am apparat|auf wiederhören|press|key|keypad|hash|hear|speak up|louder|on the line|tuş\w*|klawisz\w*|touche\w*|tecla\w*|tasto|tasti|tasta|taste)\b`)

// A written conversation never speaks of keys or of hearing, however badly it goes.
func TestWrittenIsForReaders(t *testing.T) {
	for _, language := range []string{"de", "en", "tr", "pl", "fr", "es", "it", "ro"} {
		c := dialog.New(dialog.Options{City: "Musterstadt", Search: dialogtest.Musterstadt(), Written: true})
		write := func(text string) dialog.Event {
			return dialog.Event{Kind: dialog.Heard, Text: text, Language: language, Confidence: 1}
		}
		events := []dialog.Event{
			{Kind: dialog.Start, Language: language}, write("???"), write("xyzzy plugh"), {Kind: dialog.Silence}, write("xyzzy"), write("plugh"),
			write("123"), write("abc"), write("!"), write("030"), write("..."), {Kind: dialog.Degraded}, write("xyzzy"), {Kind: dialog.Silence},
		}
		said := 0
		for _, e := range events {
			for _, a := range converse(t, c, e) {
				if a.Kind == dialog.Listen {
					require.GreaterOrEqual(t, a.Timeout, 3*time.Minute)
				}
				require.Empty(t, spokenOnly.FindString(a.Text), "%s: %s", language, a.Text)
				said += len(a.Text)
			}
		}
		require.Positive(t, said)
	}
}

func TestLinesNameDepartments(t *testing.T) {
	lines, err := dialog.Lines(nil, []dialog.Department{{Name: "standesamt"}, {Name: "x", Titles: map[string]string{"de": "das Fundbüro", "tr": "kayıp eşya"}}})
	require.NoError(t, err)
	require.Contains(t, lines("de", prompts.TransferOnward, "department", "standesamt"), "das Standesamt")
	require.Contains(t, lines("tr", prompts.TransferOnward, "department", "x"), "kayıp eşya")
	require.Contains(t, lines("en", prompts.TransferOnward, "department", "x"), "das Fundbüro")
	require.Contains(t, lines("en", prompts.TransferOnward, "department", "unknown"), "unknown")
	require.Contains(t, lines("de", prompts.WaitPosition, "position", "4"), "4")
	require.Empty(t, lines("de", prompts.Written(prompts.OnHold)))
}
