package tts_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// voice says one frame for each letter and notes what it was asked to say.
type voice struct {
	mu    sync.Mutex
	said  []tts.Utterance
	name  string
	langs []string
	fail  error
	after int // frames before it fails
	panic bool
	each  time.Duration // time to make a frame
}

func (v *voice) Name() string        { return v.name }
func (v *voice) Languages() []string { return v.langs }

func (v *voice) Speak(ctx context.Context, u tts.Utterance, to media.Sink) error {
	v.mu.Lock()
	v.said = append(v.said, u)
	v.mu.Unlock()
	if v.panic {
		panic("bad memory")
	}
	pcm := make([]int16, media.FrameSamples)
	for i := range len(u.Text) {
		if v.fail != nil && i >= v.after {
			return v.fail
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		time.Sleep(v.each)
		pcm[0] = int16(u.Text[i])
		if err := to.WriteFrame(media.Frame{PCM: pcm, At: media.Duration(i * media.FrameSamples)}); err != nil {
			return err
		}
	}
	return v.fail
}

func (v *voice) texts() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []string
	for _, u := range v.said {
		out = append(out, u.Text)
	}
	return out
}

// line plays in real time and can break in.
type line struct {
	heard  strings.Builder
	frames int
	each   time.Duration
	at     func(frames int)
}

func (l *line) WriteFrame(f media.Frame) error {
	if want := media.Duration(l.frames * media.FrameSamples); f.At != want {
		return fmt.Errorf("frame at %v, want %v", f.At, want)
	}
	l.frames++
	if f.PCM[0] != 0 {
		l.heard.WriteByte(byte(f.PCM[0]))
	} else {
		l.heard.WriteByte('.')
	}
	if l.at != nil {
		l.at(l.frames)
	}
	time.Sleep(l.each)
	return nil
}

func TestSpeakerSpeaksSentencesWithPauses(t *testing.T) {
	v := &voice{}
	s := tts.NewSpeaker(v, tts.SpeakerOptions{Pause: 40 * time.Millisecond})
	var l line
	spoken, err := s.Speak(context.Background(), "Am 1. Mai zu. **Danke**!", "de", 0.8, &l)
	require.NoError(t, err)
	require.Equal(t, []string{"Am ersten Mai zu.", "Danke!"}, v.texts())
	require.Equal(t, 0.8, v.said[0].Rate)
	require.Equal(t, "Am ersten Mai zu...Danke!", l.heard.String())
	require.Equal(t, []tts.Spoken{
		{Text: "Am 1. Mai zu.", Start: 0, End: 340 * time.Millisecond, Length: 340 * time.Millisecond},
		{Text: "Danke!", Start: 380 * time.Millisecond, End: 500 * time.Millisecond, Length: 120 * time.Millisecond},
	}, spoken)
}

func TestFirstFrameLeavesBeforeTheSentenceIsFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &voice{each: 10 * time.Millisecond}
		var first time.Duration
		start := time.Now()
		l := &line{at: func(n int) {
			if n == 1 {
				first = time.Since(start)
			}
		}}
		_, err := tts.NewSpeaker(v, tts.SpeakerOptions{}).Speak(context.Background(), "Guten Morgen zusammen.", "de", 1, l)
		require.NoError(t, err)
		require.Equal(t, 10*time.Millisecond, first)
	})
}

func TestNextSentenceIsMadeWhileThisOnePlays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &voice{each: 10 * time.Millisecond}
		l := &line{each: 20 * time.Millisecond}
		start := time.Now()
		spoken, err := tts.NewSpeaker(v, tts.SpeakerOptions{Pause: -1}).Speak(context.Background(), strings.Repeat("Guten Tag. ", 5), "de", 1, l)
		require.NoError(t, err)
		require.Len(t, spoken, 5)
		// 10 ms for the first frame, then real time without a gap.
		require.Equal(t, 10*time.Millisecond+spoken[4].End, time.Since(start))
	})
}

func TestEngineIsOnlyOneSentenceAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &voice{}
		ctx, stop := context.WithCancel(context.Background())
		l := &line{each: 20 * time.Millisecond, at: func(n int) {
			if n == 3 {
				synctest.Wait()
				stop()
			}
		}}
		_, err := tts.NewSpeaker(v, tts.SpeakerOptions{}).Speak(ctx, strings.Repeat("Guten Tag. ", 50), "de", 1, l)
		require.ErrorIs(t, err, context.Canceled)
		require.LessOrEqual(t, len(v.texts()), 2)
	})
}

func TestBargeInTellsWhatWasHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		l := &line{each: 20 * time.Millisecond}
		l.at = func(n int) {
			if n == 10+12+20 {
				stop()
			}
		}
		spoken, err := tts.NewSpeaker(&voice{}, tts.SpeakerOptions{}).Speak(ctx, "Guten Tag! Bitte bringen Sie den Ausweis mit.", "de", 1, l)
		require.ErrorIs(t, err, context.Canceled)
		require.Len(t, spoken, 2)
		require.Equal(t, media.Duration(l.frames*media.FrameSamples), spoken[1].End)
		require.Equal(t, 34*media.FrameDuration, spoken[1].Length)
		require.Equal(t, "Guten Tag!", tts.Heard(spoken, spoken[0].End))
		require.Equal(t, "Guten Tag! Bitte bringen Sie", tts.Heard(spoken, spoken[1].End))
		require.Empty(t, tts.Heard(spoken, 0))
		require.Equal(t, "Guten Tag! Bitte bringen Sie den Ausweis mit.", tts.Heard(spoken, time.Hour))
	})
}

func TestEngineErrorKeepsWhatWasSpoken(t *testing.T) {
	broken := errors.New("no memory")
	v := &voice{fail: broken, after: 5}
	spoken, err := tts.NewSpeaker(v, tts.SpeakerOptions{}).Speak(context.Background(), "Guten Tag. Hallo.", "de", 1, &line{})
	require.ErrorIs(t, err, broken)
	require.Len(t, spoken, 1)
	require.Equal(t, 100*time.Millisecond, spoken[0].End)
}

func TestPanicOfAnEngineIsAnError(t *testing.T) {
	_, err := tts.NewSpeaker(&voice{name: "x", panic: true}, tts.SpeakerOptions{}).Speak(context.Background(), "Guten Tag.", "de", 1, &line{})
	require.ErrorContains(t, err, "engine x panicked: bad memory")
}

func TestSinkErrorEndsSpeak(t *testing.T) {
	gone := errors.New("leg is gone")
	_, err := tts.NewSpeaker(&voice{}, tts.SpeakerOptions{}).Speak(context.Background(), "Guten Tag. Hallo.", "de", 1,
		media.SinkFunc(func(media.Frame) error { return gone }))
	require.ErrorIs(t, err, gone)
}

func TestNothingToSay(t *testing.T) {
	for _, text := range []string{"", " \n", "🙂", "***"} {
		spoken, err := tts.NewSpeaker(&voice{}, tts.SpeakerOptions{}).Speak(context.Background(), text, "de", 1, &line{})
		require.NoError(t, err)
		require.Empty(t, spoken)
	}
}

func TestVeryLongTextIsSpokenInPieces(t *testing.T) {
	v := &voice{}
	frames := 0
	spoken, err := tts.NewSpeaker(v, tts.SpeakerOptions{Pause: -1}).Speak(context.Background(), strings.Repeat("lang, ", 100_000/6), "de", 1,
		media.SinkFunc(func(media.Frame) error { frames++; return nil }))
	require.NoError(t, err)
	require.Greater(t, len(spoken), 300)
	require.InDelta(t, 100_000, frames, 2000)
}

func TestRouterPicksByLanguageAndFallsBack(t *testing.T) {
	broken := errors.New("model is damaged")
	a, b := &voice{name: "A", fail: broken}, &voice{name: "B", langs: []string{"tr", "de"}}
	var failed []string
	r, err := tts.NewRouter(map[string]tts.Synthesizer{"a": a, "b": b}, map[string][]string{"de": {"a"}, "*": {"b"}},
		tts.RouterOptions{Failed: func(engine, lang string, _ error) { failed = append(failed, engine+" "+lang) }})
	require.NoError(t, err)
	require.Equal(t, []string{"de", "tr"}, r.Languages())

	require.NoError(t, r.Speak(context.Background(), tts.Utterance{Text: "Hallo", Language: "de-leicht", Voice: "x"}, &line{}))
	require.Len(t, a.said, 1)
	require.Equal(t, tts.Utterance{Text: "Hallo", Language: "de", Voice: "x", Rate: 0.85}, a.said[0])
	require.Equal(t, tts.Utterance{Text: "Hallo", Language: "de", Rate: 0.85}, b.said[0])
	require.Equal(t, []string{"a de"}, failed)

	require.NoError(t, r.Speak(context.Background(), tts.Utterance{Text: "Merhaba", Language: "tr"}, &line{}))
	require.Len(t, a.said, 1, "the engine of another language is not asked")

	require.NoError(t, r.Speak(context.Background(), tts.Utterance{Text: "Hallo", Language: "de", Voice: "b:tief"}, &line{}))
	require.Equal(t, "tief", b.said[2].Voice)
}

func TestRouterDoesNotRepeatWhatWasBegun(t *testing.T) {
	broken := errors.New("broke in the middle")
	a, b := &voice{fail: broken, after: 2}, &voice{}
	r, err := tts.NewRouter(map[string]tts.Synthesizer{"a": a, "b": b}, map[string][]string{"*": {"a", "b"}}, tts.RouterOptions{})
	require.NoError(t, err)
	var l line
	require.ErrorIs(t, r.Speak(context.Background(), tts.Utterance{Text: "Hallo", Language: "de"}, &l), broken)
	require.Equal(t, "Ha", l.heard.String())
	require.Empty(t, b.said)
}

func TestRouterRefusesUnknownEngines(t *testing.T) {
	_, err := tts.NewRouter(map[string]tts.Synthesizer{"pico": &voice{}}, map[string][]string{"de": {"piko"}}, tts.RouterOptions{})
	require.ErrorContains(t, err, `"piko"`)
	require.ErrorContains(t, err, "pico")
	_, err = tts.NewRouter(nil, nil, tts.RouterOptions{})
	require.Error(t, err)
	r, err := tts.NewRouter(map[string]tts.Synthesizer{"pico": &voice{}}, map[string][]string{"de": {"pico"}}, tts.RouterOptions{})
	require.NoError(t, err)
	require.ErrorIs(t, r.Speak(context.Background(), tts.Utterance{Language: "tr"}, &line{}), tts.ErrLanguage)
}
