package meeting

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms/roomtest"
)

// Who is still being told that nothing is kept was not told that all is.
func TestABridgeIsToldOfWhatWasSaidToIt(t *testing.T) {
	inConference(t, func(t *testing.T, m *Meeting, _ keypad, said func() string) {
		ctx := t.Context()
		require.NoError(t, m.Start(ctx))
		require.NoError(t, m.Phone(ctx, Outcall{Number: "030 1234"}))
		time.Sleep(20 * time.Second)
		require.NoError(t, m.Room.Announce(ctx, "Weiter bleibt nichts gespeichert.", false))
		time.Sleep(time.Second)
		require.NoError(t, m.Room.Announce(ctx, "Ab jetzt wird aufbewahrt.", true))
		require.NoError(t, m.Room.Keep(ctx, true))
		time.Sleep(1500 * time.Millisecond)
		require.True(t, strings.HasSuffix(said(), "Ab jetzt wird aufbewahrt."), said())
		require.False(t, inputs(t, m)[0].Told, "it is being told now")
		time.Sleep(5 * time.Second)
		require.True(t, inputs(t, m)[0].Told)
		status, err := m.Room.Status(ctx)
		require.NoError(t, err)
		require.True(t, status.Keeping)
		var acts []rooms.Act
		for _, e := range status.Consent {
			acts = append(acts, e.Act)
		}
		require.Equal(t, []rooms.Act{rooms.Announced, rooms.Told, rooms.Announced, rooms.Announced, rooms.Keeping, rooms.Told}, acts)
	})
}

// A call that still rings when the meeting is stopped is not told anything.
func TestACallThatRingsEndsWithTheMeeting(t *testing.T) {
	ringing := func(ctx context.Context, _ leg.Callee) (leg.Leg, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	inHall(t, calling(ringing, func(string) {}), func(t *testing.T, h *Hall) {
		ctx := t.Context()
		m := h.must(t, New{Keep: true})
		require.NoError(t, m.Start(ctx))
		called := make(chan error, 1)
		go func() { called <- m.Phone(ctx, Outcall{Number: "030 1234"}) }()
		time.Sleep(time.Second)
		began := time.Now()
		require.NoError(t, m.Stop(ctx))
		require.ErrorIs(t, <-called, rooms.ErrState)
		require.Zero(t, time.Since(began))
	})
}

// Nobody types a PIN or speaks to a bridge for a meeting that is over.
func TestABridgeIsLeftWhenTheMeetingStops(t *testing.T) {
	for name, after := range map[string]time.Duration{"at the PIN": 500 * time.Millisecond, "at the announcement": 5 * time.Second} {
		t.Run(name, func(t *testing.T) {
			inConference(t, func(t *testing.T, m *Meeting, c keypad, _ func() string) {
				ctx := t.Context()
				require.NoError(t, m.Start(ctx))
				require.NoError(t, m.Phone(ctx, Outcall{Number: "030 1234", PIN: "123#"}))
				time.Sleep(after)
				typed := c.keys()
				began := time.Now()
				require.NoError(t, m.Stop(ctx))
				require.Equal(t, leg.CauseNormal, c.ended())
				require.Less(t, time.Since(began), digitGap)
				require.Equal(t, typed, c.keys())
			})
		})
	}
}

// Who was behind hears the last announcement, and none that it has replaced.
func TestOldAnnouncementsAreNotNewAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room, ctx := roomtest.Hold(t, rooms.Options{Hub: rooms.HubOptions{History: 4}}), t.Context()
		for _, text := range strings.Fields("eins zwei drei vier fünf sechs sieben") {
			require.NoError(t, room.Announce(ctx, text, false))
		}
		m := &Meeting{Room: room, changed: make(chan struct{}), state: State{Notice: "eins", Notices: 1}}
		v, err := room.FollowStaff(1)
		require.NoError(t, err)
		defer v.Close()
		events, err := v.Next(ctx, nil)
		require.NoError(t, err)
		require.Greater(t, len(events), 2)
		known := m.take(ctx, events, 1)
		require.Equal(t, State{Life: rooms.Created, Notice: "sieben", Notices: 2}, m.state)
		require.NoError(t, room.Announce(ctx, "acht", false))
		events, err = v.Next(ctx, nil)
		require.NoError(t, err)
		m.take(ctx, events, known)
		require.Equal(t, "acht", m.state.Notice)
	})
}
