// Package recording writes down what is said in a recording: 16 kHz frames
// flow in as fast as they can be heard, and each sentence flows out as soon as
// it is settled. The hearing is that of live subtitles (stt/live), in whole
// stretches of speech. The audio is not kept.
package recording

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/live"
)

// Source writes a whole recording to a sink; audiofile.File is one.
type Source interface {
	Play(ctx context.Context, to media.Sink) error
}

// ErrSource marks errors of the recording, in contrast to those of the engines.
var ErrSource = errors.New("the recording cannot be read")

// defaultPatience is how long a full queue of the engines is asked again.
const defaultPatience = 20 * time.Second

// Options of one transcription; the zero value works.
type Options struct {
	// Language that is spoken; "" is detected among Languages (empty: the
	// recogniser's own). It is kept until another is surely spoken, so that a
	// short "ja" does not become another one.
	Language  string
	Languages []string
	Prompt    string // vocabulary or style, given with each window
	Translate bool   // into English, by the recogniser's own second task
	// Progress is told the length read so far, about once a second of the
	// recording; its error ends the work. It is called from another goroutine
	// than the sentences are told in.
	Progress func(time.Duration) error
}

// Transcriber is safe for concurrent use; its recogniser decides whose window
// runs first. Recognizer and Voice are needed.
type Transcriber struct {
	Recognizer stt.Recognizer
	// Voice makes voice activity detection for one recording, and what frees it.
	Voice func() (live.Voice, func(), error)
	// Patience is how long a full queue is asked again; 0 is 20 s.
	Patience time.Duration
}

// Transcribe reads the recording to its end and tells each sentence in order.
// It returns the length of what was read. What was said before a place where
// the recording is damaged is told; nothing is left out where an engine fails:
// that ends the work.
func (t *Transcriber) Transcribe(ctx context.Context, in Source, o Options, emit func(Sentence) error) (time.Duration, error) {
	ctx, stop := context.WithCancel(ctx)
	w := &writer{witness: witness{Recognizer: t.Recognizer}, emit: emit, stop: stop}
	stream := live.NewStream(t.hearing(o, w))
	r := &reader{to: stream, progress: o.Progress, stop: stop}
	var reading sync.WaitGroup
	defer reading.Wait() // also when an engine panics
	defer stop()
	reading.Go(func() { r.read(ctx, in) })
	err := stream.Run(ctx)
	stop()
	reading.Wait()
	switch {
	case w.failed != nil:
		err = w.failed
	case r.failed != nil:
		err = r.failed
	case err == nil && r.broken != nil:
		err = fmt.Errorf("%w: %w", ErrSource, r.broken)
	}
	return r.end, err
}

// hearing is the one way in which recordings are heard.
func (t *Transcriber) hearing(o Options, w *writer) live.Options {
	patience := t.Patience
	if patience == 0 {
		patience = defaultPatience
	}
	return live.Options{
		Recognizer: &w.witness, Voice: t.Voice, Language: o.Language, Languages: o.Languages, Prompt: o.Prompt, Translate: o.Translate,
		Accurate: true, Lossless: true, Patience: patience, Priority: inference.Offline, Update: w.update,
	}
}
