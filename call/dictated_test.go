package call

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/turn"
)

var _ Scribe = (*scribe.Scribe)(nil)

// listening is a recogniser that says which language it was to hear.
type listening struct{}

func (listening) Name() string { return "listening" }

func (listening) Recognize(_ context.Context, w stt.Window) (stt.Hypothesis, error) {
	return stt.Hypothesis{
		Language: w.Language, LanguageProbability: 0.99,
		Segments: []stt.Segment{{Text: "gehört wird " + w.Language, End: media.Duration(len(w.PCM))}},
	}, nil
}

// With the scribe that calls have: what each says is heard in their language,
// and spoken to the other in theirs.
func TestWhatIsWrittenDownIsInterpreted(t *testing.T) {
	interpreted(t, func(o *office, c *clerk, line *party) {
		utter := func(p *party, tone float64) {
			p.utters(tone)
			pass(1200 * time.Millisecond)
			p.utters(0)
			pass(5 * second)
		}
		utter(o.caller, callerTone)
		require.Equal(t, "gehört wird pt", o.line("caller").Segment.Text)
		require.Contains(t, line.words(), "de: gehört wird pt")
		require.Equal(t, journal.TranslationSpoken, o.line("caller").Translations[0].State)
		pcm, ok := o.bot.Original("01TEST", "caller", o.line("caller").Segment.ID)
		require.True(t, ok)
		require.Greater(t, len(pcm), 16000)

		utter(line, personTone)
		require.Equal(t, "gehört wird de", o.line("agent:Tina").Segment.Text)
		require.Contains(t, o.caller.words(), "pt: gehört wird de")

		require.NoError(t, c.order(Order{Kind: HoldCaller, On: true}))
		pass(second)
		heard := len(line.words())
		utter(o.caller, callerTone)
		require.Len(t, line.words(), heard)
		require.NoError(t, c.order(Order{Kind: HoldCaller}))
		pass(2 * second)
		utter(o.caller, callerTone)
		require.Equal(t, []string{"de: gehört wird pt"}, since(line, heard))

		require.NoError(t, c.order(interpret(true, Interpretation{Mode: "simultaneous"})))
		utter(line, personTone)
		require.Contains(t, since(o.caller, 3), "pt: gehört wird de")
	}, realScribes)
}

// realScribes write down what is loud.
func realScribes(o *office) {
	o.caller.tone = 0
	o.bot.Recognizer = listening{}
	o.bot.Detect = func(emit func(turn.Event)) (*turn.Detector, func(), error) {
		return turn.NewDetector(turn.Options{Voice: loudness{}, Notify: emit}), func() {}, nil
	}
	o.silent = true
	o.bot.Scribe = func(w Scribing) Scribe {
		among := w.Languages
		if len(among) == 0 {
			among = o.bot.Languages
		}
		return scribe.New(scribe.Options{
			Journal: w.Journal, Call: w.Call, Leg: w.Leg, Recognizer: o.bot.Recognizer, Detect: o.bot.Detect,
			Language: w.Language, Languages: among, Heard: w.Heard, Hearing: w.Hearing, Speaking: w.Speaking,
		})
	}
}
