package bridge

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

// slope is the largest step of one tone of this frequency as phones sing it.
func slope(tone float64) float64 { return 6000 * 2 * 3.14159 * tone / media.SampleRate }

func TestChangesDoNotClick(t *testing.T) {
	const low = 200.0
	changes := map[string]func(r *room){
		"mute":   func(r *room) { r.Set("agent", Controls{Muted: true}) },
		"unmute": func(r *room) { r.Set("agent", Controls{}) },
		"softer": func(r *room) { r.Between("agent", "caller", 0.1) },
		"louder": func(r *room) { r.Between("agent", "caller", 1) },
		"leave":  func(r *room) { r.Leave("agent") },
		"return": func(r *room) {
			r.Leave("agent")
			wait(111 * time.Millisecond)
			require.NoError(r.t, r.Join(Party{Name: "agent", Leg: r.phones["agent"]}))
		},
	}
	for name, change := range changes {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t).open()
			defer r.close()
			r.join("caller", 0)
			r.join("agent", low)
			if name == "unmute" {
				r.Set("agent", Controls{Muted: true})
			}
			if name == "louder" {
				r.Between("agent", "caller", 0.1)
			}
			// Somewhere within the tone's period.
			wait(503 * time.Millisecond)
			change(r)
			wait(500 * time.Millisecond)
			step := float64(audiotest.Step(r.phones["caller"].all()))
			require.Less(t, step, 1.25*slope(low), name)
			require.Greater(t, step, 0.5*slope(low), "%s: the tone was not heard at all", name)
		})
	}
}

func TestMusicStopsWithoutAClick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t).open()
		defer r.close()
		r.join("caller", 0)
		wait(100 * time.Millisecond)
		for range 5 {
			stop, done := r.Play(r.ctx, nil, &sine{tone: 203}, 1)
			wait(311 * time.Millisecond)
			stop()
			<-done
			wait(100 * time.Millisecond)
		}
		require.Less(t, float64(audiotest.Step(r.phones["caller"].all())), 1.25*slope(203))
	})
}

func TestDelayIsShort(t *testing.T) {
	for phase := 0; phase < 20; phase += 2 {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t).open()
			defer r.close()
			r.join("caller", caller)
			p := newPhone(agent)
			r.phones["agent"] = p
			r.tasks.Go(func() { p.run(r.ctx, time.Duration(phase)*time.Millisecond) })
			require.NoError(t, r.Join(Party{Name: "agent", Leg: p}))
			wait(5 * time.Second)
			s := r.Stats().Party["agent"]
			require.LessOrEqual(t, s.Worst, 24*time.Millisecond, "%d ms apart", phase)
			require.LessOrEqual(t, p.queue.Buffered(), 40*time.Millisecond)
			require.LessOrEqual(t, s.Gaps, uint64(1))
			require.Zero(t, s.Skipped)
		})
	}
}

// From the moment the leg has a frame to the moment the other leg asks for it:
// what the bridge adds, the wait in the playout included.
func TestMouthToEar(t *testing.T) {
	const first = 100
	least, most := time.Hour, time.Duration(0)
	for speaks := 0; speaks < 20; speaks += 3 {
		for listens := 1; listens < 20; listens += 3 {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t).open()
				defer r.close()
				from, to := newPhone(agent), newPhone(0)
				from.from = first
				for p, phase := range map[*phone]int{from: speaks, to: listens} {
					r.tasks.Go(func() { p.run(r.ctx, time.Duration(phase)*time.Millisecond) })
				}
				require.NoError(t, r.Join(Party{Name: "from", Leg: from}))
				require.NoError(t, r.Join(Party{Name: "to", Leg: to}))
				wait(3 * time.Second)
				heard := slices.IndexFunc(to.all(), func(s int16) bool { return s != 0 }) / media.FrameSamples
				require.Positive(t, heard)
				delay := time.Duration(heard-first)*media.FrameDuration + time.Duration(listens-speaks)*time.Millisecond
				least, most = min(least, delay), max(most, delay)
			})
		}
	}
	t.Logf("%v to %v", least, most)
	require.LessOrEqual(t, most, 64*time.Millisecond, "40 ms and a frame in the playout")
}

// unsteady is a media loop that is late now and then.
func unsteady(most time.Duration) func(int) time.Duration {
	rng := rand.New(rand.NewPCG(1, uint64(most)))
	return func(int) time.Duration { return time.Duration(rng.Float64() * float64(most)) }
}

func TestUnsteadyLegIsHeardWithoutGaps(t *testing.T) {
	for _, most := range []time.Duration{5 * time.Millisecond, 15 * time.Millisecond, 30 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t).open()
			defer r.close()
			r.join("caller", caller)
			p := newPhone(agent)
			p.late = unsteady(most)
			r.phones["agent"] = p
			r.tasks.Go(func() { p.run(r.ctx, 0) })
			require.NoError(t, r.Join(Party{Name: "agent", Leg: p}))
			wait(60 * time.Second)
			s := r.Stats().Party["agent"]
			t.Logf("up to %v late: %d gaps, %d dropped in 60 s, latency %v, worst %v", most, s.Gaps, s.Dropped, s.Latency, s.Worst)
			require.LessOrEqual(t, s.Gaps, uint64(6))
			require.LessOrEqual(t, s.Latency, 40*time.Millisecond)
			require.LessOrEqual(t, s.Worst, 100*time.Millisecond)
		})
	}
}

// Two loops that wake in the same moment run in any order: one gap, and then never again.
func TestSameMomentIsOneGap(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t).open()
			defer r.close()
			r.join("caller", caller)
			p := newPhone(agent)
			r.tasks.Go(func() { p.run(r.ctx, 0) })
			require.NoError(t, r.Join(Party{Name: "agent", Leg: p}))
			wait(10 * time.Second)
			require.LessOrEqual(t, r.Stats().Party["agent"].Gaps, uint64(1))
		})
	}
}

func TestDelayAfterAStallIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t).open()
		defer r.close()
		r.join("caller", caller)
		p := newPhone(agent)
		p.late = func(n int) time.Duration {
			if n == 100 {
				return 90 * time.Millisecond
			}
			return 0
		}
		r.phones["agent"] = p
		r.tasks.Go(func() { p.run(r.ctx, 3*time.Millisecond) })
		require.NoError(t, r.Join(Party{Name: "agent", Leg: p}))
		wait(20 * time.Second)
		p.mu.Lock()
		ear := p.sink.(*ear)
		p.mu.Unlock()
		ear.mu.Lock()
		defer ear.mu.Unlock()
		require.LessOrEqual(t, ear.count, 2, "20 ms, and what margin there must be")
		r.hears("caller", agent, 1)
	})
}

func TestSlowLegIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trio(t)
		defer r.close()
		stuck := &phone{queue: playout.New(), done: make(chan struct{})} // nobody reads its playout
		require.NoError(t, r.Join(Party{Name: "stuck", Leg: stuck}))
		wait(2 * time.Second)
		require.Equal(t, 120*time.Millisecond, stuck.queue.Buffered())
		require.Greater(t, r.Stats().Party["stuck"].Skipped, uint64(80))
		r.hears("caller", agent, 1)
		stuck.queue.Pause()
		r.Leave("stuck")
	})
}

func TestEarKeepsTheNewest(t *testing.T) {
	e := newEar(nil, time.Now)
	frame := make([]int16, media.FrameSamples)
	for i := range 3 * earLimit {
		for k := range frame {
			frame[k] = int16(i)
		}
		require.NoError(t, e.WriteFrame(media.Frame{PCM: frame}))
	}
	require.True(t, e.ReadFrame(frame))
	require.EqualValues(t, 3*earLimit-1, frame[media.FrameSamples-1], "what came before anybody listened is not heard")
	require.True(t, e.ReadFrame(frame), "fades out")
	require.False(t, e.ReadFrame(frame))
	require.Zero(t, audiotest.RMS(frame))
}
