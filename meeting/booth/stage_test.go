package booth

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms/roomtest"
)

// A booth that was behind looks how things stand; older news change nothing of it.
func TestABoothThatWasBehindHearsNobodyWhoIsMuted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room, ctx := roomtest.Hold(t, rooms.Options{Hub: rooms.HubOptions{History: 4}}), t.Context()
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

// Who begins muted, or has refused on a line before, is not heard for a moment
// until the booth has news of the room.
func TestWhoMustNotBeHeardNeverIs(t *testing.T) {
	said := []int16{20000}
	for name, s := range map[string]rooms.Source{
		"muted":   {Name: "Telefon 1", Kind: rooms.Telephone, Closed: true},
		"refused": {Name: "Frau Sommer", Kind: rooms.Microphone, Speaker: "Frau Sommer"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				room, ctx := roomtest.Hold(t, rooms.Options{}), t.Context()
				require.NoError(t, room.Start(ctx))
				before, err := room.Attach(ctx, rooms.Source{Name: "Frau Sommer", Kind: rooms.Microphone, Speaker: "Frau Sommer"})
				require.NoError(t, err)
				require.NoError(t, room.Refuse(ctx, before))
				b := New(room, hearsBy(&reader{}))
				v, err := b.enter(ctx)
				require.NoError(t, err)
				defer v.Close()
				id, born, err := b.attached(ctx, s)
				require.NoError(t, err)
				in := &Input{booth: b, id: id, birth: born, closing: make(chan struct{})}
				to := &tap{input: in}
				in.taps = append(in.taps, to)
				require.NoError(t, in.WriteFrame(media.Frame{PCM: said}))
				require.False(t, in.fed)
				require.Zero(t, to.n)
				news := func() {
					events, err := v.Next(ctx, nil)
					require.NoError(t, err)
					for _, e := range events {
						require.NoError(t, b.follow(ctx, e))
					}
				}
				news()
				require.NoError(t, in.WriteFrame(media.Frame{PCM: said}))
				require.Zero(t, to.n)
				if err := room.Agree(ctx, id); name == "refused" {
					require.NoError(t, err)
				}
				require.NoError(t, room.Mute(ctx, id, false))
				news()
				require.True(t, in.heard())
			})
		})
	}
}
