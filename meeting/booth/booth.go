// Package booth is the sound of one meeting: frames of microphones, telephones,
// streams and files flow in, words flow to the room; what the room shows flows
// back and is spoken to those who listen in a language.
package booth

import (
	"context"
	"log/slog"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Original is the channel of what is said, whoever says it and in whatever language.
const Original = rooms.Original

// Speak reads a text to the sink and returns when the sink has taken it; ctx stops it.
type Speak func(ctx context.Context, text, language string, rate float64, to media.Sink) error

// Options of a Booth. Live.Recognizer and Live.Voice are needed.
type Options struct {
	// Live is how speech is recognised; languages, vocabulary, what is unread and
	// where words go are the booth's.
	Live live.Options
	// Languages that may be spoken where a source does not say its own.
	Languages []string
	// Speak is the voice of translations; nil: only the original can be heard.
	Speak Speak
	// Speaks says which languages have a voice; nil is all.
	Speaks func(language string) bool
	Now    func() time.Time
	Log    *slog.Logger
}

// Source is an input: who speaks and, if it is known, in which language.
type Source struct {
	rooms.Source
	Language string // "" is detected among Options.Languages
}

// Booth is the sound of one room. Run owns its goroutines.
type Booth struct {
	room    *rooms.Room
	options Options
}

// New makes the booth of a room.
func New(room *rooms.Room, o Options) *Booth { return &Booth{room: room, options: o} }
