package floor

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/leg"
)

// TestWhoWillBeInterpreted is what people see before they take a caller.
func TestWhoWillBeInterpreted(t *testing.T) {
	for _, tc := range []struct {
		name, language string
		written        bool
		change         func(*Options)
		want           map[string]bool
	}{
		{name: "nothing is interpreted", language: "tr", want: map[string]bool{"tina": false, "udo": false, "chef": false}},
		{name: "who speaks the language needs nobody", language: "tr", change: interpreting, want: map[string]bool{"tina": false, "udo": true, "chef": true}},
		{name: "easy German is German", language: "de-leicht", change: interpreting, want: map[string]bool{"tina": false, "udo": false, "chef": false}},
		{name: "no way between the two", language: "sw", change: interpreting, want: map[string]bool{"tina": false, "udo": false}},
		{name: "not known yet", change: interpreting, want: map[string]bool{"udo": false}},
		{name: "who writes", language: "tr", written: true, change: interpreting, want: map[string]bool{"tina": false, "udo": true}},
		{name: "heard, but not read", language: "ar", change: interpreting, want: map[string]bool{"udo": true}},
		{name: "not read", language: "ar", written: true, change: interpreting, want: map[string]bool{"udo": false}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := open(t, tc.change)
				r.works("tina")
				require.NoError(t, r.Present("tina", Paused, "")) // an empty desk has no queue
				_, err := r.Seek(t.Context(), call.Handover{Call: "01A", Department: "buergeramt", Language: tc.language, Written: tc.written, Asked: time.Now()})
				require.NoError(t, err)
				for agent, want := range tc.want {
					p, err := r.Preview(agent, "01A", "de")
					require.NoError(t, err)
					require.Equal(t, want, p.Interpreted, agent)
					snap, err := r.Snapshot(agent, "de")
					require.NoError(t, err)
					require.Equal(t, want, snap.Queue[0].Interpreted, agent)
				}
			})
		})
	}
}

func interpreting(o *Options) {
	o.Interpreted = true
	o.Interprets = func(caller, person string, spoken bool) bool {
		return caller != "sw" && (spoken || caller != "ar") && person == "de"
	}
}

// TestNativeSpeakerComesFirst holds although a machine could interpret: for so
// long as Patience says.
func TestNativeSpeakerComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, interpreting)
		r.works("udo")
		r.works("tina")
		other := r.person(r.seek("01A", "buergeramt", "de"), "tina", "01A") // tina is busy
		r.seek("01B", "buergeramt", "tr")
		settle()
		require.Empty(t, r.offer("udo"), "tina speaks Turkish and may be free soon")
		pass(31 * time.Second)
		require.Equal(t, "01B", r.offer("udo"))
		snap, err := r.Snapshot("udo", "de")
		require.NoError(t, err)
		require.True(t, snap.Offer.Interpreted)
		other.Over(call.EndedByCaller)
	})
}

func TestInterpretationOfTheCallInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, func(o *Options) {
			interpreting(o)
			o.Listening = true
			o.Listen = func(ctx context.Context, _ string, _ leg.Leg) error { <-ctx.Done(); return nil }
		})
		r.works("udo")
		r.works("chef")
		s := r.seek("01A", "buergeramt", "tr")
		p := r.person(s, "udo", "01A")
		s.Leave(call.Connected)
		require.Nil(t, r.hand("udo").Interpretation, "not told yet")
		quiet := 0.15
		now := &call.Interpretation{On: true, Mode: "consecutive", Caller: "tr", Person: "de", Original: &quiet, Possible: true}
		p.Tell(call.State{Phase: "talking", Interpretation: now})
		now.On, quiet = false, 1 // the call goes on with what is its own
		louder := 0.15
		require.Equal(t, &call.Interpretation{On: true, Mode: "consecutive", Caller: "tr", Person: "de", Original: &louder, Possible: true}, r.hand("udo").Interpretation)

		wish := call.Order{Kind: call.Interpret, On: true, Interpretation: call.Interpretation{Caller: "uk"}}
		got := make(chan call.Order, 1)
		go func() {
			o := <-p.Orders()
			got <- o
			o.Done <- nil
		}()
		require.NoError(t, r.Order(t.Context(), "udo", "01A", wish))
		o := <-got
		require.Equal(t, "uk", o.Interpretation.Caller)

		require.NoError(t, r.Hear("udo", "01A"))
		require.ErrorIs(t, r.Hear("tina", "01A"), ErrNotInHand)
		require.ErrorIs(t, r.Hear("chef", "01A"), ErrNotInHand, "who does not listen hears nothing again")
		require.ErrorIs(t, r.Hear("udo", "01Z"), ErrNoCall)
		require.ErrorIs(t, r.Hear("eve", "01A"), ErrNobody)
		require.NoError(t, r.Listen(t.Context(), "chef", "01A"))
		settle()
		require.NoError(t, r.Hear("chef", "01A"))
		r.Deafen("chef")
		settle()
		p.Over(call.EndedByCaller)
		require.ErrorIs(t, r.Hear("udo", "01A"), ErrNotInHand, "the call is over")
		require.Nil(t, r.hand("udo").Interpretation)
	})
}

// hand is what somebody has.
func (r *room) hand(agent string) *Hand {
	r.t.Helper()
	s, err := r.Snapshot(agent, "de")
	require.NoError(r.t, err)
	require.NotNil(r.t, s.Hand)
	return s.Hand
}

func TestLanguageOfWhoIsCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var called []string
		r := outside(t, func(_ context.Context, to leg.Callee) (leg.Leg, error) {
			called = append(called, to.Language)
			return nil, leg.ErrBusy
		})
		r.works("tina")
		r.asks("327-1", "01A", "buergeramt")
		for _, language := range []string{"", "pt"} {
			require.NoError(t, r.CallBack(t.Context(), "tina", "327-1", language))
			settle()
			require.NoError(t, r.Wrap(t.Context(), "tina", r.hand("tina").Call, Wrap{Resolution: "open"}))
			require.NoError(t, r.CallOutIn(t.Context(), "tina", citizen, language))
			settle()
			require.NoError(t, r.Wrap(t.Context(), "tina", r.hand("tina").Call, Wrap{Resolution: "open"}))
		}
		require.Equal(t, []string{"tr", "de", "pt", "pt"}, called)
	})
}
