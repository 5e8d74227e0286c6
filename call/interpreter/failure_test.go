package interpreter

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/translate"
)

func TestTranslatorThatHangsDiesOrAnswersRubbish(t *testing.T) {
	for name, broken := range map[string]func(context.Context, translate.Request) (translate.Translation, error){
		"hangs": func(ctx context.Context, _ translate.Request) (translate.Translation, error) {
			<-ctx.Done()
			return translate.Translation{}, ctx.Err()
		},
		"hangs for long": func(context.Context, translate.Request) (translate.Translation, error) {
			time.Sleep(8 * time.Second)
			return translate.Translation{Text: "too late"}, nil
		},
		"dies": func(context.Context, translate.Request) (translate.Translation, error) { panic("secret words") },
		"fails": func(context.Context, translate.Request) (translate.Translation, error) {
			return translate.Translation{}, errors.New("no")
		},
		"is mute": func(context.Context, translate.Request) (translate.Translation, error) {
			return translate.Translation{}, nil
		},
		"stammers": func(context.Context, translate.Request) (translate.Translation, error) {
			return translate.Translation{Text: strings.Repeat("der ", 20)}, nil
		},
		"floods": func(context.Context, translate.Request) (translate.Translation, error) {
			return translate.Translation{Text: strings.Repeat("eins zwei ", 50)}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := duo(t)
				s.engine.does(broken)
				before := len(s.voices.all())
				for n := range 4 {
					id := s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
					wait(8 * time.Second)
					require.Equal(t, journal.TranslationFailed, s.translation("caller", id, "de").State)
					if n < 2 {
						require.Equal(t, ProblemFailed, s.it.Status().Problem)
					} else {
						require.Equal(t, ProblemBroken, s.it.Status().Problem)
					}
				}
				lines := s.voices.all()[before:]
				require.Equal(t, []string{"pt: interpret_failed", "pt: interpret_failed"}, lines[:2])
				require.ElementsMatch(t, []string{"pt: interpret_broken", "de: interpret_broken"}, lines[2:], "both, and only once")

				begun := s.elapsed()
				s.engine.does(nil)
				id := s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
				require.Len(t, since(s.hears("agent", partyTones["caller"], 0.9), begun), 1, "the talk is not dead")
				wait(6 * time.Second)
				require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State, "it recovers by itself")
				require.Empty(t, s.it.Status().Problem)
				begun = s.elapsed()
				s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
				require.Empty(t, since(s.hears("agent", partyTones["caller"], 0.5), begun), "quietly again")
			})
		})
	}
}

func TestNoWayToTranslateIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		s.engine.does(func(_ context.Context, r translate.Request) (translate.Translation, error) {
			if r.From == "pt" {
				return translate.Translation{}, translate.NoPair(r.From, r.To)
			}
			return inTongue(r), nil
		})
		s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
		wait(3 * time.Second)
		require.Contains(t, s.voices.all(), "de: interpret_broken")
		id := s.speaks("agent", time.Second, said{text: "guten Tag", language: "de"})
		wait(3 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("agent", id, "pt").State, "the other direction works")
	})
}

func TestVoiceThatFailsLeavesTheText(t *testing.T) {
	for name, breaks := range map[string]func(*voices){
		"fails": func(v *voices) { v.fails = errors.New("no voice") },
		"hangs": func(v *voices) { v.hangs = true },
		"dies":  func(v *voices) { v.dies = true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := duo(t)
				s.voices.mu.Lock()
				breaks(s.voices)
				s.voices.mu.Unlock()
				id := s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
				wait(8 * time.Second)
				de := s.translation("caller", id, "de")
				require.Equal(t, journal.TranslationShown, de.State)
				require.Equal(t, "de(bom dia)", de.Text)
				require.Equal(t, ProblemVoice, s.it.Status().Problem)
			})
		})
	}
}

func TestLeavingInTheMiddleOfATranslation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		id := s.speaks("caller", time.Second, said{text: "um dois três quatro cinco seis sete oito", language: "pt"})
		wait(time.Second)
		s.it.Leave("agent")
		wait(time.Second)
		require.Equal(t, journal.TranslationInterrupted, s.translation("caller", id, "de").State)

		s.it.Join(Party{Name: "agent", Language: "de"})
		wait(4 * time.Second)
		id = s.speaks("caller", time.Second, said{text: "um dois três quatro", language: "pt"})
		s.it.Leave("caller")
		wait(4 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State, "the last words are still heard")
	})
}

func TestOffAndOnInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		clip := make([]int16, 320)
		first := s.speaks("caller", time.Second, said{text: "um dois três quatro cinco seis sete oito", language: "pt", pcm: clip})
		second := s.speaks("caller", 100*time.Millisecond, said{text: "nove dez", language: "pt", pcm: clip})
		_, ok := s.it.Original("caller", second)
		require.True(t, ok)
		_, ok = s.it.Original("caller", first)
		require.False(t, ok, "only the last")
		old := s.it
		s.off()
		require.Equal(t, journal.TranslationInterrupted, s.translation("caller", first, "de").State)
		require.Equal(t, journal.TranslationShown, s.translation("caller", second, "de").State)
		_, ok = old.Original("caller", second)
		require.False(t, ok)
		require.False(t, old.Status().Running)
		wait(500 * time.Millisecond)
		begun := s.elapsed()
		s.phones["caller"].voice(true)
		wait(time.Second)
		s.phones["caller"].voice(false)
		require.Len(t, since(s.hears("agent", partyTones["caller"], 0.9), begun), 1, "in full")
		require.Empty(t, since(s.hears("agent", tones["de"], 0.1), begun))

		s.on(func(o *Options) { o.Again = true })
		s.it.Join(Party{Name: "caller", Language: "pt"})
		s.it.Join(Party{Name: "agent", Language: "de"})
		wait(2 * time.Second)
		lines := s.voices.all()
		require.ElementsMatch(t, []string{"de: interpret_on", "pt: interpret_on"}, lines[len(lines)-2:])
		id := s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
		wait(4 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State)
	})
}

func TestValuesAreRepeatedToTheSpeaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t, func(o *Options) { o.Confirm = true })
		id := s.speaks("caller", 2*time.Second, said{text: "O meu número é 0171 2345678", language: "pt"})
		wait(6 * time.Second)
		require.True(t, slices.ContainsFunc(s.voices.all(), func(l string) bool { return l == "pt: interpret_confirmvalues=0171 2345678" }), "%v", s.voices.all())
		require.Equal(t, []string{"0171 2345678"}, s.translation("caller", id, "de").Confirmed)
	})
}
