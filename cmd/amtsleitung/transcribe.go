package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/media/vad"
	"github.com/amtsleitung/amtsleitung/stt"
	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/turn"
)

func newTranscribe() *cobra.Command {
	var city cityFlags
	var lang, format string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "transcribe FILE...",
		Short: "Write down what is said in audio files",
		Args:  arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			if asJSON {
				format = "json"
			}
			write, err := transcriptWriter(format, cmd.OutOrStdout())
			if err != nil {
				return err
			}
			c, err := city.load()
			if err != nil {
				return err
			}
			e := newEngines(c, slog.Default(), nil)
			defer e.Close()
			t, err := newTranscriber(e, lang)
			if err != nil {
				return err
			}
			for _, file := range files {
				segments, err := t.file(cmd.Context(), file)
				if err != nil {
					return err
				}
				if err := write(file, segments); err != nil {
					return err
				}
			}
			return nil
		},
	}
	city.register(cmd)
	cmd.Flags().StringVar(&lang, "lang", "auto", "language of the speech, or auto")
	cmd.Flags().StringVar(&format, "format", "text", "text, json, vtt, srt or ttml")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	return cmd
}

// lastSilence is longer than any end of turn.
const lastSilence = 3 * time.Second

// transcriber cuts files into utterances and recognises each.
type transcriber struct {
	recognizer stt.Recognizer
	activity   *vad.Model
	language   string // "" detects each utterance
}

func newTranscriber(e *engines, lang string) (*transcriber, error) {
	t := &transcriber{}
	if lang != "auto" {
		t.language = lang
	}
	e.config.Languages.Offered = nil // a file may be in any language
	var err error
	if t.recognizer, err = e.recognizer(); err != nil {
		return nil, err
	}
	t.activity, err = e.activity()
	return t, err
}

// file reads the whole file utterance by utterance; audio is not kept.
func (t *transcriber) file(ctx context.Context, path string) ([]transcript.Segment, error) {
	in, err := audiofile.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var out []transcript.Segment
	var failed error
	detector, release, err := detect(t.activity, func(e turn.Event) {
		if e.Kind != turn.Ended || failed != nil {
			return
		}
		var segments []transcript.Segment
		segments, failed = t.utterance(ctx, e.Utterance)
		out = append(out, segments...)
	})
	if err != nil {
		return nil, err
	}
	defer release()
	detector.Expect(turn.Name) // waits longer than a conversation, so that sentences stay whole
	var end time.Duration      // media time behind the last frame
	err = in.Play(ctx, media.SinkFunc(func(f media.Frame) error {
		end = f.At + media.Duration(len(f.PCM))
		if err := detector.WriteFrame(f); err != nil {
			return err
		}
		return failed
	}))
	silence := make([]int16, media.FrameSamples) // ends the last utterance
	for i := time.Duration(0); err == nil && i < lastSilence; i += media.FrameDuration {
		err = detector.WriteFrame(media.Frame{PCM: silence, At: end + i})
	}
	if err = errors.Join(err, failed); err != nil {
		return nil, fmt.Errorf("transcribe %s: %w", path, err)
	}
	return out, nil
}

func (t *transcriber) utterance(ctx context.Context, u turn.Utterance) ([]transcript.Segment, error) {
	h, err := t.recognizer.Recognize(ctx, stt.Window{PCM: u.PCM, Language: t.language, Words: true, Priority: inference.Offline})
	if err != nil {
		return nil, err
	}
	var out []transcript.Segment
	for _, s := range h.Segments {
		seg := transcript.Segment{
			Language: h.Language, Text: strings.TrimSpace(s.Text), Final: true, Confidence: h.Confidence(),
			Start: u.Start + s.Start, End: min(u.Start+s.End, u.SpeechEnd),
		}
		for _, w := range s.Words {
			w.Start += u.Start
			w.End += u.Start
			seg.Words = append(seg.Words, w)
		}
		out = append(out, seg)
	}
	return out, nil
}

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
		return nil, usagef("transcribe: format %q is none of text, json, vtt, srt, ttml", format)
	}
	return func(_ string, segments []transcript.Segment) error {
		cues := make([]subtitles.Cue, 0, len(segments))
		for _, s := range segments {
			cues = append(cues, subtitles.Cue{Start: s.Start, End: s.End, Text: s.Text, Language: s.Language})
		}
		return write(w, cues)
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
		f := fileSegment{s.Start.Seconds(), s.End.Seconds(), s.Language, s.Text, s.Confidence, []fileWord{}}
		for _, w := range s.Words {
			f.Words = append(f.Words, fileWord{strings.TrimSpace(w.Text), w.Start.Seconds(), w.End.Seconds(), w.Probability})
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
