package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// maxQuestion is the longest line of a batch, in bytes.
const maxQuestion = 1 << 20

func newAsk() *cobra.Command {
	var city cityFlags
	var lang string
	var asJSON, batch bool
	cmd := &cobra.Command{
		Use:   "ask [TEXT]",
		Short: "Ask the knowledge base a question in writing, exactly as a call would",
		Args:  arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if batch == (len(args) == 1) {
				return usagef("ask: give one TEXT, or --batch with questions as JSON lines on standard input")
			}
			c, err := city.load()
			if err != nil {
				return err
			}
			e := newEngines(c, slog.Default(), nil)
			defer e.Close()
			a, err := newAsker(cmd.Context(), e)
			if err != nil {
				return err
			}
			if batch {
				return a.batch(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
			}
			answer, err := a.ask(cmd.Context(), question{Lang: lang, Text: args[0]})
			if err != nil {
				return err
			}
			return answer.print(cmd.OutOrStdout(), asJSON)
		},
	}
	city.register(cmd)
	cmd.Flags().StringVar(&lang, "lang", "", "language of the question; default: detected")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the answer as JSON")
	cmd.Flags().BoolVar(&batch, "batch", false, "read JSON lines {id, lang, text}, write JSON lines in the same order")
	return cmd
}

type question struct {
	ID   string `json:"id"`
	Lang string `json:"lang"`
	Text string `json:"text"`
}

type answer struct {
	ID         string   `json:"id"`
	Lang       string   `json:"lang"`
	Action     string   `json:"action"`
	Articles   []string `json:"articles"`
	Confidence float64  `json:"confidence"`
	Answer     string   `json:"answer"`
	Sources    []string `json:"sources"`
}

type asker struct{ options dialog.Options }

func newAsker(ctx context.Context, e *engines) (*asker, error) {
	base, err := e.knowledge(ctx)
	if err != nil {
		return nil, err
	}
	o, err := e.conversation(ctx, base)
	if err != nil {
		return nil, err
	}
	o.Languages = nil // in writing every language of the articles may be asked
	return &asker{o}, nil
}

func (a *asker) ask(ctx context.Context, q question) (answer, error) {
	r, err := dialog.Ask(ctx, a.options, q.Text, q.Lang, time.Now())
	if err != nil {
		return answer{}, err
	}
	return answer{
		ID: q.ID, Lang: r.Language, Action: string(r.Outcome), Articles: orEmpty(r.Articles),
		Confidence: r.Confidence, Answer: r.Answer, Sources: orEmpty(r.Sources),
	}, nil
}

// batch answers as many lines at a time as there are processors; the order is
// kept, and each answer is written as soon as those before it are.
func (a *asker) batch(ctx context.Context, in io.Reader, out io.Writer) error {
	group, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	pending := make(chan chan answer, 4*workers)
	slots := make(chan struct{}, workers)
	group.Go(func() error {
		defer close(pending)
		return readQuestions(in, func(n int, q question) error {
			result := make(chan answer, 1)
			select {
			case pending <- result:
			case <-ctx.Done():
				return ctx.Err()
			}
			slots <- struct{}{}
			group.Go(func() error {
				defer func() { <-slots }()
				r, err := a.ask(ctx, q)
				if err != nil {
					return fmt.Errorf("standard input, line %d: %w", n, err)
				}
				result <- r
				return nil
			})
			return nil
		})
	})
	w := bufio.NewWriter(out)
	group.Go(func() error { return writeAnswers(ctx, pending, w) })
	return errors.Join(group.Wait(), w.Flush())
}

// readQuestions hands each line on with its number.
func readQuestions(in io.Reader, each func(n int, q question) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxQuestion)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return fmt.Errorf("standard input, line %d: %w; each line is {\"id\", \"lang\", \"text\"}", n, err)
		}
		if err := each(n, q); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	return nil
}

func writeAnswers(ctx context.Context, pending <-chan chan answer, w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for result := range pending {
		select {
		case r := <-result:
			if err := enc.Encode(r); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (r answer) print(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(r)
	}
	_, err := fmt.Fprintf(w, "%s\n[%s", r.Answer, r.Action)
	for _, id := range r.Articles {
		if err == nil {
			_, err = fmt.Fprintf(w, ", %s", id)
		}
	}
	if err == nil {
		_, err = fmt.Fprintf(w, ", %.2f]\n", r.Confidence)
	}
	return err
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
