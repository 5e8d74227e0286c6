// Package easy drafts Leichte Sprache: a reviewed German text flows in, a
// language model rewrites it, and a draft flows out that kept every number,
// date, amount and address and added none, or a refusal that says what is
// wrong with it. A draft is for editors; nothing is published by it.
package easy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/llm"
)

// Writer asks an OpenAI-compatible server. URL and Model are needed. It is
// safe for concurrent use.
type Writer struct {
	URL     string // base, e.g. "http://127.0.0.1:8000/v1"
	Model   string
	Key     string        // sent as bearer token when set
	Timeout time.Duration // for both attempts; 0 is 60 s: an editor waits
	Client  *http.Client  // nil is one that follows no redirections
}

// ErrServer is a language model that did not answer.
var ErrServer = errors.New("the language model did not answer")

// Refusal says why a draft cannot be used.
type Refusal struct {
	Kind  string // one of those below
	Found string // what is meant, in the text's own words
}

// Kinds of refusals.
const (
	Nothing  = "nothing"  // no text came back, or far too much
	Markup   = "markup"   // signs that no sentence has
	Sentence = "sentence" // too long
	Missing  = "missing"  // a number, day, address or link of the original
	Invented = "invented" // one that the original does not have
	Denied   = "denied"   // a no that is new
	Affirmed = "affirmed" // a no that is gone
)

func (r *Refusal) Error() string {
	if r.Found == "" {
		return "draft in easy language: " + r.Kind
	}
	return fmt.Sprintf("draft in easy language: %s: %q", r.Kind, r.Found)
}

// Reason is for pages that have words of their own for it.
func (r *Refusal) Reason() (kind, found string) { return r.Kind, r.Found }

// Bounds of a draft.
const (
	usualTimeout = time.Minute
	attempts     = 2
	longestWords = 15 // of a sentence
	maxText      = 8000
)

// Draft rewrites a German text. A draft that breaks a rule is asked for once
// more with what is wrong; the second time it is refused.
func (w *Writer) Draft(ctx context.Context, text string) (string, error) {
	if strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > maxText {
		return "", &Refusal{Kind: Nothing}
	}
	words, err := load()
	if err != nil {
		return "", err
	}
	timeout := w.Timeout
	if timeout == 0 {
		timeout = usualTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	hidden := hide(text)
	talk := []llm.Message{{Role: "system", Content: words.Prompt}, {Role: "user", Content: hidden.text}}
	var refused *Refusal
	for range attempts {
		answer, err := w.ask(ctx, talk)
		if err != nil {
			return "", fmt.Errorf("%w: %s: %w", ErrServer, w.URL, err)
		}
		draft := tidy(answer)
		if refused = words.judge(text, draft, hidden); refused == nil {
			return hidden.restore(draft), nil
		}
		again := strings.ReplaceAll(words.Again, "{reason}", refused.Kind+" "+hidden.conceal(refused.Found))
		talk = append(talk, llm.Message{Role: "assistant", Content: answer}, llm.Message{Role: "user", Content: again})
	}
	return "", refused
}

// tidy takes away the marks of lists and empty lines.
func tidy(answer string) string {
	var lines []string
	for line := range strings.Lines(answer) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"- ", "• ", "* ", "– "} {
			line = strings.TrimPrefix(line, mark)
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
