package call

import (
	"errors"
	"math"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
)

func interpret(on bool, w Interpretation) Order {
	return Order{Kind: Interpret, On: on, Interpretation: w}
}

func TestInterpretationIsSwitchedOffAndOn(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		heard := [2]int{len(o.caller.words()), len(line.words())}
		require.NoError(t, c.order(interpret(false, Interpretation{})))
		require.False(t, c.last().Interpretation.On)
		require.True(t, c.last().Interpretation.Possible)
		pass(2 * second)
		require.Equal(t, []string{"interpret_off/pt"}, since(o.caller, heard[0]))
		require.Equal(t, []string{"interpret_off/de"}, since(line, heard[1]))
		require.True(t, inFull(o.caller, personTone))
		require.True(t, inFull(line, callerTone))
		o.says("caller", "bom dia")
		require.Len(t, since(line, heard[1]), 1)
		require.Empty(t, o.line("caller").Translations)

		require.NoError(t, c.order(interpret(true, Interpretation{})))
		require.True(t, c.last().Interpretation.On)
		pass(2 * second)
		require.Equal(t, []string{"interpret_off/pt", "interpret_on/pt"}, since(o.caller, heard[0]))
		require.Equal(t, []string{"interpret_off/de", "interpret_on/de"}, since(line, heard[1]))
		require.False(t, inFull(line, callerTone))
		o.says("caller", "boa tarde")
		require.Equal(t, "de: boa tarde", line.words()[len(line.words())-1])
	})
}

func TestInterpretationThatThePersonOrders(t *testing.T) {
	manual := func(o *office) { o.bot.Interpretation.Automatic = false }
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.NoError(t, c.order(interpret(true, Interpretation{})))
		pass(2 * second)
		require.Contains(t, line.words(), "interpret_notice/de")
		require.Contains(t, o.caller.words(), "interpret_notice/pt")
		require.True(t, c.last().Interpretation.On)
	}, manual)
}

// The bot took the caller for a German: the person hears that it is not so.
func TestThePersonSaysWhatTheCallerSpeaks(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.False(t, c.last().Interpretation.On)
		require.ErrorIs(t, c.order(interpret(true, Interpretation{})), errSameLanguage)
		require.ErrorIs(t, c.order(interpret(true, Interpretation{Caller: "fr"})), errNoTranslation)
		require.Equal(t, "de", c.last().Interpretation.Caller, "an order that failed has changed something")
		require.Equal(t, "de", o.record().Language)
		require.NoError(t, c.order(interpret(true, Interpretation{Caller: "pt"})))
		pass(2 * second)
		require.Equal(t, "pt", c.last().Interpretation.Caller)
		require.Equal(t, "pt", o.record().Language)
		require.Equal(t, "pt", o.scribe("caller").language())
		o.says("caller", "bom dia")
		require.Contains(t, line.words(), "de: bom dia")
		o.book.pairs = append(o.book.pairs, "pt-en")
		require.NoError(t, c.order(interpret(true, Interpretation{Person: "en"})))
		pass(2 * second)
		o.says("caller", "boa noite")
		require.Contains(t, line.words(), "interpret_notice/en", "what was said before was not understood")
		require.Contains(t, line.words(), "en: boa noite")
		require.Equal(t, "en", o.scribe("agent:Tina").language())
	}, func(o *office) { o.caller.info.Language = "de" })
}

func TestModeAndVolume(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		full := 1.0
		require.NoError(t, c.order(interpret(true, Interpretation{Mode: interpreter.Simultaneous, Original: &full})))
		pass(second)
		require.True(t, inFull(line, callerTone))
		require.Equal(t, interpreter.Simultaneous, c.last().Interpretation.Mode)
		require.Equal(t, full, *c.last().Interpretation.Original)
		require.True(t, o.scribe("caller").often)
		bad := math.NaN()
		for _, w := range []Interpretation{{Mode: "loud"}, {Original: &bad}, {Caller: "<b>"}, {Person: "p"}} {
			require.ErrorIs(t, c.order(interpret(true, w)), errNoSuch)
		}
		require.Equal(t, interpreter.Simultaneous, c.last().Interpretation.Mode)
		require.NoError(t, c.order(interpret(true, Interpretation{Mode: interpreter.Consecutive})))
		require.False(t, o.scribe("caller").often)
	})
}

// What cannot be carried out now, and what happens to it in each phase.
func TestInterpretationInEachPhase(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.NoError(t, c.order(Order{Kind: HoldCaller, On: true}))
		require.NoError(t, c.order(interpret(false, Interpretation{})))
		pass(2 * second)
		require.NotContains(t, line.words(), "interpret_off/de")
		require.NoError(t, c.order(Order{Kind: HoldCaller}))
		pass(second)
		require.True(t, inFull(line, callerTone))
		require.NoError(t, c.order(interpret(true, Interpretation{})))
		pass(2 * second)
		require.Contains(t, line.words(), "interpret_on/de")
		require.False(t, inFull(line, callerTone))
	})
}

// An interpreter that fails ends no call: both hear each other, and are told.
func TestTheInterpreterFails(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		x := o.bot.exchanges.find("01TEST")
		s := x.stage.(*serving)
		x.post(o.t.Context(), func() { x.interpreting.broken(x.interpreting.work, errors.New("broken"), s.changed) })
		pass(2 * second)
		require.Equal(t, interpreter.ProblemBroken, c.last().Interpretation.Problem)
		require.False(t, c.last().Interpretation.On)
		require.Contains(t, o.caller.words(), "interpret_broken/pt")
		require.Contains(t, line.words(), "interpret_broken/de")
		require.True(t, inFull(o.caller, personTone))
		require.True(t, inFull(line, callerTone))
		o.says("caller", "bom dia")
		require.NotContains(t, line.words(), "de: bom dia")
		require.NoError(t, c.order(interpret(true, Interpretation{})))
		require.Empty(t, c.last().Interpretation.Problem)
		pass(2 * second)
		o.says("caller", "boa tarde")
		require.Contains(t, line.words(), "de: boa tarde")
	})
}

// A clock that panics stands for whatever breaks in the interpreter itself.
func TestAPanicOfTheInterpreter(t *testing.T) {
	var broken atomic.Bool
	interpreted(t, func(o *office, c *clerk, line *party) {
		broken.Store(true)
		o.says("caller", "bom dia")
		broken.Store(false)
		require.Equal(t, interpreter.ProblemBroken, c.last().Interpretation.Problem)
		require.Equal(t, talking, c.last().Phase)
		require.True(t, inFull(line, callerTone))
		require.True(t, inFull(o.caller, personTone))
		require.Contains(t, o.caller.words(), "interpret_broken/pt")
		require.NoError(t, c.order(Order{Kind: HoldCaller, On: true}))
		require.NoError(t, c.order(Order{Kind: HoldCaller}))
		require.False(t, c.last().Interpretation.On)
	}, func(o *office) {
		o.bot.Now = func() time.Time {
			if broken.Load() && strings.Contains(string(debug.Stack()), "interpreter.(*Interpreter).Run(") {
				panic("broken")
			}
			return time.Now()
		}
	})
}
