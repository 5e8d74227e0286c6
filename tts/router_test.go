package tts_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
)

// moody is an engine that hangs, fails or speaks one frame.
type moody struct {
	hangs  bool
	broken error
	asked  int
}

func (m *moody) Name() string        { return "moody" }
func (m *moody) Languages() []string { return []string{"de"} }

func (m *moody) Speak(ctx context.Context, _ tts.Utterance, to media.Sink) error {
	m.asked++
	if m.hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if m.broken != nil {
		return m.broken
	}
	return to.WriteFrame(media.Frame{PCM: make([]int16, media.FrameSamples)})
}

// An engine that hangs is left after a while, rests, and is asked again.
func TestRouterLeavesAnEngineThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &moody{hangs: true}, &moody{}
		r, err := tts.NewRouter(map[string]tts.Synthesizer{"a": first, "b": second}, map[string][]string{"*": {"a", "b"}}, tts.RouterOptions{})
		require.NoError(t, err)
		speak := func() time.Duration {
			began := time.Now()
			require.NoError(t, r.Speak(t.Context(), tts.Utterance{Text: "Hallo", Language: "de"}, media.SinkFunc(func(media.Frame) error { return nil })))
			return time.Since(began)
		}
		require.Equal(t, 2500*time.Millisecond, speak())
		require.Zero(t, speak(), "the engine that hung is asked after the others")
		require.Equal(t, 1, first.asked)
		first.hangs = false
		time.Sleep(31 * time.Second)
		require.Zero(t, speak())
		require.Equal(t, 2, first.asked, "it came back")
		require.Equal(t, 2, second.asked)
	})
}

func TestRouterDoesNotBlameTheEngineForTheLine(t *testing.T) {
	gone := errors.New("the line is gone")
	e := &moody{}
	r, err := tts.NewRouter(map[string]tts.Synthesizer{"a": e, "b": &moody{}}, map[string][]string{"*": {"a", "b"}}, tts.RouterOptions{})
	require.NoError(t, err)
	for range 2 {
		err := r.Speak(t.Context(), tts.Utterance{Text: "Hallo", Language: "de"}, media.SinkFunc(func(media.Frame) error { return gone }))
		require.ErrorIs(t, err, gone)
	}
	require.Equal(t, 2, e.asked)
}
