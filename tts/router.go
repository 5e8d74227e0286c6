package tts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
)

// easyRate is how much slower easy language is spoken.
const easyRate = 0.85

// RouterOptions of a Router; the zero value logs to slog's default.
type RouterOptions struct {
	Log *slog.Logger
	// Patience is how long an engine may take to its first frame; default 2.5 s.
	Patience time.Duration
	// Rest is how long an engine that failed is asked after the others; default 30 s.
	Rest time.Duration
	// Failed, if set, is told of each engine that could not speak, for metrics.
	Failed func(engine, language string, err error)
}

// ErrLate is an engine that did not begin to speak in time.
var ErrLate = errors.New("the speech engine did not begin in time")

// Router is the Synthesizer that picks an engine by language and goes on to
// the next one when an engine fails, or does nothing, before its first frame.
// An engine that failed rests: until then others speak first.
type Router struct {
	engines map[string]Synthesizer
	routes  map[string][]string
	options RouterOptions

	mu    sync.Mutex
	rests map[string]time.Time // until when
}

// NewRouter takes engines by name ("pico", "espeak", ...) and routes from
// language to names, tried in order; "*" is for all other languages and comes
// last for every language.
func NewRouter(engines map[string]Synthesizer, routes map[string][]string, o RouterOptions) (*Router, error) {
	if len(engines) == 0 {
		return nil, errors.New("speech: no engine configured")
	}
	for lang, names := range routes {
		for _, n := range names {
			if engines[n] == nil {
				return nil, fmt.Errorf("speech route %q names the engine %q, which is not configured; there are %s",
					lang, n, strings.Join(slices.Sorted(maps.Keys(engines)), ", "))
			}
		}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Patience == 0 {
		o.Patience = 2500 * time.Millisecond
	}
	if o.Rest == 0 {
		o.Rest = 30 * time.Second
	}
	return &Router{engines: maps.Clone(engines), routes: maps.Clone(routes), options: o, rests: map[string]time.Time{}}, nil
}

// Name implements Synthesizer.
func (r *Router) Name() string {
	var names []string
	for _, n := range slices.Sorted(maps.Keys(r.engines)) {
		names = append(names, r.engines[n].Name())
	}
	return strings.Join(names, ", ")
}

// Languages implements Synthesizer: languages with a route of their own first.
func (r *Router) Languages() []string {
	var all []string
	for _, lang := range slices.Sorted(maps.Keys(r.routes)) {
		if lang != "*" {
			all = append(all, lang)
		}
	}
	for _, n := range r.routes["*"] {
		for _, lang := range r.engines[n].Languages() {
			if !slices.Contains(all, lang) {
				all = append(all, lang)
			}
		}
	}
	return all
}

// Speak implements Synthesizer. "de-leicht" speaks German, slower. A voice may
// name its engine: "pico:en-US" goes to that engine alone.
func (r *Router) Speak(ctx context.Context, u Utterance, to media.Sink) error {
	u = plainLanguage(u)
	names := r.chain(u.Language)
	if engine, voice, ok := strings.Cut(u.Voice, ":"); ok && r.engines[engine] != nil {
		names, u.Voice = []string{engine}, voice
	}
	if len(names) == 0 {
		return fmt.Errorf("language %q: %w", u.Language, ErrLanguage)
	}
	counter := &countingSink{to: to}
	var failures []error
	for _, n := range r.awake(names) {
		err := r.try(ctx, n, u, counter)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if !errors.Is(err, ErrLanguage) && counter.err == nil {
			r.rest(n)
		}
		if counter.frames > 0 {
			return err
		}
		failures = append(failures, err)
		u.Voice = "" // another engine's voices have other names
		if !errors.Is(err, ErrLanguage) {
			r.report(n, u.Language, err)
		}
	}
	return errors.Join(failures...)
}

// try lets one engine speak, but does not wait for it for ever.
func (r *Router) try(ctx context.Context, name string, u Utterance, to *countingSink) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	late := time.AfterFunc(r.options.Patience, func() { stop(ErrLate) })
	defer late.Stop()
	to.begun = late.Stop
	err := r.engines[name].Speak(ctx, u, to)
	if err != nil && errors.Is(context.Cause(ctx), ErrLate) {
		return fmt.Errorf("%s: %w", name, ErrLate)
	}
	return err
}

// rest puts an engine behind the others for a while.
func (r *Router) rest(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rests[name] = time.Now().Add(r.options.Rest)
}

// awake puts those that rest behind the others, in their order.
func (r *Router) awake(names []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	var first, last []string
	for _, n := range names {
		if now.Before(r.rests[n]) {
			last = append(last, n)
		} else {
			first = append(first, n)
		}
	}
	return append(first, last...)
}

func (r *Router) report(engine, language string, err error) {
	r.options.Log.Warn("speech engine failed, trying the next", "engine", engine, "language", language, "error", err)
	if r.options.Failed != nil {
		r.options.Failed(engine, language, err)
	}
}

// chain is the exact tag's route, the primary tag's, and that of the rest.
func (r *Router) chain(language string) []string {
	var names []string
	primary := transcript.Primary(language)
	for _, key := range []string{language, primary, "*"} {
		for _, n := range r.routes[key] {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}

func plainLanguage(u Utterance) Utterance {
	if u.Rate == 0 {
		u.Rate = 1
	}
	if base, ok := strings.CutSuffix(u.Language, "-leicht"); ok {
		u.Language, u.Rate = base, u.Rate*easyRate
	}
	return u
}

// countingSink knows whether an engine has begun, and who is to blame for an error.
type countingSink struct {
	to     media.Sink
	frames int
	err    error // of the sink
	begun  func() bool
}

func (c *countingSink) WriteFrame(f media.Frame) error {
	if c.frames++; c.frames == 1 {
		c.begun()
	}
	c.err = c.to.WriteFrame(f)
	return c.err
}
