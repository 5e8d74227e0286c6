package dialog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
)

// doubted is a call in which a sentence was heard that may be an emergency.
func doubted(t *testing.T, text string, alert intent.Alert) (*Conversation, string) {
	c := New(Options{City: "Musterstadt", Search: dialogtest.Musterstadt()})
	handled(t, c, Event{Kind: Start})
	u := utterance{Event: Event{Kind: Heard, Text: text, Confidence: 1}, words: intent.Split(text)}
	u.content = c.data.Intents.Content(u.words, c.language)
	r := &reply{c: c}
	if !c.doubts(t.Context(), r, u, danger{alert: alert, kind: intent.Medical, spoken: "de"}) {
		c.pursue(t.Context(), r, u)
	}
	return c, spokenText(r.finish())
}

func handled(t *testing.T, c *Conversation, e Event) []Action {
	var actions []Action
	require.NoError(t, c.Handle(t.Context(), e, func(a Action) error {
		actions = append(actions, a)
		return nil
	}))
	return actions
}

func spokenText(actions []Action) string {
	var b strings.Builder
	for _, a := range actions {
		b.WriteString(a.Text + " ")
	}
	return b.String()
}

// TestDoubtfulEmergency: one question first; yes is an alarm, no goes on.
func TestDoubtfulEmergency(t *testing.T) {
	const text = "Der Opa sitzt so komisch da"
	for _, e := range []Event{{Kind: Heard, Text: "ja", Confidence: 1}, {Kind: Digit, Digit: '1'}} {
		c, said := doubted(t, text, intent.Doubtful)
		require.Contains(t, said, "Ist gerade jemand in Gefahr?")
		actions := handled(t, c, e)
		require.Equal(t, OutcomeEmergency, actions[0].Outcome)
		require.True(t, actions[0].Firm)
	}
	for _, e := range []Event{{Kind: Heard, Text: "nein", Confidence: 1}, {Kind: Digit, Digit: '2'}} {
		c, _ := doubted(t, text, intent.Doubtful)
		require.Equal(t, OutcomeNoAnswer, handled(t, c, e)[0].Outcome)
	}
	c, _ := doubted(t, text, intent.Doubtful)
	require.Contains(t, spokenText(handled(t, c, Event{Kind: Heard, Text: "Wann wird der Sperrmüll abgeholt?", Confidence: 1})), "zweimal im Jahr")
	c, first := doubted(t, text, intent.Doubtful)
	again := spokenText(handled(t, c, Event{Kind: Silence}))
	require.Contains(t, again, "112")
	require.NotEqual(t, first, again)
}

// TestDoubtBeforeAnAnswer: an article answers, but the number is said first
// unless the article is sure and the doubt small.
func TestDoubtBeforeAnAnswer(t *testing.T) {
	const text = "Sperrmüll abgeholt"
	_, said := doubted(t, text, intent.Clear)
	require.Regexp(t, "Falls gerade jemand in Gefahr ist.*112.*zweimal im Jahr", said)
	_, said = doubted(t, text, intent.Doubtful)
	require.NotContains(t, said, "112")
	require.Contains(t, said, "zweimal im Jahr")
}
