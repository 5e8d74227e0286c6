// Package whisper recognises speech with OpenAI's Whisper models on
// whisper.cpp: windows of 16 kHz PCM flow in, hypotheses with tokens'
// probabilities flow out. Nothing of a window outlives it.
package whisper

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/stt/guard"
	"github.com/amtsleitung/amtsleitung/stt/whisper/kernel"
)

// Options of an Engine. Model is needed; everything else has a default.
type Options struct {
	// Model is the path of a multilingual Whisper model in ggml format.
	Model string
	// Scheduler decides when a window runs and with how many threads; default: one of its own.
	Scheduler *inference.Scheduler
	// Languages are detected among when a window does not say; default: all that the model knows.
	Languages []string
	// Guard rejects invented text; default: guard.New(guard.Options{}).
	Guard *guard.Guard
	// Portable computes with whisper.cpp even where the faster kernels would run.
	Portable bool
	// PromptTokens bounds the vocabulary prompt, which costs time per token; default 64.
	PromptTokens int
}

// Engine is a stt.Recognizer with one model in memory; it runs one window at a time.
type Engine struct {
	options Options
	name    string
	words   vocabulary
	margin  int // positions of silence behind the audio

	mu      sync.Mutex // holds the network; the scheduler's single worker makes it uncontended
	network network    // nil after Close

	attention []float32 // scratch
	terms     terms
}

var _ stt.Recognizer = (*Engine)(nil)

// Open loads the model.
func Open(o Options) (*Engine, error) {
	if o.Scheduler == nil {
		o.Scheduler = inference.NewScheduler(inference.Options{})
	}
	if o.Guard == nil {
		o.Guard = guard.New(guard.Options{})
	}
	if o.PromptTokens == 0 {
		o.PromptTokens = 64
	}
	n, words, err := openNetwork(o, o.Scheduler.Threads())
	if err != nil {
		return nil, err
	}
	e := &Engine{options: o, name: "whisper " + strings.TrimSuffix(strings.TrimPrefix(filepath.Base(o.Model), "ggml-"), ".bin"),
		network: n, words: words, margin: marginPortable}
	if _, ok := n.(*kernel.Model); ok {
		e.name += " int8"
		e.margin = margin
	}
	for _, code := range o.Languages {
		if _, ok := words.languages[code]; !ok {
			n.Close()
			return nil, fmt.Errorf("the language %q is unknown to Whisper", code)
		}
	}
	return e, nil
}

// Name is the engine and its model.
func (e *Engine) Name() string { return e.name }

// Close waits for the window that runs and frees the model.
func (e *Engine) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.network != nil {
		e.network.Close()
		e.network = nil
	}
}

// Recognize hears one window. A window longer than 30 s is cut at its
// quietest places and each piece waits for its own turn.
func (e *Engine) Recognize(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	if w.Language != "" {
		if _, ok := e.words.languages[w.Language]; !ok {
			return stt.Hypothesis{}, fmt.Errorf("the language %q is unknown to Whisper", w.Language)
		}
	}
	var all stt.Hypothesis
	for i, p := range pieces(w.PCM) {
		part := w
		part.PCM = p.pcm
		h, err := e.recognizePiece(ctx, part)
		if err != nil {
			return stt.Hypothesis{}, err
		}
		if i == 0 {
			all = h
			continue
		}
		all = join(all, h, p.start)
	}
	return all, nil
}

func (e *Engine) recognizePiece(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	if reason := e.options.Guard.Audio(w.PCM); reason != "" {
		return stt.Hypothesis{Language: w.Language, NoSpeech: 1, Rejected: reason}, nil
	}
	var h stt.Hypothesis
	waited, err := e.options.Scheduler.Do(ctx, w.Priority, func(ctx context.Context) error {
		start := time.Now()
		var err error
		h, err = e.hear(ctx, w)
		h.Took = time.Since(start)
		return err
	})
	if err != nil {
		if errors.Is(err, inference.ErrFull) || errors.Is(err, inference.ErrDropped) {
			err = fmt.Errorf("%w: %w", stt.ErrUnavailable, err)
		}
		return stt.Hypothesis{}, err
	}
	h.Waited = waited
	return e.options.Guard.Check(h, media.Duration(len(w.PCM))), nil
}

func (e *Engine) hear(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.network == nil {
		return stt.Hypothesis{}, fmt.Errorf("%w: the Whisper model is closed", stt.ErrUnavailable)
	}
	h, err := e.interruptible(ctx, w)
	if ctx.Err() != nil {
		return stt.Hypothesis{}, ctx.Err()
	}
	return h, err
}

// interruptible stops the network when ctx ends.
func (e *Engine) interruptible(ctx context.Context, w stt.Window) (stt.Hypothesis, error) {
	stopped := make(chan struct{})
	release := context.AfterFunc(ctx, func() {
		e.network.Stop()
		close(stopped)
	})
	// Nobody may stop the next window: wait for a Stop that has begun.
	defer func() {
		if !release() {
			<-stopped
		}
	}()
	if err := e.network.Encode(w.PCM, positions(len(w.PCM), e.margin)); err != nil {
		return stt.Hypothesis{}, err
	}
	return e.decode(ctx, w)
}

// join appends a later piece that starts at the given time of the window.
func join(a, b stt.Hypothesis, at time.Duration) stt.Hypothesis {
	n, m := float64(len(a.Segments)), float64(len(b.Segments))
	for _, s := range b.Segments {
		s.Start += at
		s.End += at
		for i := range s.Words {
			s.Words[i].Start += at
			s.Words[i].End += at
		}
		a.Segments = append(a.Segments, s)
	}
	if n+m > 0 {
		a.LogProbability = (a.LogProbability*n + b.LogProbability*m) / (n + m)
	}
	if n == 0 && m > 0 {
		a.Language, a.LanguageProbability, a.Rejected = b.Language, b.LanguageProbability, ""
	}
	a.NoSpeech = min(a.NoSpeech, b.NoSpeech)
	a.Took += b.Took
	a.Waited += b.Waited
	return a
}
