package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
)

// contestant is one row of the table.
type contestant interface {
	name() string
	translate(ctx context.Context, text, from, to string) (out string, took time.Duration, err error)
	close() error
}

// ours is our engine, bare or as the product uses it: in a chain that looks
// after numbers, names and addresses.
type ours struct {
	title  string
	engine *bergamot.Translator // the one that is closed
	use    translate.Translator
}

func newOurs(folder string, careful bool) (contestant, error) {
	b := bergamot.New(bergamot.Options{Dir: folder})
	if !b.Translates("en", "pt") || !b.Translates("pt", "en") {
		return nil, fmt.Errorf("%s has no enpt and pten; fetch them with: amtsleitung models fetch bergamot-enpt bergamot-pten", folder)
	}
	if !careful {
		return ours{"amtsleitung, engine", b, b}, nil
	}
	chain, err := translate.NewChain(translate.ChainOptions{
		Engines: []translate.Engine{{Name: "bergamot", Text: b}}, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler),
	})
	return ours{"amtsleitung, with care for values", b, chain}, err
}

func (o ours) name() string { return o.title }

func (o ours) translate(ctx context.Context, text, from, to string) (string, time.Duration, error) {
	start := time.Now()
	out, err := o.use.Translate(ctx, text, from, to)
	return out, time.Since(start), err
}

func (o ours) close() error { return o.engine.Close() }

// rival is an engine in a process of its own, which takes its own times: what
// the way there and back costs does not count.
type rival struct {
	title string
	argv  []string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
}

// start waits until the engine is loaded.
func (r rival) start(ctx context.Context) (contestant, error) {
	r.cmd = exec.CommandContext(ctx, r.argv[0], r.argv[1:]...)
	r.cmd.Stderr = os.Stderr
	r.cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "RAYON_NUM_THREADS=1", "TOKENIZERS_PARALLELISM=false")
	var err error
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.out = bufio.NewReader(out)
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(r.argv[0]), err)
	}
	if _, err := r.out.ReadString('\n'); err != nil {
		return nil, errors.Join(fmt.Errorf("%s does not start: %w", r.title, err), r.close())
	}
	return &r, nil
}

func (r *rival) name() string { return r.title }

func (r *rival) translate(_ context.Context, text, from, to string) (string, time.Duration, error) {
	job := struct {
		From string `json:"from"`
		To   string `json:"to"`
		Text string `json:"text"`
	}{from, to, text}
	if err := json.NewEncoder(r.in).Encode(job); err != nil {
		return "", 0, fmt.Errorf("%s: %w", r.title, err)
	}
	line, err := r.out.ReadBytes('\n')
	if err != nil {
		return "", 0, fmt.Errorf("%s: %w", r.title, err)
	}
	var answer struct {
		Text    string  `json:"text"`
		Seconds float64 `json:"seconds"`
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return "", 0, fmt.Errorf("%s: %w", r.title, err)
	}
	return answer.Text, time.Duration(answer.Seconds * float64(time.Second)), nil
}

func (r *rival) close() error { return errors.Join(r.in.Close(), r.cmd.Wait()) }
