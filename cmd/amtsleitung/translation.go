package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/models"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
	"github.com/amtsleitung/amtsleitung/translate/libretranslate"
	"github.com/amtsleitung/amtsleitung/translate/openai"
	"github.com/amtsleitung/amtsleitung/translate/whisper"
)

// renderer is the chain of translation engines, one for the process; nil when
// the configuration names none. Speech is translated by the recogniser, if it
// is open by then. Models are loaded when a direction is first needed.
func (e *engines) renderer() (*translate.Chain, error) {
	c := e.config.Translation
	if e.renders != nil || len(c.Engines) == 0 {
		return e.renders, nil
	}
	o := translate.ChainOptions{Pairs: map[string][]string{}, Through: c.Through, Timeout: c.Timeout, Mask: dialog.Conceal, Log: e.log}
	var err error
	if o.Careful, err = e.careful(); err != nil {
		return nil, err
	}
	wanted := slices.Clone(c.Engines)
	for _, names := range c.Pairs {
		wanted = append(wanted, names...)
	}
	open := map[string]bool{}
	for _, name := range wanted {
		if _, done := open[name]; done {
			continue
		}
		engine, err := e.translating(name)
		if err != nil {
			return nil, err
		}
		if open[name] = engine.Text != nil || engine.Speech != nil; open[name] {
			o.Engines = append(o.Engines, engine)
		}
	}
	for pair, names := range c.Pairs {
		o.Pairs[pair] = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !open[n] })
	}
	e.renders, err = translate.NewChain(o)
	return e.renders, err
}

// translating opens one translation engine by its name in the configuration.
// It takes nothing where it is of no use here.
func (e *engines) translating(name string) (translate.Engine, error) {
	c := e.config.Translation
	switch name {
	case "bergamot":
		t := bergamot.New(bergamot.Options{
			Dir: e.pairs(), Memory: int64(c.Memory) << 20, Verify: known,
			Run: func(ctx context.Context, work func() error) error {
				_, err := e.scheduler.Do(ctx, inference.Final, func(context.Context) error { return work() })
				return err
			},
		})
		e.later(t.Close)
		e.bergamot = t
		return translate.Engine{Name: name, Text: t}, nil
	case "whisper":
		if e.hears == nil {
			return translate.Engine{}, nil // there is no speech here
		}
		return translate.Engine{Name: name, Speech: whisper.New(e.overhear)}, nil
	case "openai":
		t, err := openai.New(openai.Options{URL: c.OpenAI.URL, Model: c.OpenAI.Model, Key: c.OpenAI.Key()})
		return translate.Engine{Name: name, Text: t, Remote: true}, err
	case "libretranslate":
		t, err := libretranslate.New(libretranslate.Options{URL: c.LibreTranslate.URL, Model: c.LibreTranslate.Model, Key: c.LibreTranslate.Key()})
		return translate.Engine{Name: name, Text: t, Remote: true}, err
	}
	return translate.Engine{}, fmt.Errorf("translation engine %q is none of bergamot, whisper, openai, libretranslate", name)
}

// direct says that a translation goes through no third language; servers do
// not tell.
func (e *engines) direct(from, to string) bool {
	return e.bergamot == nil || e.bergamot.Translates(from, to)
}

// overhear has the recogniser put speech into English.
func (e *engines) overhear(ctx context.Context, pcm []int16, from string) (whisper.Heard, error) {
	h, err := e.hears.Recognize(ctx, stt.Window{PCM: pcm, Language: from, Translate: true, Priority: inference.Final})
	return whisper.Heard{Text: h.Text(), Confidence: h.Confidence(), Rejected: h.Rejected}, err
}

// known compares a direction with its checksums, where somebody has said them.
func known(folder string) error {
	if err := models.VerifyFolder(folder); !errors.Is(err, models.ErrUnknown) {
		return err
	}
	return nil
}

// pairs is the folder of translation models, one folder per direction.
func (e *engines) pairs() string {
	if dir := e.config.Translation.Folder; dir != "" {
		return dir
	}
	root := e.config.Models
	if root == "" {
		root = models.DefaultDir()
	}
	return models.Path(root, "bergamot")
}

// speakable says which offered languages the bot has no words for: neither
// its own nor by translation.
func (e *engines) speakable() error {
	library, err := prompts.Load()
	if err != nil {
		return err
	}
	t, err := e.renderer()
	if err != nil {
		return err
	}
	var errs []error
	for _, l := range e.config.Languages.Offered {
		if !slices.Contains(library.Languages(), l) && (t == nil || !t.Translates("en", l) && !t.Translates("de", l)) {
			errs = append(errs, fmt.Errorf("%s has no prompts and nothing translates them; fetch a model with `amtsleitung models fetch --pair en-%s`", l, l))
		}
	}
	return errors.Join(errs...)
}

// careful are the city's words that a translation must keep.
func (e *engines) careful() (translate.Careful, error) {
	var out translate.Careful
	data, err := fs.ReadFile(cityFiles(e.config), "glossary.yaml")
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return out, fmt.Errorf("city %s: %w", e.config.City, err)
	default:
		if out.Glossary, err = translate.ParseGlossary(data); err != nil {
			return out, fmt.Errorf("city %s: glossary.yaml: %w", e.config.City, err)
		}
	}
	streets, err := form.LoadStreets(cityFiles(e.config))
	if err != nil {
		return out, fmt.Errorf("city %s: %w", e.config.City, err)
	}
	if streets != nil {
		out.Streets = streets.Names()
	}
	return out, nil
}

// runTongues translates the bot's words into the offered languages that have
// none of their own, before the first caller needs them, and into those that
// calls meet.
func (s *service) runTongues(ctx context.Context) error {
	t := s.talk.Resources.Tongues
	if t == nil {
		return nil
	}
	for _, l := range s.config.Languages.Offered {
		if err := t.Prepare(ctx, l); err != nil && ctx.Err() == nil {
			s.log.Warn("a language is offered that the bot has few words for", "language", l, "err", err)
		}
	}
	return t.Run(ctx)
}
