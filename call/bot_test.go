package call

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
)

const second = time.Second

func fixed(text string) hears {
	return func(stt.Window) (string, error) { return text, nil }
}

// greetAndAnswer says one word, answers the first question with ten words and
// ends after the second.
func greetAndAnswer() *script {
	heard := 0
	return &script{answer: func(e dialog.Event) []dialog.Action {
		switch e.Kind {
		case dialog.Start:
			return []dialog.Action{say("willkommen"), listen}
		case dialog.Heard:
			if heard++; heard == 1 {
				return []dialog.Action{say("eins zwei drei vier fünf sechs sieben acht neun zehn"), listen}
			}
			return []dialog.Action{say("tschüss"), {Kind: dialog.End}}
		}
		return nil
	}}
}

func TestQuestionAnswerGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(span{2 * second, 3 * second}, span{10 * second, 11 * second})
		s := greetAndAnswer()
		b := converse(t, l, fixed("was kostet ein Ausweis"), s, 30*second)
		require.Equal(t, []dialog.EventKind{dialog.Start, dialog.Spoken, dialog.Heard, dialog.Spoken, dialog.Heard}, s.kinds())
		require.Equal(t, leg.CauseNormal, l.cause)
		calls, _ := b.Journal.Snapshot()
		require.Equal(t, "goodbye", calls[0].Reason)
		require.Equal(t, "030123••••", calls[0].From)
		require.Len(t, calls[0].Lines, 5)
		timing := calls[0].Lines[2].Timing
		require.NotNil(t, timing, "the answer has no timing")
		require.Less(t, timing.FirstAudio, 1500*time.Millisecond)
		require.GreaterOrEqual(t, timing.FirstAudio, timing.Search)
	})
}

func TestInterruptionSilencesTheBot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(span{2 * second, 3 * second}, span{5 * second, 7 * second})
		s := greetAndAnswer()
		converse(t, l, fixed("eine andere Frage"), s, 30*second)
		any, _ := l.sounded(5*second+300*time.Millisecond, 7*second)
		require.False(t, any, "the bot spoke over the caller")
		e, ok := s.first(dialog.Interrupted)
		require.True(t, ok)
		require.InDelta(t, 1.2, e.Played.Seconds(), 0.5)
		require.Equal(t, 1, slices.Index(s.kinds()[3:], dialog.Heard), "%v", s.kinds())
	})
}

func TestMumblingDoesNotStopTheBot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(span{2 * second, 3 * second}, span{5 * second, 5*second + 400*time.Millisecond})
		s := greetAndAnswer()
		calls := 0
		r := hears(func(stt.Window) (string, error) {
			if calls++; calls == 1 {
				return "was kostet das", nil
			}
			return "mhm", nil
		})
		converse(t, l, r, s, 12*second)
		require.NotContains(t, s.kinds(), dialog.Interrupted)
		paused, _ := l.sounded(5*second+300*time.Millisecond, 5*second+380*time.Millisecond)
		require.False(t, paused, "the bot did not hold back")
		resumed, _ := l.sounded(6500*time.Millisecond, 7*second)
		require.True(t, resumed, "the bot did not go on")
	})
}

func TestFirmWordsAreNotInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(span{1 * second, 2500 * time.Millisecond})
		s := &script{}
		s.answer = func(e dialog.Event) []dialog.Action {
			switch e.Kind {
			case dialog.Start:
				return []dialog.Action{firm("Sie sprechen mit einer künstlichen Intelligenz das ist so"), say("bitte"), listen}
			case dialog.Heard:
				return []dialog.Action{say("ja"), {Kind: dialog.End}}
			}
			return nil
		}
		converse(t, l, fixed("hallo hallo"), s, 20*second)
		_, all := l.sounded(200*time.Millisecond, 2600*time.Millisecond)
		require.True(t, all, "the firm words were interrupted")
		require.Contains(t, s.kinds(), dialog.Heard)
	})
}

func TestDigitWaitsForFirmWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine()
		l.events <- leg.Event{Kind: leg.Digit, Digit: '2'}
		s := &script{}
		var at time.Duration
		begun := time.Now()
		s.answer = func(e dialog.Event) []dialog.Action {
			switch e.Kind {
			case dialog.Start:
				return []dialog.Action{firm("eins zwei drei vier"), say("fünf"), listen}
			case dialog.Digit:
				at = time.Since(begun)
				return []dialog.Action{say("two"), {Kind: dialog.End}}
			}
			return nil
		}
		converse(t, l, fixed(""), s, 20*second)
		require.GreaterOrEqual(t, at, 1200*time.Millisecond)
	})
}

func TestPauseInsideASentence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(span{2 * second, 3 * second}, span{3*second + 350*time.Millisecond, 5 * second})
		s := greetAndAnswer()
		var lengths []time.Duration
		r := hears(func(w stt.Window) (string, error) {
			lengths = append(lengths, media.Duration(len(w.PCM)))
			return "ein ganzer Satz", nil
		})
		converse(t, l, r, s, 9*second)
		require.Equal(t, 1, count(s.kinds(), dialog.Heard))
		require.Greater(t, lengths[len(lengths)-1], 2800*time.Millisecond, "the first half was lost")
	})
}

func TestSilenceIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		s.answer = func(e dialog.Event) []dialog.Action {
			switch e.Kind {
			case dialog.Start:
				return []dialog.Action{say("hallo"), listen}
			case dialog.Silence:
				if count(s.kinds(), dialog.Silence) == 2 {
					return []dialog.Action{{Kind: dialog.End}}
				}
				return []dialog.Action{say("sind Sie noch da"), listen}
			}
			return nil
		}
		begun := time.Now()
		converse(t, newLine(), fixed(""), s, 60*second)
		require.InDelta(t, 11.7, time.Since(begun).Seconds(), 1)
	})
}

func TestCoughWhileListeningIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := greetAndAnswer()
		converse(t, newLine(span{2 * second, 2*second + 240*time.Millisecond}), fixed(""), s, 6*second)
		require.NotContains(t, s.kinds(), dialog.NotHeard)
	})
}

func TestDeafnessIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := greetAndAnswer()
		r := hears(func(stt.Window) (string, error) { return "", stt.ErrUnavailable })
		converse(t, newLine(span{2 * second, 3 * second}), r, s, 8*second)
		require.Contains(t, s.kinds(), dialog.Degraded)
	})
}

func TestPanicEndsTheCallWithAnApology(t *testing.T) {
	for name, brk := range map[string]func(*script) hears{
		"recogniser": func(*script) hears { return func(stt.Window) (string, error) { panic("broken") } },
		"dialog": func(s *script) hears {
			before := s.answer
			s.answer = func(e dialog.Event) []dialog.Action {
				if e.Kind == dialog.Heard {
					panic("broken")
				}
				return before(e)
			}
			return fixed("hallo")
		},
		"dialog error": func(s *script) hears {
			s.fault = errors.New("no prompts")
			return fixed("")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLine(span{2 * second, 3 * second})
				s := greetAndAnswer()
				b := converse(t, l, brk(s), s, 20*second)
				calls, _ := b.Journal.Snapshot()
				require.Equal(t, "error", calls[0].Reason)
				n := len(l.heard)
				any, _ := l.sounded(time.Duration(n-40)*media.FrameDuration, time.Duration(n)*media.FrameDuration)
				require.True(t, any, "no apology was heard before the end")
			})
		})
	}
}

func TestCallerHangsUpWhileRecognised(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(span{2 * second, 3 * second})
		s := greetAndAnswer()
		b := converse(t, l, func(stt.Window) (string, error) { return "", errors.New("late") }, s, 3300*time.Millisecond)
		require.Equal(t, dialog.Gone, s.kinds()[len(s.kinds())-1])
		calls, _ := b.Journal.Snapshot()
		require.Equal(t, "caller", calls[0].Reason)
	})
}

func TestHoldStopsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine()
		l.events <- leg.Event{Kind: leg.Hold}
		s := greetAndAnswer()
		converse(t, l, fixed(""), s, 40*second)
		require.NotContains(t, s.kinds(), dialog.Silence)
	})
}

func count(kinds []dialog.EventKind, k dialog.EventKind) int {
	n := 0
	for _, x := range kinds {
		if x == k {
			n++
		}
	}
	return n
}
