package call

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
)

// interpreted plays a call of a Portuguese caller with Tina, who speaks
// German, from the moment on when both have heard that a machine interprets.
func interpreted(t *testing.T, play func(o *office, c *clerk, line *party), more ...func(*office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(newTown(t))
		for _, f := range more {
			f(o)
		}
		o.serve(o.caller, second, func() {
			_, c, line := served(o.town)
			pass(2 * second)
			play(o, c, line)
		})
	})
}

func TestInterpretationBeginsByItself(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.Equal(t, []string{"verbinde", "wait_next", "connected_person interpret_notice/pt"}, o.caller.words())
		require.Equal(t, []string{"interpret_notice/de"}, line.words())
		original := 0.15
		require.Equal(t, &Interpretation{On: true, Mode: "consecutive", Caller: "pt", Person: "de", Original: &original, Possible: true}, c.last().Interpretation)
		require.Equal(t, []string{"connected_person", "interpret_notice/pt"}, said(o.record(), "bot")[2:])
		require.False(t, inFull(o.caller, personTone), "the person is as loud as the interpreter")
		require.False(t, inFull(line, callerTone))

		o.says("caller", "bom dia")
		require.Equal(t, []string{"interpret_notice/de", "de: bom dia"}, line.words())
		tr := o.line("caller").Translations
		require.Len(t, tr, 1)
		require.Equal(t, "de: bom dia", tr[0].Text)
		require.Equal(t, journal.TranslationSpoken, tr[0].State)
		require.Equal(t, "phrasebook", tr[0].Engine)

		o.says("agent:Tina", "guten Tag")
		require.Equal(t, "pt: guten Tag", o.caller.words()[3])
		require.Equal(t, "pt", o.line("agent:Tina").Translations[0].Language)
		require.Equal(t, "pt", o.scribe("caller").language())
		require.Equal(t, "de", o.scribe("agent:Tina").language())

		pcm, ok := o.bot.Original("01TEST", "caller", o.line("caller").Segment.ID)
		require.True(t, ok)
		require.Len(t, pcm, 9600)
		_, ok = o.bot.Original("01TEST", "caller", 99)
		require.False(t, ok)
		_, ok = o.bot.Original("another", "caller", 0)
		require.False(t, ok)
	})
}

func TestNobodyIsInterpretedWhoSpeaksTheLanguage(t *testing.T) {
	for name, tc := range map[string]struct {
		set      func(o *office)
		person   string
		possible bool
	}{
		"the person speaks it":        {func(o *office) { o.speaks = []string{"de", "pt"} }, "pt", true},
		"both speak German":           {func(o *office) { o.caller.info.Language = "de-leicht" }, "de", true},
		"there is no way":             {func(o *office) { o.book.pairs = nil }, "de", false},
		"the service begins it never": {func(o *office) { o.bot.Interpretation.Automatic = false }, "de", true},
	} {
		t.Run(name, func(t *testing.T) {
			interpreted(t, func(o *office, c *clerk, line *party) {
				require.Equal(t, []string{"verbinde", "wait_next", "connected_person"}, o.caller.words())
				require.Empty(t, line.words())
				require.True(t, inFull(o.caller, personTone))
				require.True(t, inFull(line, callerTone))
				i := c.last().Interpretation
				require.False(t, i.On)
				require.Equal(t, tc.possible, i.Possible)
				require.Equal(t, tc.person, i.Person)
				require.Empty(t, i.Problem)
				o.says("caller", "bom dia")
				require.Empty(t, line.words())
				require.Empty(t, o.line("caller").Translations)
			}, tc.set)
		})
	}
}

func TestAServiceThatDoesNotInterpret(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.Nil(t, c.last().Interpretation)
		require.ErrorIs(t, c.order(Order{Kind: Interpret, On: true}), errNoInterpreter)
		require.True(t, inFull(line, callerTone))
	}, func(o *office) { o.bot.Renderer = nil })
}
