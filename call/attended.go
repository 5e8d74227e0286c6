package call

import (
	"context"
	"errors"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/leg"
)

// A clerk is asked three times, with time to think each.
const (
	briefings    = 3
	briefingTime = 8 * time.Second
)

// errClerkGone is a clerk who hangs up instead of answering.
var errClerkGone = errors.New("the clerk has hung up")

// attend calls the target, tells the clerk who calls and connects the caller
// once the clerk has accepted by key.
func (on *onward) attend(ctx context.Context) (leg.Leg, error) {
	x := on.x
	l, err := x.dial(ctx, on.target)
	if err != nil {
		return nil, err
	}
	x.legs.add(l)
	if err := on.brief(ctx, l); err != nil {
		if errors.Is(err, errCallerGone) || errors.Is(err, errWithdrawn) {
			on.callerLeft(ctx, l)
		}
		hangup(ctx, l, x.log)
		return nil, err
	}
	return on.replace(ctx, l)
}

// brief returns nil once the clerk has accepted.
func (on *onward) brief(ctx context.Context, l leg.Leg) error {
	x, t := on.x, on.target
	language := t.Language
	text := x.h.Summary.Briefing(language)
	for n := range briefings {
		if n == briefings-1 {
			text = x.clerkLine(language, prompts.BriefingAccept)
		}
		switch key, err := x.askKey(ctx, l, phrase{text: text, language: language}); {
		case err != nil:
			return err
		case key == '1':
			return nil
		case key == '2':
			return leg.ErrDeclined
		}
	}
	return leg.ErrNoAnswer
}

func (x *exchange) clerkLine(language string, key prompts.Key, pairs ...string) string {
	if x.bot.Lines == nil {
		return ""
	}
	return x.bot.Lines(language, key, pairs...)
}

// askKey says a text to a clerk and waits for 1 or 2, which may come at any
// time; 0 is that none came.
func (x *exchange) askKey(ctx context.Context, l leg.Leg, p phrase) (rune, error) {
	speech, quiet := context.WithCancel(ctx)
	defer quiet()
	spoken := make(chan struct{})
	x.spawn("briefing", func() {
		defer close(spoken)
		x.whisper(speech, l, p)
	})
	defer func() {
		quiet()
		l.Playout().Flush()
		<-spoken
		l.Playout().Flush() // what was in flight
	}()
	over := time.NewTimer(time.Hour)
	defer over.Stop()
	said, events := (<-chan struct{})(spoken), l.Events()
	for {
		select {
		case e, ok := <-events:
			if !ok {
				events = nil
			} else if e.Kind == leg.Digit && (e.Digit == '1' || e.Digit == '2') {
				return e.Digit, nil
			}
		case <-said:
			said = nil
			over.Reset(briefingTime)
		case <-over.C:
			return 0, nil
		case <-l.Done():
			return 0, errClerkGone
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}

// whisper says a text to one party that is in no bridge.
func (x *exchange) whisper(ctx context.Context, l leg.Leg, p phrase) {
	if p.text == "" {
		return
	}
	m := mouth{voice: x.bot.Voice}
	err := m.utter(ctx, p, 1, l.Playout())
	if err == nil {
		err = l.Playout().Drain(ctx)
	}
	if err != nil && ctx.Err() == nil {
		x.log.Warn("a sentence was not spoken", "err", err)
	}
}

// callerLeft tells a clerk that nobody is there any more.
func (on *onward) callerLeft(ctx context.Context, l leg.Leg) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goneTime)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { l.Playout().Flush() })
	defer stop()
	t := on.target
	on.x.whisper(ctx, l, phrase{text: on.x.clerkLine(t.Language, prompts.BriefingGone), language: t.Language})
}
