// Package pico speaks German, English, French, Spanish and Italian with SVOX
// Pico: a sentence flows in, 20 ms frames flow out while the engine computes.
package pico

import (
	"context"
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/tts"
)

// Name of the engine in routes and lexicons.
const Name = "pico"

// Options of a Synthesizer.
type Options struct {
	Dir string // folder of the voice files (*.bin)
	// Engines speaking at a time, 4 MB each; default 4. An engine is held as
	// long as the sink takes to accept the utterance: give it a buffer (as
	// tts.Speaker does), not a paced playout.
	Engines int
}

// Synthesizer is safe for concurrent use.
type Synthesizer struct{ pool *pool }

// Open checks the voice files of the default voices and loads one German
// voice, so that damage is found at start. Voices load when first used.
func Open(o Options) (*Synthesizer, error) {
	for _, v := range voices() {
		if err := v.files(o.Dir).check(); err != nil {
			return nil, err
		}
	}
	s := &Synthesizer{pool: newPool(o.Dir, o.Engines)}
	e, err := s.pool.get(context.Background(), voices()[0])
	if err != nil {
		return nil, err
	}
	s.pool.put(e, true)
	return s, nil
}

// Close frees the engines; those in use are freed when their utterance ends.
func (s *Synthesizer) Close() { s.pool.close() }

// Name implements tts.Synthesizer.
func (s *Synthesizer) Name() string { return "SVOX Pico" }

// Languages implements tts.Synthesizer.
func (s *Synthesizer) Languages() []string { return []string{"de", "en", "fr", "es", "it"} }

// Speak implements tts.Synthesizer.
func (s *Synthesizer) Speak(ctx context.Context, u tts.Utterance, to media.Sink) error {
	v, err := pick(u.Language, u.Voice)
	if err != nil {
		return err
	}
	text := markup(u)
	if text == "" {
		return ctx.Err()
	}
	e, err := s.pool.get(ctx, v)
	if err != nil {
		return err
	}
	f := tts.NewFramer(to, v.gain)
	err = e.speak(ctx, text, func(pcm []int16) error { return f.Write(ctx, pcm) })
	s.pool.put(e, err == nil || ctx.Err() != nil)
	if err != nil {
		return err
	}
	return f.Close(ctx)
}

// markup is the text in Pico's own notation: speed around it, phonemes inside.
func markup(u tts.Utterance) string {
	body := strings.TrimSpace(plain(u.Text))
	if body == "" {
		return ""
	}
	rate := u.Rate
	if rate == 0 {
		rate = 1
	}
	level := int(math.Round(100 * min(max(rate, 0.5), 2)))
	if level == 100 {
		return body
	}
	return fmt.Sprintf(`<speed level="%d">%s</speed>`, level, body)
}

// longestWord in runes: Pico cuts longer ones inside a character.
const longestWord = 60

// plain drops what Pico would read as markup or choke on: it knows no escape
// for the angle bracket, so it becomes a space.
func plain(text string) string {
	var b strings.Builder
	run := 0
	for _, r := range text {
		switch {
		case r == '<' || r == '>' || r == '\\' || r == '"' || r == unicode.ReplacementChar || r == '\u00a0' || !unicode.IsPrint(r):
			r = ' '
		}
		if unicode.IsSpace(r) {
			run = 0
		} else if run++; run > longestWord {
			b.WriteByte(' ')
			run = 1
		}
		b.WriteRune(r)
	}
	return b.String()
}
