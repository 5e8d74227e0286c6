package live

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
)

// whole runs a tale as a recording and says how it ended, with all words.
func whole(t *testing.T, r *reader, o Options) (words []Word, err error) {
	t.Helper()
	o.Recognizer, o.Voice, o.Accurate, o.Lossless = r, ears, true, true
	o.Update = func(u Update) { words = append(words, u.Committed...) }
	s := NewStream(o)
	done := make(chan error, 1)
	go func() { done <- s.Run(t.Context()) }()
	for at := time.Duration(0); at < r.length()+time.Second; at += media.FrameDuration {
		if err = s.WriteFrame(r.frame(at)); err != nil {
			require.ErrorIs(t, err, ErrEnded)
			break
		}
	}
	require.NoError(t, s.Close())
	return words, <-done
}

func TestPatienceEnds(t *testing.T) {
	broken := errors.New("broken")
	for name, tc := range map[string]struct {
		err    error
		waited time.Duration // about
	}{
		"busy":   {fmt.Errorf("%w: %w", stt.ErrUnavailable, inference.ErrDropped), 20 * time.Second},
		"full":   {inference.ErrFull, 20 * time.Second},
		"down":   {stt.ErrUnavailable, time.Second},
		"broken": {broken, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &reader{tale: tell(2*time.Second, speech...)}
				r.trouble = func(n int, _ stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
					if n > 1 {
						return stt.Hypothesis{}, tc.err
					}
					return h, nil
				}
				began := time.Now()
				words, err := whole(t, r, Options{Language: "de", Patience: 20 * time.Second})
				require.ErrorIs(t, err, tc.err)
				require.Equal(t, speech[0], Text(words), "what was heard before is told, and nothing behind the hole")
				require.InDelta(t, tc.waited, time.Since(began), float64(2*time.Second))
			})
		})
	}
}

// Frames of quiet are read faster than a busy recogniser answers: all that
// waits for it is kept.
func TestARecordingWithLongGapsLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(30*time.Second, speech...), took: 10 * time.Second}
		words, err := whole(t, r, Options{Language: "de", Most: time.Second})
		require.NoError(t, err)
		require.Equal(t, strings.Join(speech, " "), Text(words))
	})
}

func TestAPanicEndsWhoHasPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(time.Second, speech[0])}
		r.trouble = func(int, stt.Window, stt.Hypothesis) (stt.Hypothesis, error) { panic("model") }
		_, err := whole(t, r, Options{Language: "de", Patience: time.Second})
		require.ErrorContains(t, err, "panicked")
	})
}

func TestABusyRecogniserIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(2*time.Second, speech...)}
		r.trouble = func(n int, _ stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
			if n%4 != 0 {
				return h, inference.ErrFull
			}
			return h, nil
		}
		words, err := whole(t, r, Options{Language: "de", Patience: 10 * time.Second})
		require.NoError(t, err)
		require.Len(t, words, len(r.words))
	})
}

func TestWhatTheRecogniserIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(time.Second, speech[0])}
		_, err := whole(t, r, Options{Language: "de", Translate: true, Prompt: "Bürgeramt", Vocabulary: vocabulary{}})
		require.NoError(t, err)
		require.True(t, r.calls[0].Translate)
		require.Equal(t, "Bürgeramt Meldeschein", r.calls[0].Prompt)
		_, err = whole(t, r, Options{Language: "de"})
		require.NoError(t, err)
		require.False(t, r.calls[1].Translate)
		require.Empty(t, r.calls[1].Prompt)
	})
}

// Whisper looks long at "Lieblingszahl" for "favorite" and gives "number is" no time.
func TestATranslationIsNotCutWhereAWordSeemsToLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(time.Second, "Meine Lieblingszahl, das wissen hier alle im Raum, ist 268.")}
		r.trouble = func(n int, _ stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
			if n > 1 || len(h.Segments) == 0 {
				return h, nil
			}
			end := h.Segments[0].Words[9].End
			var words []Word
			for i, text := range []string{"My", "favorite", "number", "is", "268."} {
				words = append(words, Word{Text: text, Start: 400*time.Millisecond + time.Duration(i)*50*time.Millisecond, Probability: 0.9})
				words[i].End = words[i].Start + 50*time.Millisecond
			}
			words[1].End = end - 150*time.Millisecond
			for i := 2; i < 5; i++ {
				words[i].Start, words[i].End = words[i-1].End, words[i-1].End+50*time.Millisecond
			}
			h.Segments = []stt.Segment{{Text: Text(words), Words: words}}
			return h, nil
		}
		words, err := whole(t, r, Options{Language: "de", Translate: true})
		require.NoError(t, err)
		require.Equal(t, "My favorite number is 268.", Text(words))
		require.Len(t, r.calls, 1)
		require.Greater(t, words[3].Start, words[1].Start+500*time.Millisecond)
	})
}

type vocabulary struct{}

func (vocabulary) Vocabulary(string) string { return "Meldeschein" }
func (vocabulary) Terms(string) []string    { return nil }
