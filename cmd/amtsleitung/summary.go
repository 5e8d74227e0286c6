package main

import (
	"context"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/summary"
)

// improver asks a language model for notes on summaries; nil: there is none.
func improver(c config.Endpoint) func(context.Context, dialog.Summary, string) (summary.Note, error) {
	if c.URL == "" {
		return nil
	}
	return (&summary.Improver{URL: c.URL, Model: c.Model, Key: c.Key()}).Improve
}
