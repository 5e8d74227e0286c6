package call

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

// endings plays a call whose context ends for a reason.
func endings(t *testing.T, w *town, l leg.Leg, why error, play func()) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	served := make(chan struct{})
	go func() { defer close(served); w.bot.Serve(ctx, l) }()
	play()
	if errors.Is(why, leg.ErrEnded) {
		w.caller.leave("normal, by caller")
	}
	cancel(why)
	<-served
	w.close()
}

func TestTheServiceStopsInEachStage(t *testing.T) {
	for name, tc := range map[string]struct {
		town func(w *town)
		play func(w *town)
	}{
		"waiting":  {func(*town) {}, func(w *town) { w.desk.sought(0).news <- News{Kind: Waiting} }},
		"served":   {func(*town) {}, func(w *town) { served(w) }},
		"transfer": {target(Attended), func(w *town) {}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t, tc.town)
				w.trunk.ring = 60 * second
				endings(t, w, w.caller, context.Canceled, func() {
					tc.play(w)
					pass(2 * second)
				})
				require.Equal(t, "shutdown", w.record().Reason)
				for _, c := range w.desk.people {
					require.Equal(t, []Ending{EndedService}, c.endings)
				}
				if len(w.desk.searches) > 0 && len(w.desk.people) == 0 {
					require.Equal(t, []Leaving{ServiceStopped}, w.desk.searches[0].left)
				}
			})
		})
	}
}

// The context of a leg ends with it, maybe before anybody hears of the leg.
func TestTheLegsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		endings(t, w, w.caller, leg.ErrEnded, func() { served(w) })
		require.Equal(t, "caller", w.record().Reason)
		require.Equal(t, []Ending{EndedByCaller}, w.desk.people[0].endings)
		require.Contains(t, w.script.kinds(), dialog.Gone)
	})
}

func TestATransferredLegsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, target(Blind))
		notify := make(chan error, 1)
		l := movable{w.caller, func(ctx context.Context, _ leg.Referral) error { return rings(ctx, 60*second, notify) }}
		endings(t, w, l, leg.ErrEnded, func() {
			pass(3 * second)
			notify <- nil
		})
		require.Equal(t, "transferred", w.record().Reason)
	})
}

// shaky panics where a test wants it to.
type shaky struct{ People }

func (shaky) Seek(context.Context, Handover) (Search, error) { panic("broken") }

func TestAPanicOnTheWayToAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.bot.People = shaky{}
		w.serve(w.caller, 20*second, func() {})
		require.Equal(t, "error", w.record().Reason)
		require.Equal(t, []string{"verbinde", "es tut uns leid"}, w.caller.words())
	})
}

// hoarse is a voice that fails at some texts.
type hoarse struct {
	*tuner
	at string
}

func (h hoarse) Say(ctx context.Context, text, language string, rate float64, to media.Sink) error {
	if text == h.at {
		return errors.New("no voice")
	}
	return h.tuner.Say(ctx, text, language, rate, to)
}

// A sentence that cannot be spoken is missing; the caller waits on and is served.
func TestAVoiceThatFailsWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.bot.Voice = hoarse{w.tuner, "wait_next"}
		w.serve(w.caller, second, func() {
			_, c, _ := served(w)
			_, ok := w.caller.hears(personTone)
			require.True(t, ok)
			require.NoError(t, c.order(Order{Kind: Finish}))
			pass(100 * time.Millisecond)
			w.caller.leave("normal, by caller") // within the goodbye
		})
		require.Equal(t, []string{"verbinde", "connected_person"}, w.caller.words())
		require.Equal(t, "person", w.record().Reason)
	})
}

// A caller who is served before one sentence of waiting is over does not hear
// the rest of it: people come first.
func TestAPersonComesBeforeWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.bot.Lines = func(_ string, key prompts.Key, _ ...string) string {
			return strings.Repeat(string(key)+" ", 20)
		}
		w.serve(w.caller, second, func() {
			s := w.desk.sought(0)
			s.news <- News{Kind: Waiting, Position: 1}
			pass(second)
			found := time.Now()
			s.news <- News{Kind: Found, Person: w.desk.clerk("Tina", w.arrive("agent", "webrtc", personTone))}
			pass(second)
			at, ok := w.caller.hears(personTone)
			require.True(t, ok)
			require.LessOrEqual(t, at.Sub(found), 120*time.Millisecond)
		})
		require.Equal(t, []string{"verbinde"}, w.caller.words())
	})
}
