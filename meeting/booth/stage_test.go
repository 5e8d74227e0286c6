package booth

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// A booth that was behind looks how things stand; older news change nothing of it.
func TestABoothThatWasBehindHearsNobodyWhoIsMuted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room, _ := rooms.NewRoom(rooms.Options{Hub: rooms.HubOptions{History: 4}}, "CODE")
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- room.Run(ctx) }()
		defer func() { cancel(); <-ended }()
		require.NoError(t, room.Start(ctx))
		in, err := room.Attach(ctx, rooms.Source{Name: "Saal"})
		require.NoError(t, err)
		b := New(room, Options{})
		v, err := b.enter(ctx)
		require.NoError(t, err)
		defer v.Close()
		require.True(t, b.stage.read().hears(in))
		for range 5 {
			require.NoError(t, room.Mute(ctx, in, false))
			require.NoError(t, room.Mute(ctx, in, true))
		}
		events, err := v.Next(ctx, nil)
		require.NoError(t, err)
		require.Equal(t, rooms.Gap, events[0].Kind)
		require.Greater(t, len(events), 2)
		for _, e := range events {
			require.NoError(t, b.follow(ctx, e))
			require.False(t, b.stage.read().hears(in), e.ID)
		}
		require.NoError(t, room.Mute(ctx, in, false))
		events, err = v.Next(ctx, nil)
		require.NoError(t, err)
		require.NoError(t, b.follow(ctx, events[0]))
		require.True(t, b.stage.read().hears(in))
	})
}
