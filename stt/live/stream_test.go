package live

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/guard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tale is what is said; its audio tells its own time: each sample of a spoken
// frame is the number of the frame.
type tale struct {
	words    []Word
	language string
}

// tell makes a tale of sentences, each after so much quiet; words are of 300 ms.
func tell(quiet time.Duration, sentences ...string) tale {
	t := tale{language: "de"}
	at := quiet
	for _, s := range sentences {
		words := said(at, s)
		t.words = append(t.words, words...)
		at = words[len(words)-1].End + quiet
	}
	return t
}

func (t tale) length() time.Duration { return t.words[len(t.words)-1].End }

func (t tale) frame(at time.Duration) media.Frame {
	f := media.Frame{At: at, PCM: make([]int16, media.FrameSamples)}
	if n := before(t.words, at); (n < len(t.words) && t.words[n].Start <= at) || (n > 0 && at < t.words[n-1].End) {
		for i := range f.PCM {
			f.PCM[i] = int16(at/media.FrameDuration) + 1
		}
	}
	return f
}

// loud takes everything that is not silence for speech.
type loud struct{}

func (loud) Probability(window []int16) (float32, error) {
	for _, s := range window {
		if s != 0 {
			return 0.95, nil
		}
	}
	return 0.01, nil
}

func ears() (Voice, func(), error) { return loud{}, func() {}, nil }

// reader hears the tale: the words of a window, the last one cut off.
type reader struct {
	tale
	took  time.Duration
	mu    sync.Mutex
	calls []stt.Window
	// trouble may answer instead; n counts from 1.
	trouble func(n int, w stt.Window, h stt.Hypothesis) (stt.Hypothesis, error)
}

func (*reader) Name() string { return "test" }

func (r *reader) Recognize(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	r.mu.Lock()
	r.calls = append(r.calls, w)
	n := len(r.calls)
	r.mu.Unlock()
	if err := wait(ctx, r.took); err != nil {
		return stt.Hypothesis{}, err
	}
	h := r.read(w)
	if r.trouble != nil {
		return r.trouble(n, w, h)
	}
	return h, nil
}

func (r *reader) read(w stt.Window) stt.Hypothesis {
	h := stt.Hypothesis{Language: r.language, LanguageProbability: 0.99, Took: r.took}
	i := 0
	for i < len(w.PCM) && w.PCM[i] == 0 {
		i++
	}
	if i == len(w.PCM) {
		h.Rejected = guard.Silence
		return h
	}
	// The first spoken sample may be in the middle of its frame.
	frames := 0
	for i+frames < len(w.PCM) && w.PCM[i+frames] == w.PCM[i] {
		frames++
	}
	from := time.Duration(w.PCM[i])*media.FrameDuration - media.Duration(i+frames)
	to := from + media.Duration(len(w.PCM))
	s := stt.Segment{}
	for _, word := range r.words {
		if word.Start < from || word.Start >= to-50*ms {
			continue
		}
		if word.End > to {
			word.End = to
			word.Text = word.Text[:1]
		}
		word.Start, word.End = word.Start-from, word.End-from
		s.Words = append(s.Words, word)
	}
	s.Text = Text(s.Words)
	if s.Text != "" {
		h.Segments = []stt.Segment{s}
	}
	return h
}

// played is what came of a tale.
type played struct {
	updates []Update
	lags    []time.Duration // of each word
	words   []Word
}

func (p *played) text() string { return Text(p.words) }

func (p *played) sentences() []string {
	var out []string
	var words []Word
	for _, u := range p.updates {
		words = append(words, u.Committed...)
		if u.Sentence {
			out = append(out, Text(words))
			words = nil
		}
	}
	return out
}

// play feeds the tale at its own pace, or as fast as the stream takes it.
func play(t *testing.T, r *reader, o Options) (p *played, st Stats) {
	t.Helper()
	began := time.Now()
	p = &played{}
	o.Recognizer, o.Voice = r, ears
	o.Update = func(u Update) {
		p.updates = append(p.updates, u)
		p.words = append(p.words, u.Committed...)
		for _, w := range u.Committed {
			p.lags = append(p.lags, time.Since(began)-w.End)
		}
	}
	s := NewStream(o)
	done := make(chan error, 1)
	go func() { done <- s.Run(t.Context()) }()
	for at := time.Duration(0); at < r.length()+time.Second; at += media.FrameDuration {
		if !o.Lossless {
			require.NoError(t, wait(t.Context(), time.Until(began.Add(at+media.FrameDuration))))
		}
		require.NoError(t, s.WriteFrame(r.frame(at)))
	}
	require.NoError(t, s.Close())
	require.NoError(t, <-done)
	require.ErrorIs(t, s.WriteFrame(r.frame(0)), ErrEnded)
	requireForward(t, p.words)
	return p, s.Stats()
}

var speech = []string{
	"Der Rat der Stadt hat heute getagt.", "Es ging um das Schwimmbad, das seit Jahren geschlossen ist, und um die Frage, wer die Kosten trägt.",
	"Danach wurde abgestimmt.", "Der Antrag ist angenommen, sagte die Bürgermeisterin am Abend, und alle waren froh darüber.",
}

func TestWordsComeSoonAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(time.Second, speech...), took: 200 * ms}
		p, st := play(t, r, Options{Language: "de"})
		require.Equal(t, strings.Join(speech, " "), p.text())
		require.Equal(t, speech, p.sentences())
		for i, lag := range p.lags {
			require.LessOrEqual(t, lag, 2500*ms, p.words[i].Text)
			require.InDelta(t, r.words[i].Start, p.words[i].Start, float64(50*ms))
		}
		require.Zero(t, st.Lost)
		count := map[inference.Priority]int{}
		for _, w := range r.calls {
			count[w.Priority]++
			require.True(t, w.Words)
			require.Equal(t, 5, w.Beams)
		}
		require.Positive(t, count[inference.Glance])
		require.Equal(t, len(r.calls), count[inference.Glance]+count[inference.Subtitles], "%v", count)
	})
}

func TestSpeechWithoutAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.TrimSpace(strings.Repeat("wir reden immer weiter ohne halt ", 40))
		for name, o := range map[string]Options{"live": {}, "whole": {Accurate: true}, "fast": {Accurate: true, Lossless: true}, "agreement": {Rules: agreement}} {
			r := &reader{tale: tell(time.Second, long), took: 300 * ms}
			o.Language = "de"
			p, _ := play(t, r, o)
			require.InDelta(t, len(r.words), len(p.words), 5, name) // a cut may go through a word
			for _, w := range r.calls {
				require.LessOrEqual(t, media.Duration(len(w.PCM)), 21*time.Second, name)
			}
		}
	})
}

func TestSilenceHasNoWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(5*time.Minute, "Ende.")}
		r.trouble = func(_ int, _ stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) { return h, nil }
		p, _ := play(t, r, Options{Language: "de"})
		require.Equal(t, "Ende.", p.text())
		require.LessOrEqual(t, len(r.calls), 3, "silence is not even listened to")
	})
}

func TestNoiseHasNoWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(2*time.Second, "x", "x", "x x x", "x")}
		r.trouble = func(_ int, w stt.Window, _ stt.Hypothesis) (stt.Hypothesis, error) {
			words := said(0, "Untertitel der Amara.org-Community")
			return stt.Hypothesis{Language: "de", LanguageProbability: 0.9, NoSpeech: 0.7, LogProbability: -0.9, Segments: []stt.Segment{{Text: Text(words), Words: words}}}, nil
		}
		p, _ := play(t, r, Options{Language: "de"})
		require.Empty(t, p.text())
		require.Empty(t, p.sentences())
	})
}

func TestABusyMachineShedsLooksAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(time.Second, speech...), took: 2 * time.Second}
		r.trouble = func(n int, _ stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
			if n%3 != 0 {
				return h, errors.Join(stt.ErrUnavailable, inference.ErrDropped)
			}
			return h, nil
		}
		p, st := play(t, r, Options{Language: "de"})
		require.Equal(t, strings.Join(speech, " "), p.text())
		require.Zero(t, st.Lost)
		require.Positive(t, st.Shed)
		behind := time.Duration(0)
		for _, u := range p.updates {
			behind = max(behind, u.Behind)
		}
		require.Greater(t, behind, time.Second, "it is said")
	})
}

func TestABrokenRecogniserIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(time.Second, speech[:2]...)}
		r.trouble = func(_ int, _ stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
			if strings.HasPrefix(h.Text(), "D") {
				panic("model")
			}
			return h, nil
		}
		p, st := play(t, r, Options{Language: "de"})
		require.Equal(t, speech[1], p.text())
		require.Positive(t, st.Lost)
	})
}

func TestTheOldestIsLostWhenTooMuchWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var many []string
		for range 20 {
			many = append(many, "Das dauert viel zu lange.")
		}
		r := &reader{tale: tell(time.Second, many...), took: 20 * time.Second}
		p, st := play(t, r, Options{Language: "de", Most: 15 * time.Second})
		require.Positive(t, st.Lost)
		require.Less(t, len(p.sentences()), 20)
		require.NotEmpty(t, p.sentences())
	})
}

func TestRecordingsAreHeardInWholeStretches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(1500*ms, speech...), took: 200 * ms}
		p, st := play(t, r, Options{Language: "de", Accurate: true, Lossless: true, Priority: inference.Offline})
		require.Equal(t, speech, p.sentences())
		require.Equal(t, len(speech), st.Windows)
		for _, u := range p.updates {
			require.Empty(t, u.Tail)
		}
		require.Equal(t, inference.Offline, r.calls[0].Priority)

		began := time.Now()
		p, st = play(t, r, Options{Language: "de", Lossless: true})
		require.Equal(t, speech, p.sentences())
		require.Greater(t, st.Windows, 2*len(speech), "the live rules at the recording's own moments")
		require.Less(t, time.Since(began), r.length(), "but not its pace")
	})
}

func TestTheLanguageIsFoundAndFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(time.Second, speech...), took: 100 * ms}
		change := r.words[len(r.words)-14].Start // the last sentence is in English
		r.trouble = func(_ int, w stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
			if h.Rejected != "" {
				return h, nil
			}
			spoken := "de"
			if i := strings.Index(Text(r.words), h.Text()); i > strings.Index(Text(r.words), "Der Antrag")-5 {
				spoken = "en"
			}
			h.Language, h.LanguageProbability = spoken, 0.95
			if w.Language != "" && w.Language != spoken {
				h.Language, h.LanguageProbability = w.Language, 0.001
				for i := range h.Segments[0].Words {
					h.Segments[0].Words[i].Text = "falsch"
				}
			}
			return h, nil
		}
		p, _ := play(t, r, Options{Languages: []string{"de", "en"}})
		require.Equal(t, strings.Join(speech, " "), p.text(), "nothing was written in the wrong language")
		for _, u := range p.updates {
			if len(u.Committed) == 0 {
				continue
			}
			want := "de"
			if u.Committed[0].Start > change-100*ms {
				want = "en"
			}
			require.Equal(t, want, u.Language)
		}
	})
}

func TestOnlyUnreadWordsAreCorrected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, unread := range []bool{true, false} {
			r := &reader{tale: tell(time.Second, "Der Rat der Stadt hat heute im Rathaus getagt.", "Dann war Schluss.")}
			r.trouble = func(n int, w stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
				if w.Prompt == "" && len(h.Segments) > 0 && media.Duration(len(w.PCM)) < 3600*ms { // less context
					for i, word := range h.Segments[0].Words {
						if word.Text == "getagt." {
							h.Segments[0].Words[i].Text = "gesagt."
						}
						h.Segments[0].Words[i].Probability = 0.8
					}
				}
				return h, nil
			}
			o := Options{Language: "de"}
			if unread {
				o.Unread = func(w Word) bool { return w.Start > 2500*ms }
			}
			p, _ := play(t, r, o)
			require.Equal(t, "Der Rat der Stadt hat heute im Rathaus gesagt. Dann war Schluss.", p.text())
			var corrections []Correction
			for _, u := range p.updates {
				corrections = append(corrections, u.Corrections...)
			}
			if !unread {
				require.Empty(t, corrections)
				continue
			}
			require.Len(t, corrections, 1)
			require.Contains(t, Text(corrections[0].Old), "gesagt.")
			require.Contains(t, Text(corrections[0].New), "getagt.")
			require.Greater(t, corrections[0].Old[0].Start, 2500*ms)
		}
	})
}

func TestAHoleInTheMediaTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(time.Second, "Bis hierher und nicht weiter.")}
		var words []Word
		s := NewStream(Options{Recognizer: r, Voice: ears, Language: "de", Lossless: true, Update: func(u Update) { words = append(words, u.Committed...) }})
		done := make(chan error, 1)
		go func() { done <- s.Run(t.Context()) }()
		for _, shift := range []time.Duration{0, time.Minute} {
			for at := time.Duration(0); at < r.length(); at += media.FrameDuration {
				f := r.frame(at)
				f.At += shift
				require.NoError(t, s.WriteFrame(f))
			}
		}
		require.NoError(t, s.Close())
		require.NoError(t, <-done)
		require.Len(t, words, 10)
		require.InDelta(t, r.words[0].Start, words[0].Start, float64(50*ms))
		require.InDelta(t, time.Minute+r.words[4].Start, words[9].Start, float64(50*ms))
	})
}

func TestCancelEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{tale: tell(100*ms, speech...), took: time.Hour}
		ctx, cancel := context.WithCancel(t.Context())
		s := NewStream(Options{Recognizer: r, Voice: ears, Language: "de"})
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		for at := time.Duration(0); at < 5*time.Second; at += media.FrameDuration {
			require.NoError(t, s.WriteFrame(r.frame(at)))
		}
		synctest.Wait()
		require.NotEmpty(t, r.calls)
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		require.ErrorIs(t, s.WriteFrame(r.frame(0)), ErrEnded)
		require.ErrorContains(t, NewStream(Options{}).Run(t.Context()), "recogniser")
	})
}

// Erasure stays 0 on the whole way, however the recogniser flickers.
func TestNothingIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for seed := range uint64(60) {
			r := &reader{tale: tell(700*ms, speech...), took: 350 * ms}
			d := rand.New(rand.NewPCG(seed, 3))
			r.trouble = func(_ int, _ stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
				for _, s := range h.Segments {
					for i := range s.Words {
						s.Words[i].Probability = d.Float64()
						if d.IntN(1+(len(s.Words)-i)) == 0 {
							s.Words[i].Text = []string{"Bahn", "die", "Die."}[d.IntN(3)]
						}
					}
				}
				return h, nil
			}
			p, st := play(t, r, Options{Language: "de"})
			require.InDelta(t, len(r.words), len(p.words), 4, Text(p.words))
			require.Zero(t, st.Lost)
			require.Len(t, p.sentences()[len(p.sentences())-1:], 1)
			require.True(t, p.updates[len(p.updates)-1].Sentence)
		}
	})
}

// rejecting throws away what is heard in windows that keep does not like.
func rejecting(keep func(stt.Window) bool) func(int, stt.Window, stt.Hypothesis) (stt.Hypothesis, error) {
	return func(_ int, w stt.Window, h stt.Hypothesis) (stt.Hypothesis, error) {
		if len(h.Segments) > 0 && !keep(w) {
			h.Segments, h.Rejected = nil, guard.Unsure
		}
		return h, nil
	}
}

func TestSpeechThatWasNotUnderstoodIsHeardAgainWithMoreAroundIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, o := range map[string]Options{"live": {}, "whole": {Accurate: true}, "fast": {Accurate: true, Lossless: true}} {
			o.Language = "de"
			r := &reader{tale: tell(2*time.Second, speech[0], speech[2], speech[0]), took: 50 * ms}
			begin := func(w stt.Window) (quiet time.Duration) {
				for i, s := range w.PCM {
					if s != 0 {
						return media.Duration(i)
					}
				}
				return 0
			}
			r.trouble = rejecting(func(w stt.Window) bool { return begin(w) > preRoll+200*ms })
			p, st := play(t, r, o)
			require.Equal(t, strings.Join([]string{speech[0], speech[2], speech[0]}, " "), p.text(), name)
			require.Zero(t, st.Lost)
		}
	})
}

func TestNoiseIsHeardAtMostTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for sound, finals := range map[string]int{"Krach!": 1, "ein langer lauter Lärm!": 2} {
			r := &reader{tale: tell(2*time.Second, sound)}
			r.trouble = rejecting(func(stt.Window) bool { return false })
			p, _ := play(t, r, Options{Language: "de", Accurate: true})
			require.Empty(t, p.text())
			require.Len(t, r.calls, finals, sound)
		}
	})
}
