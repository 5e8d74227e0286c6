package dialog_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

var deaf = dialog.Event{Kind: dialog.Degraded}

// A recogniser that stays away: keys, then a person, then the end.
func TestDeafToTheEnd(t *testing.T) {
	c := dialog.New(options())
	collect(t, c, dialog.Event{Kind: dialog.Start})
	require.Contains(t, said(collect(t, c, deaf)), "Taste 1")
	require.Contains(t, said(collect(t, c, deaf)), "Raute", "a callback by keys")
	collect(t, c, deaf)
	collect(t, c, deaf)
	actions := collect(t, c, deaf)
	require.Contains(t, said(actions), "Fehler")
	require.Equal(t, dialog.End, actions[len(actions)-1].Kind)
}

func TestKeysStartTheLadderAnew(t *testing.T) {
	c := dialog.New(options())
	collect(t, c, dialog.Event{Kind: dialog.Start})
	for range 8 {
		require.Contains(t, said(collect(t, c, deaf)), "Taste 1")
		require.Contains(t, said(collect(t, c, dialog.Event{Kind: dialog.Digit, Digit: '1'})), "Bürgeramt")
	}
}

func TestDeafAndBack(t *testing.T) {
	c := dialog.New(options())
	collect(t, c, dialog.Event{Kind: dialog.Start})
	collect(t, c, deaf)
	require.Contains(t, said(collect(t, c, say("Ich brauche einen neuen Personalausweis"))), "mehr dazu", "offers are made again")
	require.Contains(t, said(collect(t, c, deaf)), "Taste 1", "a new failure starts at the first rung")
	collect(t, c, say("Wann wird der Sperrmüll abgeholt?"))
	require.Contains(t, said(collect(t, c, dialog.Event{Kind: dialog.Digit, Digit: '2'})), "Sperrmüll", "keys that were named still work")
}

// hanging is a search that never answers.
type hanging struct{ dialogtest.Searcher }

func (*hanging) Search(ctx context.Context, _ knowledge.Query) ([]knowledge.Hit, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestSearchThatHangsIsOneThatFailed(t *testing.T) {
	c := dialog.New(options()) // the data is loaded outside, as it takes a while
	collect(t, c, dialog.Event{Kind: dialog.Start})
	synctest.Test(t, func(t *testing.T) {
		o := options()
		o.Search = &hanging{}
		c := dialog.New(o)
		collect(t, c, dialog.Event{Kind: dialog.Start})
		actions := collect(t, c, say("Wie melde ich meinen Hund an?"))
		require.Contains(t, said(actions), "Mensch")
		require.Equal(t, dialog.OutcomeNoAnswer, actions[0].Outcome)
	})
}
