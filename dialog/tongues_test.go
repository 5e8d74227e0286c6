package dialog_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// What is said on the way to a person is translated too, and so is the
// department; a translator that hangs holds nobody up.
func TestLinesInALanguageWithoutPrompts(t *testing.T) {
	o := inDutch(t, dutch().Translate)
	lines, err := dialog.Lines(o.Resources, o.Departments)
	require.NoError(t, err)
	require.Contains(t, lines("nl", prompts.InterpretNotice), "nl:A computer program interprets this conversation")
	require.Contains(t, lines("nl", prompts.InterpretConfirm, "values", "3 May"), "3 May")
	require.Contains(t, lines("nl", prompts.TransferOnward, "department", "servicecenter"), "nl:the service centre")
	require.NotContains(t, lines("tr", prompts.InterpretNotice), ":")
	synctest.Test(t, func(t *testing.T) {
		o := inDutch(t, breaks()["hanging"])
		lines, err := dialog.Lines(o.Resources, o.Departments)
		require.NoError(t, err)
		began := time.Now()
		require.Contains(t, lines("nl", prompts.TransferOnward, "department", "servicecenter"), "the service centre")
		require.LessOrEqual(t, time.Since(began), 2*time.Second)
	})
}

func TestTonguesKeepPlacesAndForgetRubbish(t *testing.T) {
	calls := 0
	tongues, err := dialog.NewTongues(dialog.TonguesOptions{Translate: func(_ context.Context, text, _, to string) (string, error) {
		calls++
		switch {
		case to != "nl":
			return strings.TrimPrefix(text, "nl:"), nil
		case strings.Contains(text, "XQB"):
			return "nl:" + strings.ReplaceAll(text, "XQB", ""), nil // loses strange names
		case strings.Contains(text, "weather"):
			return "nl:something quite different from that", nil
		}
		return "nl:" + text, nil
	}})
	require.NoError(t, err)
	out := tongues.Render(t.Context(), []string{"One is {a}, two is {b}.", "The weather is fine today {a}."}, "en", "nl")
	require.Equal(t, []string{"nl:One is {a}, two is {b}."}, out)
	before := calls
	require.Equal(t, out, tongues.Render(t.Context(), []string{"One is {a}, two is {b}.", "The weather is fine today {a}."}, "en", "nl"))
	require.Equal(t, before, calls, "nothing is translated twice")
}

// What fails for a moment is tried again later.
func TestTonguesRecover(t *testing.T) {
	down := true
	tongues, err := dialog.NewTongues(dialog.TonguesOptions{Translate: func(ctx context.Context, text, from, to string) (string, error) {
		if down {
			return "", errors.New("down")
		}
		return dutch().Translate(ctx, text, from, to)
	}})
	require.NoError(t, err)
	_, ok := tongues.Book(t.Context(), "nl")
	require.False(t, ok)
	require.Error(t, tongues.Prepare(t.Context(), "nl"))
	down = false
	require.NoError(t, tongues.Prepare(t.Context(), "nl"))
	b, ok := tongues.Book(t.Context(), "nl")
	require.True(t, ok)
	require.Equal(t, "nl:How can I help you?", b.Say(prompts.GreetingAsk, 0))
	require.NoError(t, tongues.Prepare(t.Context(), "tr"), "a language with prompts needs nothing")
}

// Languages are prepared in the background once a call has met them, and many
// calls share what was made.
func TestTonguesPrepareInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		asked := map[string]bool{}
		o := inDutch(t, func(ctx context.Context, text, from, to string) (string, error) {
			mu.Lock()
			asked[text] = true
			mu.Unlock()
			return dutch().Translate(ctx, text, from, to)
		})
		ctx, cancel := context.WithCancel(t.Context())
		var run sync.WaitGroup
		run.Go(func() { require.ErrorIs(t, o.Resources.Tongues.Run(ctx), context.Canceled) })
		for range 3 {
			run.Go(func() {
				c, _ := begin(t, o, "nl")
				collect(t, c, say("Ik wil een identiteitskaart aanvragen"))
			})
		}
		synctest.Wait()
		mu.Lock()
		require.True(t, asked["Would you like to know more?"])
		require.True(t, asked["I am sorry that you are upset. I would like to help you. What is it about?"])
		mu.Unlock()
		cancel()
		run.Wait()
	})
}
