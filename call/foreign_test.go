package call

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
)

// many knows all directions between the languages of these tests.
func many(o *office) { o.book.pairs = []string{"pt-de", "pt-fr", "de-fr", "pt-en", "en-fr"} }

// outside lets clerks call numbers, whose people speak a language.
func outside(language string) func(*office) {
	return func(o *office) {
		o.bot.Permit = func(number string) (Target, error) {
			return Target{Address: "sip:" + number, RingTime: 20 * second, Language: language}, nil
		}
		o.trunk.ring = second
	}
}

func TestHoldPausesTheInterpreter(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		o.begins("agent:Tina", "ein sehr langer Satz der noch gesprochen wird während gehalten wird und zwar lange")
		pass(2 * second)
		require.NoError(t, c.order(Order{Kind: HoldCaller, On: true}))
		heard := len(line.words())
		pass(6 * second)
		require.True(t, inFull(o.caller, musicTone))
		require.NotContains(t, strings.Join(o.caller.words(), " "), "zwar lange", "a translation went on into the music")
		require.False(t, inFull(line, callerTone), "the person hears who is on hold")
		require.False(t, inFull(o.caller, personTone), "who is on hold hears the person")
		require.True(t, c.last().Interpretation.On, "it is on, though nobody speaks")
		o.says("caller", "está alguém aí")
		require.Len(t, line.words(), heard)

		require.NoError(t, c.order(Order{Kind: HoldCaller}))
		pass(2 * second)
		require.Equal(t, []string{"on_hold", "back_from_hold"}, o.caller.words()[3:], "the machine introduces itself again")
		require.Len(t, line.words(), heard)
		require.False(t, inFull(line, callerTone))
		o.says("caller", "obrigado")
		require.Contains(t, line.words(), "de: obrigado")
		require.False(t, inFull(o.caller, musicTone))
	})
}

func TestWhoIsMutedIsNotInterpreted(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.NoError(t, c.order(Order{Kind: MuteSelf, On: true}))
		heard := len(o.caller.words())
		o.says("agent:Tina", "unter uns")
		require.Len(t, o.caller.words(), heard)
		o.says("caller", "bom dia")
		require.Contains(t, line.words(), "de: bom dia")
		require.NoError(t, c.order(Order{Kind: MuteSelf}))
		o.says("agent:Tina", "guten Tag")
		require.Contains(t, o.caller.words(), "pt: guten Tag")
	})
}

// The notice that hold has cut is heard in full afterwards.
func TestANoticeThatWasCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(newTown(t))
		say := o.bot.Lines
		o.bot.Lines = func(language string, key prompts.Key, pairs ...string) string {
			if key == prompts.InterpretNotice {
				return "interpret_notice und das in vielen Worten damit es lange. Und noch ein Satz der etwas sagt"
			}
			return say(language, key, pairs...)
		}
		o.serve(o.caller, second, func() {
			s := o.desk.sought(0)
			line := o.arrive("agent", "webrtc", personTone)
			c := o.desk.clerk("Tina", line)
			s.news <- News{Kind: Found, Person: c}
			pass(5 * second / 2)
			require.NoError(t, c.order(Order{Kind: HoldCaller, On: true}))
			pass(2 * second)
			before := len(line.words())
			require.NoError(t, c.order(Order{Kind: HoldCaller}))
			pass(6 * second)
			require.Equal(t, "Und noch ein Satz der etwas sagt", line.words()[len(line.words())-1])
			require.Greater(t, len(line.words()), before+1, "it does not begin anew")
			require.NoError(t, c.order(Order{Kind: HoldCaller, On: true}))
			pass(2 * second)
			require.NoError(t, c.order(Order{Kind: HoldCaller}))
			before = len(line.words())
			pass(6 * second)
			require.Len(t, line.words(), before, "it is said again")
		})
	})
}

func TestTheDeskCallsAForeigner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(newTown(t))
		line := o.arrive("agent", "webrtc", personTone)
		c := o.desk.clerk("Tina", line)
		result := make(chan Result, 1)
		go func() {
			result <- o.bot.Connect(t.Context(), o.caller, Handover{Call: "01TEST", Department: "amt", Language: "pt"}, c)
		}()
		pass(3 * second)
		require.True(t, c.last().Interpretation.On)
		require.Contains(t, o.caller.words(), "connected_person interpret_notice/pt")
		o.says("agent:Tina", "guten Tag")
		require.Contains(t, o.caller.words(), "pt: guten Tag")
		o.says("caller", "bom dia")
		require.Contains(t, line.words(), "de: bom dia")
		c.orders <- Order{Kind: Finish}
		require.Equal(t, Served, <-result)
		o.close()
		require.Equal(t, "person_left", o.caller.words()[len(o.caller.words())-1])
	})
}

func TestASupervisorHearsAnInterpretedCall(t *testing.T) {
	interpreted(t, func(o *office, _ *clerk, line *party) {
		ear := o.arrive("supervisor", "webrtc", guestTone)
		ctx, stop := context.WithCancel(o.t.Context())
		left := make(chan error, 1)
		go func() { left <- o.bot.Listen(ctx, "01TEST", ear) }()
		pass(2 * second)
		require.True(t, inFull(ear, callerTone))
		require.True(t, inFull(ear, personTone))
		require.False(t, inFull(line, guestTone))
		o.says("caller", "bom dia")
		require.Contains(t, line.words(), "de: bom dia")
		stop()
		require.NoError(t, <-left)
	})
}

// The bot took a French caller for a Portuguese one: what is heard counts.
func TestACallerInAnotherLanguage(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		o.scribe("caller").stray = "fr"
		o.says("caller", "bonjour à tous")
		o.says("caller", "je ne parle pas portugais")
		pass(3 * second)
		require.Equal(t, "fr", c.last().Interpretation.Caller)
		require.Equal(t, "fr", o.record().Language)
		require.Contains(t, o.caller.words(), "interpret_notice/fr")
		require.Contains(t, strings.Join(line.words(), " "), "de: je ne parle pas portugais")
		o.says("agent:Tina", "guten Tag")
		require.Contains(t, o.caller.words(), "fr: guten Tag")
		require.NoError(t, c.order(interpret(true, Interpretation{Caller: "pt"})))
		pass(second)
		require.Equal(t, "pt", c.last().Interpretation.Caller, "the order is undone")
		o.says("agent:Tina", "guten Tag")
		require.Contains(t, o.caller.words(), "pt: guten Tag")

		o.scribe("caller").stray = "de"
		o.says("caller", "ich kann auch Deutsch")
		o.says("caller", "das geht so besser")
		pass(3 * second)
		require.False(t, c.last().Interpretation.On)
		require.True(t, inFull(line, callerTone))
	}, many)
}
