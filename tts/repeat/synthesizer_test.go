package repeat

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine takes 100 ms for three frames that tell the text.
type engine struct {
	made atomic.Int32
	err  error
}

func (*engine) Name() string        { return "test" }
func (*engine) Languages() []string { return []string{"de"} }

func (e *engine) Speak(ctx context.Context, u tts.Utterance, to media.Sink) error {
	e.made.Add(1)
	for i := range 3 {
		select {
		case <-time.After(100 * time.Millisecond / 3):
		case <-ctx.Done():
			return ctx.Err()
		}
		pcm := make([]int16, media.FrameSamples)
		pcm[0], pcm[1] = int16(u.Text[0]), int16(i)
		if err := to.WriteFrame(media.Frame{PCM: pcm}); err != nil {
			return err
		}
	}
	return e.err
}

func say(t *testing.T, s tts.Synthesizer, text string) []int16 {
	t.Helper()
	var out []int16
	err := s.Speak(t.Context(), tts.Utterance{Text: text, Language: "de"}, media.SinkFunc(func(f media.Frame) error {
		out = append(out, f.PCM...)
		f.PCM[0] = 9999 // a sink that spoils its frame harms nobody else
		return nil
	}))
	require.NoError(t, err)
	return out
}

func TestACrowdCostsOneSynthesis(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{}
		s := New(e, Options{})
		want := say(t, e, "Hochwasser")
		e.made.Store(0)
		var wg sync.WaitGroup
		began := time.Now()
		for range 200 {
			wg.Go(func() {
				if got := say(t, s, "Hochwasser"); !equal(want, got) {
					t.Errorf("heard something else")
				}
			})
		}
		wg.Wait()
		require.LessOrEqual(t, e.made.Load(), int32(often))
		require.Less(t, time.Since(began), 150*time.Millisecond)
		require.NotEqual(t, want, say(t, s, "Sturm"))
	})
}

func equal(a, b []int16) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestWhatIsSaidOnceIsNotKept(t *testing.T) {
	s := New(&engine{}, Options{})
	for range often - 1 {
		say(t, s, "Ihre Nummer ist 0228 77")
	}
	require.Empty(t, s.kept)
	require.Zero(t, s.size)
}

func TestRateAndVoiceMakeAnotherSentence(t *testing.T) {
	e := &engine{}
	s := New(e, Options{})
	for range often + 2 {
		say(t, s, "Hochwasser")
	}
	made := e.made.Load()
	require.NoError(t, s.Speak(t.Context(), tts.Utterance{Text: "Hochwasser", Language: "de", Rate: 0.8}, media.SinkFunc(func(media.Frame) error { return nil })))
	require.Equal(t, made+1, e.made.Load())
}

func TestTheOldestIsForgotten(t *testing.T) {
	s := New(&engine{}, Options{Bytes: 2 * 3 * 2 * media.FrameSamples}) // two sentences
	for _, text := range []string{"a", "b", "a", "c"} {
		for range often {
			say(t, s, text)
		}
	}
	require.Len(t, s.kept, 2)
	require.Equal(t, 2*3*2*media.FrameSamples, s.size)
	for _, e := range s.kept {
		require.NotContains(t, e.key, `"b"`)
	}
}

// One who breaks in, or an engine that fails, leaves nobody waiting and
// nothing half.
func TestFailureIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{}
		s := New(e, Options{})
		for range often - 1 {
			say(t, s, "Hochwasser")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			err := s.Speak(ctx, tts.Utterance{Text: "Hochwasser", Language: "de"}, media.SinkFunc(func(media.Frame) error { return nil }))
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v", err)
			}
		})
		time.Sleep(10 * time.Millisecond) // fake time: the other has begun
		require.Len(t, say(t, s, "Hochwasser"), 3*media.FrameSamples)
		wg.Wait()
		require.Empty(t, s.kept, "half a sentence is not kept")
		e.err = errors.New("broken")
		for range often {
			require.ErrorIs(t, s.Speak(t.Context(), tts.Utterance{Text: "x"}, media.SinkFunc(func(media.Frame) error { return nil })), e.err)
		}
		require.Empty(t, s.kept)
		require.Zero(t, s.size)
	})
}
