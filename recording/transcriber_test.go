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
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/transcript"
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

// pieces is a recording: seconds of a tone, each followed by a gap of silence (0 is 2 s).
type pieces struct {
	seconds []float64
	gap     time.Duration
	broken  error
}

func (p pieces) Play(ctx context.Context, to media.Sink) error {
	gap := p.gap
	if gap == 0 {
		gap = 2 * time.Second
	}
	tone, quiet := make([]int16, media.FrameSamples), make([]int16, media.FrameSamples)
	for i := range tone {
		tone[i] = int16(8000 * math.Sin(float64(i)/5))
	}
	at := time.Duration(0)
	write := func(pcm []int16, d time.Duration) error {
		for end := at + d; at < end; at += media.FrameDuration {
			if err := errors.Join(to.WriteFrame(media.Frame{PCM: pcm, At: at}), ctx.Err()); err != nil {
				return err
			}
		}
		return nil
	}
	for _, s := range p.seconds {
		if err := errors.Join(write(tone, time.Duration(s*float64(time.Second))), write(quiet, gap)); err != nil {
			return err
		}
	}
	return p.broken
}

// answers is a recogniser; the windows are read when all has been heard.
type answers struct {
	windows []stt.Window
	answer  func(n int) (stt.Hypothesis, error)
}

func (a *answers) Name() string { return "test" }

func (a *answers) Recognize(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	if ctx.Err() != nil {
		return stt.Hypothesis{}, ctx.Err()
	}
	a.windows = append(a.windows, w)
	return a.answer(len(a.windows))
}

func heard(language string, p float64, words ...string) stt.Hypothesis {
	var s stt.Segment
	for i, w := range words {
		at := 500*time.Millisecond + time.Duration(i)*300*time.Millisecond
		s.Words = append(s.Words, transcript.Word{Text: w, Start: at, End: at + 200*time.Millisecond, Probability: 0.9})
		s.Text += " " + w
	}
	return stt.Hypothesis{Language: language, LanguageProbability: p, LogProbability: -0.3, NoSpeech: 0.05, Segments: []stt.Segment{s}}
}

func fine(int) (stt.Hypothesis, error) { return heard("de", 1, "Wort"), nil }

func transcriber(a *answers) *Transcriber {
	return &Transcriber{Recognizer: a, Voice: func() (live.Voice, func(), error) { return loud{}, func() {}, nil }}
}

func nobody(Sentence) error { return nil }

func TestSentencesInOrderWithTheirTimes(t *testing.T) {
	a := &answers{answer: func(n int) (stt.Hypothesis, error) {
		if n == 3 {
			return heard("de", 1, "Zwei.", "Sätze", "hier."), nil
		}
		return fine(n)
	}}
	var got []Sentence
	var read []time.Duration
	o := Options{Prompt: "Amt", Languages: []string{"de", "en"}, Progress: func(d time.Duration) error { read = append(read, d); return nil }}
	length, err := transcriber(a).Transcribe(t.Context(), pieces{seconds: []float64{3, 1, 2.5}}, o, func(s Sentence) error {
		got = append(got, s)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 12500*time.Millisecond, length)
	require.Len(t, read, 13, "each second, and the end")
	require.Equal(t, length, read[12])
	require.Len(t, got, 4)
	for i, start := range []time.Duration{0, 5 * time.Second, 8 * time.Second, 8 * time.Second} {
		require.Equal(t, []string{"Wort", "Wort", "Zwei.", "Sätze hier."}[i], got[i].Text)
		require.InDelta(t, start, got[i].Start, float64(time.Second))
		require.Equal(t, got[i].Words[0].Start, got[i].Start)
		require.Equal(t, got[i].Words[len(got[i].Words)-1].End, got[i].End)
		require.Equal(t, "de", got[i].Language)
		require.InDelta(t, 0.9, got[i].Confidence, 1e-6)
		require.Equal(t, []float64{-0.3, 0.05}, []float64{got[i].LogProbability, got[i].NoSpeech})
	}
	for _, w := range a.windows {
		require.Equal(t, inference.Offline, w.Priority)
		require.Equal(t, "Amt", w.Prompt)
		require.False(t, w.Translate)
	}
}

func TestTheSecondTask(t *testing.T) {
	a := &answers{answer: fine}
	_, err := transcriber(a).Transcribe(t.Context(), pieces{seconds: []float64{2}}, Options{Translate: true, Language: "tr"}, nobody)
	require.NoError(t, err)
	require.True(t, a.windows[0].Translate)
	require.Equal(t, "tr", a.windows[0].Language)
}

func TestASureLanguageIsHeld(t *testing.T) {
	a := &answers{answer: func(n int) (stt.Hypothesis, error) {
		if n == 2 {
			return heard("de", 0.99, "Wort"), nil
		}
		return heard("nl", 0.4, "Wort"), nil
	}}
	_, err := transcriber(a).Transcribe(t.Context(), pieces{seconds: []float64{3, 3, 1}}, Options{}, nobody)
	require.NoError(t, err)
	require.Equal(t, []string{"", "", "de"}, []string{a.windows[0].Language, a.windows[1].Language, a.windows[2].Language})
}

func TestErrorsSayWhoseTheyAre(t *testing.T) {
	broken, engine, listener, bound, deaf := errors.New("broken"), errors.New("engine"), errors.New("listener"), errors.New("bound"), errors.New("deaf")
	failing := func(int) (stt.Hypothesis, error) { return stt.Hypothesis{}, engine }
	listening := func(Sentence) error { return listener }
	for name, tc := range map[string]struct {
		in     pieces
		answer func(int) (stt.Hypothesis, error)
		o      Options
		emit   func(Sentence) error
		voice  error
		want   error
		source bool
	}{
		"file":     {in: pieces{seconds: []float64{2}, broken: broken}, want: broken, source: true},
		"engine":   {in: pieces{seconds: []float64{2, 2, 2}}, answer: failing, want: engine},
		"both":     {in: pieces{seconds: []float64{2}, broken: broken}, answer: failing, want: engine},
		"listener": {in: pieces{seconds: []float64{2, 2, 2}}, emit: listening, want: listener},
		"bound":    {in: pieces{seconds: []float64{2}}, o: Options{Progress: func(time.Duration) error { return bound }}, want: bound},
		"voice":    {in: pieces{seconds: []float64{2}}, voice: deaf, want: deaf},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.answer == nil {
				tc.answer = fine
			}
			if tc.emit == nil {
				tc.emit = nobody
			}
			tr := transcriber(&answers{answer: tc.answer})
			if tc.voice != nil {
				tr.Voice = func() (live.Voice, func(), error) { return nil, nil, tc.voice }
			}
			_, err := tr.Transcribe(t.Context(), tc.in, tc.o, tc.emit)
			require.ErrorIs(t, err, tc.want)
			require.Equal(t, tc.source, errors.Is(err, ErrSource))
		})
	}
}

func TestWhatWasSaidBeforeTheDamageIsTold(t *testing.T) {
	told := 0
	length, err := transcriber(&answers{answer: fine}).Transcribe(t.Context(), pieces{seconds: []float64{2, 2, 2}, broken: errors.New("broken")}, Options{}, func(Sentence) error { told++; return nil })
	require.ErrorIs(t, err, ErrSource)
	require.Equal(t, 3, told)
	require.Equal(t, 12*time.Second, length)
}

func TestNothingToHear(t *testing.T) {
	for name, in := range map[string]pieces{"empty": {}, "silent": {seconds: []float64{0}, gap: time.Hour}} {
		a := &answers{answer: fine}
		_, err := transcriber(a).Transcribe(t.Context(), in, Options{}, nobody)
		require.NoError(t, err, name)
		require.Empty(t, a.windows, name)
	}
}

func TestALongGap(t *testing.T) {
	var got []Sentence
	_, err := transcriber(&answers{answer: fine}).Transcribe(t.Context(), pieces{seconds: []float64{1, 1, 1}, gap: 30 * time.Minute}, Options{}, func(s Sentence) error {
		got = append(got, s)
		return nil
	})
	require.NoError(t, err)
	require.Len(t, got, 3)
	for i, s := range got {
		require.InDelta(t, time.Duration(i)*(30*time.Minute+time.Second), s.Start, float64(time.Second))
	}
}

func TestAFullQueueIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &answers{answer: func(n int) (stt.Hypothesis, error) {
			if n < 5 {
				return stt.Hypothesis{}, inference.ErrFull
			}
			return fine(n)
		}}
		told := 0
		_, err := transcriber(a).Transcribe(t.Context(), pieces{seconds: []float64{2}}, Options{}, func(Sentence) error { told++; return nil })
		require.NoError(t, err)
		require.Equal(t, 1, told)

		a.answer = func(int) (stt.Hypothesis, error) { return stt.Hypothesis{}, inference.ErrDropped }
		began := time.Now()
		_, err = transcriber(a).Transcribe(t.Context(), pieces{seconds: []float64{2}}, Options{}, nobody)
		require.ErrorIs(t, err, inference.ErrDropped)
		require.InDelta(t, defaultPatience, time.Since(began), float64(2*time.Second))
	})
}

func TestCancelledWorkStops(t *testing.T) {
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	a := &answers{answer: func(n int) (stt.Hypothesis, error) { cancel(gone); return fine(n) }}
	_, err := transcriber(a).Transcribe(ctx, pieces{seconds: []float64{1, 1, 1}}, Options{}, nobody)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrSource)
	require.Len(t, a.windows, 1)
}

// A panic ends the one recording, and leaves nobody behind who still reads it.
func TestPanics(t *testing.T) {
	tr := transcriber(&answers{answer: fine})
	in := pieces{seconds: []float64{1, 1, 1, 1, 1, 1}}
	require.PanicsWithValue(t, "listener", func() {
		_, _ = tr.Transcribe(t.Context(), in, Options{}, func(Sentence) error { panic("listener") })
	})
	_, err := tr.Transcribe(t.Context(), in, Options{Progress: func(time.Duration) error { panic("counter") }}, nobody)
	require.ErrorContains(t, err, "counter")
	tr.Recognizer.(*answers).answer = func(int) (stt.Hypothesis, error) { panic("engine") }
	_, err = tr.Transcribe(t.Context(), in, Options{}, nobody)
	require.ErrorContains(t, err, "panicked")
}
