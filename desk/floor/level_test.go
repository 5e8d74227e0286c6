package floor

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk/queue"
	"github.com/amtsleitung/amtsleitung/store"
)

func TestServiceLevel(t *testing.T) {
	for _, tc := range []struct {
		answered, within, lost, late int
		want                         float64
	}{
		{0, 0, 0, 0, 0}, {4, 3, 0, 0, 0.75}, {3, 3, 1, 1, 0.75}, {3, 3, 1, 0, 1}, {0, 0, 2, 2, 0}, {0, 0, 2, 0, 1}, {2, 1, 3, 2, 0.25},
	} {
		require.InDelta(t, tc.want, level(queue.Figures{Answered: tc.answered, Within: tc.within, Lost: tc.lost}, tc.late), 1e-9, "%+v", tc)
	}
}

// TestWhoGivesUpLateCounts has one who is answered, one who tries another
// number at once and one who waits in vain.
func TestWhoGivesUpLateCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		r.works("tina")
		p := r.person(r.seek("01A", "buergeramt", "de"), "tina", "01A")
		p.Tell(call.State{Phase: "talking"})
		early, late := r.seek("01B", "buergeramt", "de"), r.seek("01C", "buergeramt", "de")
		pass(30 * time.Second)
		early.Leave(call.HungUp)
		require.InDelta(t, 1, r.Figures().ServiceLevel, 1e-9)
		pass(time.Second)
		late.Leave(call.HungUp)
		f := r.Figures()
		require.Equal(t, 2, f.LostToday)
		require.InDelta(t, 0.5, f.ServiceLevel, 1e-9)
		p.Over(call.EndedByCaller)
		rec, err := r.store.CallRecords(t.Context(), store.CallFilter{})
		require.NoError(t, err)
		answered, within, lost, over := counts(rec)
		require.Equal(t, [4]int{1, 1, 2, 1}, [4]int{answered, within, lost, over}, "the same after a restart")
		pass(24 * time.Hour)
		require.Zero(t, r.Figures().ServiceLevel, "another day")
	})
}

// TestReadyForWhoWrites is somebody without audio and telephone.
func TestReadyForWhoWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, nil)
		require.False(t, r.Staffed("buergeramt"))
		gone := r.Seen("tina")
		defer gone()
		require.NoError(t, r.Present("tina", Ready, ""))
		snap, err := r.Snapshot("tina", "de")
		require.NoError(t, err)
		require.Equal(t, Ready, snap.Me.State)
		require.Equal(t, Device{Kind: Browser}, snap.Me.Device, "pages say: in writing only")
		require.True(t, r.Staffed("buergeramt"))
		require.False(t, r.Staffed("standesamt"))
		require.True(t, r.Staffed("@tina"))

		spoken := r.seek("01A", "buergeramt", "de")
		require.Equal(t, call.Waiting, latest(spoken).Kind)
		require.Empty(t, r.offer("tina"))
		require.ErrorIs(t, r.Accept(t.Context(), "tina", "01A"), ErrNoDevice)
		written, err := r.Seek(t.Context(), call.Handover{Call: "01W", Department: "buergeramt", Language: "de", Written: true, Asked: time.Now()})
		require.NoError(t, err)
		require.Equal(t, "01W", r.offer("tina"), "though another one has waited longer")
		require.NoError(t, r.Decline("tina", "01W"))
		written.Leave(call.HungUp)
		r.line("tina")
		require.Equal(t, "01A", r.offer("tina"), "with audio the first one is hers")
		spoken.Leave(call.HungUp)
		require.NoError(t, r.Present("tina", Paused, "lunch"))
		require.True(t, r.Staffed("buergeramt"), "a pause ends")
		require.NoError(t, r.Present("tina", Offline, ""))
		require.False(t, r.Staffed("buergeramt"))
	})
}
