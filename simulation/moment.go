package simulation

import (
	"context"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// Dialog is the conversation on the bot's side; dialog.Conversation is one.
type Dialog interface {
	Handle(ctx context.Context, e dialog.Event, emit func(dialog.Action) error) error
}

// Moment is an event and what the bot did about it.
type Moment struct {
	Event   dialog.Event
	Actions []dialog.Action
}

// Text is what the bot says, of all languages.
func (m Moment) Text() string {
	var parts []string
	for _, a := range m.Actions {
		if a.Kind == dialog.Say {
			parts = append(parts, a.Text)
		}
	}
	return strings.Join(parts, " ")
}

// Outcome of the bot's turn.
func (m Moment) Outcome() dialog.Outcome {
	for _, a := range m.Actions {
		if a.Outcome != dialog.OutcomeNone {
			return a.Outcome
		}
	}
	return dialog.OutcomeNone
}

// awaits is what the bot waits for, by name.
func (m Moment) awaits() string {
	for _, a := range m.Actions {
		if a.Kind == dialog.Listen {
			return a.Expect.String()
		}
	}
	return ""
}

// Ended says that the bot has nothing more to say.
func (m Moment) Ended() bool {
	return slices.ContainsFunc(m.Actions, func(a dialog.Action) bool { return a.Kind == dialog.End || a.Kind == dialog.Transfer })
}

// speaks says that the caller hears something, or is left.
func (m Moment) speaks() bool { return m.Text() != "" || m.Ended() }

// choices are the articles that the bot offers to choose from.
func (m Moment) choices() []string {
	for _, a := range m.Actions {
		if a.Kind == dialog.Say && len(a.Articles) > 0 {
			return a.Articles
		}
	}
	return nil
}

// lowConfidence is below what the dialog takes for understood.
const lowConfidence = 0.3

// misunderstood says that the bot did not get the caller's words, and says so.
func (m Moment) misunderstood() bool {
	switch m.Event.Kind {
	case dialog.NotHeard, dialog.Degraded:
		return true
	case dialog.Heard:
		return m.Event.Confidence > 0 && m.Event.Confidence < lowConfidence
	}
	return false
}

// Tap stands between a call and its dialog and tells what happens; hear must
// not block.
type Tap struct {
	Dialog Dialog
	Hear   func(Moment)
}

// Handle implements Dialog.
func (t Tap) Handle(ctx context.Context, e dialog.Event, emit func(dialog.Action) error) error {
	m := Moment{Event: e}
	err := t.Dialog.Handle(ctx, e, func(a dialog.Action) error {
		m.Actions = append(m.Actions, a)
		return emit(a)
	})
	if err == nil {
		t.Hear(m)
	}
	return err
}
