package bridge

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

// sine is a source that plays a tone for some frames; 0 is for ever.
type sine struct {
	tone   float64
	frames int
	n      int
}

func (s *sine) ReadFrame(dst []int16) bool {
	if s.frames > 0 && s.n >= s.frames {
		clear(dst)
		return false
	}
	for i := range dst {
		at := float64(s.n*media.FrameSamples+i) / media.SampleRate
		dst[i] = int16(6000 * math.Sin(2*math.Pi*s.tone*at))
	}
	s.n++
	return true
}

const (
	music = 2000.0
	bot   = 2600.0
)

func (r *room) sources() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.voices)
}

// trio is a bridge with three who hear each other.
func trio(t *testing.T) *room {
	r := newRoom(t).open()
	r.join("caller", caller)
	r.join("agent", agent)
	r.join("third", third)
	wait(500 * time.Millisecond)
	return r
}

func TestMutedIsHeardByNobodyAndHears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		r.Set("agent", Controls{Muted: true})
		wait(400 * time.Millisecond)
		r.hears("caller", agent, 0)
		r.hears("third", agent, 0)
		r.hears("agent", caller, 1)
		r.hears("caller", third, 1)
		r.Set("agent", Controls{})
		wait(400 * time.Millisecond)
		r.hears("caller", agent, 1)
	})
}

func TestDeafHearsOnlyWhatIsPlayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		r.Set("caller", Controls{Deaf: true})
		stop, done := r.Play(r.ctx, []string{"caller"}, &sine{tone: music}, 0.5)
		wait(400 * time.Millisecond)
		r.hears("caller", agent, 0)
		r.hears("caller", music, 0.5)
		r.hears("agent", music, 0)
		r.hears("agent", caller, 1)
		stop()
		stop()
		<-done
		wait(400 * time.Millisecond)
		r.hears("caller", music, 0)
	})
}

func TestHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		r.Between("agent", "caller", 0)
		r.Between("caller", "agent", 0)
		ctx, cancel := context.WithCancel(r.ctx)
		_, done := r.Play(ctx, []string{"caller"}, &sine{tone: music}, 1)
		wait(400 * time.Millisecond)
		r.hears("caller", agent, 0)
		r.hears("agent", caller, 0)
		r.hears("caller", music, 1)
		r.hears("agent", third, 1)
		cancel()
		<-done
		r.Between("agent", "caller", 1)
		r.Between("caller", "agent", 1)
		wait(400 * time.Millisecond)
		r.hears("caller", music, 0)
		r.hears("caller", agent, 1)
		r.hears("agent", caller, 1)
	})
}

func TestInterpretationLiesOverTheOriginal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		r.Between("caller", "agent", 0.2)
		out := r.Voice("agent")
		var _ leg.Playout = out
		r.tasks.Go(func() {
			for src := (&sine{tone: bot}); ; {
				pcm := make([]int16, media.FrameSamples)
				src.ReadFrame(pcm)
				if out.WriteFrame(media.Frame{PCM: pcm}) != nil {
					return
				}
			}
		})
		wait(700 * time.Millisecond)
		r.hears("agent", caller, 0.2)
		r.hears("agent", bot, 1)
		r.hears("caller", bot, 0)
		r.hears("third", caller, 1)
		require.InDelta(t, 400, out.Buffered().Milliseconds(), 20, "the speaker is paced")
		out.Close()
		wait(400 * time.Millisecond)
		r.hears("agent", bot, 0)
		require.ErrorIs(t, out.WriteFrame(media.Frame{}), playout.ErrClosed)
		require.Equal(t, 3, r.sources(), "the voice is gone")
	})
}

func TestSupervisorHearsBothAndIsHeardByNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t).open()
		defer r.close()
		r.join("caller", caller)
		r.join("agent", agent)
		r.Set("supervisor", Controls{Muted: true})
		r.join("supervisor", third)
		wait(500 * time.Millisecond)
		r.hears("supervisor", caller, 1)
		r.hears("supervisor", agent, 1)
		for _, who := range []string{"caller", "agent"} {
			require.Less(t, r.phones[who].hears(third, 500*time.Millisecond), 20.0, "one frame would be 240")
		}
	})
}

func TestLouderAndSofter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		r.Set("agent", Controls{Gain: 2})
		r.Between("agent", "third", 0.25)
		wait(400 * time.Millisecond)
		r.hears("caller", agent, 2)
		r.hears("third", agent, 0.5)
		r.Between("agent", "third", 1e6)
		r.Between("agent", "caller", -1)
		wait(400 * time.Millisecond)
		r.hears("caller", agent, 0)
	})
}

func TestPlayedSourceEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		begun := time.Now()
		_, done := r.Play(r.ctx, nil, &sine{tone: music, frames: 50}, 1)
		wait(500 * time.Millisecond)
		for who := range r.phones {
			r.hears(who, music, 1)
		}
		<-done
		require.InDelta(t, time.Second, time.Since(begun), float64(60*time.Millisecond))
		require.Equal(t, 3, r.sources())
	})
}

func TestLeavingLetsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		r.Set("third", Controls{Gain: 0.1})
		r.Leave("third")
		r.Leave("never there")
		p := r.phones["third"]
		require.Zero(t, p.queue.Buffered())
		require.Nil(t, p.sink)
		wait(400 * time.Millisecond)
		require.Zero(t, audiotest.RMS(p.all()[len(p.all())-3200:]), "nothing is written any more")
		r.hears("caller", third, 0)
		r.hears("caller", agent, 1)
		require.Equal(t, []string{"caller", "agent"}, r.Parties())
		require.NoError(t, r.Join(Party{Name: "third", Leg: p}), "back again, its controls forgotten")
		wait(400 * time.Millisecond)
		r.hears("caller", third, 1)
	})
}

func TestEndedLegIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		p := newPhone(1700)
		ctx, hangUp := context.WithCancel(r.ctx)
		r.tasks.Go(func() { p.run(ctx, 0) })
		require.NoError(t, r.Join(Party{Name: "fourth", Leg: p}))
		wait(400 * time.Millisecond)
		r.hears("caller", 1700, 1)
		hangUp()
		wait(400 * time.Millisecond)
		r.hears("caller", 1700, 0)
		r.hears("caller", agent, 1)
		require.LessOrEqual(t, r.Stats().Party["fourth"].Gaps, uint64(2), "the end is one gap, however long")
		r.Leave("fourth")
	})
}

func TestRunLetsGoOfAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		_, done := r.Play(t.Context(), nil, &sine{tone: music}, 1)
		out := r.Voice()
		r.close()
		<-done
		require.ErrorIs(t, out.WriteFrame(media.Frame{}), playout.ErrClosed)
		for _, p := range r.phones {
			require.Nil(t, p.sink)
			require.Zero(t, p.queue.Buffered())
		}
		require.ErrorIs(t, r.Join(Party{Name: "late", Leg: newPhone(1)}), ErrEnded)
		_, done = r.Play(t.Context(), nil, &sine{tone: music}, 1)
		<-done
		require.ErrorIs(t, r.Voice().WriteFrame(media.Frame{}), playout.ErrClosed)
		require.Empty(t, r.Parties())
	})
}

func TestJoinRefuses(t *testing.T) {
	b := New(Options{})
	p := newPhone(1)
	require.Error(t, b.Join(Party{Name: "caller"}))
	require.Error(t, b.Join(Party{Leg: p}))
	require.NoError(t, b.Join(Party{Name: "caller", Leg: p}))
	require.ErrorIs(t, b.Join(Party{Name: "caller", Leg: p}), ErrTaken)
}

func TestTapGetsTheOwnAudioUnlessMuted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		p := r.phone("fourth", 1700)
		var tapped audiotest.Recorder
		require.NoError(t, r.Join(Party{Name: "fourth", Leg: p, Tap: &tapped}))
		wait(time.Second)
		r.Set("fourth", Controls{Muted: true})
		wait(time.Second)
		r.Leave("fourth")
		pcm := tapped.PCM
		require.InDelta(t, 6000, audiotest.Goertzel(pcm[:8000], media.SampleRate, 1700), 60)
		require.Less(t, audiotest.Goertzel(pcm[:8000], media.SampleRate, agent), 30.0, "clean")
		require.Zero(t, audiotest.RMS(pcm[len(pcm)-12000:]))
	})
}

func TestFailingTapDoesNotSilenceTheParty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		p := r.phone("fourth", 1700)
		broken := media.SinkFunc(func(media.Frame) error { return errors.New("broken") })
		require.NoError(t, r.Join(Party{Name: "fourth", Leg: p, Tap: broken}))
		wait(400 * time.Millisecond)
		p.mu.Lock()
		require.NoError(t, p.sink.WriteFrame(media.Frame{PCM: make([]int16, media.FrameSamples)}))
		p.mu.Unlock()
		r.hears("caller", 1700, 1)
	})
}
