package dialog

import (
	"context"
	"errors"
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
	Answer     string // the article's words, or what is said without one
	Sources    []string
	Language   string // in which the answer is spoken

	said string
}

// Ask puts one question to a fresh Conversation, exactly as a call would. An
// empty language lets the words tell. Without Options.Languages a question may
// be in any language whose words are known.
func Ask(ctx context.Context, o Options, text, language string, now time.Time) (Result, error) {
	var failed error
	o.Failed = func(err error) {
		if !errors.Is(err, errTranslation) { // the answer then comes in German
			failed = err
		}
	}
	c := New(o)
	if c.fault != nil {
		return Result{}, c.fault
	}
	c.alone = true
	if len(o.Languages) == 0 {
		c.opt.Languages = c.data.Intents.Languages()
	}
	if language != "" && language != easyGerman && !c.speaks(language) {
		c.opt.Languages = append(slices.Clone(c.opt.Languages), language)
	}
	if likely, ok := c.data.Intents.Likely(text, c.opt.Languages...); ok && language == "" {
		language = likely
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
	if err = errors.Join(err, failed); err != nil {
		return Result{}, fmt.Errorf("ask %q: %w", shorten(text), err)
	}
	res.settle()
	return res, nil
}

// take gathers one action of the answering turn.
func (res *Result) take(a Action) {
	res.Outcome = a.Outcome
	res.Confidence = max(res.Confidence, a.Confidence)
	switch a.Kind {
	case Say:
		res.said = strings.TrimSpace(res.said + " " + a.Text)
		if res.Language == "" {
			res.Language = a.Lang
		}
		res.Articles = append(res.Articles, a.Articles...)
	case Answered:
		res.Answer = strings.TrimSpace(res.Answer + " " + a.Text)
		res.Language = a.Lang
		res.Articles = append(res.Articles, a.Article)
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
	if res.Answer == "" {
		res.Answer = res.said
	}
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}
