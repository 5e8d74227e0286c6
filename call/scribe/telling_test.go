package scribe

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
)

// told is what a scribe tells those who wait for words.
type told struct {
	heard, hearing []Utterance
	voice          []change
	at             []time.Time // of heard
}

type change struct {
	at time.Duration
	on bool
}

func (x *told) options(o *Options) {
	begun := time.Now()
	o.Heard = func(u Utterance) { x.heard, x.at = append(x.heard, u), append(x.at, time.Now()) }
	o.Hearing = func(u Utterance) { x.hearing = append(x.hearing, u) }
	o.Speaking = func(on bool) { x.voice = append(x.voice, change{time.Since(begun), on}) }
}

func TestWordsComeWithTheirSoundAndWhenTheyEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var x told
		begun := time.Now()
		listen(t, &ears{}, []span{{1 * second, 3 * second}}, 6*second, x.options)
		require.Len(t, x.heard, 1)
		u := x.heard[0]
		require.Equal(t, "2.0", u.Segment.Text)
		require.InDelta(t, 3, u.Ended.Sub(begun).Seconds(), 0.1)
		require.InDelta(t, 2, loud(stt.Window{PCM: u.PCM}).Seconds(), 0.1, "all of it")
		require.Less(t, media.Duration(len(u.PCM)), 3*second, "and little more")
		require.InDelta(t, 0.7, x.at[0].Sub(u.Ended).Seconds(), 0.1, "as soon as the turn is over: the words were known by then")
	})
}

func TestVoiceIsToldWithItsPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var x told
		listen(t, &ears{}, []span{{1 * second, 2 * second}, {2500 * time.Millisecond, 4 * second}}, 7*second, x.options)
		require.Len(t, x.voice, 4)
		for n, want := range []float64{1.1, 2.2, 2.6, 4.2} {
			require.Equal(t, n%2 == 0, x.voice[n].on)
			require.InDelta(t, want, x.voice[n].at.Seconds(), 0.1)
		}
	})
}

func TestWordsAreToldWhileTheyAreSpoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := func(often bool) *told {
			var x told
			listenWith(t, &ears{}, []span{{1 * second, 9 * second}}, 12*second, func(p *party, now time.Duration) {
				if now == 0 {
					p.Often(often)
				}
			}, x.options)
			require.Len(t, x.heard, 1)
			for _, u := range x.hearing {
				require.Nil(t, u.PCM)
				require.False(t, u.Segment.Final)
				require.Equal(t, x.heard[0].Segment.ID, u.Segment.ID)
			}
			return &x
		}
		seldom, often := looks(false), looks(true)
		require.GreaterOrEqual(t, len(seldom.hearing), 4)
		require.Greater(t, len(often.hearing), 2*len(seldom.hearing))
	})
}

func TestSlowRecogniserIsNotAskedOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &ears{takes: func(stt.Window) time.Duration { return time.Second }}
		listenWith(t, e, []span{{1 * second, 10 * second}}, 15*second, func(p *party, _ time.Duration) { p.Often(true) })
		require.LessOrEqual(t, len(e.all()), 8, "one and a half times its own time apart")
	})
}

func TestVoiceWithoutWordsIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var x told
		e := &ears{hear: func(stt.Window) (stt.Hypothesis, error) { return stt.Hypothesis{Rejected: "no-speech"}, nil }}
		p := listen(t, e, []span{{1 * second, 4 * second}}, 8*second, x.options)
		require.Empty(t, x.heard)
		require.Len(t, x.hearing, 1)
		u := x.hearing[0].Segment
		require.True(t, u.Final)
		require.Empty(t, u.Text)
		require.InDelta(t, 3.3, (u.End - u.Start).Seconds(), 0.5, "with the pre-roll")
		require.Empty(t, p.texts(), "and nothing is written")
	})
}

func TestWordsThatAreGivenUpAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var x told
		e := &ears{hear: func(stt.Window) (stt.Hypothesis, error) { return stt.Hypothesis{}, errors.New("gone") }}
		listen(t, e, []span{{1 * second, 2 * second}}, 60*second, x.options)
		require.Empty(t, x.heard)
		last := x.hearing[len(x.hearing)-1]
		require.True(t, last.Segment.Final)
		require.Zero(t, last.Segment.Confidence)
		require.Equal(t, unheard, last.Segment.Text)
	})
}
