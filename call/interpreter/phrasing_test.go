package interpreter

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
)

func TestClauses(t *testing.T) {
	for _, c := range []struct {
		language, text string
		want           []string
	}{
		{"en", "Good morning.", []string{"Good morning."}},
		{"en", "Good morning. How are you?", []string{"Good morning.", "How are you?"}},
		{"en", "Yes, you can come tomorrow, please.", []string{"Yes, you can come tomorrow, please."}},
		{
			"en", "You can come tomorrow at ten, but you need an appointment for it first.",
			[]string{"You can come tomorrow at ten,", "but you need an appointment for it first."},
		},
		{
			"de", "Das Rathaus ist am Montag von acht bis zwölf und am Donnerstag am Nachmittag offen",
			[]string{"Das Rathaus ist am Montag von acht bis zwölf", "und am Donnerstag am Nachmittag offen"},
		},
		{"xx", "a b c d e f g h i j k l", []string{"a b c d e f g h i j k l"}},
		{"en", "one two three four five six seven eight nine, ten", []string{"one two three four five six seven eight nine, ten"}},
		{"en", " ", nil},
	} {
		require.Equal(t, c.want, clauses(c.language, c.text))
	}
}

func FuzzClauses(f *testing.F) {
	f.Add("en", "You can come tomorrow at ten, but you need an appointment for it first. Yes? …")
	f.Fuzz(func(t *testing.T, language, text string) {
		require.Equal(t, strings.Join(strings.Fields(text), " "), strings.Join(clauses(language, text), " "))
	})
}

const twoParts = "you can come tomorrow at ten, but you need an appointment for it first"

func TestFirstClauseIsHeardWhileTheVoiceComputesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		s.voices.slow = 60 * time.Millisecond // a word
		id := s.speaks("caller", 2*time.Second, said{text: twoParts, language: "pt"})
		wait(10 * time.Second)
		de := s.translation("caller", id, "de")
		require.Equal(t, journal.TranslationSpoken, de.State)
		require.Less(t, de.Delay, 1300*time.Millisecond)
		require.Equal(t, 2, s.times("you can come")+s.times("but you need"))
		heard := s.hears("agent", tones["de"], 0.5)
		require.InDelta(t, 0.12, (heard[len(heard)-1].from - heard[len(heard)-2].to).Seconds(), 0.05, "and nothing but a short pause between")
	})
}

func TestInterruptedBetweenClauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		id := s.speaks("caller", 2*time.Second, said{text: twoParts, language: "pt"})
		wait(500 * time.Millisecond)
		s.speaks("agent", time.Second, said{text: "Moment bitte", language: "de"})
		require.Equal(t, journal.TranslationInterrupted, s.translation("caller", id, "de").State)
		wait(5 * time.Second)
		require.Equal(t, "pt: pt(Moment bitte)", s.voices.all()[len(s.voices.all())-1])
	})
}
