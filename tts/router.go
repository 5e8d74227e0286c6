package tts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/media"
)

// easyRate is how much slower easy language is spoken.
const easyRate = 0.85

// RouterOptions of a Router; the zero value logs to slog's default.
type RouterOptions struct {
	Log *slog.Logger
	// Failed, if set, is told of each engine that could not speak, for metrics.
	Failed func(engine, language string, err error)
}

// Router is the Synthesizer that picks an engine by language and goes on to
// the next one when an engine fails before its first frame.
type Router struct {
	engines map[string]Synthesizer
	routes  map[string][]string
	options RouterOptions
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
	return &Router{engines: maps.Clone(engines), routes: maps.Clone(routes), options: o}, nil
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
	for _, n := range names {
		err := r.engines[n].Speak(ctx, u, counter)
		if err == nil || counter.frames > 0 || ctx.Err() != nil {
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

func (r *Router) report(engine, language string, err error) {
	r.options.Log.Warn("speech engine failed, trying the next", "engine", engine, "language", language, "error", err)
	if r.options.Failed != nil {
		r.options.Failed(engine, language, err)
	}
}

// chain is the exact tag's route, the primary tag's, and that of the rest.
func (r *Router) chain(language string) []string {
	var names []string
	primary, _, _ := strings.Cut(language, "-")
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

type countingSink struct {
	to     media.Sink
	frames int
}

func (c *countingSink) WriteFrame(f media.Frame) error {
	c.frames++
	return c.to.WriteFrame(f)
}
