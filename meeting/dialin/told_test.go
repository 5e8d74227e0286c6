package dialin

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
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
