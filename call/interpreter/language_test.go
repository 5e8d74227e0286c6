package interpreter

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/translate"
)

func TestAnotherLanguageThanAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		id := s.speaks("caller", 2*time.Second, said{text: "good morning everybody", language: "en"})
		wait(4 * time.Second)
		require.Equal(t, "test en-de", s.translation("caller", id, "de").Engine, "from what was heard")
		require.Equal(t, "pt", s.it.Status().Languages["caller"], "once may be a slip")

		again := s.speaks("caller", 2*time.Second, said{text: "can you help me", language: "en"})
		wait(6 * time.Second)
		require.Contains(t, s.voices.all(), "en: notice in en . . . . . . .", "now they can understand it")
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", again, "de").State)
		require.Equal(t, "en", s.it.Status().Languages["caller"])
		id = s.speaks("agent", 2*time.Second, said{text: "ja gern", language: "de"})
		wait(4 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("agent", id, "en").State)
	})
}

func TestASlipIntoALanguageWithoutTranslationIsNoBreakdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		s.engine.does(func(_ context.Context, r translate.Request) (translate.Translation, error) {
			if r.From == "xx" {
				return translate.Translation{}, translate.NoPair(r.From, r.To)
			}
			return inTongue(r), nil
		})
		s.speaks("caller", 2*time.Second, said{text: "kva er klokka", language: "xx"})
		wait(4 * time.Second)
		require.Equal(t, "pt: interpret_failed", s.voices.all()[2])
		id := s.speaks("caller", 2*time.Second, said{text: "bom dia", language: "pt"})
		wait(4 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
		require.Zero(t, s.times("interpret_broken"))
	})
}

func TestUnclearWordsChangeNoLanguage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		for range 3 {
			s.speaks("caller", 300*time.Millisecond, said{text: "yes", language: "en", confidence: 0.45})
			wait(3 * time.Second)
		}
		require.Equal(t, "pt", s.it.Status().Languages["caller"])
	})
}

func TestTwoWhoTurnOutToSpeakOneLanguage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		begun, before := s.elapsed(), len(s.voices.all())
		clip := make([]int16, 16000)
		for k := 0; k < len(clip); k += 320 {
			sine(clip[k:k+320], 4000, k/320, true)
		}
		s.speaks("caller", 2*time.Second, said{text: "Ich spreche auch Deutsch", language: "de", pcm: clip})
		wait(4 * time.Second)
		again := since(s.hears("agent", 4000, 0.5), begun)
		require.Len(t, again, 1, "it had been heard only quietly")
		require.InDelta(t, 1, (again[0].to - again[0].from).Seconds(), 0.05)

		s.speaks("caller", 2*time.Second, said{text: "Das ist doch klar", language: "de"})
		require.Equal(t, ProblemSame, s.it.Status().Problem)
		begun = s.elapsed()
		s.speaks("caller", 2*time.Second, said{text: "Nun verstehen wir uns", language: "de"})
		wait(3 * time.Second)
		require.Len(t, since(s.hears("agent", partyTones["caller"], 0.9), begun), 1, "in full")
		require.Len(t, s.voices.all(), before, "nothing is interpreted")
		require.Empty(t, s.engine.asked)
	})
}

func TestUnknownLanguageIsLearned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.join("caller", "")
		s.join("agent", "de")
		wait(2 * time.Second)
		require.Empty(t, s.voices.all(), "nobody knows yet whether it is needed")
		begun := s.elapsed()
		id := s.speaks("caller", 2*time.Second, said{text: "bom dia a todos", language: "pt"})
		require.Len(t, since(s.hears("agent", partyTones["caller"], 0.9), begun), 1, "until then both hear each other")
		wait(8 * time.Second)
		require.Equal(t, "pt", s.it.Status().Languages["caller"])
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
		require.Len(t, s.voices.all(), 3, "and both were told before")
	})
}

func TestSameLanguageFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.join("caller", "de-leicht")
		s.join("agent", "de")
		s.speaks("caller", 2*time.Second, said{text: "guten Tag", language: "de"})
		wait(3 * time.Second)
		require.Empty(t, s.voices.all())
		require.Equal(t, ProblemSame, s.it.Status().Problem)
		require.Len(t, s.hears("agent", partyTones["caller"], 0.9), 1)
	})
}

func TestThirdPartyByConference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		s.join("guest", "de")
		early := s.speaks("agent", time.Second, said{text: "Ich hole Frau Weber dazu", language: "de"})
		wait(time.Second)
		require.Equal(t, journal.TranslationSpeaking, s.translation("agent", early, "pt").State, "a notice to one does not hold the others up")
		wait(5 * time.Second)
		require.Equal(t, "de: notice in de . . . . . . .", s.voices.all()[2])
		begun, before := s.elapsed(), len(s.engine.asked)
		id := s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
		wait(3 * time.Second)
		require.Len(t, s.engine.asked, before+1, "once for each language")
		for _, who := range []string{"agent", "guest"} {
			require.Len(t, since(s.hears(who, tones["de"], 0.5), begun), 1, who)
		}
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)

		begun = s.elapsed()
		s.speaks("agent", time.Second, said{text: "guten Tag", language: "de"})
		wait(3 * time.Second)
		require.Len(t, since(s.hears("guest", partyTones["agent"], 0.9), begun), 1, "one language: in full")
		require.Empty(t, since(s.hears("guest", tones["pt"], 0.1), begun))
		require.Len(t, since(s.hears("caller", tones["pt"], 0.5), begun), 1)

		s.it.Leave("guest")
		s.it.Join(Party{Name: "guest", Language: "tr"}) // as if another one came
		wait(5 * time.Second)
		begun = s.elapsed()
		id = s.speaks("agent", time.Second, said{text: "guten Tag zusammen", language: "de"})
		wait(4 * time.Second)
		for _, language := range []string{"pt", "tr"} {
			require.Equal(t, journal.TranslationSpoken, s.translation("agent", id, language).State)
		}
		require.Len(t, since(s.hears("guest", tones["tr"], 0.5), begun), 1)
		require.Empty(t, since(s.hears("caller", tones["tr"], 0.1), begun))
	})
}
