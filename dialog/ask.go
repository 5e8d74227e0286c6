package dialog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Result is a question's answer without a call.
type Result struct {
	Outcome    Outcome
	Articles   []string
	Confidence float64
	Answer     string
	Sources    []string
	Language   string // in which the answer is spoken
}

// Ask puts one question to a fresh Conversation, exactly as a call would. An
// empty language lets the words tell. The zero Options.Languages means that
// every language of the articles is answered.
func Ask(ctx context.Context, o Options, text, language string, now time.Time) (Result, error) {
	if language != "" {
		o.Language = language
		if len(o.Languages) > 0 && !slices.Contains(o.Languages, language) {
			o.Languages = append(slices.Clone(o.Languages), language)
		}
	}
	c := New(o)
	if language != "" && !c.speaks(language) {
		c.opt.Languages = append(slices.Clone(c.opt.Languages), language)
	}
	ignore := func(Action) error { return nil }
	if err := c.Handle(ctx, Event{Kind: Start, Language: language, Now: now}, ignore); err != nil {
		return Result{}, err
	}
	var res Result
	err := c.Handle(ctx, Event{Kind: Heard, Text: text, Language: language, Confidence: 1, Now: now}, func(a Action) error {
		res.take(a)
		return nil
	})
	if err != nil {
		return Result{}, fmt.Errorf("ask %q: %w", shorten(text), err)
	}
	res.settle()
	return res, nil
}

// take gathers one action of the answering turn.
func (res *Result) take(a Action) {
	res.Outcome = a.Outcome
	switch a.Kind {
	case Say:
		res.Answer = strings.TrimSpace(res.Answer + " " + a.Text)
		res.Language = a.Lang
		for _, id := range a.Articles {
			if !slices.Contains(res.Articles, id) {
				res.Articles = append(res.Articles, id)
			}
		}
	case Answered:
		res.Articles = append(res.Articles, a.Article)
		res.Confidence = max(res.Confidence, a.Confidence)
		if a.Source != "" {
			res.Sources = append(res.Sources, a.Source)
		}
	}
}

// settle gives a turn without an outcome (a greeting, a thank-you) the one
// that says: nothing was answered from the knowledge base.
func (res *Result) settle() {
	if res.Outcome == OutcomeNone {
		res.Outcome = OutcomeNoAnswer
	}
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}
