package call

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/stt"
)

// polyglot hears a window in each way of asking.
type polyglot map[string]stt.Hypothesis // by forced language, "" is detection

func (polyglot) Name() string { return "polyglot" }

func (p polyglot) Recognize(_ context.Context, w stt.Window) (stt.Hypothesis, error) {
	return p[w.Language], nil
}

func hyp(lang string, certainty, confidence float64) stt.Hypothesis {
	return stt.Hypothesis{
		Language: lang, LanguageProbability: certainty, LogProbability: math.Log(confidence),
		Segments: []stt.Segment{{Text: lang}},
	}
}

func TestTongue(t *testing.T) {
	for name, tc := range map[string]struct {
		settled bool
		hears   polyglot
		want    string
	}{
		"first words, sure":               {false, polyglot{"": hyp("en", 0.97, 0.8), "de": hyp("de", 1, 0.5)}, "en"},
		"first words, sure but senseless": {false, polyglot{"": hyp("en", 0.97, 0.5), "de": hyp("de", 1, 0.6)}, "de"},
		"first words, a foreign name":     {false, polyglot{"": hyp("en", 0.6, 0.5), "de": hyp("de", 1, 0.7)}, "de"},
		"first words, doubtful but right": {false, polyglot{"": hyp("en", 0.8, 0.8), "de": hyp("de", 1, 0.3)}, "en"},
		"settled":                         {true, polyglot{"de": hyp("de", 1, 0.8), "": hyp("en", 0.99, 0.99)}, "de"},
		"settled, other language":         {true, polyglot{"de": hyp("de", 1, 0.3), "": hyp("en", 0.95, 0.8)}, "en"},
		"settled, noise":                  {true, polyglot{"de": hyp("de", 1, 0.3), "": hyp("en", 0.6, 0.8)}, "de"},
		"settled, hardly surer":           {true, polyglot{"de": hyp("de", 1, 0.45), "": hyp("en", 0.95, 0.5)}, "de"},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := tongue{tc.hears, []string{"de", "en"}, "de", tc.settled}.recognize(t.Context(), stt.Window{})
			require.NoError(t, err)
			require.Equal(t, tc.want, h.Language)
		})
	}
}

func TestOneLanguageIsNeverDetected(t *testing.T) {
	h, err := tongue{polyglot{"de": hyp("de", 1, 0.2), "": hyp("en", 1, 1)}, []string{"de"}, "de", false}.recognize(t.Context(), stt.Window{})
	require.NoError(t, err)
	require.Equal(t, "de", h.Language)
}
