package call

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
)

func TestBridgedTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, target(Bridged))
		w.trunk.ring = 5 * second
		w.serve(w.caller, 10*second, func() {
			pass(3 * second)
			require.Equal(t, journal.Ringing, w.record().State)
			pass(4 * second)
			other := w.trunk.leg(0)
			_, ok := w.caller.hears(guestTone)
			require.True(t, ok)
			_, ok = other.hears(callerTone)
			require.True(t, ok)
			require.Equal(t, journal.Talking, w.record().State)
			w.caller.press('4') // a menu there
			pass(second)
			other.leave("normal, by them")
		})
		to := w.trunk.called[0]
		require.Equal(t, leg.Callee{Address: "sip:amt@city.example", Call: "01TEST", Leg: "agent:amt", Language: "de", On: "0301234567", UserToUser: "01TEST"}, to)
		require.Equal(t, []string{"verbinde", "person_left"}, w.caller.words())
		require.Equal(t, "person", w.record().Reason)
	})
}

func TestBlindTransferByTheCallersExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, target(Blind))
		var asked leg.Referral
		l := movable{w.caller, func(ctx context.Context, r leg.Referral) error {
			asked = r
			pause(ctx, 4*second)
			w.caller.leave("normal, by caller") // their exchange takes the line down at once
			return ctx.Err()
		}}
		w.serve(l, 10*second, func() {})
		require.Equal(t, leg.Referral{Address: "sip:amt@city.example", UserToUser: "01TEST"}, asked)
		require.Equal(t, "transferred", w.record().Reason)
		require.Empty(t, w.trunk.called)
	})
}

func TestAnExchangeThatDoesNotTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, target(Blind))
		l := movable{w.caller, func(context.Context, leg.Referral) error { return leg.ErrForbidden }}
		w.serve(l, second, func() {
			pass(3 * second)
			_, ok := w.caller.hears(guestTone)
			require.True(t, ok, "the call was not made here instead")
		})
		require.Equal(t, "caller", w.record().Reason)
	})
}

func TestAttendedTransfer(t *testing.T) {
	briefing := func(w *town) string {
		for _, text := range w.tuner.known() {
			if len(text) > 60 {
				return text
			}
		}
		return ""
	}
	for name, moves := range map[string]bool{"by the caller's exchange": true, "by a bridge": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t, target(Attended))
				var asked leg.Referral
				var l leg.Leg = w.caller
				if moves {
					l = movable{w.caller, func(_ context.Context, r leg.Referral) error {
						asked = r
						return nil
					}}
				}
				w.serve(l, second, func() {
					pass(7 * second)
					clerk := w.trunk.leg(0)
					require.Contains(t, clerk.words(), briefing(w))
					_, ok := w.caller.hears(musicTone)
					require.True(t, ok)
					require.Empty(t, w.caller.words()[1:], "the caller hears the briefing")
					_, ok = clerk.hears(callerTone)
					require.False(t, ok, "the clerk hears the caller before accepting")
					clerk.press('5')
					pass(second)
					clerk.press('1')
					pass(second)
					_, ok = w.caller.hears(guestTone)
					require.Equal(t, !moves, ok)
				})
				if moves {
					require.Equal(t, leg.Leg(w.trunk.leg(0)), asked.Replaces)
					require.Equal(t, "transferred", w.record().Reason)
				} else {
					require.Equal(t, "caller", w.record().Reason)
				}
			})
		})
	}
}

func TestTheClerkIsAskedThreeTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, target(Attended))
		var begun time.Time
		w.serve(w.caller, 60*second, func() { begun = time.Now() })
		clerk := w.trunk.leg(0)
		words := clerk.words()
		require.Len(t, words, 3)
		require.Equal(t, words[0], words[1])
		require.Equal(t, "briefing_accept", words[2])
		require.Greater(t, time.Since(begun), 24*second)
		require.Contains(t, w.script.kinds(), dialog.TransferFailed)
		require.Equal(t, "niemand", w.caller.words()[1])
	})
}

// Who shall take the call outside can look it up while it rings at theirs.
func TestACallIsKnownBeforeItRingsOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, target(Bridged))
		var handed []Handover
		w.bot.Handed = func(h Handover) {
			handed = append(handed, h)
			require.Empty(t, w.trunk.legs, "it rings already")
		}
		w.serve(w.caller, 5*second, func() {})
		require.Len(t, handed, 1)
		require.Equal(t, "amt", handed[0].Department)
		require.Equal(t, "mein Ausweis", handed[0].Concern)
	})
}

// A person transfers to somebody outside: who fails leaves both where they were.
func TestAPersonTransfersOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.bot.Targets = func(name string) (Target, bool) {
			return Target{Address: "sip:x", RingTime: 5 * second}, name == "über"
		}
		w.trunk.ring = 10 * second
		w.serve(w.caller, second, func() {
			_, c, line := served(w)
			require.NoError(t, c.order(Order{Kind: TransferTo, Target: "über"}))
			require.Equal(t, transferring, c.last().Phase)
			pass(6 * second)
			require.Equal(t, talking, c.last().Phase)
			require.Equal(t, "no_answer", c.last().Problem)
			_, ok := w.caller.hears(personTone)
			require.True(t, ok, "the caller fell out")

			require.NoError(t, c.order(Order{Kind: TransferTo, Target: "über"}))
			pass(second)
			require.NoError(t, c.order(Order{Kind: Drop}))
			pass(second)
			_, ok = line.hears(callerTone)
			require.True(t, ok)

			w.trunk.ring = 2 * second
			require.NoError(t, c.order(Order{Kind: TransferTo, Target: "über"}))
			require.NoError(t, c.order(Order{Kind: Finish}), "the person need not wait for it")
			pass(4 * second)
			_, ok = w.caller.hears(guestTone)
			require.True(t, ok)
			_, ok = line.hears(callerTone)
			require.False(t, ok)
		})
		require.Equal(t, []Ending{EndedTransfer}, w.desk.people[0].endings)
	})
}
