package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/form"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// cityFlags are --config and --demo; without either the demo city is meant.
type cityFlags struct {
	file string
	demo bool
}

func (f *cityFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "config", "", "configuration file")
	cmd.Flags().BoolVar(&f.demo, "demo", false, "the fictional demo city Musterstadt, on loopback only")
	cmd.MarkFlagsMutuallyExclusive("config", "demo")
}

func (f *cityFlags) load() (config.Config, error) {
	if f.file == "" {
		return config.Demo(), nil
	}
	return config.Load(f.file)
}

func newLog(c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.JSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}

// conversation are the options of a dialog on the city's knowledge.
func (e *engines) conversation(ctx context.Context, base *knowledge.Base) (dialog.Options, error) {
	c := e.config
	resources, err := dialog.LoadResources()
	if err != nil {
		return dialog.Options{}, err
	}
	embedder, err := e.embedder()
	if err != nil {
		return dialog.Options{}, err
	}
	likeness, err := intent.NewLikeness(ctx, embedder)
	if err != nil {
		return dialog.Options{}, err
	}
	var translated func(ctx context.Context, text, from, to string) (string, error)
	t, err := e.renderer()
	if err != nil {
		return dialog.Options{}, err
	}
	if t != nil {
		translated = t.Translate
		if resources.Tongues, err = dialog.NewTongues(dialog.TonguesOptions{
			Translate: translated, Direct: e.direct, Prompts: resources.Prompts,
			Failed: func(err error) { e.log.Warn("the bot's words could not be translated", "err", err) },
		}); err != nil {
			return dialog.Options{}, err
		}
	}
	forms, err := form.Load(cityFiles(c))
	if err != nil {
		return dialog.Options{}, fmt.Errorf("city %s: %w", base.City().Name, err)
	}
	streets, err := form.LoadStreets(cityFiles(c))
	if err != nil {
		return dialog.Options{}, fmt.Errorf("city %s: %w", base.City().Name, err)
	}
	return dialog.Options{
		Translate: translated,
		City:      base.City().Name, Search: base, Languages: c.Languages.Offered, Resources: resources, Likeness: likeness,
		Thresholds:  dialog.Thresholds{Answer: c.Knowledge.Answer, Margin: c.Knowledge.Margin, Clarify: c.Knowledge.Clarify},
		Departments: departments(base.City()),
		Forms:       forms,
		Streets:     streets,
		Menu:        menu(base),
		Reference:   reference(time.Now, rand.IntN),
		Failed: func(err error) {
			e.log.Error("search or translation failed; the caller was helped in another way", "err", dialog.Mask(err.Error()))
		},
	}, nil
}

// departments are where articles hand over to; the first one serves callers who name none.
func departments(city knowledge.City) []dialog.Department {
	var out []dialog.Department
	for _, id := range city.Order {
		d := city.Departments[id]
		out = append(out, dialog.Department{Name: id, Titles: d.Name, Facts: map[string]map[string]string{
			"hours": d.Hours, "address": d.Address, "phone": everywhere(d.Phone, city.Languages),
		}})
	}
	return out
}

// everywhere is a text that is the same in each language.
func everywhere(text string, languages []string) map[string]string {
	out := map[string]string{}
	for _, l := range languages {
		out[l] = text
	}
	return out
}

// menu are the articles behind the keys when speech is not understood: the
// commonest concerns of the 115 that the city has an article for.
func menu(base *knowledge.Base) []string {
	var out []string
	for _, id := range []string{"personalausweis-beantragen", "wohnsitz-anmelden", "oeffnungszeiten-buergeramt", "termin-vereinbaren", "abfallkalender", "kfz-zulassen"} {
		if _, ok := base.Article(id); ok {
			out = append(out, id)
		}
	}
	return out
}

// reference makes numbers that can be spoken and are not guessed in a row:
// the day of the year and five digits.
func reference(now func() time.Time, random func(n int) int) func() string {
	return func() string { return fmt.Sprintf("%03d-%05d", now().YearDay(), random(100_000)) }
}
