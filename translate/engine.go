package translate

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// SpeechTranslator puts speech into English text at once, without the words
// of the other language between.
type SpeechTranslator interface {
	// TranslateSpeech takes 16 kHz mono, read only.
	TranslateSpeech(ctx context.Context, pcm []int16, from string) (english string, err error)
	TranslatesSpeech(from string) bool
}

// ErrUnsure says that speech was not understood; the engine works, and may
// understand what is said next.
var ErrUnsure = errors.New("the speech was not understood")

// Engine is one way of translating.
type Engine struct {
	Name   string
	Text   Translator       // nil: it takes no text
	Speech SpeechTranslator // nil: it takes no speech
	// Remote engines get no personal data: it is masked before and put back after.
	Remote bool
}

// english is what engines that translate speech give.
const english = "en"

// mostAtOnce is how many calls of an engine may run. One that hangs cannot be
// ended from outside: it keeps its place, and this is all that can pile up.
const mostAtOnce = 32

// samplesPerCharacter makes ten seconds of speech as long as that text.
const samplesPerCharacter = 160

// charactersPerTimeout is the text that an engine may take one timeout for.
const charactersPerTimeout = 1000

var (
	errRests = errors.New("it rests after failures")
	errEmpty = errors.New("it answered nothing")
)

type direction struct{ from, to string }

func (d direction) String() string { return d.from + "-" + d.to }

// guarded is an engine that cannot take its caller down: it hangs, panics and
// fails for itself.
type guarded struct {
	Engine
	timeout  time.Duration
	places   chan struct{}
	mu       sync.Mutex
	breakers map[direction]*breaker
}

func guard(e Engine, timeout time.Duration) *guarded {
	return &guarded{Engine: e, timeout: timeout, places: make(chan struct{}, mostAtOnce), breakers: map[direction]*breaker{}}
}

func (g *guarded) takesText(d direction) bool {
	return g.Text != nil && g.Text.Translates(d.from, d.to)
}

func (g *guarded) takesSpeech(d direction) bool {
	return g.Speech != nil && d.to == english && g.Speech.TranslatesSpeech(d.from)
}

func (g *guarded) text(ctx context.Context, d direction, text string) (string, error) {
	return g.run(ctx, d, len(text), func(ctx context.Context) (string, error) {
		return g.Text.Translate(ctx, text, d.from, d.to)
	})
}

func (g *guarded) speech(ctx context.Context, d direction, pcm []int16) (string, error) {
	return g.run(ctx, d, len(pcm)/samplesPerCharacter, func(ctx context.Context) (string, error) { return g.Speech.TranslateSpeech(ctx, pcm, d.from) })
}

// answer is what came out of an engine's goroutine.
type answer struct {
	text string
	err  error
}

// run waits for the engine, for ctx, or for the time that size bytes may take,
// whatever comes first.
func (g *guarded) run(ctx context.Context, d direction, size int, work func(ctx context.Context) (string, error)) (string, error) {
	b := g.breaker(d)
	if !b.allows(time.Now()) {
		return "", errRests
	}
	limit, stop := context.WithTimeout(ctx, g.timeout*time.Duration(1+size/charactersPerTimeout))
	defer stop()
	a := g.wait(limit, work)
	if ctx.Err() != nil { // nobody waits any more: that is not the engine's fault
		b.undecided()
		return "", ctx.Err()
	}
	if a.err == nil && strings.TrimSpace(a.text) == "" {
		a.err = errEmpty
	}
	b.judge(time.Now(), a.err)
	return a.text, a.err
}

func (g *guarded) breaker(d direction) *breaker {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.breakers[d]
	if b == nil {
		b = &breaker{}
		g.breakers[d] = b
	}
	return b
}

func (g *guarded) wait(ctx context.Context, work func(ctx context.Context) (string, error)) answer {
	select {
	case g.places <- struct{}{}:
	case <-ctx.Done():
		return answer{err: ctx.Err()}
	}
	done := make(chan answer, 1)
	go func() {
		a := caught(ctx, work)
		<-g.places
		done <- a
	}()
	select {
	case a := <-done:
		return a
	case <-ctx.Done():
		return answer{err: ctx.Err()}
	}
}

// caught turns a panic into an error: its words may be a caller's, so only
// the place is told.
func caught(ctx context.Context, work func(ctx context.Context) (string, error)) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{err: fmt.Errorf("it panicked (%T) in %s", p, place(string(debug.Stack())))}
		}
	}()
	a.text, a.err = work(ctx)
	return a
}

// place is the function that panicked.
func place(stack string) string {
	_, rest, _ := strings.Cut(stack, "panic(")
	if lines := strings.Split(rest, "\n"); len(lines) > 2 {
		name, _, _ := strings.Cut(strings.TrimSpace(lines[2]), "(")
		return name
	}
	return "an unknown place"
}
