package v1

import (
	"bufio"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/recording"
)

func (a *API) transcriptions(c *fiber.Ctx, j *job) error { return a.hear(c, j, false) }

func (a *API) translations(c *fiber.Ctx, j *job) error { return a.hear(c, j, true) }

// hear answers with what is said in the uploaded recording.
func (a *API) hear(c *fiber.Ctx, j *job, translate bool) error {
	if a.transcriber == nil {
		return newProblem(fiber.StatusNotImplemented, "invalid_request_error", "not_available", "This service does not recognise speech.")
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	w, err := a.wishOf(f, translate)
	if err != nil {
		return err
	}
	in, err := audiofile.OpenBytes(f.file, f.name)
	if err != nil {
		return unreadable(err)
	}
	if d := in.Duration(); d > a.options.MaxAudio {
		return errors.Join(a.tooLong(), in.Close())
	}
	w.options.Progress = func(d time.Duration) error {
		if d > a.options.MaxAudio {
			return a.tooLong()
		}
		return j.charge(d)
	}
	if w.stream {
		a.streamText(c, j, in, w)
		return nil
	}
	text, err := a.write(j.ctx, in, w.options, func(string) error { return nil })
	if err = errors.Join(err, in.Close()); err != nil {
		return unreadable(err)
	}
	return text.send(c, w)
}

func (a *API) tooLong() *problem {
	return wrong("file", "audio_too_long", "The recording is longer than %s. Send it in parts.", a.options.MaxAudio)
}

// unreadable adds the remedy for a file in a format that is not read here.
func unreadable(err error) error {
	if errors.Is(err, audiofile.ErrUnknown) {
		return wrong("file", invalidAudio, "The file is none of WAV, FLAC, MP3 and Ogg Opus, or it is damaged. Send one of these; the operator can install ffmpeg for others.")
	}
	var p *problem
	if err == nil || errors.As(err, &p) || errors.Is(err, context.Canceled) {
		return err
	}
	text := strings.ReplaceAll(err.Error(), recording.ErrSource.Error()+": ", "")
	switch {
	case errors.Is(err, audiofile.ErrEmpty):
		return wrong("file", invalidAudio, "The file has no sound.")
	case strings.HasPrefix(text, "read audio ") || errors.Is(err, recording.ErrSource):
		return wrong("file", invalidAudio, "The file cannot be read to its end: %s. Send it anew, as WAV, FLAC, MP3 or Ogg Opus.", text)
	}
	return err
}

// write hears the whole recording; more is told each piece of text as it comes.
func (a *API) write(ctx context.Context, in recording.Source, o recording.Options, more func(string) error) (*script, error) {
	s := &script{}
	length, err := a.transcriber.Transcribe(ctx, in, o, func(heard recording.Sentence) error {
		return more(s.add(heard))
	})
	s.length = length
	return s, err
}

// streamText sends each sentence as an event when it has been recognised,
// and at last the whole text. The writer runs when the handler has returned.
func (a *API) streamText(c *fiber.Ctx, j *job, in *audiofile.File, w wish) {
	a.stream(c, j, "text/event-stream; charset=utf-8", func(out *bufio.Writer) (err error) {
		e := events{job: j, out: out}
		defer func() { err = e.end(unreadable(j.reason(errors.Join(err, in.Close())))) }()
		if err := e.begin(); err != nil {
			return err
		}
		text, err := a.write(j.ctx, in, w.options, func(piece string) error {
			return e.send(delta{Type: "transcript.text.delta", Delta: piece})
		})
		if err != nil {
			return err
		}
		return e.send(done{Type: "transcript.text.done", Text: text.text.String(), Usage: text.usage()})
	})
}

type delta struct {
	Type  string `json:"type"`
	Delta string `json:"delta"`
}

type done struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Usage usage  `json:"usage"`
}
