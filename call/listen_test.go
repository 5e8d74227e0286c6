package call

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestASupervisorListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.serve(w.caller, second, func() {
			ear := w.arrive("supervisor", "webrtc", guestTone)
			require.ErrorIs(t, w.bot.Listen(t.Context(), "another", ear), ErrNobodyTalks)
			w.desk.sought(0)
			require.ErrorIs(t, w.bot.Listen(t.Context(), "01TEST", ear), ErrNobodyTalks)
			_, _, line := served(w)
			ctx, stop := context.WithCancel(t.Context())
			left := make(chan error, 1)
			go func() { left <- w.bot.Listen(ctx, "01TEST", ear) }()
			pass(2 * second)
			hear := func(p *party, tone float64) bool { _, ok := p.hears(tone); return ok }
			require.True(t, hear(ear, callerTone))
			require.True(t, hear(ear, personTone))
			require.False(t, hear(w.caller, guestTone))
			require.False(t, hear(line, guestTone))
			require.Contains(t, w.caller.words(), "listen_notice")
			require.Contains(t, line.words(), "listen_notice")
			stop()
			require.NoError(t, <-left)
			pass(second)
			require.False(t, hear(ear, callerTone))
			require.True(t, hear(line, callerTone))
			go func() { left <- w.bot.Listen(t.Context(), "01TEST", ear) }()
			pass(second)
			w.caller.leave("normal, by caller")
			require.NoError(t, <-left)
		})
	})
}
