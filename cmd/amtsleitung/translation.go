package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/models"
	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
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
			Dir: e.pairs(), Memory: int64(c.Memory) << 20,
			Run: func(ctx context.Context, work func() error) error {
				_, err := e.scheduler.Do(ctx, inference.Final, func(context.Context) error { return work() })
				return err
			},
		})
		e.later(t.Close)
		return translate.Engine{Name: name, Text: t}, nil
	case "whisper":
		return translate.Engine{}, nil
	}
	return translate.Engine{}, fmt.Errorf("translation engine %q is none of bergamot, whisper, openai, libretranslate", name)
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
	return out, nil
}
