package rooms

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestFastModeShowsTheStablePrefix(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper, Fast: true}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.speak(in, Update{Tail: "vir"}, "eins zwei drei")
		h.speak(in, Update{Tail: ""}, "vier fünf sechs")
		h.speak(in, Update{Tail: "neu"}, "sieben acht")
		h.say(in, "neun", "")
		require.Equal(t, "prefix en:EINS ZWEI DREI\ncue s1 [en:EINS ZWEI DREI VIER FÜNF SECHS] [SIEBEN ACHT NEUN]", h.seen("en", 0))
		require.Contains(t, h.seen("de", 0), "tail vir")
		status, err := h.Status(t.Context())
		require.NoError(t, err)
		require.Positive(t, status.Quality.Erasure, "vir and neu were taken back")
		require.Less(t, status.Quality.Erasure, 0.5)
	})
}

func TestCalmModeShowsNothingUnsettled(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.speak(in, Update{Tail: "vir"}, "eins zwei drei")
		h.speak(in, Update{Tail: "x"}, "vier fünf sechs")
		require.Empty(t, h.seen("en", 0))
		require.NotContains(t, h.seen("de", 0), "tail")
	})
}

func TestQualityOfAMeeting(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		in := h.started("Saal")
		for range 20 {
			time.Sleep(time.Second)
			end := time.Since(h.zero[in])
			require.NoError(t, h.Report(ctx, in, Report{At: end, RMS: -20, Peak: -9}))
			time.Sleep(500 * time.Millisecond)
			require.NoError(t, h.Hear(ctx, in, Update{Sentence: true, Busy: 300 * time.Millisecond, Behind: time.Second, Committed: []transcript.Word{
				{Text: "gut", Start: end - time.Second, End: end, Probability: 0.9},
				{Text: "naja", Start: end, End: end, Probability: 0.2},
			}}))
		}
		s, err := h.Status(ctx)
		require.NoError(t, err)
		q := s.Quality
		require.InDelta(t, 0.5, q.LagP50.Seconds(), 0.06)
		require.InDelta(t, 0.5, q.LagP95.Seconds(), 0.06)
		require.InDelta(t, 0.5, q.LowConfidence, 0.001)
		require.InDelta(t, 0.2, q.RealTime, 0.02)
		require.Zero(t, q.Erasure)
		require.Zero(t, q.Gaps)
		require.Equal(t, time.Second, s.Behind)
	})
}

func TestQuantiles(t *testing.T) {
	var q quality
	require.Zero(t, q.record())
	for i := range 100 {
		q.lag(time.Duration(i)*100*time.Millisecond, 1)
	}
	require.InDelta(t, 5, q.record().LagP50.Seconds(), 0.11)
	require.InDelta(t, 9.5, q.record().LagP95.Seconds(), 0.11)
	q.lag(time.Hour, 1000)
	require.Equal(t, time.Minute+lagStep, q.record().LagP50, "beyond what is measured")
	q = quality{shown: 10}
	q.rewritten("a b c d", "a b x d e")
	q.rewritten("a b", "a b c")
	require.InDelta(t, 0.2, q.record().Erasure, 1e-9)
}

// A translation that changes its mind is shown as far as it is stable, and
// what was shown and is wrong at the end counts.
func TestPrefixIsOnlyWhatTwoTranslationsAgreeOn(t *testing.T) {
	translate := func(_ context.Context, text, _, _ string) (string, error) {
		switch len(strings.Fields(text)) {
		case 3:
			return "the city has", nil
		case 6:
			return "the city builds new", nil
		case 9:
			return "the city builds old roads", nil
		case 12:
			return "a city builds old roads now", nil
		}
		return "The town builds old roads.", nil
	}
	meet(t, Options{Languages: []string{"de", "en"}, Translate: translate, Fast: true}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		for range 4 {
			h.speak(in, Update{}, "eins zwei drei")
		}
		h.speak(in, Update{}, "vier fünf") // too little for another try
		h.say(in, "ende", "")
		require.Equal(t, "prefix the city\nprefix the city builds\ncue s1 [The town builds old roads.]", h.seen("en", 0))
		status, err := h.Status(t.Context())
		require.NoError(t, err)
		// 15 words of the original (none taken back) and 5 of the translation,
		// which took 3 back.
		require.InDelta(t, 3.0/20, status.Quality.Erasure, 1e-9)
	})
}

// A slow prefix must not come after its sentence.
func TestLatePrefixIsNotShown(t *testing.T) {
	slow := func(ctx context.Context, text, from, to string) (string, error) {
		time.Sleep(900 * time.Millisecond)
		return upper(ctx, text, from, to)
	}
	meet(t, Options{Languages: []string{"de", "en"}, Translate: slow, Fast: true}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.speak(in, Update{}, "eins zwei drei")
		h.speak(in, Update{}, "vier fünf sechs")
		h.say(in, "", "")
		time.Sleep(5 * time.Second)
		require.Equal(t, "cue s1 [en:EINS ZWEI DREI VIER FÜNF SECHS]", h.seen("en", 0))
	})
}

func TestTailStandsBehindItsCue(t *testing.T) {
	meet(t, Options{Fast: true}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.speak(in, Update{Tail: "neun zehn"}, "a b c d e f g")
		require.Equal(t, "cue s1 [a b c d e f]\ntail neun zehn", h.seen("de", 0))
	})
}

// Who comes in the middle of a sentence sees what those see who were there.
func TestSnapshotHasWhatIsNotSettled(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper, Fast: true}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.speak(in, Update{Tail: "vir"}, "eins zwei drei")
		h.speak(in, Update{Tail: "sieben"}, "vier fünf")
		for track, want := range map[string]Words{
			Original: {Language: "de", Text: "eins zwei drei vier fünf", Tail: "sieben"},
			"de":     {Language: "de", Text: "eins zwei drei vier fünf", Tail: "sieben"},
		} {
			s, err := h.Snapshot(t.Context(), track, 9)
			require.NoError(t, err)
			want.Sentence, want.Input, want.Speaker = "s1", in, "Saal"
			require.Equal(t, []Words{want}, s.Open, track)
		}
		h.speak(in, Update{Tail: "sieben"}, "sechs")
		english, err := h.Snapshot(t.Context(), "en", 9)
		require.NoError(t, err)
		require.Equal(t, []Words{{Sentence: "s1", Input: in, Speaker: "Saal", Language: "en", Tail: "en:EINS ZWEI DREI"}}, english.Open)
		h.say(in, "sieben", "")
		for _, track := range []string{Original, "en"} {
			s, err := h.Snapshot(t.Context(), track, 9)
			require.NoError(t, err)
			require.Empty(t, s.Open, track)
		}
		h.speak(in, Update{Tail: "noch"}, "acht")
		require.NoError(t, h.Refuse(t.Context(), in))
		s, err := h.Snapshot(t.Context(), Original, 9)
		require.NoError(t, err)
		require.Empty(t, s.Open, "nothing of who refused")
	})
}

func TestWordsSayTheirLanguage(t *testing.T) {
	meet(t, Options{Languages: []string{"de", "en"}, Translate: upper, Fast: true}, func(t *testing.T, h *hall) {
		in := h.started("Saal")
		h.speak(in, Update{Language: "en", Tail: "four"}, "one two three")
		h.say(in, "four", "en")
		h.speak(in, Update{Language: "de"}, "eins zwei drei")
		h.speak(in, Update{Language: "de"}, "vier fünf sechs")
		var original, english []string
		for track, out := range map[string]*[]string{Original: &original, "en": &english} {
			v, err := h.Follow(track, 0)
			require.NoError(t, err)
			events, err := v.Next(t.Context(), nil)
			require.NoError(t, err)
			for _, e := range events {
				var w Words
				if e.Kind == KindWords || e.Kind == KindTail || e.Kind == KindPrefix {
					require.NoError(t, json.Unmarshal(e.Data, &w))
					*out = append(*out, e.Kind+" "+w.Language+" "+w.Text)
				}
			}
			v.Close()
		}
		require.Equal(t, []string{"words en one two three", "tail en four", "words en four", "words de eins zwei drei", "tail de ", "words de vier fünf sechs", "tail de "}, original)
		require.Equal(t, []string{"words en one two three", "tail en four", "words en four", "prefix en en:EINS ZWEI DREI"}, english)
	})
}
