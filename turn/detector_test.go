package turn

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loud takes every loud sample for speech: certain above 10,000, doubtful above 1,000.
type loud struct{}

func (loud) Probability(w []int16) (float32, error) {
	n, high := 0, int16(0)
	for _, v := range w {
		if v > 1000 {
			n++
		}
		high = max(high, v)
	}
	switch {
	case n < len(w)/2:
		return 0.01, nil
	case high > 10000:
		return 0.99, nil
	}
	return 0.7, nil
}

// line is a caller's line: it writes frames and notes what the detector tells.
type line struct {
	t      *testing.T
	d      *Detector
	at     time.Duration
	events []Event
	heard  []int16 // all that was written
}

func newLine(t *testing.T, o Options) *line {
	l := &line{t: t}
	o.Voice = loud{}
	o.Notify = func(e Event) { l.events = append(l.events, e) }
	l.d = NewDetector(o)
	return l
}

const (
	speechLevel = 20000
	coughLevel  = 3000
)

// play writes audio of one level; each sample's value tells its place.
func (l *line) play(level int16, ms int) {
	for range ms / 20 {
		pcm := make([]int16, media.FrameSamples)
		for i := range pcm {
			pcm[i] = level + int16((len(l.heard)+i)%500)
		}
		l.heard = append(l.heard, pcm...)
		require.NoError(l.t, l.d.WriteFrame(media.Frame{PCM: pcm, At: l.at}))
		l.at += media.FrameDuration
		clear(pcm) // the frame is the writer's: the detector must have copied
	}
}

func (l *line) say(ms int)   { l.play(speechLevel, ms) }
func (l *line) quiet(ms int) { l.play(0, ms) }

func (l *line) kinds() []Kind {
	kinds := make([]Kind, len(l.events))
	for i, e := range l.events {
		kinds[i] = e.Kind
	}
	return kinds
}

func (l *line) last() Event {
	require.NotEmpty(l.t, l.events)
	return l.events[len(l.events)-1]
}

// endAfter is the silence between the last speech and Ended.
func (l *line) endAfter() time.Duration {
	e := l.last()
	require.Equal(l.t, Ended, e.Kind, "%v", l.kinds())
	return e.At - e.Utterance.SpeechEnd
}

const window = WindowSamples * time.Second / media.SampleRate

func TestOneTurn(t *testing.T) {
	l := newLine(t, Options{})
	l.quiet(2000)
	l.say(1500)
	l.quiet(3000)
	require.Equal(t, []Kind{Started, Sustained, Paused, Ended}, l.kinds())
	started, paused, ended := l.events[0], l.events[2], l.events[3]
	require.InDelta(t, 2.1, started.At.Seconds(), 0.04)
	require.True(t, paused.Unsure)
	require.InDelta(t, 3.7, paused.At.Seconds(), 0.04)
	require.InDelta(t, 0.7, l.endAfter().Seconds(), 0.04)

	u := ended.Utterance
	require.Equal(t, paused.Utterance, u)
	require.InDelta(t, 2.0, u.SpeechStart.Seconds(), 0.033)
	require.InDelta(t, 3.5, u.SpeechEnd.Seconds(), 0.033)
	require.InDelta(t, 1.5, u.Speech.Seconds(), 0.07)
	require.InDelta(t, 0.6, (u.SpeechStart - u.Start).Seconds(), 1e-3, "pre-roll")
	from := media.Samples(u.Start)
	require.Equal(t, l.heard[from:from+len(u.PCM)], u.PCM, "the very samples at that time")
	require.Greater(t, u.Start+media.Duration(len(u.PCM)), u.SpeechEnd+150*time.Millisecond)
}

func TestVerdictDecidesTheSilence(t *testing.T) {
	for _, c := range []struct {
		complete float64
		min, max float64 // s
	}{{0.99, 0.34, 0.4}, {0.71, 0.7, 0.9}, {0.5, 1.15, 1.25}, {0, 1.58, 1.66}} {
		l := newLine(t, Options{})
		l.say(1000)
		l.quiet(220)
		require.Equal(t, Paused, l.last().Kind)
		l.d.Verdict(l.last().Utterance.Serial, c.complete)
		l.quiet(2500)
		require.GreaterOrEqual(t, l.endAfter().Seconds(), c.min, "verdict %v", c.complete)
		require.LessOrEqual(t, l.endAfter().Seconds(), c.max, "verdict %v", c.complete)
	}
}

func TestLoneWordIsNotWaitedForLong(t *testing.T) {
	l := newLine(t, Options{})
	l.say(350)
	l.quiet(220)
	l.d.Verdict(l.last().Utterance.Serial, 0.1)
	l.quiet(2500)
	require.InDelta(t, 1.0, l.endAfter().Seconds(), 0.07)
}

func TestStaleVerdictIsIgnored(t *testing.T) {
	l := newLine(t, Options{})
	l.say(1000)
	l.quiet(220)
	first := l.last().Utterance.Serial
	l.say(500)
	l.quiet(220)
	require.Equal(t, []Kind{Started, Sustained, Paused, Resumed, Paused}, l.kinds())
	require.Greater(t, l.last().Utterance.Serial, first)
	l.d.Verdict(first, 1)
	l.quiet(2000)
	require.InDelta(t, 0.7, l.endAfter().Seconds(), 0.04)
	require.InDelta(t, 1.72, (l.last().Utterance.SpeechEnd - l.last().Utterance.SpeechStart).Seconds(), 0.07)
}

func TestLateVerdictEndsAtOnce(t *testing.T) {
	l := newLine(t, Options{})
	l.say(1000)
	l.quiet(500)
	l.d.Verdict(1, 1)
	l.quiet(40)
	require.Equal(t, Ended, l.last().Kind)
}

func TestSilenceFollowsExpect(t *testing.T) {
	for _, c := range []struct {
		expect Expect
		speech int // ms
		want   float64
		unsure bool
	}{
		{YesNo, 400, 0.35, false}, {YesNo, 2000, 0.7, true}, {Digits, 1000, 1.4, false},
		{Name, 800, 1.0, true}, {Date, 800, 0.9, true}, {Free, 800, 0.7, true},
	} {
		l := newLine(t, Options{})
		l.d.Expect(c.expect)
		l.say(c.speech)
		l.quiet(220)
		require.Equal(t, c.unsure, l.last().Unsure, "%s after %d ms", c.expect, c.speech)
		l.quiet(3000)
		require.InDelta(t, c.want, l.endAfter().Seconds(), 0.04, "%s after %d ms", c.expect, c.speech)
	}
}

func TestPatienceStretches(t *testing.T) {
	l := newLine(t, Options{Patience: 1.5})
	l.say(1000)
	l.quiet(3000)
	require.InDelta(t, 1.05, l.endAfter().Seconds(), 0.04)
}

// A number dictated in groups is one utterance.
func TestDictatedNumber(t *testing.T) {
	l := newLine(t, Options{})
	l.d.Expect(Digits)
	for range 4 {
		l.say(700)
		l.quiet(1100)
	}
	l.quiet(1000)
	require.Equal(t, Ended, l.last().Kind)
	ended := 0
	for _, e := range l.events {
		if e.Kind == Ended {
			ended++
		}
	}
	require.Equal(t, 1, ended)
	require.InDelta(t, 2.8, l.last().Utterance.Speech.Seconds(), 0.2)
}

func TestSilenceNeverYieldsASecondUtterance(t *testing.T) {
	l := newLine(t, Options{})
	l.say(900)
	l.quiet(1500)
	n := len(l.events)
	require.Equal(t, Ended, l.last().Kind)
	l.quiet(60_000)
	require.Len(t, l.events, n)
}

func TestNextTurnDoesNotRepeatWords(t *testing.T) {
	l := newLine(t, Options{})
	l.d.Expect(YesNo)
	l.say(400)
	l.quiet(400)
	first := l.last().Utterance
	require.Equal(t, Ended, l.last().Kind)
	l.say(400)
	l.quiet(400)
	second := l.last().Utterance
	require.Equal(t, Ended, l.last().Kind)
	require.GreaterOrEqual(t, second.Start, first.Start+media.Duration(len(first.PCM)))
	require.LessOrEqual(t, second.Start, second.SpeechStart)
}

func TestUtterancesStayAsTheyWere(t *testing.T) {
	l := newLine(t, Options{})
	for i := range 5 {
		l.say(500 + 300*i)
		l.quiet(250)
		l.say(500)
		l.quiet(2000)
	}
	for _, e := range l.events {
		if e.Kind == Paused || e.Kind == Ended {
			from := media.Samples(e.Utterance.Start)
			require.Equal(t, l.heard[from:from+len(e.Utterance.PCM)], e.Utterance.PCM)
		}
	}
}

func TestClicksDoNotStart(t *testing.T) {
	l := newLine(t, Options{})
	for range 20 {
		l.say(60)
		l.quiet(400)
	}
	require.Empty(t, l.events)
}

func TestShortDoubtfulBurstIsDiscarded(t *testing.T) {
	l := newLine(t, Options{})
	l.quiet(500)
	l.play(coughLevel, 140)
	l.quiet(3000)
	require.Equal(t, []Kind{Started, Paused, Discarded}, l.kinds())
}

func TestShortCertainWordIsKept(t *testing.T) {
	l := newLine(t, Options{})
	l.quiet(500)
	l.say(140) // "ja"
	l.quiet(3000)
	require.Equal(t, []Kind{Started, Paused, Ended}, l.kinds())
}

func TestQuickWhileTheBotSpeaks(t *testing.T) {
	strict := newLine(t, Options{})
	strict.d.SetBotSpeaking(true)
	strict.quiet(1000)
	strict.say(1000)
	require.Equal(t, Started, strict.events[0].Kind)
	require.LessOrEqual(t, strict.events[0].At, 1200*time.Millisecond, "the bot must be silent 200 ms after speech began")
}

func TestHardCutAt28Seconds(t *testing.T) {
	l := newLine(t, Options{})
	l.say(60_000)
	l.quiet(2000)
	var ended []Utterance
	for _, e := range l.events {
		if e.Kind == Ended {
			ended = append(ended, e.Utterance)
		}
	}
	require.Len(t, ended, 3)
	for i, u := range ended {
		require.LessOrEqual(t, media.Duration(len(u.PCM)), maxUtterance+window)
		if i > 0 {
			require.Equal(t, ended[i-1].Start+media.Duration(len(ended[i-1].PCM)), u.Start, "not a sample is lost")
		}
	}
}

func TestFirmHoldsTheLastTurnBack(t *testing.T) {
	l := newLine(t, Options{})
	l.d.SetFirm(true)
	l.say(500)
	l.quiet(1500)
	l.say(1000)
	l.quiet(250)
	l.say(300)
	l.quiet(1500)
	require.Empty(t, l.events)
	l.d.SetFirm(false)
	l.quiet(20)
	require.Equal(t, []Kind{Started, Sustained, Paused, Ended}, l.kinds())
	require.InDelta(t, 1.3, l.last().Utterance.Speech.Seconds(), 0.1)
	require.Equal(t, l.events[2].Utterance.Serial, l.last().Utterance.Serial)
}

func TestFirmInTheMiddleOfATurn(t *testing.T) {
	l := newLine(t, Options{})
	l.say(500)
	l.d.SetFirm(true)
	l.quiet(1500)
	l.say(500)
	l.quiet(250)
	require.Equal(t, []Kind{Started}, l.kinds())
	l.d.SetFirm(false)
	l.quiet(20)
	require.Equal(t, []Kind{Started, Paused, Ended, Started, Paused}, l.kinds())
}

func TestHeldLine(t *testing.T) {
	l := newLine(t, Options{})
	l.quiet(500)
	l.at += time.Minute // on hold
	l.quiet(500)
	l.say(500)
	l.quiet(1000)
	require.InDelta(t, 61, l.last().Utterance.SpeechStart.Seconds(), 0.04)
}

type broken struct{}

func (broken) Probability([]int16) (float32, error) { return 0, errors.New("out of order") }

func TestVoiceErrors(t *testing.T) {
	f := media.Frame{PCM: make([]int16, media.FrameSamples)}
	require.ErrorIs(t, NewDetector(Options{}).WriteFrame(f), ErrNoVoice)
	d := NewDetector(Options{Voice: broken{}})
	require.NoError(t, d.WriteFrame(f)) // less than a window
	require.ErrorContains(t, d.WriteFrame(f), "out of order")
}

// Whatever the probabilities are, events come in their order and utterances fit.
func FuzzEventOrder(f *testing.F) {
	f.Add(uint64(1), false)
	f.Add(uint64(2), true)
	f.Fuzz(func(t *testing.T, seed uint64, firm bool) {
		rng := rand.New(rand.NewPCG(seed, 1))
		l := newLine(t, Options{})
		for range 60 {
			l.play([]int16{0, 0, coughLevel, speechLevel}[rng.IntN(4)], 20*rng.IntN(60))
			l.d.Expect(Expect(rng.IntN(5)))
			l.d.SetBotSpeaking(rng.IntN(2) == 0)
			l.d.SetFirm(firm && rng.IntN(3) == 0)
			l.d.Verdict(rng.IntN(20), rng.Float64())
		}
		l.d.SetFirm(false)
		l.quiet(3000)
		state := Ended
		end := time.Duration(0)
		for _, e := range l.events {
			switch e.Kind {
			case Started:
				require.Contains(t, []Kind{Ended, Discarded}, state)
			case Sustained:
				require.Contains(t, []Kind{Started, Resumed}, state)
				continue
			case Paused:
				require.Contains(t, []Kind{Started, Resumed}, state)
			case Resumed, Ended, Discarded:
				require.Equal(t, Paused, state)
			}
			state = e.Kind
			if e.Kind == Ended {
				u := e.Utterance
				require.GreaterOrEqual(t, u.Start, end)
				require.LessOrEqual(t, u.Start, u.SpeechStart)
				end = u.Start + media.Duration(len(u.PCM))
				require.LessOrEqual(t, media.Duration(len(u.PCM)), maxUtterance+window)
			}
		}
		require.Contains(t, []Kind{Ended, Discarded}, state)
	})
}

func BenchmarkFrame(b *testing.B) {
	for _, c := range []struct {
		name  string
		level int16
	}{{"quiet", 0}, {"speech", speechLevel}} {
		b.Run(c.name, func(b *testing.B) {
			d := NewDetector(Options{Voice: loud{}})
			f := media.Frame{PCM: make([]int16, media.FrameSamples)}
			for i := range f.PCM {
				f.PCM[i] = c.level
			}
			b.ReportAllocs()
			for b.Loop() {
				_ = d.WriteFrame(f)
				f.At += media.FrameDuration
			}
		})
	}
}
