package playout

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	_ leg.Playout  = (*Queue)(nil)
	_ media.Source = (*Queue)(nil)
)

func fill(t testing.TB, q *Queue, pcm []int16) {
	for _, f := range audiotest.Frames(pcm) {
		require.NoError(t, q.WriteFrame(f))
	}
}

func read(q *Queue, frames int) (pcm []int16, full int) {
	dst := make([]int16, media.FrameSamples)
	for range frames {
		if q.ReadFrame(dst) {
			full++
		}
		pcm = append(pcm, dst...)
	}
	return pcm, full
}

func TestWhatGoesInComesOutInOrder(t *testing.T) {
	q := New()
	in := audiotest.Sine(500, 400*time.Millisecond, 8000)
	fill(t, q, in)
	require.Equal(t, 400*time.Millisecond, q.Buffered())
	out, full := read(q, 21)
	require.Equal(t, 20, full)
	require.Equal(t, in, out[:len(in)])
	require.Zero(t, audiotest.RMS(out[len(in):]))
	require.Equal(t, 400*time.Millisecond, q.Played())
	require.Error(t, q.WriteFrame(media.Frame{PCM: make([]int16, 321)}))
}

func TestWriterWaitsAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New()
		written := 0
		done := make(chan error, 1)
		go func() {
			for range 30 {
				if err := q.WriteFrame(media.Frame{PCM: make([]int16, 320)}); err != nil {
					done <- err
					return
				}
				written++
			}
			done <- nil
		}()
		synctest.Wait()
		require.Equal(t, limit, written)
		read(q, 3)
		synctest.Wait()
		require.Equal(t, limit+3, written)
		read(q, 20)
		require.NoError(t, <-done)
	})
}

func TestFlushAndCloseFreeTheWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			free func(*Queue)
			want error
		}{{func(q *Queue) { q.Flush() }, ErrFlushed}, {(*Queue).Close, ErrClosed}} {
			q := New()
			fill(t, q, audiotest.Sine(500, 400*time.Millisecond, 8000))
			done := make(chan error, 1)
			go func() { done <- q.WriteFrame(media.Frame{PCM: make([]int16, 320)}) }()
			synctest.Wait()
			c.free(q)
			require.ErrorIs(t, <-done, c.want)
			_, full := read(q, 5)
			require.Zero(t, full)
		}
	})
}

func TestFlushFadesWithoutClick(t *testing.T) {
	q := New()
	fill(t, q, audiotest.Sine(500, 300*time.Millisecond, 8000))
	before, _ := read(q, 7)
	require.Equal(t, 140*time.Millisecond, q.Flush())
	after, full := read(q, 3)
	require.Zero(t, full)
	natural := audiotest.Step(audiotest.Sine(500, 300*time.Millisecond, 8000))
	require.LessOrEqual(t, audiotest.Step(append(before, after...)), natural+200)
	require.Zero(t, audiotest.RMS(after[fade:]), "silent after 8 ms")
	require.NotZero(t, audiotest.RMS(after[:fade]))
	require.Zero(t, q.Played())
	require.Zero(t, q.Flush())
}

// Two words of 200 ms with 60 ms of quiet between them; paused inside the second.
func TestResumeStepsBackToTheQuietPlace(t *testing.T) {
	q := New()
	word := audiotest.Sine(500, 200*time.Millisecond, 8000)
	fill(t, q, word)
	read(q, 10)
	fill(t, q, append(make([]int16, 960), word...))
	read(q, 7)
	require.Equal(t, 340*time.Millisecond, q.Played())
	q.Pause()
	q.Pause()
	held, full := read(q, 10)
	require.Zero(t, full)
	require.Zero(t, audiotest.RMS(held[fade:]))
	q.Resume()
	require.Equal(t, 240*time.Millisecond, q.Played(), "the last quiet frame before the second word")
	again, full := read(q, 12)
	require.Equal(t, 11, full)
	require.Zero(t, audiotest.RMS(again[:320]))
	require.Equal(t, word, again[320:11*320], "the whole second word is said again")
}

func TestResumeWithoutQuietPlaceFadesIn(t *testing.T) {
	q := New()
	for range 3 {
		fill(t, q, audiotest.Sine(500, 400*time.Millisecond, 8000))
		read(q, 20)
	}
	fill(t, q, audiotest.Sine(500, 400*time.Millisecond, 8000))
	read(q, 5)
	q.Pause()
	read(q, 2)
	q.Resume()
	require.LessOrEqual(t, q.Played(), 1300*time.Millisecond)
	require.GreaterOrEqual(t, q.Played(), 700*time.Millisecond, "at most 600 ms are repeated")
	pcm, _ := read(q, 3)
	require.LessOrEqual(t, audiotest.Step(append(make([]int16, 1), pcm...)), 1800)
}

func TestFlushEndsPauseAndForgetsThePast(t *testing.T) {
	q := New()
	fill(t, q, audiotest.Sine(500, 200*time.Millisecond, 8000))
	read(q, 5)
	q.Pause()
	q.Flush()
	in := audiotest.Sine(900, 100*time.Millisecond, 8000)
	fill(t, q, in)
	read(q, 1) // the fade of what was cut, if any
	q.Pause()
	q.Resume()
	out, _ := read(q, 5)
	require.Equal(t, in[320:640], out[320:640])
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New()
		require.NoError(t, q.Drain(t.Context()))
		fill(t, q, make([]int16, 640))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, q.Drain(ctx), context.DeadlineExceeded)
		for _, finish := range []func(){func() { read(q, 2) }, func() { q.Flush() }, q.Close} {
			if err := q.WriteFrame(media.Frame{PCM: make([]int16, 320)}); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- q.Drain(t.Context()) }()
			synctest.Wait()
			require.Empty(t, done)
			finish()
			read(q, 2)
			require.NoError(t, <-done)
		}
		require.True(t, errors.Is(q.WriteFrame(media.Frame{}), ErrClosed))
	})
}

func TestNoAllocations(t *testing.T) {
	q := New()
	f := media.Frame{PCM: make([]int16, 320)}
	dst := make([]int16, 320)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_ = q.WriteFrame(f)
		q.ReadFrame(dst)
	}))
}

func BenchmarkWriteRead(b *testing.B) {
	q := New()
	f := media.Frame{PCM: make([]int16, 320)}
	dst := make([]int16, 320)
	b.ReportAllocs()
	for b.Loop() {
		_ = q.WriteFrame(f)
		q.ReadFrame(dst)
	}
}
