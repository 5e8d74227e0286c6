package inference

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a scheduler whose jobs run until they are let go.
type bench struct {
	*Scheduler
	wg   sync.WaitGroup
	mu   sync.Mutex
	done []string // names of the jobs in the order they ran
}

// job queues one and returns its error, once it has one, and a way to end it.
func (b *bench) job(ctx context.Context, p Priority, name string) (result *atomic.Value, end chan struct{}) {
	result, end = &atomic.Value{}, make(chan struct{})
	b.wg.Go(func() {
		_, err := b.Do(ctx, p, func(ctx context.Context) error {
			b.mu.Lock()
			b.done = append(b.done, name)
			b.mu.Unlock()
			select {
			case <-end:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		result.Store([]error{err})
	})
	synctest.Wait() // it runs or waits now
	return result, end
}

func (b *bench) ran() []string {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.done)
}

func errOf(t *testing.T, v *atomic.Value) error {
	synctest.Wait()
	require.NotNil(t, v.Load(), "the job has not returned")
	return v.Load().([]error)[0]
}

func TestBestPriorityFirstOldestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{Scheduler: NewScheduler(Options{})}
		_, first := b.job(t.Context(), Partial, "running")
		ends := []chan struct{}{first}
		for _, j := range []struct {
			p    Priority
			name string
		}{{Offline, "file"}, {Partial, "partial 1"}, {Subtitles, "captions"}, {Final, "final 1"}, {Turn, "turn"}, {Final, "final 2"}, {Partial, "partial 2"}} {
			_, end := b.job(t.Context(), j.p, j.name)
			ends = append(ends, end)
		}
		require.Equal(t, []string{"running"}, b.ran())
		require.Equal(t, 7, b.Waiting())
		for _, end := range ends {
			close(end)
		}
		b.wg.Wait()
		require.Equal(t, []string{"running", "final 1", "final 2", "turn", "partial 1", "partial 2", "captions", "file"}, b.ran())
		require.Zero(t, b.Waiting())
		require.Empty(t, b.running)
	})
}

func TestFullQueueDropsTheOldestPartialFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{Scheduler: NewScheduler(Options{Queue: 3})}
		_, first := b.job(t.Context(), Final, "running")
		file, endFile := b.job(t.Context(), Offline, "file")
		old, _ := b.job(t.Context(), Partial, "old")
		newer, endNewer := b.job(t.Context(), Partial, "newer")
		newest, endNewest := b.job(t.Context(), Partial, "newest")
		require.ErrorIs(t, errOf(t, old), ErrDropped)
		final, endFinal := b.job(t.Context(), Final, "final")
		require.ErrorIs(t, errOf(t, newer), ErrDropped)
		turn, endTurn := b.job(t.Context(), Turn, "turn")
		require.ErrorIs(t, errOf(t, newest), ErrDropped)
		again, endAgain := b.job(t.Context(), Partial, "again")
		require.ErrorIs(t, errOf(t, file), ErrDropped, "no partial is left")
		for _, end := range []chan struct{}{first, endFile, endNewer, endNewest, endFinal, endTurn, endAgain} {
			close(end)
		}
		b.wg.Wait()
		for _, v := range []*atomic.Value{final, turn, again} {
			require.NoError(t, errOf(t, v))
		}
		require.Equal(t, []string{"running", "final", "turn", "again"}, b.ran())
	})
}

func TestFullOfBetterWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct{ waiting, comes Priority }{
			{Final, Final}, {Turn, Final}, {Final, Partial}, {Partial, Subtitles}, {Subtitles, Glance}, {Partial, Offline}, {Glance, Offline}, {Offline, Glance}, {Offline, Offline},
		} {
			b := &bench{Scheduler: NewScheduler(Options{Queue: 1})}
			_, first := b.job(t.Context(), Final, "running")
			waiting, second := b.job(t.Context(), c.waiting, "waiting")
			refused, _ := b.job(t.Context(), c.comes, "refused")
			require.ErrorIs(t, errOf(t, refused), ErrFull, "%s over %s", c.comes, c.waiting)
			close(first)
			close(second)
			b.wg.Wait()
			require.NoError(t, errOf(t, waiting))
		}
	})
}

func TestCancelWhileWaitingAndWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{Scheduler: NewScheduler(Options{})}
		runCtx, stopRunning := context.WithCancel(t.Context())
		running, _ := b.job(runCtx, Partial, "running")
		waitCtx, stopWaiting := context.WithCancel(t.Context())
		waiting, _ := b.job(waitCtx, Final, "waiting")
		last, endLast := b.job(t.Context(), Partial, "last")
		stopWaiting()
		require.ErrorIs(t, errOf(t, waiting), context.Canceled)
		stopRunning()
		require.ErrorIs(t, errOf(t, running), context.Canceled)
		require.Equal(t, []string{"running", "last"}, b.ran())
		close(endLast)
		b.wg.Wait()
		require.NoError(t, errOf(t, last))
		dead, _ := b.job(waitCtx, Final, "dead")
		require.ErrorIs(t, errOf(t, dead), context.Canceled)
		b.wg.Wait()
		require.Equal(t, []string{"running", "last"}, b.ran())
	})
}

// A file, and a glance at a meeting, give way to a caller's final words, and are then done after all.
func TestFileGivesWay(t *testing.T) {
	for _, p := range []Priority{Offline, Glance} {
		t.Run(p.String(), func(t *testing.T) { givesWay(t, p) })
	}
}

func givesWay(t *testing.T, p Priority) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{Scheduler: NewScheduler(Options{})}
		file, endFile := b.job(t.Context(), p, "file")
		partial, endPartial := b.job(t.Context(), Partial, "partial")
		require.Equal(t, []string{"file"}, b.ran(), "a partial can wait")
		final, endFinal := b.job(t.Context(), Final, "final")
		require.Equal(t, []string{"file", "final"}, b.ran())
		require.Nil(t, file.Load())
		close(endFinal)
		close(endPartial)
		require.Equal(t, []string{"file", "final", "partial", "file"}, b.ran())
		close(endFile)
		b.wg.Wait()
		for _, v := range []*atomic.Value{file, partial, final} {
			require.NoError(t, errOf(t, v))
		}
	})
}

// What a meeting's speaker still says is dropped before sentences that are over.
func TestGlancesAreShedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{Scheduler: NewScheduler(Options{Queue: 2})}
		_, first := b.job(t.Context(), Final, "running")
		sentence, endSentence := b.job(t.Context(), Subtitles, "sentence")
		glance, _ := b.job(t.Context(), Glance, "glance")
		newer, _ := b.job(t.Context(), Glance, "newer")
		require.ErrorIs(t, errOf(t, glance), ErrDropped, "one is as good as the other")
		next, endNext := b.job(t.Context(), Subtitles, "next")
		require.ErrorIs(t, errOf(t, newer), ErrDropped)
		for _, end := range []chan struct{}{first, endSentence, endNext} {
			close(end)
		}
		b.wg.Wait()
		require.NoError(t, errOf(t, sentence))
		require.NoError(t, errOf(t, next))
		require.Equal(t, []string{"running", "sentence", "next"}, b.ran())
	})
}

func TestFileMayFinishAfterGivingWayOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{Scheduler: NewScheduler(Options{Queue: 1})}
		file, endFile := b.job(t.Context(), Offline, "file")
		for range patience {
			_, end := b.job(t.Context(), Final, "final")
			close(end)
			b.ran()
		}
		_, end := b.job(t.Context(), Final, "last")
		require.Equal(t, "file", b.ran()[len(b.ran())-1], "it runs on this time")
		close(endFile)
		require.NoError(t, errOf(t, file))
		close(end)
		b.wg.Wait()
	})
}

// A stream of partials must not keep a file waiting for ever.
func TestNothingStarves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{Scheduler: NewScheduler(Options{})}
		_, running := b.job(t.Context(), Partial, "partial")
		file, endFile := b.job(t.Context(), Offline, "file")
		close(endFile)
		n := 0
		for ; file.Load() == nil; n++ {
			require.Less(t, n, 2*fairTurn, "the file starves")
			_, next := b.job(t.Context(), Partial, "partial") // there is always one waiting
			close(running)
			running = next
			synctest.Wait()
		}
		require.Greater(t, n, 2, "but partials go first")
		close(running)
		b.wg.Wait()
		require.NoError(t, errOf(t, file))
	})
}

func TestPanicFreesTheWorker(t *testing.T) {
	s := NewScheduler(Options{})
	require.Panics(t, func() {
		_, _ = s.Do(t.Context(), Final, func(context.Context) error { panic("model") })
	})
	_, err := s.Do(t.Context(), Final, func(context.Context) error { return nil })
	require.NoError(t, err)
}

func TestWaitIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := map[Priority]time.Duration{}
		s := NewScheduler(Options{Waited: func(p Priority, d time.Duration) { told[p] = d }})
		var wg sync.WaitGroup
		wg.Go(func() {
			_, _ = s.Do(t.Context(), Partial, func(context.Context) error { time.Sleep(time.Second); return nil })
		})
		synctest.Wait()
		waited, err := s.Do(t.Context(), Final, func(context.Context) error { return errors.New("own") })
		require.EqualError(t, err, "own")
		require.Equal(t, time.Second, waited)
		wg.Wait()
		require.Equal(t, map[Priority]time.Duration{Partial: 0, Final: time.Second}, told)
	})
}

// Many jobs of all kinds from many goroutines: never more than Workers at
// once, each ends once, and no place is lost.
func TestStress(t *testing.T) {
	s := NewScheduler(Options{Workers: 2, Queue: 8})
	var running, most, ok, dropped, full, cancelled atomic.Int64
	var wg sync.WaitGroup
	for i := range 400 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%7 == 0 {
				wg.Go(cancel)
			}
			_, err := s.Do(ctx, Priority(i%5), func(ctx context.Context) error {
				n := running.Add(1)
				defer running.Add(-1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				return ctx.Err()
			})
			switch {
			case err == nil:
				ok.Add(1)
			case errors.Is(err, ErrDropped):
				dropped.Add(1)
			case errors.Is(err, ErrFull):
				full.Add(1)
			case errors.Is(err, context.Canceled):
				cancelled.Add(1)
			}
		})
	}
	wg.Wait()
	t.Logf("%d ran, %d dropped, %d found it full, %d cancelled", ok.Load(), dropped.Load(), full.Load(), cancelled.Load())
	require.LessOrEqual(t, most.Load(), int64(2))
	require.EqualValues(t, 400, ok.Load()+dropped.Load()+full.Load()+cancelled.Load())
	require.Zero(t, s.Waiting())
	require.Empty(t, s.running)
}

func TestPriorityNames(t *testing.T) {
	require.Equal(t, "final", Final.String())
	require.Equal(t, "offline", Offline.String())
	require.Equal(t, "unknown", Priority(9).String())
}
