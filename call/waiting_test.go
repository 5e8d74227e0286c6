package call

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
)

func TestWaitingIsHonest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			s := w.desk.sought(0)
			s.news <- News{Kind: Waiting, Position: 3}
			pass(10 * second)
			require.Equal(t, []string{"verbinde", "wait_position position 3"}, w.caller.words(), "a time was made up")
			_, music := w.caller.hears(musicTone)
			require.True(t, music)
			require.Equal(t, journal.Waiting, w.record().State)
			require.Equal(t, 3, w.record().Position)
			s.news <- News{Kind: Waiting, Position: 2, Wait: 70 * second}
			pass(30 * second)
			require.Len(t, w.caller.words(), 2, "each change was told at once")
			pass(10 * second)
			require.Equal(t, []string{"wait_position position 2", "wait_estimate minutes 2"}, w.caller.words()[2:])
			pass(45 * second)
			require.Equal(t, []string{"wait_still"}, w.caller.words()[4:])
		})
		require.Equal(t, []Leaving{HungUp}, w.desk.sought(0).left)
		require.Equal(t, "caller", w.record().Reason)
		require.Contains(t, w.script.kinds(), dialog.Gone)
	})
}

func TestACallbackIsOffered(t *testing.T) {
	for name, tc := range map[string]struct {
		wait        time.Duration
		before, now time.Duration
	}{
		"at once where the wait is long": {5 * time.Minute, 0, 4 * second},
		"to everybody after a minute":    {time.Minute, 58 * second, 64 * second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t)
				w.serve(w.caller, 10*second, func() {
					s := w.desk.sought(0)
					s.news <- News{Kind: Waiting, Position: 1, Wait: tc.wait, CallBack: true}
					pass(tc.before)
					require.NotContains(t, w.caller.words(), "wait_callback")
					pass(tc.now - tc.before)
					require.Contains(t, w.caller.words(), "wait_callback")
					require.True(t, w.record().Callback, "pages offer it, too")
					w.caller.press('1')
				})
				require.Equal(t, []Leaving{WantsCallback}, w.desk.sought(0).left)
				require.Contains(t, w.script.kinds(), dialog.CallbackChosen)
				require.Equal(t, "rückruf", w.caller.words()[len(w.caller.words())-1])
				require.Equal(t, "goodbye", w.record().Reason)
			})
		})
	}
}

func TestOtherKeysDoNoHarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			s := w.desk.sought(0)
			s.news <- News{Kind: Waiting, Position: 1}
			for _, key := range "023456789*#1" { // no callback is to be had
				w.caller.press(key)
			}
			pass(5 * second)
			require.Equal(t, journal.Waiting, w.record().State)
		})
		require.Equal(t, []Leaving{HungUp}, w.desk.sought(0).left)
	})
}

func TestNobodyIsThere(t *testing.T) {
	for name, play := range map[string]func(w *town){
		"closed":      func(w *town) { w.desk.closed = errors.New("closed") },
		"no desk":     func(w *town) { w.bot.People = nil },
		"all go home": nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t)
				if play != nil {
					play(w)
				}
				w.serve(w.caller, 10*second, func() {
					if play == nil {
						s := w.desk.sought(0)
						s.ended = true
						s.news <- News{Kind: Nobody}
					}
				})
				require.Equal(t, []string{"verbinde", "niemand"}, w.caller.words())
				require.Equal(t, "goodbye", w.record().Reason)
			})
		})
	}
}

func TestOverflowCallsTheTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.bot.Targets = func(name string) (Target, bool) {
			return Target{Address: "sip:x", RingTime: 20 * second}, name == "über"
		}
		w.trunk.ring = 3 * second
		w.serve(w.caller, second, func() {
			s := w.desk.sought(0)
			s.news <- News{Kind: Waiting, Position: 9}
			pass(5 * second)
			s.news <- News{Kind: Overflow, Target: "über"}
			pass(10 * second)
			_, both := w.caller.hears(guestTone)
			require.True(t, both)
		})
		require.Equal(t, []Leaving{OverflowTaken}, w.desk.sought(0).left)
		require.Contains(t, w.caller.words(), "transfer_onward department über")
	})
}
