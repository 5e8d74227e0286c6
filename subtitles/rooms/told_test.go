package rooms

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestToldOfAnAnnouncementThatWasReplaced(t *testing.T) {
	meet(t, Options{}, func(t *testing.T, h *hall) {
		ctx := t.Context()
		in := h.started("Ada")
		told := func() bool {
			status, err := h.Status(ctx)
			require.NoError(t, err)
			return status.Inputs[0].Told
		}
		require.NoError(t, h.ToldOf(ctx, in, "Es wird nichts gespeichert."))
		require.False(t, told(), "nothing was announced")
		require.NoError(t, h.Announce(ctx, "Es wird nichts gespeichert.", false))
		require.NoError(t, h.Announce(ctx, "Es wird  aufbewahrt.", true))
		require.NoError(t, h.ToldOf(ctx, in, "Es wird nichts gespeichert."))
		require.False(t, told(), "they heard another one")
		require.NoError(t, h.ToldOf(ctx, in, "Es wird\naufbewahrt."))
		require.True(t, told())
		require.ErrorIs(t, h.ToldOf(ctx, "i9", "Es wird aufbewahrt."), ErrInput)
		require.NoError(t, h.Refuse(ctx, in))
		require.ErrorIs(t, h.ToldOf(ctx, in, "Es wird aufbewahrt."), ErrRefused)
	})
}
