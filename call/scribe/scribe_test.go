package scribe

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const second = time.Second

type span struct{ from, to time.Duration }

// loudness hears speech in everything that is loud.
type loudness struct{}

func (loudness) Probability(w []int16) (float32, error) {
	var sum float64
	for _, s := range w {
		sum += math.Abs(float64(s))
	}
	if sum/float64(len(w)) > 1000 {
		return 0.95, nil
	}
	return 0.02, nil
}

// ears recognise by a function, and note all windows.
type ears struct {
	takes func(w stt.Window) time.Duration
	hear  func(w stt.Window) (stt.Hypothesis, error)

	mu      sync.Mutex
	windows []stt.Window
}

func (*ears) Name() string { return "scripted" }

func (e *ears) Recognize(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	e.mu.Lock()
	e.windows = append(e.windows, w)
	e.mu.Unlock()
	took := 200 * time.Millisecond
	if e.takes != nil {
		took = e.takes(w)
	}
	select {
	case <-time.After(took):
	case <-ctx.Done():
		return stt.Hypothesis{}, ctx.Err()
	}
	return e.hear(w)
}

func (e *ears) all() []stt.Window {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]stt.Window(nil), e.windows...)
}

// loud is how much of a window is speech: what the scripted ears understand.
func loud(w stt.Window) time.Duration {
	n := 0
	for i := 0; i+320 <= len(w.PCM); i += 320 {
		if p, _ := (loudness{}).Probability(w.PCM[i : i+320]); p > 0.5 {
			n++
		}
	}
	return time.Duration(n) * media.FrameDuration
}

// counts says how long somebody spoke, to a tenth of a second.
func counts(w stt.Window) (stt.Hypothesis, error) {
	text := fmt.Sprintf("%.1f", loud(w).Seconds())
	return stt.Hypothesis{Language: "de", LanguageProbability: 0.99, LogProbability: -0.1, Segments: []stt.Segment{{
		Text: text, Start: 600 * time.Millisecond, End: media.Duration(len(w.PCM)),
		Words: []transcript.Word{{Text: text, Start: 600 * time.Millisecond, End: second, Probability: 0.9}},
	}}}, nil
}

// party speaks into a scribe in real time, on the fake clock.
type party struct {
	*Scribe
	journal *journal.Journal
	ears    *ears
	heard   []journal.Line
	sub     *journal.Subscription
}

func listen(t *testing.T, e *ears, says []span, until time.Duration, more ...func(*Options)) *party {
	t.Helper()
	return listenWith(t, e, says, until, nil, more...)
}

// listenWith calls at before each frame.
func listenWith(t *testing.T, e *ears, says []span, until time.Duration, at func(*party, time.Duration), more ...func(*Options)) *party {
	t.Helper()
	p := &party{journal: journal.New(3), ears: e}
	if e.hear == nil {
		e.hear = counts
	}
	p.journal.Begin(journal.Call{ID: "01"})
	p.journal.Add("01", journal.Line{Segment: transcript.Segment{Leg: "caller", ID: 3, Text: "zum Bot gesagt", Final: true}})
	p.sub = p.journal.Subscribe(1000)
	t.Cleanup(p.sub.Close)
	o := Options{
		Journal: p.journal, Call: "01", Leg: "caller", Recognizer: e, Languages: []string{"de", "tr"},
		Detect: func(emit func(turn.Event)) (*turn.Detector, func(), error) {
			return turn.NewDetector(turn.Options{Voice: loudness{}, Notify: emit}), func() {}, nil
		},
		Heard: func(u Utterance) { p.heard = append(p.heard, u.Line) },
	}
	for _, f := range more {
		f(&o)
	}
	p.Scribe = New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	p.speak(says, until, at)
	cancel()
	require.NoError(t, <-done)
	return p
}

func (p *party) speak(says []span, until time.Duration, at func(*party, time.Duration)) {
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	pcm := make([]int16, media.FrameSamples)
	for now := time.Duration(0); now < until; now += media.FrameDuration {
		<-tick.C
		clear(pcm)
		for _, s := range says {
			if now >= s.from && now < s.to {
				for i := range pcm {
					pcm[i] = int16(8000 * math.Sin(float64(i)*2*math.Pi*200/media.SampleRate))
				}
			}
		}
		if at != nil {
			at(p, now)
		}
		_ = p.WriteFrame(media.Frame{PCM: pcm, At: now})
	}
}

// lines are those of the scribe.
func (p *party) lines() []transcript.Segment {
	var out []transcript.Segment
	for _, l := range p.journal.Lines("01")[1:] {
		out = append(out, l.Segment)
	}
	return out
}

func (p *party) texts() []string {
	var out []string
	for _, s := range p.lines() {
		out = append(out, s.Text)
	}
	return out
}

func TestTurnsBecomeLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := listen(t, &ears{}, []span{{1 * second, 2 * second}, {4 * second, 5200 * time.Millisecond}}, 8*second)
		require.Equal(t, []string{"1.0", "1.2"}, p.texts())
		for i, s := range p.lines() {
			require.Equal(t, 4+i, s.ID, "the bot's lines are not written over")
			require.True(t, s.Final)
			require.Equal(t, "de", s.Language)
			require.InDelta(t, 0.9, s.Words[0].Probability, 0.01)
		}
		require.InDelta(t, 1, p.lines()[0].Start.Seconds(), 0.1)
		require.InDelta(t, 4, p.lines()[1].Words[0].Start.Seconds(), 0.1, "words have media time")
		require.Len(t, p.heard, 2)
		require.Equal(t, 2, len(p.ears.all()), "a pause that ends the turn is recognised once")
	})
}

func TestWordsShowWhileSomebodySpeaksOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := listen(t, &ears{}, []span{{1 * second, 9 * second}}, 12*second)
		require.Equal(t, []string{"8.0"}, p.texts())
		revisions, last := 0, -1
		for len(p.sub.C) > 0 {
			l := (<-p.sub.C).Line
			require.Equal(t, last+1, l.Segment.Revision)
			last = l.Segment.Revision
			revisions++
		}
		require.GreaterOrEqual(t, revisions, 4)
		for _, w := range p.ears.all() {
			require.GreaterOrEqual(t, w.Priority, inference.Partial, "the bot's turns elsewhere come first")
			require.True(t, w.Words)
		}
	})
}

func TestPauseWithinASentenceIsOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := listen(t, &ears{}, []span{{1 * second, 2 * second}, {2400 * time.Millisecond, 4 * second}}, 7*second)
		require.Equal(t, []string{"2.6"}, p.texts())
		require.Len(t, p.heard, 1)
	})
}

func TestLongSpeechIsSettledAtPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := listen(t, &ears{}, []span{{1 * second, 12 * second}, {12300 * time.Millisecond, 16 * second}}, 20*second)
		require.Equal(t, []string{"11.0", "3.7"}, p.texts(), "no word is lost or written twice")
		p = listen(t, &ears{}, []span{{1 * second, 51 * second}}, 55*second)
		sum := 0.0
		for _, text := range p.texts() {
			var d float64
			_, err := fmt.Sscan(text, &d)
			require.NoError(t, err)
			sum += d
		}
		require.InDelta(t, 50, sum, 0.5, "%v", p.texts())
	})
}

func TestSlowRecogniserDropsNoFinalWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var says []span
		for i := range 8 {
			at := time.Duration(i) * 4 * second
			says = append(says, span{at + second, at + 3*second + time.Duration(i)*100*time.Millisecond})
		}
		e := &ears{takes: func(stt.Window) time.Duration { return 5 * second }}
		p := listen(t, e, says, 60*second)
		require.Equal(t, []string{"2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7"}, p.texts())
		require.Len(t, p.heard, 8)
	})
}

func TestFailingRecogniserIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		e := &ears{hear: func(w stt.Window) (stt.Hypothesis, error) {
			if n++; n <= 4 {
				return stt.Hypothesis{}, stt.ErrUnavailable
			}
			return counts(w)
		}}
		p := listen(t, e, []span{{1 * second, 2 * second}, {4 * second, 6 * second}}, 15*second)
		require.Equal(t, []string{"1.0", "2.0"}, p.texts())
	})
}

func TestDeadRecogniserLeavesAMark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &ears{hear: func(stt.Window) (stt.Hypothesis, error) { return stt.Hypothesis{}, errors.New("gone") }}
		p := listen(t, e, []span{{1 * second, 2 * second}, {4 * second, 6 * second}}, 60*second)
		require.Equal(t, []string{unheard, unheard}, p.texts())
		require.Empty(t, p.heard, "nothing to look for")
	})
}

func TestPanicIsOneFailedTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		e := &ears{hear: func(w stt.Window) (stt.Hypothesis, error) {
			if n++; n == 1 {
				panic("broken")
			}
			return counts(w)
		}}
		p := listen(t, e, []span{{1 * second, 2 * second}}, 8*second)
		require.Equal(t, []string{"1.0"}, p.texts())
	})
}

func TestLastWordsAreWrittenAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &ears{takes: func(stt.Window) time.Duration { return 2 * second }}
		p := listen(t, e, []span{{1 * second, 4 * second}}, 4*second)
		require.Equal(t, []string{"3.0"}, p.texts())
		require.True(t, p.lines()[0].Final)

		e = &ears{takes: func(stt.Window) time.Duration { return time.Hour }}
		begun := time.Now()
		p = listen(t, e, []span{{1 * second, 4 * second}}, 4*second)
		require.Less(t, time.Since(begun), 10*second, "a recogniser that hangs does not hold the end up")
		require.Equal(t, []string{unheard}, p.texts())
	})
}

func TestPausedScribeHearsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := listenWith(t, &ears{}, []span{{1 * second, 10 * second}}, 14*second, func(p *party, now time.Duration) {
			p.Pause(now >= 3*second && now < 8*second)
		})
		require.Equal(t, []string{"2.0", "2.0"}, p.texts())
	})
}

func TestWordsThatAreNoneAreTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &ears{}
		e.hear = func(w stt.Window) (stt.Hypothesis, error) {
			if loud(w) < 3*second {
				return counts(w)
			}
			return stt.Hypothesis{Rejected: "no-speech"}, nil
		}
		p := listen(t, e, []span{{1 * second, 4 * second}}, 8*second)
		require.Empty(t, p.texts())
		require.Empty(t, p.heard)
		require.GreaterOrEqual(t, len(p.sub.C), 2, "it had been shown")
	})
}

func TestLanguageIsSettledOrGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		says := []span{{1 * second, 4 * second}, {6 * second, 7 * second}}
		e := &ears{}
		listen(t, e, says, 10*second)
		w := e.all()
		require.Empty(t, w[0].Language)
		require.Equal(t, []string{"de", "tr"}, w[0].Languages)
		require.Equal(t, "de", w[len(w)-1].Language, "settled by then")

		e = &ears{}
		listenWith(t, e, says, 10*second, func(p *party, now time.Duration) {
			if now == 5*second {
				p.SetLanguage("tr")
			}
		}, func(o *Options) { o.Language = "de-leicht" })
		w = e.all()
		require.Equal(t, "de", w[0].Language)
		require.Equal(t, "tr", w[len(w)-1].Language)
	})
}

func TestWriteFrameNeverBlocks(t *testing.T) {
	s := New(Options{})
	for range 3 * inboxFrames {
		require.NoError(t, s.WriteFrame(media.Frame{PCM: silence[:]}))
	}
	require.EqualValues(t, 2*inboxFrames, s.inbox.dropped.Load())
	require.ErrorContains(t, s.Run(t.Context()), "needs a journal")
}
