package dialin

import (
	"context"
	"errors"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/music"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

// Why a step ends before it is done.
var (
	errLeft    = errors.New("the caller has hung up")
	errTime    = errors.New("nothing was pressed in time")
	errChanged = errors.New("the meeting has changed")
)

// said tells whether all of something was heard.
type said bool

// say speaks until a key is pressed, which is kept for the next who asks for
// one. Where keys are waiting already, nothing is said.
func (c *caller) say(ctx context.Context, lines ...line) (said, error) {
	if len(c.typed) > 0 {
		return false, nil
	}
	err := c.play(ctx, func(ctx context.Context) error { return c.speak(ctx, lines) }, true, 0)
	if errors.Is(err, errKey) {
		return false, nil
	}
	return err == nil, err
}

// insist speaks to the end, whatever is pressed.
func (c *caller) insist(ctx context.Context, lines ...line) (said, error) {
	err := c.play(ctx, func(ctx context.Context) error { return c.speak(ctx, lines) }, false, 0)
	return err == nil, err
}

// prompt says one by its name.
func (c *caller) prompt(ctx context.Context, name string) error {
	_, err := c.say(ctx, c.prompts.say(name))
	return err
}

// bye says something to the end, whatever becomes of the meeting.
func (c *caller) bye(ctx context.Context, name string) error {
	c.changed, c.gone = nil, nil
	_, err := c.insist(ctx, c.prompts.say(name))
	return err
}

// speak reads lines, each by the voice of its language, and returns when they
// were heard.
func (c *caller) speak(ctx context.Context, lines []line) error {
	for _, l := range lines {
		if l.text == "" {
			continue
		}
		if err := c.desk.o.Speak(ctx, l.text, l.language, 1, c.leg.Playout()); err != nil {
			return err
		}
	}
	return c.leg.Playout().Drain(ctx)
}

// hum plays music until ctx ends.
func (c *caller) hum(ctx context.Context) error {
	source, pcm := music.New(), make([]int16, media.FrameSamples)
	for ctx.Err() == nil {
		source.ReadFrame(pcm)
		for i := range pcm {
			pcm[i] /= 2 // soft: people talk beside the telephone
		}
		if err := c.leg.Playout().WriteFrame(media.Frame{PCM: pcm}); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// errKey is a key that cuts short what is played.
var errKey = errors.New("a key was pressed")

// play has something be heard until it ends, and longest for a time (0: as long
// as it takes). It ends sooner when the caller leaves, the meeting changes, or
// a key is pressed and keys cut it short.
func (c *caller) play(ctx context.Context, sound func(context.Context) error, keys bool, longest time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- guard(func() error { return sound(ctx) }) }() // waited for below
	err := c.attend(ctx, done, keys, longest)
	if !errors.Is(err, errPlayed) {
		cancel()
		c.leg.Playout().Flush()
		<-done
		c.leg.Playout().Flush()
		return err
	}
	if errors.Is(c.failed, playout.ErrClosed) {
		return errLeft // heard of before the leg's end
	}
	if c.failed != nil && ctx.Err() == nil {
		c.log.Warn("the telephone of meetings could not speak", "err", c.failed)
	}
	return nil
}

// errPlayed is something that was heard to its end.
var errPlayed = errors.New("played")

// attend waits until what is played has ended, or something cuts it short.
func (c *caller) attend(ctx context.Context, done <-chan error, keys bool, longest time.Duration) error {
	late, stop := timer(longest)
	defer stop()
	for {
		select {
		case c.failed = <-done:
			return errPlayed
		case e, ok := <-c.leg.Events():
			if !ok {
				return errLeft
			}
			if c.take(e) && keys {
				return errKey
			}
		case <-c.leg.Done():
			return errLeft
		case <-c.changed:
			return errChanged
		case <-c.gone:
			return errChanged
		case <-late:
			return errTime
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// key is what was pressed, or is pressed in time (0: whenever).
func (c *caller) key(ctx context.Context, wait time.Duration) (rune, error) {
	for len(c.typed) == 0 {
		if err := c.attend(ctx, nil, true, wait); !errors.Is(err, errKey) {
			return 0, err
		}
	}
	k := c.typed[0]
	c.typed = c.typed[1:]
	return k, nil
}

// mostTyped bounds what is pressed ahead.
const mostTyped = 32

// take notes a key. The # that some press behind a PIN is none.
func (c *caller) take(e leg.Event) bool {
	if e.Kind != leg.Digit || len(c.typed) >= mostTyped {
		return false
	}
	behind := c.behindPIN
	c.behindPIN = false
	if behind && e.Digit == '#' {
		return false
	}
	c.typed = append(c.typed, e.Digit)
	return true
}

// timer that never fires for 0.
func timer(d time.Duration) (<-chan time.Time, func()) {
	if d == 0 {
		return nil, func() {}
	}
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}
