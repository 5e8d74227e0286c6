package bridge

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

// full is a bridge of n who all speak at once, without a clock.
func full(tb testing.TB, n int) (tick func()) {
	b := New(Options{})
	phones := make([]*phone, n)
	for i := range phones {
		phones[i] = newPhone(0)
		require.NoError(tb, b.Join(Party{Name: fmt.Sprint(i), Leg: phones[i]}))
	}
	said := media.Frame{PCM: audiotest.Sine(440, media.FrameDuration, 4000)}
	heard := make([]int16, media.FrameSamples)
	return func() {
		for _, p := range phones {
			_ = p.sink.WriteFrame(said)
		}
		b.tick(0)
		for _, p := range phones {
			p.queue.ReadFrame(heard)
		}
	}
}

func TestTickAllocatesNothing(t *testing.T) {
	tick := full(t, 3)
	tick()
	require.Zero(t, testing.AllocsPerRun(100, tick))
}

func BenchmarkTick(b *testing.B) {
	for _, n := range []int{2, 3, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			tick := full(b, n)
			tick()
			b.ReportAllocs()
			for b.Loop() {
				tick()
			}
			perTick := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(media.FrameDuration.Seconds()/perTick, "bridges/core")
		})
	}
}

// TestBridgesInRealTime measures processor time and lateness of many bridges
// on the real clock; it asserts nothing about time. AMTSLEITUNG_BRIDGES is how many.
func TestBridgesInRealTime(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("AMTSLEITUNG_BRIDGES"))
	if err != nil {
		t.Skip("set AMTSLEITUNG_BRIDGES to the number of bridges to measure")
	}
	const length = 20 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var tasks sync.WaitGroup
	bridges := make([]*Bridge, n)
	before := processor(t)
	for i := range bridges {
		b := New(Options{})
		bridges[i] = b
		for k, name := range []string{"caller", "agent"} {
			p := newPhone(float64(400 + 300*k))
			tasks.Go(func() { p.run(ctx, time.Duration((7*i+3*k)%20)*time.Millisecond) })
			require.NoError(t, b.Join(Party{Name: name, Leg: p}))
		}
		tasks.Go(func() { require.NoError(t, b.Run(ctx)) })
	}
	time.Sleep(length - time.Second) // a measurement of real time
	var late, worst, latency, most time.Duration
	gaps, skipped := uint64(0), uint64(0)
	for _, b := range bridges {
		s := b.Stats()
		late += s.Late
		worst = max(worst, s.Worst)
		for _, p := range s.Party {
			latency += p.Latency
			most = max(most, p.Latency)
			gaps += p.Gaps
			skipped += p.Skipped
		}
	}
	tasks.Wait()
	used := processor(t) - before
	t.Logf("%d bridges of 2, %v: %.2f %% of a core each (with the test's own legs), ticks late by %v (worst %v), frames wait %v (worst mean %v), %d gaps, %d skipped",
		n, length, 100*used.Seconds()/length.Seconds()/float64(n), late/time.Duration(n), worst, latency/time.Duration(2*n), most, gaps, skipped)
}

func processor(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
