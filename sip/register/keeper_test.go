package register

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type attempt struct {
	at     time.Duration
	expiry time.Duration
}

// exchange is a registrar that fails while down is set.
type exchange struct {
	mu       sync.Mutex
	start    time.Time
	granted  time.Duration
	down     bool
	attempts []attempt
	until    time.Time // last report
	err      error
}

var errDown = errors.New("exchange is down")

func (e *exchange) Register(_ context.Context, expiry time.Duration) (time.Duration, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.attempts = append(e.attempts, attempt{time.Since(e.start), expiry})
	if e.down {
		return 0, errDown
	}
	return min(expiry, e.granted), nil
}

func (e *exchange) report(until time.Time, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.until, e.err = until, err
}

func (e *exchange) setDown(down bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = down
}

func (e *exchange) state() ([]attempt, time.Time, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.attempts), e.until, e.err
}

// elapse lets fake time pass.
func elapse(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// keep runs a keeper against e in fake time; stop ends it.
func keep(e *exchange, expiry time.Duration) (stop func()) {
	e.start = time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	k := &Keeper{Registrar: e, Expiry: expiry, Report: e.report}
	go func() { defer close(done); k.Run(ctx) }()
	return func() { cancel(); <-done }
}

func TestRenewsBeforeWhatWasGrantedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{granted: time.Minute}
		stop := keep(e, time.Hour)
		elapse(10 * time.Minute)
		attempts, _, _ := e.state()
		require.GreaterOrEqual(t, len(attempts), 13)
		require.LessOrEqual(t, len(attempts), 21)
		for i := 1; i < len(attempts); i++ {
			gap := attempts[i].at - attempts[i-1].at
			require.GreaterOrEqual(t, gap, 30*time.Second)
			require.LessOrEqual(t, gap, 45*time.Second)
		}
		stop()
		attempts, until, _ := e.state()
		require.Zero(t, attempts[len(attempts)-1].expiry, "un-registers at the end")
		require.True(t, until.IsZero())
	})
}

func TestBacksOffAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{granted: time.Hour, down: true}
		stop := keep(e, time.Hour)
		elapse(time.Hour)
		attempts, until, err := e.state()
		require.ErrorIs(t, err, errDown)
		require.True(t, until.IsZero())
		require.LessOrEqual(t, len(attempts), 40, "backs off")
		require.GreaterOrEqual(t, len(attempts), 12, "does not give up")
		require.LessOrEqual(t, attempts[1].at, 2*time.Second, "tries again soon at first")
		e.setDown(false)
		elapse(6 * time.Minute)
		_, until, err = e.state()
		require.NoError(t, err)
		require.False(t, until.IsZero())
		stop()
	})
}

func TestKeepsWhatIsGrantedThroughAShortOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{granted: 10 * time.Minute}
		stop := keep(e, 10*time.Minute)
		elapse(time.Second)
		_, granted, _ := e.state()
		require.False(t, granted.IsZero())
		e.setDown(true)
		elapse(9 * time.Minute)
		_, until, _ := e.state()
		require.Equal(t, granted, until, "still registered by the last grant")
		elapse(8 * time.Minute)
		_, until, _ = e.state()
		require.True(t, until.IsZero(), "not registered once it is over")
		stop()
		attempts, _, _ := e.state()
		require.NotZero(t, attempts[len(attempts)-1].expiry, "nothing to leave")
	})
}
