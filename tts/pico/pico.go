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
	// Engines speaking at a time, 4 MB each; default 8. An engine is held as
	// long as the sink takes to accept the utterance: give it a buffer (as
	// tts.Speaker does), not a paced playout.
	Engines int
}

// Synthesizer is safe for concurrent use. Every utterance has an engine of its
// own, made for it in 0.2 ms: Pico's state after one text colours the next.
type Synthesizer struct {
	dir   string
	slots chan struct{}
}

// Open checks the files of all voices and loads each once, so that damage is
// found at start.
func Open(o Options) (*Synthesizer, error) {
	if o.Engines <= 0 {
		o.Engines = 8
	}
	for _, v := range voices() {
		e, err := openEngine(v.name, v.files(o.Dir))
		if err != nil {
			return nil, err
		}
		e.close()
	}
	return &Synthesizer{dir: o.Dir, slots: make(chan struct{}, o.Engines)}, nil
}

// Close waits for the utterances in progress; nothing can be spoken after it.
func (s *Synthesizer) Close() {
	for range cap(s.slots) {
		s.slots <- struct{}{}
	}
}

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
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	e, err := openEngine(v.name, v.files(s.dir))
	if err != nil {
		return err
	}
	defer e.close()
	f := tts.NewFramer(to, v.gain)
	if err := e.speak(ctx, text, func(pcm []int16) error { return f.Write(ctx, pcm) }); err != nil {
		return err
	}
	return f.Close(ctx)
}

// markup is the text in Pico's own notation: speed around it, phonemes inside.
func markup(u tts.Utterance) string {
	body := strings.TrimSpace(u.Render(Name, plain, phoneme))
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

// phoneme is a word in SVOX's X-SAMPA; what would end the attribute is dropped.
func phoneme(ph string) string {
	ph = strings.NewReplacer(`'`, "", "<", "", ">", "").Replace(ph)
	return ` <phoneme ph='` + strings.ReplaceAll(ph, `"`, `&quot;`) + `'/> `
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
