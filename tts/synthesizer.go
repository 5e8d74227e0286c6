// Package tts says what speech synthesis is: a sentence flows in, 20 ms
// frames of speech flow out as soon as they exist. Router chooses the engine
// of a language, Speaker speaks whole answers.
package tts

import (
	"context"
	"errors"
	"strings"

	"github.com/amtsleitung/amtsleitung/media"
)

// Synthesizer speaks. Implementations are safe for concurrent use; the last
// frame of an utterance is padded with silence. ctx cancel is barge-in and
// stops within one frame.
type Synthesizer interface {
	Speak(ctx context.Context, u Utterance, to media.Sink) error
	// Name is the engine and voice set, for logs and pages.
	Name() string
	// Languages lists what the engine speaks, best first (BCP 47 primary tags).
	Languages() []string
}

// Utterance is one sentence or less of text that is already speakable.
type Utterance struct {
	Text     string
	Language string  // "de", "en", ...; "de-leicht" speaks as "de"
	Voice    string  // engine's own name; "" picks the default of the language
	Rate     float64 // 1 is normal, 0.8 slower; 0 means 1
	// Phonemes are words of Text that an engine may pronounce by its own
	// notation instead of reading them.
	Phonemes []Phonemes
}

// Phonemes is how one word sounds, by engine: SVOX X-SAMPA for "pico",
// espeak-ng mnemonics for "espeak" and "piper".
type Phonemes struct {
	Word   string            // exactly as it stands in the text
	Engine map[string]string // "pico": "\"gy:t6slo:"
	Say    string            // for engines without an entry
}

// ErrLanguage is returned when the engine does not speak the language.
var ErrLanguage = errors.New("no voice for this language")

// Render writes the text in an engine's notation: plain text goes through
// escape, words with phonemes for that engine through phoneme. Engines without
// a notation pass a nil phoneme.
func (u Utterance) Render(engine string, escape, phoneme func(string) string) string {
	if len(u.Phonemes) == 0 {
		return escape(u.Text)
	}
	var b strings.Builder
	rest := u.Text
	for rest != "" {
		at, p := u.next(rest)
		b.WriteString(escape(rest[:at]))
		if p == nil {
			break
		}
		b.WriteString(p.render(engine, escape, phoneme))
		rest = rest[at+len(p.Word):]
	}
	return b.String()
}

// next finds the first word with phonemes.
func (u Utterance) next(text string) (int, *Phonemes) {
	at, found := len(text), (*Phonemes)(nil)
	for i := range u.Phonemes {
		p := &u.Phonemes[i]
		if p.Word == "" {
			continue
		}
		if n := indexWord(text[:min(len(text), at+len(p.Word))], text, p.Word); n >= 0 && n < at {
			at, found = n, p
		}
	}
	return at, found
}

func (p *Phonemes) render(engine string, escape, phoneme func(string) string) string {
	if ph := p.Engine[engine]; ph != "" && phoneme != nil {
		return phoneme(ph)
	}
	if p.Say != "" {
		return escape(p.Say)
	}
	return escape(p.Word)
}
