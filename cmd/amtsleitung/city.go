package main

import (
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/dialog"
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
		return config.Default(), nil
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
func conversation(c config.Config, base *knowledge.Base, r *dialog.Resources) dialog.Options {
	return dialog.Options{
		City: base.City().Name, Search: base, Languages: c.Languages.Offered, Resources: r,
		Thresholds: dialog.Thresholds{Answer: c.Knowledge.Answer, Margin: c.Knowledge.Margin, Clarify: c.Knowledge.Clarify},
	}
}
