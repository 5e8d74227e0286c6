// Package recording writes down what is said in a recording: 16 kHz frames
// flow in as they are read, are cut into utterances by voice activity, and each
// flows out as soon as it has been recognised. The audio is not kept.
package recording

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

// Source writes a whole recording to a sink; audiofile.File is one.
type Source interface {
	Play(ctx context.Context, to media.Sink) error
}

// ErrSource marks errors of the recording, in contrast to those of the engines.
var ErrSource = errors.New("the recording cannot be read")

const (
	// lastSilence is longer than any end of turn.
	lastSilence = 3 * time.Second
	// A language is sure when it was heard so probably over so much speech.
	sureLanguage = 0.7
	sureSpeech   = 2 * time.Second
	// A full queue of the engines is asked again after retryAfter, in all for at most defaultPatience.
	retryAfter      = 250 * time.Millisecond
	defaultPatience = 20 * time.Second
)

// Options of one transcription; the zero value works.
type Options struct {
	Language  string   // "" detects
	Languages []string // detected among; empty: the recogniser's own
	// Hold keeps the first language that is sure for the rest, so that a short
	// "ja" does not become another one.
	Hold      bool
	Prompt    string // vocabulary or style, given with each utterance
	Words     bool   // times and probabilities of words
	Translate bool   // into English, by the recogniser's own second task
	// Progress is told the length read so far, about once a second; its error
	// ends the work.
	Progress func(time.Duration) error
}

// Utterance is a stretch of speech with what was heard; all times are since
// the start of the recording.
type Utterance struct {
	Start, End time.Duration
	Hypothesis stt.Hypothesis
}

// Segments are the utterance's stretches of text.
func (u Utterance) Segments() []transcript.Segment {
	var out []transcript.Segment
	for _, s := range u.Hypothesis.Segments {
		out = append(out, transcript.Segment{
			Language: u.Hypothesis.Language, Text: strings.TrimSpace(s.Text), Final: true,
			Confidence: u.Hypothesis.Confidence(), Start: s.Start, End: s.End, Words: s.Words,
		})
	}
	return out
}

// Transcriber is safe for concurrent use; its recogniser decides whose window
// runs first. Both fields are needed.
type Transcriber struct {
	Recognizer stt.Recognizer
	// Voice makes voice activity detection for one recording, and what frees it.
	Voice func() (turn.Voice, func(), error)
	// Patience is how long a full queue is asked again; 0 is 20 s.
	Patience time.Duration
}

// Transcribe reads the recording to its end and tells each utterance in order.
// It returns the length of what was read.
func (t *Transcriber) Transcribe(ctx context.Context, in Source, o Options, emit func(Utterance) error) (time.Duration, error) {
	voice, release, err := t.Voice()
	if err != nil {
		return 0, err
	}
	defer release()
	w := &writer{Transcriber: t, ctx: ctx, options: o, emit: emit}
	w.detector = turn.NewDetector(turn.Options{Voice: voice, Notify: w.heard})
	w.detector.Expect(turn.Name) // waits longer than a conversation, so that sentences stay whole
	err = in.Play(ctx, media.SinkFunc(w.frame))
	switch {
	case w.failed != nil:
		err = w.failed
	case err == nil:
		err = w.finish()
	case ctx.Err() == nil:
		err = fmt.Errorf("%w: %w", ErrSource, err)
	}
	return w.end, err
}

// writer is one recording on its way through.
type writer struct {
	*Transcriber
	ctx      context.Context // of the one call of Transcribe that made it
	options  Options
	emit     func(Utterance) error
	detector *turn.Detector
	end      time.Duration // media time behind the last frame
	told     time.Duration
	failed   error
}

func (w *writer) frame(f media.Frame) error {
	w.end = f.At + media.Duration(len(f.PCM))
	if w.options.Progress != nil && w.end-w.told >= time.Second {
		w.told = w.end
		w.fail(w.options.Progress(w.end))
	}
	if w.failed == nil {
		w.fail(w.detector.WriteFrame(f))
	}
	return w.failed
}

func (w *writer) fail(err error) {
	if w.failed == nil {
		w.failed = err
	}
}

// finish ends the last utterance with silence.
func (w *writer) finish() error {
	if w.options.Progress != nil && w.end > w.told {
		w.fail(w.options.Progress(w.end))
	}
	silence := make([]int16, media.FrameSamples)
	for i := time.Duration(0); w.failed == nil && i < lastSilence; i += media.FrameDuration {
		w.fail(w.detector.WriteFrame(media.Frame{PCM: silence, At: w.end + i}))
	}
	return w.failed
}

// heard is called by the detector in the goroutine that reads the recording:
// nothing more is read while an utterance is recognised.
func (w *writer) heard(e turn.Event) {
	if e.Kind != turn.Ended || w.failed != nil {
		return
	}
	h, err := w.recognize(e.Utterance)
	if err != nil {
		w.fail(err)
		return
	}
	if o := &w.options; o.Hold && o.Language == "" && h.LanguageProbability >= sureLanguage && e.Utterance.Speech >= sureSpeech && h.Rejected == "" {
		o.Language = h.Language
	}
	if len(h.Segments) > 0 {
		w.fail(w.emit(placed(e.Utterance, h)))
	}
}

// recognize asks again while the engines' queue has no place for files.
func (w *writer) recognize(u turn.Utterance) (stt.Hypothesis, error) {
	patience := w.Patience
	if patience == 0 {
		patience = defaultPatience
	}
	o := w.options
	for waited := time.Duration(0); ; waited += retryAfter {
		h, err := w.Recognizer.Recognize(w.ctx, stt.Window{
			PCM: u.PCM, Language: o.Language, Languages: o.Languages, Prompt: o.Prompt,
			Words: o.Words, Translate: o.Translate, Priority: inference.Offline,
		})
		full := errors.Is(err, inference.ErrFull) || errors.Is(err, inference.ErrDropped)
		if !full || waited >= patience {
			return h, err
		}
		timer := time.NewTimer(retryAfter)
		select {
		case <-timer.C:
		case <-w.ctx.Done():
			timer.Stop()
			return stt.Hypothesis{}, w.ctx.Err()
		}
	}
}

// placed gives all times from the start of the recording; text that runs on
// into the silence behind the speech is cut to it.
func placed(u turn.Utterance, h stt.Hypothesis) Utterance {
	h.Segments = slices.Clone(h.Segments)
	for i := range h.Segments {
		s := &h.Segments[i]
		s.Start, s.End = s.Start+u.Start, min(s.End+u.Start, u.SpeechEnd)
		s.End = max(s.Start, s.End)
		s.Words = slices.Clone(s.Words)
		for j := range s.Words {
			s.Words[j].Start += u.Start
			s.Words[j].End += u.Start
		}
	}
	return Utterance{Start: u.SpeechStart, End: u.SpeechEnd, Hypothesis: h}
}
