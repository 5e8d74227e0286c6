package simulation

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
)

// TextLine is a call in writing: nothing is misheard, and no time passes but
// that of silence.
type TextLine struct {
	dialog  Dialog
	now     time.Time
	moments []Moment
}

// NewTextLine begins at the given time.
func NewTextLine(d Dialog, now time.Time) *TextLine { return &TextLine{dialog: d, now: now} }

// Moments implements Line.
func (l *TextLine) Moments() []Moment { return l.moments }

// Begin implements Line.
func (l *TextLine) Begin(ctx context.Context) (Moment, error) {
	return l.tell(ctx, dialog.Event{Kind: dialog.Start})
}

// Do implements Line. It always does what is asked.
func (l *TextLine) Do(ctx context.Context, a Act) (m Moment, done bool, err error) {
	if a.Barge > 0 {
		if _, err := l.tell(ctx, dialog.Event{Kind: dialog.Interrupted, Played: a.Barge}); err != nil {
			return Moment{}, false, err
		}
	}
	l.now = l.now.Add(a.Pause)
	switch {
	case a.Silence:
		m, err = l.silence(ctx)
	case a.Key != "":
		m, err = l.keys(ctx, a.Key)
	default:
		m, err = l.tell(ctx, dialog.Event{
			Kind: dialog.Heard, Text: a.Words, Confidence: 1, Language: a.Language, LanguageProbability: 0.95,
		})
	}
	if err == nil && !m.speaks() {
		m, err = l.silence(ctx)
	}
	return m, true, err
}

// silence lasts until the bot says something.
func (l *TextLine) silence(ctx context.Context) (Moment, error) {
	for range 5 {
		l.now = l.now.Add(l.timeout())
		m, err := l.tell(ctx, dialog.Event{Kind: dialog.Silence})
		if err != nil || m.speaks() {
			return m, err
		}
	}
	return Moment{}, errSilent
}

func (l *TextLine) keys(ctx context.Context, keys string) (m Moment, err error) {
	for _, k := range keys {
		if m, err = l.tell(ctx, dialog.Event{Kind: dialog.Digit, Digit: k}); err != nil || m.Ended() {
			return m, err
		}
	}
	return m, nil
}

// timeout is how long the bot waits now.
func (l *TextLine) timeout() time.Duration {
	for i := len(l.moments) - 1; i >= 0; i-- {
		for _, a := range l.moments[i].Actions {
			if a.Kind == dialog.Listen {
				return a.Timeout
			}
		}
	}
	return time.Second
}

func (l *TextLine) tell(ctx context.Context, e dialog.Event) (Moment, error) {
	e.Now = l.now
	var m Moment
	err := Tap{Dialog: l.dialog, Hear: func(heard Moment) { m = heard }}.Handle(ctx, e, func(dialog.Action) error { return nil })
	if err == nil {
		l.moments = append(l.moments, m)
	}
	return m, err
}
