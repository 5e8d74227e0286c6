package interpreter

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEnginesThatHangAreNotAskedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := New(Options{})
		release := make(chan struct{})
		stuck := func(context.Context) error { <-release; return nil }
		for range mostHung {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			require.ErrorIs(t, i.try(ctx, stuck), errHangs)
			cancel()
		}
		begun := time.Now()
		require.ErrorIs(t, i.try(t.Context(), func(context.Context) error { return nil }), errHangs)
		require.Zero(t, time.Since(begun), "it is not even tried")
		require.False(t, i.loose.wait(time.Second))
		close(release)
		require.True(t, i.loose.wait(time.Second))
		require.NoError(t, i.try(t.Context(), func(context.Context) error { return nil }), "they have come back")
	})
}

func TestManyAtOnceDoNotHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := New(Options{})
		done := make(chan error)
		for range 3 * mostHung {
			go func() {
				done <- i.try(t.Context(), func(context.Context) error { time.Sleep(time.Second); return nil })
			}()
		}
		for range 3 * mostHung {
			require.NoError(t, <-done)
		}
		require.True(t, i.loose.wait(0))
	})
}
