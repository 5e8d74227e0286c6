package rtc

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
)

type eager struct{ media.SinkFunc }

func (eager) Eager() bool { return true }

// What writes down what a browser says gets its bursts in full.
func TestAnEagerSinkStaysOne(t *testing.T) {
	require.True(t, media.IsEager(flowing{to: eager{}}))
	require.False(t, media.IsEager(flowing{to: media.SinkFunc(nil)}))
	require.False(t, media.IsEager(nil))
}
