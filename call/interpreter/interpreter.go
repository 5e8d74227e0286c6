// Package interpreter lets people in one call understand each other though
// they speak different languages: what each of them has said flows in, its
// translation flows out as speech to the others and as text into the journal.
package interpreter

import (
	"context"

	"github.com/amtsleitung/amtsleitung/call/bridge"
	"github.com/amtsleitung/amtsleitung/media"
)

// Modes of interpretation.
const (
	// Consecutive speaks the translation once somebody has finished.
	Consecutive = "consecutive"
	// Simultaneous speaks finished parts while somebody speaks on; nothing that
	// was said is taken back.
	Simultaneous = "simultaneous"
)

// Party is somebody in the call.
type Party struct {
	Name     string // in bridge and journal
	Language string // a tag; "" is not known yet
}

// Room is where the parties hear each other; bridge.Bridge is one.
type Room interface {
	Voice(to ...string) *bridge.Speech
	Between(from, to string, gain float64)
	Play(ctx context.Context, to []string, src media.Source, gain float64) (stop func(), done <-chan struct{})
}

// Speaker speaks a text; call.Voice is one.
type Speaker interface {
	Say(ctx context.Context, text, language string, rate float64, to media.Sink) error
}
