// Package summary has the summary of a conversation put into better sentences
// by a language model: the lines that were made without one flow in, without
// what tells who somebody is; lines that hold no new fact flow out, or an error,
// and the first ones stand. It never keeps a call waiting.
package summary

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/llm"
)

// Improver asks an OpenAI-compatible server. URL and Model are needed. It is
// safe for concurrent use.
type Improver struct {
	URL     string // base, e.g. "http://127.0.0.1:8000/v1"
	Model   string
	Key     string        // sent as bearer token when set
	Timeout time.Duration // 0 is 3 s: a clerk waits with the caller for no longer
	Client  *http.Client  // nil is one that follows no redirections
}

// Note is a summary in better sentences. It is to be shown as written by a
// machine.
type Note struct {
	Lines []string
	Model string
}

// Errors that callers may tell apart; each is wrapped with its reason.
var (
	ErrServer  = errors.New("the language model did not answer")
	ErrInvents = errors.New("the language model wrote what was not said")
)

// Limits of a request and its answer.
const (
	usualTimeout = 3 * time.Second
	maxAnswer    = 256 << 10 // bytes
	maxTokens    = 200
	maxLetters   = 500
	maxLines     = 5
)

// Improve writes the summary in German or English. Without an error every
// content word of it stands in the summary or is one of reporting.
func (i *Improver) Improve(ctx context.Context, s dialog.Summary, language string) (Note, error) {
	words, err := load(language)
	if err != nil {
		return Note{}, err
	}
	hidden := hide(s, s.Lines(words.Language))
	timeout := i.Timeout
	if timeout == 0 {
		timeout = usualTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	text, err := i.ask(ctx, words.Prompt, hidden.text)
	if err != nil {
		return Note{}, fmt.Errorf("%w: %s: %w", ErrServer, i.URL, err)
	}
	lines := split(text)
	if err := words.check(lines, hidden.text, s); err != nil {
		return Note{}, fmt.Errorf("%w: %w", ErrInvents, err)
	}
	return Note{Lines: hidden.restore(lines), Model: i.Model}, nil
}

// ask sends the text and returns the answer's.
func (i *Improver) ask(ctx context.Context, prompt, text string) (string, error) {
	c := llm.Client{Address: strings.TrimRight(i.URL, "/") + "/chat/completions", Model: i.Model, Key: i.Key, HTTP: i.Client}
	talk := []llm.Message{{Role: "system", Content: prompt}, {Role: "user", Content: text}}
	return c.Ask(ctx, talk, llm.Limits{Tokens: maxTokens, Bytes: maxAnswer})
}

// split gives the lines of an answer without the marks of lists.
func split(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "-*•")); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
