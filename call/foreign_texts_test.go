package call

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/translate"
)

// Who writes reads: nothing is spoken, and both read what the other means.
func TestAForeignerWhoWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(newTown(t))
		o.caller.mute = true
		l := writer{o.caller}
		o.serve(l, second, func() {
			s := o.desk.sought(0)
			s.news <- News{Kind: Waiting, Position: 1}
			c := o.desk.clerk("Tina", nil)
			s.news <- News{Kind: Found, Person: c}
			pass(second)
			require.True(t, c.last().Interpretation.On)
			l.write("quanto custa")
			pass(second)
			require.Equal(t, []journal.Translation{{Language: "de", Text: "de: quanto custa", State: journal.TranslationShown, Engine: "phrasebook"}}, o.line("caller").Translations)
			require.NoError(t, c.order(Order{Kind: Write, Text: "das kostet nichts"}))
			pass(second)
			said := o.line("agent:Tina")
			require.Equal(t, "das kostet nichts", said.Segment.Text)
			require.Equal(t, "de", said.Segment.Language)
			require.Equal(t, "pt: das kostet nichts", said.Translations[0].Text)

			o.book.fails(func(translate.Request) error { return errEngine })
			l.write("obrigado")
			pass(second)
			require.Equal(t, journal.TranslationFailed, o.line("caller").Translations[0].State)
			require.Equal(t, interpreter.ProblemFailed, c.last().Interpretation.Problem)
			o.book.fails(func(translate.Request) error { panic("broken") })
			l.write("obrigado outra vez")
			pass(second)
			require.Equal(t, journal.TranslationFailed, o.line("caller").Translations[0].State)
			o.book.fails(nil)
			l.write("adeus")
			pass(second)
			require.Equal(t, "de: adeus", o.line("caller").Translations[0].Text)
			require.Empty(t, c.last().Interpretation.Problem)
			require.NoError(t, c.order(interpret(false, Interpretation{})))
			l.write("ainda aqui")
			pass(second)
			require.Empty(t, o.line("caller").Translations)
			require.Empty(t, o.caller.words())

			require.NoError(t, c.order(interpret(true, Interpretation{})))
			line := o.arrive("agent", "webrtc", personTone)
			c.mu.Lock()
			c.line = line
			c.mu.Unlock()
			l.setVoice(true)
			pass(3 * second)
			require.Contains(t, line.words(), "interpret_notice/de")
			o.says("caller", "agora falo")
			require.Contains(t, line.words(), "de: agora falo")
			l.setVoice(false)
			pass(second)
			require.NoError(t, c.order(Order{Kind: Finish}))
		})
		require.Equal(t, "person", o.record().Reason)
	})
}

// The bot answers in the caller's language; the person reads what it says.
func TestTheBotJoinsAnInterpretedCall(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		helper := &script{answer: func(e dialog.Event) []dialog.Action {
			if e.Kind == dialog.Heard {
				return []dialog.Action{{Kind: dialog.Say, Text: "siebenunddreißig Euro", Lang: "de"}, {Kind: dialog.Say, Text: "mais nada"}}
			}
			return nil
		}}
		o.bot.Converse = func(leg.Info) (Conversation, error) { return helper, nil }
		require.NoError(t, c.order(Order{Kind: WithBot}))
		o.says("agent:Tina", "was kostet das")
		pass(2 * second)
		require.Contains(t, o.caller.words(), "pt: siebenunddreißig Euro")
		require.Contains(t, o.caller.words(), "mais nada")
		bot := o.line("bot")
		require.Equal(t, "pt: siebenunddreißig Euro mais nada", bot.Segment.Text)
		require.Equal(t, "de: pt: siebenunddreißig Euro mais nada", bot.Translations[0].Text)
	})
}

func TestATextIsReadOutInBothLanguages(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.NoError(t, c.order(Order{Kind: Speak, Text: "siebenunddreißig Euro", Lang: "de"}))
		pass(2 * second)
		require.Equal(t, "pt: siebenunddreißig Euro", o.caller.words()[len(o.caller.words())-1])
		require.Equal(t, "siebenunddreißig Euro", line.words()[len(line.words())-1])
		require.Equal(t, "pt: siebenunddreißig Euro", o.line("bot").Translations[0].Text)
		o.book.fails(func(translate.Request) error { return errEngine })
		require.NoError(t, c.order(Order{Kind: Speak, Text: "fünf Euro", Lang: "de"}))
		pass(2 * second)
		require.Equal(t, "fünf Euro", o.caller.words()[len(o.caller.words())-1])
		require.NoError(t, c.order(Order{Kind: Speak, Text: "cinco euros", Lang: "pt"}))
		pass(2 * second)
		require.Equal(t, "cinco euros", line.words()[len(line.words())-1])
	})
}

// A person without a headset reads what a caller says.
func TestAPersonWhoReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(newTown(t))
		o.serve(o.caller, second, func() {
			s := o.desk.sought(0)
			c := o.desk.clerk("Tina", nil)
			s.news <- News{Kind: Found, Person: c}
			pass(2 * second)
			o.says("caller", "bom dia")
			require.Equal(t, "de: bom dia", o.line("caller").Translations[0].Text)
			require.Equal(t, journal.TranslationShown, o.line("caller").Translations[0].State)
		})
	})
}
