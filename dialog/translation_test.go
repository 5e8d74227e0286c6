package dialog_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// translator marks what it translates.
func translator(_ context.Context, text, from, to string) (string, error) {
	return "<" + from + ">" + to + ":" + text, nil
}

// said is all that the bot says in a turn.
func said(actions []dialog.Action) string {
	var texts []string
	for _, a := range actions {
		if a.Kind == dialog.Say {
			texts = append(texts, a.Text)
		}
	}
	return strings.Join(texts, " ")
}

func evidence(actions []dialog.Action) []dialog.Action {
	var out []dialog.Action
	for _, a := range actions {
		if a.Kind == dialog.Answered {
			out = append(out, a)
		}
	}
	return out
}

// english is a call in English about an article that is there in German only.
func english(t *testing.T, o dialog.Options) *dialog.Conversation {
	o.Languages = []string{"de", "en"}
	c := dialog.New(o)
	collect(t, c, dialog.Event{Kind: dialog.Start, Language: "en"})
	return c
}

func TestTranslatesWithNotice(t *testing.T) {
	o := options()
	o.Translate = translator
	actions := collect(t, english(t, o), say("Sperrmüll"))
	require.Contains(t, said(actions), "A computer has translated this text.")
	require.Contains(t, said(actions), "<de>en:Sperrmüll holt die Stadt")
	answered := evidence(actions)
	require.Len(t, answered, 1)
	require.True(t, answered[0].Translated)
	require.Equal(t, "en", answered[0].Lang)
}

// A text of the caller's own language is never a translation.
func TestReviewedTextIsNotTranslated(t *testing.T) {
	o := options()
	o.Translate = translator
	answered := evidence(collect(t, english(t, o), say("I lost my identity card")))
	require.Len(t, answered, 1)
	require.False(t, answered[0].Translated)
	require.NotContains(t, answered[0].Text, "<de>")
}

func TestGermanOnlyIfAgreed(t *testing.T) {
	failed := 0
	for name, translate := range map[string]func(context.Context, string, string, string) (string, error){
		"none":    nil,
		"failing": func(context.Context, string, string, string) (string, error) { return "", errors.New("down") },
		"empty":   func(context.Context, string, string, string) (string, error) { return " ", nil },
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			o.Translate = translate
			o.Failed = func(error) { failed++ }
			c := english(t, o)
			actions := collect(t, c, say("Sperrmüll"))
			require.Contains(t, said(actions), "in German only")
			require.Empty(t, evidence(actions))
			actions = collect(t, c, say("yes please"))
			require.Contains(t, said(actions), "Sperrmüll holt die Stadt")
			require.Equal(t, "de", evidence(actions)[0].Lang)
			require.False(t, evidence(actions)[0].Translated)
			// Once agreed it is not asked again.
			actions = collect(t, c, say("Hundemarke"))
			require.Contains(t, said(actions), "Den Hund melden Sie")
		})
	}
	require.NotZero(t, failed)
}

// In writing nobody can be asked: the German text comes with the notice.
func TestAskWithoutTranslation(t *testing.T) {
	o := options()
	o.Translate = func(context.Context, string, string, string) (string, error) { return "", errors.New("no model") }
	r, err := dialog.Ask(context.Background(), o, "Sperrmüll", "en", friday)
	require.NoError(t, err)
	require.Equal(t, dialog.OutcomeAnswer, r.Outcome)
	require.Equal(t, "de", r.Language)
}

func TestGermanRefusedLeadsToAPerson(t *testing.T) {
	o := options()
	o.Departments = []dialog.Department{{Name: "servicecenter", Transfers: true}}
	c := english(t, o)
	collect(t, c, say("Sperrmüll"))
	actions := collect(t, c, say("no"))
	require.Equal(t, dialog.Transfer, actions[len(actions)-1].Kind)
}
