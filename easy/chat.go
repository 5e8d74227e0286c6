package easy

import (
	"context"
	"strings"

	"github.com/amtsleitung/amtsleitung/llm"
)

const (
	maxAnswer = 256 << 10 // bytes
	maxTokens = 1500
)

// ask sends a talk and returns the answer's text.
func (w *Writer) ask(ctx context.Context, talk []llm.Message) (string, error) {
	c := llm.Client{Address: strings.TrimRight(w.URL, "/") + "/chat/completions", Model: w.Model, Key: w.Key, HTTP: w.Client}
	return c.Ask(ctx, talk, llm.Limits{Tokens: maxTokens, Bytes: maxAnswer})
}
