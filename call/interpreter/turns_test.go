package interpreter

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/turn"
)

func TestWhoReallySpeaksStopsATranslation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		id := s.speaks("caller", 4*time.Second, said{text: "um dois três quatro cinco seis sete oito nove dez", language: "pt"})
		wait(time.Second)
		require.Equal(t, journal.TranslationSpeaking, s.translation("caller", id, "de").State)
		begun := s.elapsed()
		s.begins("agent")
		wait(1400 * time.Millisecond)
		reply := s.ends("agent", 1500*time.Millisecond, said{text: "Moment bitte", language: "de"})
		de := s.translation("caller", id, "de")
		require.Equal(t, journal.TranslationInterrupted, de.State)
		require.Equal(t, "de(um dois três quatro cinco seis sete oito nove dez)", de.Text, "all of it stays to be read")
		heard := s.hears("agent", tones["de"], 0.5)
		stopped := heard[len(heard)-1].to - begun
		require.InDelta(t, 600, stopped.Milliseconds(), 60, "after 0.5 s of voice")
		wait(4 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("agent", reply, "pt").State)
	})
}

func TestAMhmStopsNothingAndIsNotSpoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		words, err := turn.NewBackchannels()
		require.NoError(t, err)
		s := duo(t, func(o *Options) { o.Backchannels = words })
		id := s.speaks("caller", 4*time.Second, said{text: "um dois três quatro cinco seis sete oito nove dez", language: "pt"})
		wait(time.Second)
		mhm := s.speaks("agent", 200*time.Millisecond, said{text: "Mhm.", language: "de"})
		wait(6 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
		require.Equal(t, journal.TranslationShown, s.translation("agent", mhm, "pt").State)
		require.Empty(t, s.hears("caller", announceHz, 0.1))
	})
}

func TestInterruptionIsTranslatedBeforeWhatWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		first := s.speaks("caller", 3*time.Second, said{text: "um dois três quatro cinco seis", language: "pt"})
		second := s.speaks("caller", 300*time.Millisecond, said{text: "sete oito", language: "pt"})
		reply := s.speaks("agent", time.Second, said{text: "Nein nein", language: "de"})
		wait(8 * time.Second)
		require.Equal(t, journal.TranslationInterrupted, s.translation("caller", first, "de").State)
		require.Equal(t, journal.TranslationSpoken, s.translation("agent", reply, "pt").State)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", second, "de").State, "nothing is lost")
		require.Equal(t, []string{
			"de: de(um dois três quatro cinco seis)", "pt: pt(Nein nein)", "de: de(sete oito)",
		}, s.voices.all()[2:])
	})
}

func TestSpeakerWhoGoesOnIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		begun := s.elapsed()
		var ids []int
		for _, text := range []string{"um dois três quatro cinco seis sete oito", "nove dez onze", "doze treze"} {
			ids = append(ids, s.speaks("caller", 900*time.Millisecond, said{text: text, language: "pt"}))
		}
		wait(10 * time.Second)
		for _, id := range ids {
			require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
		}
		heard := since(s.hears("agent", tones["de"], 0.5), begun)
		require.Len(t, heard, 3, "one at a time")
		require.Len(t, since(s.hears("agent", announceHz, 0.1), begun), 1, "what follows at once needs no tone")
		over := since(s.hears("caller", yourTurnOver, 0.1), begun)
		require.Len(t, over, 1, "only at the end")
		require.Greater(t, over[0].from, heard[2].to-20*time.Millisecond)
	})
}

func TestBothAtOnceAreTranslatedWhoBeganFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		s.begins("caller")
		wait(300 * time.Millisecond)
		s.begins("agent")
		wait(1600 * time.Millisecond)
		s.phones["agent"].voice(false)
		agentEnded := time.Now()
		wait(100 * time.Millisecond)
		s.phones["caller"].voice(false)
		callerEnded := time.Now()
		wait(100 * time.Millisecond)
		s.it.Speaking("agent", false)
		s.it.Speaking("caller", false)
		wait(500 * time.Millisecond)
		b := s.heard("agent", 1700*time.Millisecond, agentEnded, said{text: "guten Tag", language: "de"})
		a := s.heard("caller", 2200*time.Millisecond, callerEnded, said{text: "bom dia", language: "pt"})
		wait(6 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", a, "de").State)
		require.Equal(t, journal.TranslationSpoken, s.translation("agent", b, "pt").State)
		require.ElementsMatch(t, []string{"de: de(bom dia)", "pt: pt(guten Tag)"}, s.voices.all()[2:])
		de, pt := s.hears("agent", tones["de"], 0.5), s.hears("caller", tones["pt"], 0.5)
		d, p := de[len(de)-1], pt[len(pt)-1]
		require.True(t, d.to <= p.from || p.to <= d.from, "never both at once: %v %v", d, p)
	})
}

func TestTranslationWaitsForAListenerWhoSpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		s.begins("agent")
		id := s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
		s.hearing("agent", "ich rede und")
		wait(3 * time.Second)
		require.Equal(t, journal.TranslationPending, s.translation("caller", id, "de").State)
		reply := s.ends("agent", 5*time.Second, said{text: "ich rede und rede", language: "de"})
		wait(5 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
		require.Equal(t, journal.TranslationSpoken, s.translation("agent", reply, "pt").State)

		s.begins("agent") // without end
		id = s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
		s.hearing("agent", "und rede")
		wait(6 * time.Second)
		require.Equal(t, journal.TranslationPending, s.translation("caller", id, "de").State)
		wait(6 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State, "not for ever")
	})
}

func TestOneAtATimeThoughTheFirstHadToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		s.begins("agent")
		s.hearing("agent", "ich rede")
		s.speaks("caller", time.Second, said{text: "um dois três quatro", language: "pt"})
		// The agent's words are known while the voice goes on.
		s.heard("agent", time.Second, time.Now(), said{text: "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf", language: "de"})
		wait(500 * time.Millisecond)
		s.phones["agent"].voice(false)
		s.it.Speaking("agent", false)
		wait(8 * time.Second)
		de, pt := s.hears("agent", tones["de"], 0.5), s.hears("caller", tones["pt"], 0.5)
		d, p := de[len(de)-1], pt[len(pt)-1]
		require.Less(t, p.to, d.from, "%v %v", p, d)
	})
}

func TestWhoTalksOverTranslationsIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		for range 5 {
			s.speaks("caller", 2*time.Second, said{text: "um dois três quatro cinco seis sete", language: "pt"})
			wait(500 * time.Millisecond)
			s.speaks("agent", time.Second, said{text: "ja", language: "de"})
			wait(4 * time.Second)
		}
		n := 0
		for _, line := range s.voices.all() {
			if line == "de: interpret_slower" {
				n++
			}
		}
		require.Equal(t, 1, n, "%v", s.voices.all())
	})
}
