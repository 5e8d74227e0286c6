package simulation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

// Speak makes the caller's voice.
type Speak func(ctx context.Context, text, language, voice string, to media.Sink) error

// Phone is a connected leg that can also send keys; sip.Leg is one.
type Phone interface {
	leg.Leg
	SendDigit(digit rune) error
}

// PhoneLine is a call with voices: words are spoken into the leg, and what
// the bot does is known from a Tap on its dialog.
type PhoneLine struct {
	phone   Phone
	heard   <-chan Moment // from the tap
	speak   Speak
	voice   string
	noise   *Noise
	moments []Moment
	mouth   *mouth
}

// Waits of a caller.
const (
	answerPatience = 40 * time.Second // for the bot to say anything
	speechPatience = 90 * time.Second // for the bot to finish
	afterBreak     = 4 * time.Second  // an interruption that led to nothing
	politeness     = 250 * time.Millisecond
	betweenKeys    = 250 * time.Millisecond
)

// PhoneOptions of a PhoneLine; Heard and Speak are needed.
type PhoneOptions struct {
	Heard <-chan Moment
	Speak Speak
	Voice string
	Noise *Noise // behind the caller; nil is silence
}

// NewPhoneLine takes a connected leg.
func NewPhoneLine(p Phone, o PhoneOptions) *PhoneLine {
	return &PhoneLine{phone: p, heard: o.Heard, speak: o.Speak, voice: o.Voice, noise: o.Noise, mouth: newMouth(p.Playout(), o.Noise)}
}

// Run sends what the caller says, and the noise around, until ctx ends.
func (l *PhoneLine) Run(ctx context.Context) error { return l.mouth.run(ctx) }

// Moments implements Line.
func (l *PhoneLine) Moments() []Moment { return l.moments }

// Begin implements Line.
func (l *PhoneLine) Begin(ctx context.Context) (Moment, error) { return l.answer(ctx, answerPatience) }

// Do implements Line: the caller waits until the bot has finished, unless the
// turn breaks in.
func (l *PhoneLine) Do(ctx context.Context, a Act) (Moment, bool, error) {
	pcm, err := l.voiced(ctx, a)
	if err != nil {
		return Moment{}, false, err
	}
	if m, spoke, err := l.floor(ctx, a.Barge); spoke || err != nil {
		return m, false, err
	}
	if a.Barge == 0 {
		if m, spoke, err := l.pass(ctx, politeness+a.Pause); spoke || err != nil {
			return m, false, err
		}
	}
	patience := answerPatience
	switch {
	case a.Key != "":
		if err := l.keys(ctx, a.Key); err != nil {
			return Moment{}, false, err
		}
	case a.Words != "":
		patience += l.mouth.say(pcm)
	}
	m, err := l.answer(ctx, patience)
	return m, true, err
}

// voiced is the sound of the caller's words.
func (l *PhoneLine) voiced(ctx context.Context, a Act) ([]int16, error) {
	if a.Words == "" {
		return nil, nil
	}
	var pcm []int16
	err := l.speak(ctx, a.Words, a.Language, l.voice, media.SinkFunc(func(f media.Frame) error {
		pcm = append(pcm, f.PCM...)
		return nil
	}))
	if err != nil {
		return nil, fmt.Errorf("say %q: %w", a.Words, err)
	}
	if l.noise != nil {
		l.noise.level(pcm)
	}
	return pcm, nil
}

// floor waits until the caller may speak. When the bot takes another turn
// before, that is returned.
func (l *PhoneLine) floor(ctx context.Context, barge time.Duration) (Moment, bool, error) {
	wait := speechPatience
	if barge > 0 {
		wait = barge
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case m := <-l.heard:
			l.moments = append(l.moments, m)
			switch {
			case m.speaks():
				return m, true, nil
			case m.Event.Kind == dialog.Spoken:
				return Moment{}, false, nil
			case m.Event.Kind == dialog.Interrupted:
				timer.Reset(afterBreak)
			}
		case <-timer.C:
			return Moment{}, false, nil
		case <-l.phone.Done():
			return Moment{}, false, errHungUp
		case <-ctx.Done():
			return Moment{}, false, ctx.Err()
		}
	}
}

var errHungUp = errors.New("the line was cut")

// pass lets time go by, unless the bot speaks.
func (l *PhoneLine) pass(ctx context.Context, d time.Duration) (Moment, bool, error) {
	m, err := l.answer(ctx, d)
	if errors.Is(err, errSilent) {
		return Moment{}, false, nil
	}
	return m, err == nil, err
}

// answer waits for the bot's next turn.
func (l *PhoneLine) answer(ctx context.Context, patience time.Duration) (Moment, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case m := <-l.heard:
			l.moments = append(l.moments, m)
			if m.speaks() || m.Event.Kind == dialog.NotHeard { // the latter without words while the bot waits
				return m, nil
			}
		case <-timer.C:
			return Moment{}, errSilent
		case <-l.phone.Done():
			return Moment{}, errHungUp
		case <-ctx.Done():
			return Moment{}, ctx.Err()
		}
	}
}

// keys presses keys; what the bot says to the last one is the answer.
func (l *PhoneLine) keys(ctx context.Context, keys string) error {
	for i, k := range keys {
		if i > 0 {
			if _, _, err := l.pass(ctx, betweenKeys); err != nil {
				return err
			}
		}
		if err := l.phone.SendDigit(k); err != nil {
			return fmt.Errorf("press %c: %w", k, err)
		}
	}
	return nil
}
