package call

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestACallThatTheDeskMakes(t *testing.T) {
	for name, tc := range map[string]struct {
		play   func(w *town, c *clerk)
		result Result
		reason string
		words  []string
		ending Ending
	}{
		"the person hangs up": {func(_ *town, c *clerk) { c.orders <- Order{Kind: Finish} }, Served, "person", []string{"connected_person", "person_left"}, EndedByPerson},
		"the caller hangs up": {func(w *town, _ *clerk) { w.caller.leave("normal, by them") }, Served, "caller", []string{"connected_person"}, EndedByCaller},
		"back to no bot":      {func(_ *town, c *clerk) { c.orders <- Order{Kind: BackToBot} }, Returned, "nobody", []string{"connected_person", "es tut uns leid"}, EndedByBot},
		"nobody else": {func(w *town, c *clerk) {
			w.bot.People = nil
			close(c.orders)
		}, Failed, "nobody", []string{"connected_person", "es tut uns leid"}, EndedLost},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t)
				line := w.arrive("agent", "webrtc", personTone)
				c := w.desk.clerk("Tina", line)
				result := make(chan Result, 1)
				go func() { result <- w.bot.Connect(t.Context(), w.caller, Handover{Call: "01TEST", Department: "amt"}, c) }()
				pass(3 * second)
				_, ok := w.caller.hears(personTone)
				require.True(t, ok)
				require.Equal(t, talking, w.record().State)
				tc.play(w, c)
				require.Equal(t, tc.result, <-result)
				w.close()
				require.Equal(t, tc.words, w.caller.words())
				require.Equal(t, tc.reason, w.record().Reason)
				require.Equal(t, []Ending{tc.ending}, c.endings)
			})
		})
	}
}
