package interpreter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/translate"
)

// TestNothingStaysUndone lets people and engines do what they like, in any
// order; in the end every translation has come to one.
func TestNothingStaysUndone(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, r := duo(t, func(o *Options) { o.Confirm = true }), rand.New(rand.NewPCG(seed, 6))
				s.join("guest", "tr")
				mad := rand.New(rand.NewPCG(seed, 7))
				s.engine.does(func(ctx context.Context, q translate.Request) (translate.Translation, error) {
					s.voices.mu.Lock() // guards mad, too
					dice := mad.IntN(12)
					s.voices.mu.Unlock()
					switch dice {
					case 0:
						return translate.Translation{}, errors.New("no")
					case 1:
						<-ctx.Done()
						return translate.Translation{}, ctx.Err()
					case 2:
						panic("mad")
					}
					return inTongue(q), nil
				})
				for range 80 {
					s.whim(r)
				}
				s.engine.does(nil)
				for name := range s.phones {
					s.it.Speaking(name, false)
				}
				s.voices.mu.Lock()
				s.voices.fails = nil
				s.voices.mu.Unlock()
				s.it.Set(Settings{Mode: Consecutive, Original: 0.1})
				wait(2 * time.Minute)
				lines := s.journal.Lines("01")
				require.Greater(t, len(lines), 10)
				for _, l := range lines {
					for _, tr := range l.Translations {
						require.NotContains(t, []string{journal.TranslationPending, journal.TranslationSpeaking, ""}, tr.State, "%s %d: %+v", l.Segment.Leg, l.Segment.ID, tr)
					}
				}
				id := s.speaks("caller", time.Second, said{text: "bom dia", language: "pt"})
				wait(20 * time.Second)
				require.Equal(t, journal.TranslationSpoken, s.translation("caller", id, "de").State, "and it goes on")
			})
		})
	}
}

// whim is one thing that happens.
func (s *stage) whim(r *rand.Rand) {
	names := []string{"caller", "agent", "guest"}
	languages := map[string]string{"caller": "pt", "agent": "de", "guest": "tr"}
	name := names[r.IntN(3)]
	switch r.IntN(10) {
	case 0:
		s.it.Speaking(name, true)
	case 1:
		s.it.Speaking(name, false)
	case 2:
		s.it.Leave(name)
		wait(time.Duration(r.IntN(1000)) * time.Millisecond)
		s.it.Join(Party{Name: name, Language: languages[name]})
	case 3:
		s.it.Set(Settings{Mode: []string{Consecutive, Simultaneous}[r.IntN(2)], Original: r.Float64()})
	case 4:
		s.voices.mu.Lock()
		s.voices.fails = []error{nil, nil, errors.New("hoarse")}[r.IntN(3)]
		s.voices.mu.Unlock()
	case 5:
		s.grows(name, languages[name], talk)
		s.ends(name, 7*time.Second, said{text: talk, language: languages[name]})
	case 6:
		s.sounds(name, time.Duration(r.IntN(3000))*time.Millisecond)
	default:
		s.speaks(name, time.Duration(r.IntN(4000))*time.Millisecond, said{
			text: "um dois 01234 567890 quatro", language: languages[names[r.IntN(3)]], confidence: 0.1 + 0.9*r.Float64(),
		})
	}
	wait(time.Duration(r.IntN(2000)) * time.Millisecond)
}
