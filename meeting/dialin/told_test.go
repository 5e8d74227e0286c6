package dialin

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Who presses 1 while another announcement is made has heard the one before.
func TestACallerIsToldOfWhatWasReadToThem(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		for range 20 { // the key and the news come in any order
			m := w.running(meeting.New{})
			p := w.joined(m, "")
			time.Sleep(20 * time.Second)
			require.NoError(t, m.Room.Announce(w.ctx, "Ab jetzt wird aufbewahrt.", true))
			p.press("1")
			synctest.Wait()
			status, err := m.Room.Status(w.ctx)
			require.NoError(t, err)
			for _, in := range status.Inputs {
				require.False(t, in.Told, "it is still to be read")
			}
			time.Sleep(15 * time.Second)
			if !w.input(m).Told {
				p.press("1")
				time.Sleep(10 * time.Second)
			}
			require.True(t, w.input(m).Told)
			p.end()
			<-p.served
			require.NoError(t, m.Close(w.ctx))
		}
	})
}

// Who only says no, and takes it back, is at no moment open.
func TestACallerIsBornMuted(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		m := w.running(meeting.New{})
		p := w.joined(m, "")
		v, err := m.Room.FollowStaff(0)
		require.NoError(t, err)
		defer v.Close()
		p.press("9")
		time.Sleep(10 * time.Second)
		p.press("9")
		time.Sleep(10 * time.Second)
		events, err := v.Next(w.ctx, nil)
		require.NoError(t, err)
		var refused []bool
		for _, e := range events {
			var in rooms.Input
			if e.Kind == rooms.KindInput && json.Unmarshal(e.Data, &in) == nil && !in.Gone {
				require.True(t, in.Muted)
				refused = append(refused, in.Refused)
			}
		}
		require.Contains(t, refused, true)
		require.False(t, refused[len(refused)-1], "the no was taken back")
		p.end()
		<-p.served
	})
}
