package interpreter

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
)

const long = "um dois três quatro cinco seis sete oito nove dez onze doze"

// sounds is a voice of which no words come.
func (s *stage) sounds(name string, d time.Duration) {
	s.begins(name)
	wait(d)
	s.phones[name].voice(false)
	wait(192 * time.Millisecond)
	s.it.Speaking(name, false)
}

func (s *stage) times(what string) int {
	n := 0
	for _, line := range s.voices.all() {
		if strings.Contains(line, what) {
			n++
		}
	}
	return n
}

func TestNoiseThatBreaksInTakesNothingAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		id := s.speaks("caller", 4*time.Second, said{text: long, language: "pt"})
		wait(time.Second)
		s.sounds("agent", time.Second)
		require.Equal(t, journal.TranslationInterrupted, s.translation("caller", id, "de").State)
		wait(3 * time.Second)
		require.Equal(t, journal.TranslationSpeaking, s.translation("caller", id, "de").State, "from its beginning")
		s.sounds("agent", time.Second)
		require.Equal(t, journal.TranslationSpeaking, s.translation("caller", id, "de").State, "not twice for the same noise")
		wait(5 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
		require.Equal(t, 2, s.times(long))

		id = s.speaks("caller", 4*time.Second, said{text: long, language: "pt"})
		wait(time.Second)
		s.begins("agent")
		wait(time.Second)
		require.Equal(t, journal.TranslationSpeaking, s.translation("caller", id, "de").State)
		s.hearing("agent", "Moment bitte")
		wait(20 * time.Millisecond)
		require.Equal(t, journal.TranslationInterrupted, s.translation("caller", id, "de").State, "words interrupt all the same")
		s.ends("agent", 2*time.Second, said{text: "Moment bitte", language: "de"})
		wait(4 * time.Second)
		require.Equal(t, journal.TranslationInterrupted, s.translation("caller", id, "de").State)
	})
}

func TestMusicHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		s.begins("agent") // and no words come of it
		wait(5 * time.Second)
		id := s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
		wait(2 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
	})
}

func TestTranslationThatComesBackFromALoudspeakerIsNotTranslated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		id := s.speaks("caller", 4*time.Second, said{text: long, language: "pt"})
		wait(time.Second)
		asked := len(s.engine.asked)
		echo := s.speaks("agent", time.Second, said{text: "Dois três, quatro cinco sais", language: "de"})
		wait(8 * time.Second)
		require.Len(t, s.engine.asked, asked)
		for _, l := range s.journal.Lines("01") {
			if l.Segment.Leg == "agent" && l.Segment.ID == echo {
				require.Empty(t, l.Translations)
			}
		}
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State, "it is begun anew")

		wait(2 * time.Second)
		reply := s.speaks("agent", time.Second, said{text: "dois três quatro cinco, ja?", language: "de"}) // to make sure
		wait(4 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("agent", reply, "pt").State)
	})
}

func TestCoverage(t *testing.T) {
	for _, c := range []struct {
		words, text string
		want        float64
	}{
		{"a b c", "a b c d", 1}, {"b d", "a b c d", 1}, {"d b", "a b c d", 0.5}, {"x y", "a b", 0}, {"a a a", "a", 1. / 3},
	} {
		require.InDelta(t, c.want, coverage(strings.Fields(c.words), strings.Fields(c.text)), 1e-9, "%s in %s", c.words, c.text)
	}
}
