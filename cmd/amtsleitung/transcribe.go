package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/recording"
	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
)

func newTranscribe() *cobra.Command {
	var city cityFlags
	var lang, format string
	var asJSON, told bool
	cmd := &cobra.Command{
		Use:   "transcribe FILE...",
		Short: "Write down what is said in audio files",
		Long:  "Write down what is said in audio files; - is standard input. Several files come one after the other, as text,\nJSON lines or txt: the other formats are one document for each file.",
		Args:  arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			if asJSON {
				format = "json"
			}
			write, err := transcriptWriter(format, cmd.OutOrStdout())
			if err != nil {
				return err
			}
			if len(files) > 1 && !rowsOf(format) {
				return usagef("transcribe: %s is one document for each file: give one at a time", format)
			}
			c, err := city.load()
			if err != nil {
				return err
			}
			e := newEngines(c, slog.Default(), nil)
			defer e.Close()
			t, err := newTranscriber(cmd.Context(), e, lang)
			if err != nil {
				return err
			}
			t.stdin = cmd.InOrStdin()
			if told || isTerminal(cmd.ErrOrStderr()) {
				t.progress = cmd.ErrOrStderr()
			}
			return t.files(cmd.Context(), files, write)
		},
	}
	city.register(cmd)
	cmd.Flags().StringVar(&lang, "lang", "auto", "language of the speech, or auto")
	cmd.Flags().StringVar(&format, "format", "text", "text, json, vtt, srt, ttml, txt (with times) or docx")
	cmd.Flags().BoolVar(&told, "progress", false, "say on standard error how far it is, even if that is no terminal")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	return cmd
}

// transcriber writes down what is said in files, one after the other.
type transcriber struct {
	recordings recording.Transcriber
	language   string
	stdin      io.Reader
	progress   io.Writer // nil: none is told
}

func newTranscriber(ctx context.Context, e *engines, lang string) (*transcriber, error) {
	lang = strings.TrimPrefix(lang, "auto")
	o, err := hearing(ctx, e, lang)
	if err != nil {
		return nil, fmt.Errorf("transcribe: %w", err)
	}
	return &transcriber{recordings: recording.Transcriber{Recognizer: o.Recognizer, Voice: o.Voice}, language: lang}, nil
}

// files writes what is said in each, also in those that break off: of these, and
// of those that cannot be read, it tells when all are done. Who stops it gets
// what was heard until then.
func (t *transcriber) files(ctx context.Context, paths []string, write func(file string, s []transcript.Segment) error) (broken error) {
	for _, path := range paths {
		segments, err := t.file(ctx, path)
		if ctx.Err() != nil && len(segments) > 0 {
			until := clock(segments[len(segments)-1].End)
			return errors.Join(broken, write(path, segments), fmt.Errorf("transcribe %s: %w; what was said until %s is written", path, errStopped, until))
		}
		broken = errors.Join(broken, err)
		switch {
		case err != nil && !errors.Is(err, recording.ErrSource):
			return broken
		case err != nil && len(segments) == 0:
			continue
		}
		if err := write(path, segments); err != nil {
			return errors.Join(broken, err)
		}
	}
	return broken
}

// file hears the whole file, sentence by sentence; audio is not kept. What was
// said before a recording breaks off comes with its error.
func (t *transcriber) file(ctx context.Context, path string) (segments []transcript.Segment, err error) {
	in, err := openRecording(path, t.stdin)
	if err != nil {
		return nil, unopened{err}
	}
	defer in.Close()
	p := progress{out: t.progress, file: path, whole: in.Estimate}
	_, err = t.recordings.Transcribe(ctx, in, recording.Options{Language: t.language, Progress: p.read}, func(s recording.Sentence) error {
		segments = append(segments, s.Segment)
		return nil
	})
	p.end()
	if err != nil {
		return segments, fmt.Errorf("transcribe %s: %w", path, err)
	}
	return segments, nil
}

// unopened is an error of a recording of which nothing could be read.
type unopened struct{ error }

func (u unopened) Unwrap() []error { return []error{u.error, recording.ErrSource} }

// rowsOf says whether several files can follow each other in a format.
func rowsOf(format string) bool { return format == "text" || format == "json" || format == "txt" }

// transcriptWriter writes the segments of one file.
func transcriptWriter(format string, w io.Writer) (func(file string, s []transcript.Segment) error, error) {
	switch format {
	case "text":
		return func(_ string, segments []transcript.Segment) error {
			for _, s := range segments {
				if _, err := fmt.Fprintln(w, s.Text); err != nil {
					return err
				}
			}
			return nil
		}, nil
	case "json":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return func(file string, s []transcript.Segment) error { return enc.Encode(jsonTranscript(file, s)) }, nil
	}
	write, ok := subtitles.Formats()[format]
	if !ok {
		return nil, usagef("transcribe: format %q is none of text, json, vtt, srt, ttml, txt, docx", format)
	}
	return func(_ string, segments []transcript.Segment) error {
		return write(w, subtitles.Of(subtitles.Cues(subtitles.Television(), segments)))
	}, nil
}

// fileTranscript is the JSON of one file; times are seconds.
type fileTranscript struct {
	File     string        `json:"file"`
	Language string        `json:"language"`
	Text     string        `json:"text"`
	Segments []fileSegment `json:"segments"`
}

type fileSegment struct {
	Start      float64    `json:"start"`
	End        float64    `json:"end"`
	Language   string     `json:"language"`
	Text       string     `json:"text"`
	Confidence float64    `json:"confidence"`
	Words      []fileWord `json:"words"`
}

type fileWord struct {
	Word        string  `json:"word"`
	Start       float64 `json:"start"`
	End         float64 `json:"end"`
	Probability float64 `json:"probability"`
}

func jsonTranscript(file string, segments []transcript.Segment) fileTranscript {
	t := fileTranscript{File: file, Segments: []fileSegment{}}
	var texts []string
	for _, s := range segments {
		f := fileSegment{thousandths(s.Start), thousandths(s.End), s.Language, s.Text, s.Confidence, []fileWord{}}
		for _, w := range s.Words {
			f.Words = append(f.Words, fileWord{strings.TrimSpace(w.Text), thousandths(w.Start), thousandths(w.End), w.Probability})
		}
		if t.Language == "" {
			t.Language = s.Language
		}
		texts = append(texts, s.Text)
		t.Segments = append(t.Segments, f)
	}
	t.Text = strings.Join(texts, " ")
	return t
}
