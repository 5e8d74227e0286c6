package interpreter

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/translate"
)

const talk = "Bom dia a todos, eu mudei para cá ontem e preciso registar a minha casa, mas não tenho nenhum documento comigo hoje"

// grows speaks a text and shows a word more every 300 ms; it says nothing at the end.
func (s *stage) grows(name, language, text string) {
	words := strings.Fields(text)
	s.begins(name)
	for n := range words {
		wait(300 * time.Millisecond)
		u := s.utterance(name, time.Second, time.Now(), said{text: strings.Join(words[:n+1], " "), language: language})
		s.next[name]--
		u.Segment.Final, u.Ended = false, time.Time{}
		s.journal.Add("01", u.Line)
		s.it.Hearing(u)
	}
}

func simultaneous(o *Options) { o.Mode = Simultaneous }

func TestPiecesAreSpokenWhileSomebodySpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t, simultaneous)
		begun := s.elapsed()
		s.grows("caller", "pt", talk)
		ended := s.elapsed()
		id := s.ends("caller", 7*time.Second, said{text: talk, language: "pt"})
		wait(10 * time.Second)
		heard := since(s.hears("agent", tones["de"], 0.5), begun)
		require.Less(t, heard[0].from-begun, 3*time.Second, "while the caller speaks")
		require.Greater(t, len(heard), 2)
		require.Less(t, heard[0].to, ended)
		require.Len(t, since(s.hears("agent", announceHz, 0.1), begun), 1)
		require.Len(t, since(s.hears("caller", yourTurnOver, 0.1), begun), 1)

		var pieces []string
		for _, line := range s.voices.all()[2:] {
			pieces = append(pieces, strings.TrimSuffix(strings.TrimPrefix(line, "de: de("), ")"))
		}
		require.Equal(t, talk, strings.Join(pieces, " "), "each word once")
		de := s.translation("caller", id, "de")
		require.Equal(t, "de("+talk+")", de.Text, "written as a whole")
		require.Equal(t, journal.TranslationSpoken, de.State)
		require.InDelta(t, 1.5, de.Delay.Seconds(), 1, "of what was still to be said at the end")
	})
}

func TestWhatWasSpokenIsNotTakenBackButTheTextIsRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t, simultaneous)
		s.grows("caller", "pt", talk)
		right := strings.Replace(talk, "ontem", "antes de ontem", 1)
		id := s.ends("caller", 7*time.Second, said{text: right, language: "pt"})
		wait(10 * time.Second)
		all := strings.Join(s.voices.all(), " ")
		require.Contains(t, all, "ontem")
		require.NotContains(t, all, "antes de ontem")
		require.Equal(t, "de("+right+")", s.translation("caller", id, "de").Text)
	})
}

func TestPiecesNeedAnEngineForText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, simultaneous, func(o *Options) { o.Renderer = speechOnly{o.Renderer.(*engine)} })
		s.join("caller", "pt")
		s.join("agent", "en")
		wait(5 * time.Second)
		s.grows("caller", "pt", talk)
		require.Len(t, s.voices.all(), 2, "nothing before the end")
		id := s.ends("caller", 7*time.Second, said{text: talk, language: "pt"})
		wait(10 * time.Second)
		require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "en").State)
	})
}

type speechOnly struct{ *engine }

func (speechOnly) Renders(_, _ string, spoken bool) bool { return spoken }

func TestPieceThatFailsIsToldOnceAndTheTextIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t, simultaneous)
		s.engine.does(func(_ context.Context, r translate.Request) (translate.Translation, error) {
			if strings.HasPrefix(r.Text, "e preciso") {
				return translate.Translation{}, nil
			}
			return inTongue(r), nil
		})
		s.grows("caller", "pt", talk)
		id := s.ends("caller", 7*time.Second, said{text: talk, language: "pt"})
		wait(10 * time.Second)
		de := s.translation("caller", id, "de")
		require.Equal(t, journal.TranslationFailed, de.State)
		require.Equal(t, "de("+talk+")", de.Text)
		require.Contains(t, s.voices.all(), "pt: interpret_failed")
	})
}

func TestModeChangesInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := duo(t)
		s.it.Set(Settings{Mode: Simultaneous, Original: 0.5})
		begun := s.elapsed()
		s.grows("caller", "pt", talk)
		s.it.Set(Settings{Mode: Consecutive, Original: -1})
		s.ends("caller", 7*time.Second, said{text: talk, language: "pt"})
		wait(10 * time.Second)
		require.Equal(t, Consecutive, s.it.Status().Mode)
		require.InDelta(t, 0.5, s.it.Status().Original, 1e-9)
		require.NotEmpty(t, since(s.hears("agent", partyTones["caller"], 0.45), begun))
		spoken := strings.Join(s.voices.all(), " ")
		require.Equal(t, 1, strings.Count(spoken, "comigo"), "and nothing is lost or said twice: %s", spoken)
	})
}
