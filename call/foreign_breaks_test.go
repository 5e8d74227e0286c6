package call

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/interpreter"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/translate"
)

func TestATranslatorThatFails(t *testing.T) {
	for name, how := range map[string]func(translate.Request) error{
		"fails":  func(translate.Request) error { return errEngine },
		"panics": func(translate.Request) error { panic("broken") },
		"hangs":  func(translate.Request) error { time.Sleep(5 * second); return errEngine },
	} {
		t.Run(name, func(t *testing.T) {
			interpreted(t, func(o *office, c *clerk, line *party) {
				o.book.fails(how)
				for range 3 {
					o.says("caller", "bom dia")
					pass(8 * second)
					require.Equal(t, journal.TranslationFailed, o.line("caller").Translations[0].State)
				}
				require.Equal(t, interpreter.ProblemBroken, c.last().Interpretation.Problem)
				require.True(t, inFull(line, callerTone), "nobody understands anybody")
				require.Contains(t, line.words(), "interpret_broken/de")
				require.Equal(t, talking, c.last().Phase)
				o.book.fails(nil)
				o.says("caller", "boa tarde")
				require.Contains(t, line.words(), "de: boa tarde")
				pass(3 * second)
				require.Empty(t, c.last().Interpretation.Problem)
				require.False(t, inFull(line, callerTone))
			})
		})
	}
}

// Whoever goes in the middle of a translation leaves nothing behind.
func TestSomebodyGoesWhileTheInterpreterSpeaks(t *testing.T) {
	const long = "uma frase muito comprida que ainda se ouve quando alguém desliga o telefone de repente"
	for name, tc := range map[string]struct {
		happens func(o *office, c *clerk, line *party)
		reason  string
		words   string
	}{
		"the caller hangs up": {func(o *office, _ *clerk, _ *party) { o.caller.leave("normal, by caller") }, "caller", "connected_person interpret_notice/pt"},
		"the person hangs up": {func(_ *office, c *clerk, _ *party) { c.orders <- Order{Kind: Finish} }, "person", "person_left"},
		"the line is lost": {func(o *office, c *clerk, line *party) {
			c.mu.Lock()
			c.line = o.arrive("agent", "webrtc", personTone)
			c.mu.Unlock()
			line.leave("the page is loaded again")
			pass(2 * second)
			o.says("agent:Tina", "da bin ich wieder")
		}, "caller", "pt: da bin ich wieder"},
		"back to the bot": {func(_ *office, c *clerk, _ *party) { c.orders <- Order{Kind: BackToBot} }, "caller", "zurück"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(newTown(t))
				o.serve(o.caller, second, func() {
					_, c, line := served(o.town)
					pass(2 * second)
					o.begins("caller", long)
					pass(2 * second)
					tc.happens(o, c, line)
					pass(3 * second)
					require.NotContains(t, strings.Join(line.words(), " "), "de repente")
				})
				require.Equal(t, tc.reason, o.record().Reason)
				require.Equal(t, tc.words, o.caller.words()[len(o.caller.words())-1])
				require.NotEqual(t, journal.TranslationSpeaking, o.line("caller").Translations[0].State)
			})
		})
	}
}

// unsure is a renderer that breaks when it is asked what it can do.
type unsure struct{ *phrasebook }

func (unsure) Renders(string, string, bool) bool { panic("broken") }

func TestARendererThatCannotEvenSay(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		require.Equal(t, talking, c.last().Phase)
		require.False(t, c.last().Interpretation.Possible)
		require.True(t, inFull(line, callerTone))
	}, func(o *office) { o.bot.Renderer = unsure{o.book} })
}
