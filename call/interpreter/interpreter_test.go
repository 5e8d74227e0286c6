package interpreter

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
)

func TestTranslationIsSpokenToTheOtherOverTheOriginal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		begun := s.elapsed()
		id := s.speaks("caller", 2*time.Second, said{text: "bom dia a todos", language: "pt"})
		wait(5 * time.Second)

		de := s.translation("caller", id, "de")
		require.Equal(t, "de(bom dia a todos)", de.Text)
		require.Equal(t, "test pt-de", de.Engine)
		require.Equal(t, journal.TranslationSpoken, de.State)
		require.InDelta(t, 860, de.Delay.Milliseconds(), 40, "0.7 s of turn, and the tone, which covers the voice's beginning")

		heard := since(s.hears("agent", tones["de"], 0.5), begun)
		require.Len(t, heard, 1)
		require.InDelta(t, 1.2, (heard[0].to - heard[0].from).Seconds(), 0.05)
		tone := since(s.hears("agent", announceHz, 0.1), begun)
		require.Len(t, tone, 1)
		require.Less(t, tone[0].to, heard[0].from+40*time.Millisecond, "the tone comes before")

		original := since(s.hears("agent", partyTones["caller"], 0.1), begun)
		require.Len(t, original, 1, "the original is heard quietly")
		require.Empty(t, since(s.hears("agent", partyTones["caller"], 0.2), begun))

		require.Empty(t, since(s.hears("caller", tones["de"], 0.02), begun), "nobody hears their own translation")
		over := since(s.hears("caller", yourTurnOver, 0.1), begun)
		require.Len(t, over, 1)
		require.Greater(t, over[0].from, heard[0].to-20*time.Millisecond, "their turn is over when all was heard")
	})
}

func TestBothAreToldFirstAndNothingIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.join("caller", "pt")
		s.join("agent", "de")
		id := s.speaks("caller", 400*time.Millisecond, said{text: "alô", language: "pt"})
		require.Equal(t, journal.TranslationPending, s.translation("caller", id, "de").State)
		wait(8 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
		require.ElementsMatch(t, []string{"de: notice in de . . . . . . .", "pt: notice in pt . . . . . . ."}, s.voices.all()[:2])
		require.Equal(t, "de: de(alô)", s.voices.all()[2])
		notice := s.hears("agent", tones["de"], 0.5)
		require.InDelta(t, 3, (notice[0].to - notice[0].from).Seconds(), 0.05, "nobody talks it away")
	})
}
