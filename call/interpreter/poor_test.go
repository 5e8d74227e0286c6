package interpreter

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/transcript"
)

func TestBadlyHeardIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		before := len(s.voices.all())
		bad := said{text: "bla bla bla", language: "pt", confidence: 0.3}
		id := s.speaks("caller", time.Second, bad)
		wait(4 * time.Second)
		require.Equal(t, journal.TranslationRepeat, s.translation("caller", id, "de").State)
		require.Equal(t, []string{"pt: interpret_repeat"}, s.voices.all()[before:], "the listener hears nothing of it")
		require.Empty(t, s.engine.asked, "rubbish is not translated")
		require.Equal(t, ProblemRepeat, s.it.Status().Problem)

		id = s.speaks("caller", time.Second, bad)
		wait(4 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State, "better what there is than a loop")

		s.speaks("caller", time.Second, bad)
		wait(4 * time.Second)
		require.Equal(t, "pt: interpret_repeat", s.voices.all()[before+2])
	})
}

func TestWhatNobodyUnderstandsIsNeverTranslated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		before := len(s.voices.all())
		for range 2 {
			u := s.utterance("caller", time.Second, time.Now(), said{text: "…"})
			u.Segment.Confidence = 0
			s.journal.Add("01", u.Line)
			s.it.Hearing(u) // given up by the scribe
			wait(3 * time.Second)
			require.Equal(t, journal.TranslationRepeat, s.translation("caller", u.Segment.ID, "de").State)
		}
		require.Equal(t, []string{"pt: interpret_repeat"}, s.voices.all()[before:], "once in a row")
		require.Empty(t, s.engine.asked)
	})
}

func TestMusicChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		before := len(s.voices.all())
		s.begins("caller")
		wait(10 * time.Second)
		s.phones["caller"].voice(false)
		s.it.Speaking("caller", false) // and no words came of it
		wait(3 * time.Second)
		require.Len(t, s.voices.all(), before)
		id := s.speaks("agent", time.Second, said{text: "guten Tag", language: "de"})
		wait(3 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("agent", id, "pt").State)
	})
}

func TestVoiceWithoutWordsIsAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		before := len(s.voices.all())
		lost := func() {
			u := s.utterance("caller", 2*time.Second, time.Now(), said{})
			u.Segment.Confidence, u.Segment.ID = 0, -1
			s.it.Hearing(u)
			wait(3 * time.Second)
		}
		lost()
		require.Len(t, s.voices.all(), before, "it may be music")
		s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
		wait(3 * time.Second)
		lost()
		lost()
		require.Equal(t, []string{"de: de(bom dia)", "pt: interpret_repeat"}, s.voices.all()[before:])
		id := s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
		wait(3 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
	})
}

func TestJudge(t *testing.T) {
	word := func(p float64) transcript.Word { return transcript.Word{Text: "w", Probability: p} }
	for _, c := range []struct {
		name string
		s    transcript.Segment
		want verdict
	}{
		{"clear", transcript.Segment{Text: "guten Tag", Confidence: 0.8}, wellHeard},
		{"below the line", transcript.Segment{Text: "guten Tag", Confidence: 0.39}, doubtful},
		{"far below", transcript.Segment{Text: "guten Tag", Confidence: 0.19}, unintelligible},
		{"a mark", transcript.Segment{Text: "…", Confidence: 0.9}, unintelligible},
		{"most words improbable", transcript.Segment{Text: "a b c", Confidence: 0.5, Words: []transcript.Word{word(0.1), word(0.2), word(0.9)}}, doubtful},
		{"half of them", transcript.Segment{Text: "a b c d", Confidence: 0.5, Words: []transcript.Word{word(0.1), word(0.2), word(0.9), word(0.9)}}, wellHeard},
		{"one short word", transcript.Segment{Text: "a", Confidence: 0.5, Words: []transcript.Word{word(0.1)}}, wellHeard},
	} {
		require.Equal(t, c.want, judge(c.s, 0.4), c.name)
	}
}
