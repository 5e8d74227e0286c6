package scribe

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/whisper"
	"github.com/amtsleitung/amtsleitung/turn"
)

// engines are the real voice model and the real recogniser.
func engines(t *testing.T) (stt.Recognizer, func(func(turn.Event)) (*turn.Detector, func(), error)) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes some seconds of computing")
	}
	silero, model := audiotest.Model(t, "silero_vad.onnx"), audiotest.Model(t, "ggml-base-q8_0.bin")
	if _, err := onnx.Find(); err != nil {
		t.Skip("ONNX Runtime is not built: ", err)
	}
	rt, err := onnx.Open("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	v, err := vad.Load(rt, silero)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, v.Close()) })
	e, err := whisper.Open(whisper.Options{Model: model})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	return e, func(emit func(turn.Event)) (*turn.Detector, func(), error) {
		s, err := v.Stream()
		if err != nil {
			return nil, nil, err
		}
		return turn.NewDetector(turn.Options{Voice: s, Notify: emit}), s.Close, nil
	}
}

// sayings are clips with a second of silence between them, as one stream.
func sayings(t *testing.T, most int) (pcm []int16, text string) {
	t.Helper()
	return sayingsIn(t, "de", most)
}

func sayingsIn(t *testing.T, language string, most int) (pcm []int16, text string) {
	t.Helper()
	clips, err := corpus.Read(audiotest.Shared(t, "speech"), func(c corpus.Clip) bool {
		return corpus.Utterances(language)(c) && !strings.Contains(c.File, "gcompris")
	})
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no test speech")
	}
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(clips), most)
	pause := make([]int16, media.Samples(1200*time.Millisecond))
	pcm = append(pcm, pause...)
	var texts []string
	for i := range most {
		c := clips[i*len(clips)/most]
		pcm = append(append(pcm, c.PCM...), pause...)
		texts = append(texts, c.Text)
	}
	return pcm, strings.Join(texts, " ")
}

func TestRealSpeechIsWrittenDown(t *testing.T) {
	recognizer, detect := engines(t)
	pcm, said := sayings(t, 6)
	j := journal.New(1)
	j.Begin(journal.Call{ID: "01"})
	var heard []string
	s := New(Options{
		Journal: j, Call: "01", Leg: "agent", Recognizer: recognizer, Detect: detect, Language: "de",
		Heard: func(u Utterance) { heard = append(heard, u.Segment.Text) },
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	for _, f := range audiotest.Frames(pcm) {
		h := frame{at: f.At}
		copy(h.pcm[:], f.PCM)
		s.inbox.frames <- h // as fast as it is taken
	}
	require.Eventually(t, func() bool { return len(s.inbox.frames) == 0 }, 10*time.Second, time.Millisecond)
	// All finished segments may still wait for the recogniser.
	require.Eventually(t, func() bool {
		lines := j.Lines("01")
		return len(lines) >= 6 && lines[len(lines)-1].Segment.Final
	}, 2*time.Minute, 50*time.Millisecond)
	cancel()
	require.NoError(t, <-done)

	got := strings.Join(heard, " ")
	wer := audiotest.WER(said, got)
	t.Logf("said  %s\nheard %s\nword error rate %.1f %%", said, got, 100*wer)
	require.Less(t, wer, 0.35)
	last := time.Duration(0)
	for _, l := range j.Lines("01") {
		require.True(t, l.Segment.Final)
		require.NotEmpty(t, l.Segment.Words)
		require.GreaterOrEqual(t, l.Segment.Start, last, "in the order they were spoken")
		last = l.Segment.Start
		for _, w := range l.Segment.Words {
			require.True(t, w.Probability > 0 && w.Probability <= 1)
			require.LessOrEqual(t, w.End, media.Duration(len(pcm)))
		}
	}
}

// write feeds speech as fast as it is taken and gives what was heard.
func write(t *testing.T, pcm []int16, o Options, least int) []Utterance {
	t.Helper()
	var heard []Utterance
	o.Journal, o.Call, o.Leg = journal.New(1), "01", "caller"
	o.Journal.Begin(journal.Call{ID: "01"})
	o.Heard = func(u Utterance) { heard = append(heard, u) }
	s := New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	for _, f := range audiotest.Frames(pcm) {
		h := frame{at: f.At}
		copy(h.pcm[:], f.PCM)
		s.inbox.frames <- h
	}
	require.Eventually(t, func() bool {
		final := 0
		for _, l := range o.Journal.Lines("01") {
			if l.Segment.Final {
				final++
			}
		}
		return len(s.inbox.frames) == 0 && final >= least
	}, 2*time.Minute, 50*time.Millisecond)
	cancel()
	require.NoError(t, <-done)
	return heard
}

func TestRealSpeechInAnotherLanguageThanExpected(t *testing.T) {
	recognizer, detect := engines(t)
	for _, spoken := range []string{"en", "fr", "de"} {
		pcm, said := sayingsIn(t, spoken, 5)
		heard := write(t, pcm, Options{Recognizer: recognizer, Detect: detect, Language: "de", Languages: []string{"de"}}, 5)
		right := 0
		var texts []string
		for _, u := range heard {
			t.Logf("%s, expected de: %s %.2f %q", spoken, u.Segment.Language, u.Segment.Confidence, u.Segment.Text)
			texts = append(texts, u.Segment.Text)
			if u.Segment.Language == spoken {
				right++
			}
		}
		t.Logf("%s: word error rate %.1f %%", spoken, 100*audiotest.WER(said, strings.Join(texts, " ")))
		require.GreaterOrEqual(t, right, len(heard)-1)
	}
}

// TestRealSpeechShowsWhileItIsSpoken runs on the real clock: it takes as long
// as the speech.
func TestRealSpeechShowsWhileItIsSpoken(t *testing.T) {
	recognizer, detect := engines(t)
	pcm, said := sayings(t, 2)
	j := journal.New(1)
	j.Begin(journal.Call{ID: "01"})
	sub := j.Subscribe(1000)
	defer sub.Close()
	s := New(Options{Journal: j, Call: "01", Leg: "caller", Recognizer: recognizer, Detect: detect, Languages: []string{"de", "en", "tr"}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	began := time.Now()
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	for _, f := range audiotest.Frames(pcm) {
		<-tick.C
		require.NoError(t, s.WriteFrame(f))
	report:
		for {
			select {
			case e := <-sub.C:
				l := e.Line.Segment
				t.Logf("%5.2f s: line %d revision %d final %v, %.2f s after its last word: %s", time.Since(began).Seconds(), l.ID, l.Revision, l.Final,
					(time.Since(began) - l.End).Seconds(), l.Text)
			default:
				break report
			}
		}
	}
	cancel()
	require.NoError(t, <-done)
	var texts []string
	for _, l := range j.Lines("01") {
		require.Equal(t, "de", l.Segment.Language)
		texts = append(texts, l.Segment.Text)
	}
	require.Less(t, audiotest.WER(said, strings.Join(texts, " ")), 0.5)
}
