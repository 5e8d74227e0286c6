package v1

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
)

const (
	// ahead is how many frames the voice may be ahead of the client: 1 s.
	ahead = 50
	// chunk is how many bytes are sent together, after the first.
	chunk = 4096
	// waitToSpeak is how long a text waits for its place.
	waitToSpeak = 20 * time.Second
)

// spoken is speech in the making: one goroutine speaks, another takes the frames.
type spoken struct {
	job     *job
	frames  chan []int16
	first   []int16
	speaker sync.WaitGroup
	err     error // after frames is closed
}

// speak begins and waits for the first sound, so that what cannot be spoken
// still gets a proper answer. Who takes the frames calls finish.
func (a *API) speak(j *job, u utterance) (*spoken, error) {
	late := time.NewTimer(waitToSpeak)
	defer late.Stop()
	select {
	case a.speaking <- struct{}{}:
	case <-j.ctx.Done():
		return nil, j.ctx.Err()
	case <-late.C:
		return nil, overloaded(busyFor, "Too many texts are being spoken. Try again in a few seconds.")
	}
	s := &spoken{job: j, frames: make(chan []int16, ahead)}
	s.speaker.Go(func() {
		defer func() { <-a.speaking }()
		s.run(u)
	})
	var ok bool
	if s.first, ok = <-s.frames; ok {
		return s, nil
	}
	err := s.finish()
	switch {
	case errors.Is(err, tts.ErrLanguage):
		return nil, notSpoken(u.language)
	case err == nil:
		return nil, wrong("input", "empty_string", "There is nothing to speak in the text.")
	}
	return nil, err
}

// run is the goroutine that speaks.
func (s *spoken) run(u utterance) {
	defer close(s.frames)
	defer func() {
		if r := recover(); r != nil {
			s.err = fmt.Errorf("speaking panicked: %v\n%s", r, debug.Stack())
		}
	}()
	rate, rest := enginesShare(u.speed)
	stretch := newStretcher(rest)
	var heard time.Duration
	_, s.err = u.speaker.Speak(s.job.ctx, u.text, u.language, rate, media.SinkFunc(func(f media.Frame) error {
		pcm := stretch.append(nil, f.PCM)
		if before := heard; before/time.Second != (before+media.Duration(len(pcm)))/time.Second {
			if err := s.job.charge(before + media.Duration(len(pcm))); err != nil {
				return err
			}
		}
		heard += media.Duration(len(pcm))
		return s.pass(pcm)
	}))
	if s.err == nil {
		s.err = errors.Join(s.pass(stretch.end(nil)), s.job.charge(heard))
	}
}

func (s *spoken) pass(pcm []int16) error {
	if len(pcm) == 0 {
		return nil
	}
	select {
	case s.frames <- pcm:
		return nil
	case <-s.job.ctx.Done():
		return s.job.ctx.Err()
	}
}

// finish stops the speaker, if it still speaks, and says how it ended.
func (s *spoken) finish() error {
	ended := false
	select {
	case _, open := <-s.frames:
		ended = !open
	default:
	}
	if !ended {
		s.job.cancel(errGone)
	}
	s.speaker.Wait()
	return s.err
}

// sendSpeech streams the sound as it is made.
func (a *API) sendSpeech(c *fiber.Ctx, j *job, u utterance, s *spoken) {
	if !u.events {
		a.stream(c, j, u.format.kind, func(out *bufio.Writer) error {
			return s.encode(u.format, func(data []byte) error {
				j.patience()
				if _, err := out.Write(data); err != nil || out.Flush() != nil {
					return errGone
				}
				return nil
			})
		})
		return
	}
	a.stream(c, j, "text/event-stream; charset=utf-8", func(out *bufio.Writer) error {
		e := events{job: j, out: out}
		err := s.encode(u.format, func(data []byte) error {
			return e.send(fiber.Map{"type": "speech.audio.delta", "audio": base64.StdEncoding.EncodeToString(data)})
		})
		if err == nil {
			tokens := len([]rune(u.text)) // there are no tokens here; characters are what can be counted
			err = e.send(fiber.Map{"type": "speech.audio.done", "usage": fiber.Map{"input_tokens": tokens, "output_tokens": 0, "total_tokens": tokens}})
		}
		return e.end(j.reason(err))
	})
}

// encode gives the sound in a format, piece by piece.
func (s *spoken) encode(f format, send func([]byte) error) (err error) {
	defer func() { err = errors.Join(err, s.ended(err)) }()
	var buf bytes.Buffer
	e, err := f.encoder(&buf)
	if err != nil {
		return err
	}
	defer e.free()
	next := func(pcm []int16) error {
		if err := e.write(pcm); err != nil {
			return err
		}
		if s.first == nil && buf.Len() < chunk {
			return nil
		}
		s.first = nil
		defer buf.Reset()
		return send(buf.Bytes())
	}
	if err := next(s.first); err != nil {
		return err
	}
	for pcm := range s.frames {
		if err := next(pcm); err != nil {
			return err
		}
	}
	if s.err != nil {
		return nil // ended tells it
	}
	if err := e.end(); err != nil {
		return err
	}
	return send(buf.Bytes())
}

// ended waits for the speaker and says how it ended; what only follows from
// the taker's own error is left out.
func (s *spoken) ended(taker error) error {
	if err := s.finish(); taker == nil {
		return s.job.reason(err)
	}
	return nil
}
