package scribe

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/turn"
)

func TestWordsSayHowLongToWait(t *testing.T) {
	ends, err := turn.NewOpenEnds()
	require.NoError(t, err)
	for text, want := range map[string]float64{
		"Ich brauche einen Ausweis.":    0.7,
		"Ich brauche einen Ausweis für": 1.6,
		"Meine Nummer ist 0171":         1.2,
		"Wann haben Sie denn offen?":    0.45,
	} {
		synctest.Test(t, func(t *testing.T) {
			var x told
			e := &ears{hear: func(w stt.Window) (stt.Hypothesis, error) {
				h, err := counts(w)
				h.Segments[0].Text = text
				return h, err
			}}
			listen(t, e, []span{{1 * second, 3 * second}}, 6*second, x.options, func(o *Options) { o.OpenEnds = ends })
			require.Len(t, x.heard, 1)
			require.InDelta(t, want, x.at[0].Sub(x.heard[0].Ended).Seconds(), 0.1, text)
		})
	}
}

func TestGroupsOfDigitsAreOneLine(t *testing.T) {
	ends, err := turn.NewOpenEnds()
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		e := &ears{hear: func(w stt.Window) (stt.Hypothesis, error) {
			h, err := counts(w)
			h.Segments[0].Text = "Meine Nummer ist 0171"
			return h, err
		}}
		p := listen(t, e, []span{{1 * second, 2 * second}, {3 * second, 4 * second}}, 8*second, func(o *Options) { o.OpenEnds = ends })
		require.Len(t, p.heard, 1, "a second of silence lies between")
	})
}
