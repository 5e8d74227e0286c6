// Package tts says what speech synthesis is: a sentence flows in, 20 ms
// frames of speech flow out as soon as they exist.
package tts

import (
	"context"
	"errors"

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
}

// ErrLanguage is returned when the engine does not speak the language.
var ErrLanguage = errors.New("no voice for this language")
