package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Limits of one import.
const (
	defaultSize = 32 << 20 // bytes of one file
	maxDrafts   = 20_000
	maxDepth    = 200 // elements inside each other in XML
)

// Options of Read; the zero value works.
type Options struct {
	Format   string // auto, xzufi, csv, xlsx, jsonl, html, markdown
	Language string // of texts that do not say; "" is German
	MaxSize  int64  // bytes; 0 is 32 MB
	// Departments names the city's departments by what they are called, so that
	// "Bürgeramt" in a file finds "buergeramt".
	Departments map[string]string
	// Source is the address the bytes came from, for texts that do not say.
	Source string
}

// Formats lists what Options.Format may be.
func Formats() []string { return []string{"auto", "xzufi", "csv", "xlsx", "jsonl", "html", "markdown"} }

// Read reads one file. Everything wrong with its content is in the report; an
// error means that it could not be read at all, or that ctx has ended.
func Read(ctx context.Context, name string, r io.Reader, o Options) (Result, error) {
	if o.MaxSize <= 0 {
		o.MaxSize = defaultSize
	}
	if o.Language == "" {
		o.Language = "de"
	}
	if o.Format != "" && !slices.Contains(Formats(), o.Format) {
		return Result{}, fmt.Errorf("unknown format %q: one of %s", o.Format, strings.Join(Formats(), ", "))
	}
	in := &input{Options: o, name: name, ctx: func() error { return ctx.Err() }}
	data, err := io.ReadAll(io.LimitReader(r, o.MaxSize+1))
	if err != nil {
		return Result{}, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(data)) > o.MaxSize {
		in.broken(in.at(0), "is larger than %d MB; split it, or leave out what is no text", o.MaxSize>>20)
		return in.Result, nil
	}
	in.read(data)
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	in.finish()
	return in.Result, nil
}

// input is one file being read.
type input struct {
	Options
	Result
	name string
	ctx  func() error // whether to go on
}

func (in *input) at(line int) Place { return Place{in.name, line} }

func (in *input) read(data []byte) {
	if len(bytes.TrimSpace(data)) == 0 {
		in.broken(in.at(0), "is empty")
		return
	}
	format := in.Format
	if format == "" || format == "auto" {
		format = Detect(in.name, data)
	}
	switch format {
	case "xzufi":
		in.readXZuFi(data)
	case "xlsx":
		in.readXLSX(data)
	case "csv":
		in.readCSV(data)
	case "jsonl":
		in.readJSONL(data)
	case "html":
		in.readHTML(data)
	case "markdown":
		in.readMarkdown(data)
	default:
		in.broken(in.at(0), "is in no format that is known; name one with --format (%s)", strings.Join(Formats()[1:], ", "))
	}
}

// Detect tells the format by the name and the first bytes; "" is unknown.
func Detect(name string, data []byte) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".xml":
		return "xzufi"
	case ".csv", ".tsv":
		return "csv"
	case ".xlsx", ".xlsm":
		return "xlsx"
	case ".jsonl", ".ndjson":
		return "jsonl"
	case ".html", ".htm", ".xhtml":
		return "html"
	case ".md", ".markdown":
		return "markdown"
	}
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(data[:min(len(data), 512)], []byte("\ufeff"))))
	switch {
	case bytes.HasPrefix(start, []byte("pk\x03\x04")):
		return "xlsx"
	case bytes.HasPrefix(start, []byte("<!doctype html")), bytes.HasPrefix(start, []byte("<html")):
		return "html"
	case bytes.HasPrefix(start, []byte("<?xml")):
		return "xzufi"
	case bytes.HasPrefix(start, []byte("{")):
		return "jsonl"
	case bytes.HasPrefix(start, []byte("---")), bytes.HasPrefix(start, []byte("# ")):
		return "markdown"
	}
	return ""
}

// take adds a draft unless there are too many.
func (in *input) take(d Draft) {
	if len(in.Drafts) >= maxDrafts {
		if len(in.Drafts) == maxDrafts && !errors.Is(in.ctx(), context.Canceled) {
			in.broken(d.Place, "holds more than %d articles; split it", maxDrafts)
		}
		return
	}
	in.Drafts = append(in.Drafts, d)
}

// finish gives every draft an id of its own and says what editors have to do.
func (in *input) finish() {
	if len(in.Drafts) == 0 && !in.Failed() {
		in.broken(in.at(0), "holds no article")
	}
	used := map[string]int{}
	for i := range in.Drafts {
		d := &in.Drafts[i]
		if d.ID == "" {
			d.ID = Slug(d.anyTitle())
		}
		used[d.ID]++
		if n := used[d.ID]; n > 1 {
			in.note(Editor, d.Place, d.ID, "", "the id is there %d times in this file; this one becomes %s-%d", n, d.ID, n)
			d.ID = fmt.Sprintf("%s-%d", d.ID, n)
		}
		if d.Source == "" {
			d.Source = in.Source
		}
		in.judge(d)
	}
	if in.left > 0 {
		in.Notes = append(in.Notes, Note{File: in.name, Level: Editor, Text: fmt.Sprintf("%d more notes were left out", in.left)})
	}
}

func (d *Draft) anyTitle() string {
	for _, language := range d.Languages() {
		if t := d.Variants[language].Title; t != "" {
			return t
		}
	}
	return ""
}
