package recording

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loud takes everything that is not silence for speech.
type loud struct{}

func (loud) Probability(window []int16) (float32, error) {
	for _, s := range window {
		if s > 1000 {
			return 0.95, nil
		}
	}
	return 0.01, nil
}

// pieces is a recording: seconds of a tone, each followed by 2 s of silence.
type pieces struct {
	seconds []float64
	broken  error
}

func (p pieces) Play(ctx context.Context, to media.Sink) error {
	var pcm []int16
	for _, s := range p.seconds {
		for i := range int(s * media.SampleRate) {
			pcm = append(pcm, int16(8000*math.Sin(float64(i)/5)))
		}
		pcm = append(pcm, make([]int16, 2*media.SampleRate)...)
	}
	for i := 0; i+media.FrameSamples <= len(pcm); i += media.FrameSamples {
		if err := to.WriteFrame(media.Frame{PCM: pcm[i : i+media.FrameSamples], At: media.Duration(i)}); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return p.broken
}

type answers struct {
	windows []stt.Window
	answer  func(n int) (stt.Hypothesis, error)
}

func (a *answers) Name() string { return "test" }

func (a *answers) Recognize(_ context.Context, w stt.Window) (stt.Hypothesis, error) {
	a.windows = append(a.windows, w)
	return a.answer(len(a.windows))
}

func word(language string, p float64) stt.Hypothesis {
	return stt.Hypothesis{Language: language, LanguageProbability: p, Segments: []stt.Segment{{
		Text: " Wort ", Start: 100 * time.Millisecond, End: time.Hour,
		Words: []transcript.Word{{Text: "Wort", Start: 100 * time.Millisecond, End: 200 * time.Millisecond}},
	}}}
}

func transcriber(a *answers) *Transcriber {
	return &Transcriber{Recognizer: a, Voice: func() (turn.Voice, func(), error) { return loud{}, func() {}, nil }}
}

func TestUtterancesInOrderWithTheirTimes(t *testing.T) {
	a := &answers{answer: func(int) (stt.Hypothesis, error) { return word("de", 1), nil }}
	var got []Utterance
	length, err := transcriber(a).Transcribe(t.Context(), pieces{seconds: []float64{3, 1, 2}}, Options{Words: true, Prompt: "Amt"}, func(u Utterance) error {
		got = append(got, u)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 12*time.Second, length)
	require.Len(t, got, 3)
	for i, start := range []time.Duration{0, 5 * time.Second, 8 * time.Second} {
		s := got[i].Segments()[0]
		require.Equal(t, "Wort", s.Text)
		require.InDelta(t, start, s.Start, float64(600*time.Millisecond))
		require.InDelta(t, []time.Duration{3 * time.Second, 6 * time.Second, 10 * time.Second}[i], s.End, float64(400*time.Millisecond), "ends with the speech")
		require.Equal(t, s.Start, s.Words[0].Start)
		require.Equal(t, inference.Offline, a.windows[i].Priority)
		require.Equal(t, "Amt", a.windows[i].Prompt)
	}
}

func TestASureLanguageIsHeld(t *testing.T) {
	a := &answers{answer: func(n int) (stt.Hypothesis, error) {
		if n == 2 {
			return word("de", 0.99), nil
		}
		return word("nl", 0.4), nil
	}}
	_, err := transcriber(a).Transcribe(t.Context(), pieces{seconds: []float64{3, 3, 1}}, Options{Hold: true}, func(Utterance) error { return nil })
	require.NoError(t, err)
	require.Equal(t, []string{"", "", "de"}, []string{a.windows[0].Language, a.windows[1].Language, a.windows[2].Language})
}

func TestErrorsSayWhoseTheyAre(t *testing.T) {
	broken, engine, listener, bound := errors.New("broken"), errors.New("engine"), errors.New("listener"), errors.New("bound")
	fine := func(int) (stt.Hypothesis, error) { return word("de", 1), nil }
	nobody := func(Utterance) error { return nil }
	for name, tc := range map[string]struct {
		in     pieces
		answer func(int) (stt.Hypothesis, error)
		o      Options
		emit   func(Utterance) error
		want   error
		source bool
	}{
		"file":     {pieces{[]float64{2}, broken}, fine, Options{}, nobody, broken, true},
		"engine":   {pieces{[]float64{2}, nil}, func(int) (stt.Hypothesis, error) { return stt.Hypothesis{}, engine }, Options{}, nobody, engine, false},
		"listener": {pieces{[]float64{2}, nil}, fine, Options{}, func(Utterance) error { return listener }, listener, false},
		"bound":    {pieces{[]float64{2}, nil}, fine, Options{Progress: func(time.Duration) error { return bound }}, nobody, bound, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := transcriber(&answers{answer: tc.answer}).Transcribe(t.Context(), tc.in, tc.o, tc.emit)
			require.ErrorIs(t, err, tc.want)
			require.Equal(t, tc.source, errors.Is(err, ErrSource))
		})
	}
}

func TestAFullQueueIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &answers{answer: func(n int) (stt.Hypothesis, error) {
			if n < 5 {
				return stt.Hypothesis{}, inference.ErrFull
			}
			return word("de", 1), nil
		}}
		heard := 0
		_, err := transcriber(a).Transcribe(t.Context(), pieces{seconds: []float64{2}}, Options{}, func(Utterance) error { heard++; return nil })
		require.NoError(t, err)
		require.Equal(t, 1, heard)

		a.answer = func(int) (stt.Hypothesis, error) { return stt.Hypothesis{}, inference.ErrDropped }
		began := time.Now()
		_, err = transcriber(a).Transcribe(t.Context(), pieces{seconds: []float64{2}}, Options{}, func(Utterance) error { return nil })
		require.ErrorIs(t, err, inference.ErrDropped)
		require.Equal(t, defaultPatience, time.Since(began))
	})
}

func TestCancelledWorkStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a := &answers{answer: func(int) (stt.Hypothesis, error) { cancel(); return word("de", 1), nil }}
	_, err := transcriber(a).Transcribe(ctx, pieces{seconds: []float64{1, 1, 1}}, Options{}, func(Utterance) error { return nil })
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrSource)
	require.Len(t, a.windows, 1)
}
