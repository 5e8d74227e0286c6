package call

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
)

// falters speaks like tones, but breaks or hangs after some frames, each time
// until it is mended.
type falters struct {
	after  int
	hangs  bool
	broken int // times
	tries  int
}

func (f *falters) Say(ctx context.Context, text, lang string, rate float64, to media.Sink) error {
	if f.tries++; f.tries > f.broken {
		return tones{}.Say(ctx, text, lang, rate, to)
	}
	frame := media.Frame{PCM: make([]int16, media.FrameSamples)}
	for range f.after {
		if err := to.WriteFrame(frame); err != nil {
			return err
		}
	}
	if f.hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	return errors.New("the engine was killed")
}

// last is whether something sounded in the last stretch of the call.
func (l *line) last(d time.Duration) bool {
	end := time.Duration(len(l.heard)) * media.FrameDuration
	any, _ := l.sounded(end-d, end)
	return any
}

func TestVoiceThatBreaksOnceGoesOn(t *testing.T) {
	for name, v := range map[string]*falters{
		"at once": {broken: 1}, "in a sentence": {broken: 1, after: 20}, "by hanging": {broken: 1, after: 20, hangs: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := greetAndAnswer()
				b := converse(t, newLine(), fixed(""), s, 9*second, func(b *Bot) { b.Voice = v })
				require.Contains(t, s.kinds(), dialog.Spoken, "the greeting was not said to its end")
				calls, _ := b.Journal.Snapshot()
				require.Equal(t, "caller", calls[0].Reason)
			})
		})
	}
}

// With no voice left the caller hears what was recorded, or at least a tone,
// and is not left in silence.
func TestNoVoiceLeft(t *testing.T) {
	recording := make([]int16, 2*media.SampleRate)
	for i := range recording {
		recording[i] = int16(5000 * math.Sin(float64(i)/8))
	}
	for name, recorded := range map[string]map[string][]int16{"recorded": {"de": recording}, "tone": nil} {
		for kind, hangs := range map[string]bool{"fails": false, "hangs": true} {
			t.Run(name+" "+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					began := time.Now()
					l := newLine()
					b := converse(t, l, fixed(""), greetAndAnswer(), 60*second, func(b *Bot) {
						b.Voice, b.Recorded = &falters{broken: 1000, hangs: hangs}, recorded
					})
					calls, _ := b.Journal.Snapshot()
					require.Equal(t, "error", calls[0].Reason)
					require.True(t, l.last(second), "the call ended in silence")
					require.Less(t, time.Since(began), 25*second)
				})
			})
		}
	}
}

// A recogniser that hangs is told to the dialog in bounded time, the second
// time sooner, and words count again when it is back.
func TestRecogniserHangsAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(span{2 * second, 3 * second}, span{14 * second, 15 * second}, span{22 * second, 23 * second})
		began := time.Now()
		var told []time.Duration
		s := &script{}
		s.answer = func(e dialog.Event) []dialog.Action {
			switch e.Kind {
			case dialog.Start:
				return []dialog.Action{say("willkommen"), listen}
			case dialog.Degraded:
				told = append(told, time.Since(began))
				return []dialog.Action{say("tasten"), listen}
			case dialog.Heard:
				return []dialog.Action{say("tschüss"), {Kind: dialog.End}}
			}
			return nil
		}
		converse(t, l, fixed("hallo"), s, 40*second, func(b *Bot) {
			b.Recognizer = &absent{until: began.Add(20 * second)}
		})
		require.Len(t, told, 2, "%v", s.kinds())
		require.Less(t, told[0], 11*second)
		require.Less(t, told[1], 19*second)
		require.Contains(t, s.kinds(), dialog.Heard)
	})
}

// absent answers nothing until it is back.
type absent struct{ until time.Time }

func (a *absent) Name() string { return "absent" }

func (a *absent) Recognize(ctx context.Context, _ stt.Window) (stt.Hypothesis, error) {
	if time.Now().Before(a.until) {
		<-ctx.Done()
		return stt.Hypothesis{}, ctx.Err()
	}
	return stt.Hypothesis{Language: "de", LanguageProbability: 0.99, Segments: []stt.Segment{{Text: "hallo"}}}, nil
}
