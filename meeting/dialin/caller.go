package dialin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// doing is what a caller does in a meeting.
type doing int

const (
	choosing doing = iota
	speaking
	listening
)

// caller is one call; its goroutine is that of Serve.
type caller struct {
	desk    *Desk
	leg     leg.Leg
	prompts prompts
	log     *slog.Logger

	typed     []rune // that nobody has asked for yet
	behindPIN bool   // a # belongs to the PIN
	failed    error  // of what was played last

	meeting *meeting.Meeting
	name    string
	state   meeting.State
	changed <-chan struct{} // closed when state is another
	noticed int             // announcements that were read to the caller
	told    string          // the last of them, if it was heard to its end
	waited  bool            // for the meeting to begin or to go on
	doing   doing
	channel string // that is listened to
	page    int    // of languages offered
	idle    int    // offers without a choice

	input   *booth.Input
	gone    <-chan struct{} // closed when the input has ended
	refused bool
}

// run is the call from its answer on.
func (c *caller) run(ctx context.Context) error {
	m, err := c.identify(ctx)
	if err != nil || m == nil {
		return err
	}
	c.enter(m)
	defer c.leave()
	if err := c.welcome(ctx); err != nil && !errors.Is(err, errChanged) {
		return err
	}
	for {
		over, err := c.step(ctx)
		if over || err != nil && !errors.Is(err, errChanged) {
			return err
		}
	}
}

// identify asks for the PIN; without a meeting, the caller was said goodbye.
func (c *caller) identify(ctx context.Context) (*meeting.Meeting, error) {
	bounded, cancel := context.WithTimeoutCause(ctx, pinTime, errTime)
	defer cancel()
	ask := []line{c.prompts.say("welcome", "name", c.desk.o.Name), c.prompts.say("pin")}
	for range mostTries {
		pin, err := c.ask(bounded, ask)
		switch {
		case errors.Is(err, errTime) && bounded.Err() == nil:
			ask = []line{c.prompts.say("pin_missing")}
			continue
		case errors.Is(err, errTime):
			return nil, c.bye(ctx, "pin_goodbye")
		case err != nil:
			return nil, err
		}
		m, err := c.desk.o.Dial(c.leg.Info().From, pin)
		switch {
		case err == nil:
			c.behindPIN = len(c.typed) == 0
			return m, nil
		case errors.Is(err, rooms.ErrTooMany):
			return nil, c.bye(ctx, "too_many")
		}
		c.typed, c.behindPIN = nil, true
		ask = []line{c.prompts.say("pin_wrong")}
	}
	return nil, c.bye(ctx, "pin_goodbye")
}

func (c *caller) ask(ctx context.Context, lines []line) (pin string, err error) {
	if _, err := c.say(ctx, lines...); err != nil {
		return "", err
	}
	return c.pin(ctx)
}

// pin collects digits; * begins again.
func (c *caller) pin(ctx context.Context) (string, error) {
	var pin []rune
	for len(pin) < 6 {
		k, err := c.key(ctx, digitTime)
		switch {
		case err != nil:
			return "", err
		case k == '*':
			pin = pin[:0]
		case k == '#' && len(pin) > 0:
			return string(pin), nil
		case k >= '0' && k <= '9':
			pin = append(pin, k)
		}
	}
	return string(pin), nil
}

func (c *caller) enter(m *meeting.Meeting) {
	c.meeting = m
	c.name = name(c.desk.prompts[tongue(c.tongue())].texts["caller"], m.Caller(), c.leg.Info().From)
	c.state, c.changed = m.State()
}

// shownDigits of a number are enough to know one's own.
const shownDigits = 2

// name is how others see a caller: never by the whole number.
func name(kind string, n int, from string) string {
	var digits []rune
	for _, r := range from {
		if r >= '0' && r <= '9' {
			digits = append(digits, r)
		}
	}
	if len(digits) < 3*shownDigits {
		return fmt.Sprintf("%s %d", kind, n)
	}
	return fmt.Sprintf("%s %d (…%s)", kind, n, string(digits[len(digits)-shownDigits:]))
}

// leave ends what the caller brought into the meeting.
func (c *caller) leave() {
	if c.input != nil {
		_ = c.input.Close() // never fails
	}
}

// welcome says which meeting it is.
func (c *caller) welcome(ctx context.Context) error {
	title := c.meeting.Options().Title
	if title == "" {
		return c.prompt(ctx, "untitled")
	}
	_, err := c.say(ctx, c.prompts.say("title"), line{title, c.tongue()})
	return err
}

// tongue is the language that the meeting was created in.
func (c *caller) tongue() string { return c.meeting.Options().Languages[0] }

// step is what comes next; over says that the call has ended.
func (c *caller) step(ctx context.Context) (over bool, err error) {
	c.state, c.changed = c.meeting.State()
	switch {
	case c.state.Over():
		return true, c.bye(ctx, "ended")
	case c.ended():
		return c.removed(ctx)
	case c.state.Life == rooms.Created:
		return c.await(ctx, "waiting", "waited")
	case c.state.Life == rooms.Paused:
		return c.await(ctx, "paused", "paused_long")
	case c.waited:
		c.waited = false
		if c.noticed == 0 {
			return false, c.prompt(ctx, "begins")
		}
		return false, c.prompt(ctx, "resumes")
	case c.noticed < c.notices():
		return false, c.announce(ctx, c.say)
	case c.doing == speaking:
		return false, c.speaking(ctx)
	case c.doing == listening:
		return false, c.listening(ctx)
	}
	return c.choose(ctx)
}

// notices are the announcements to be read. One more than were made: without
// any, what the meeting would announce is read.
func (c *caller) notices() int { return c.state.Notices + 1 }

// announce reads the last announcement, and notes who heard all of it.
func (c *caller) announce(ctx context.Context, say func(context.Context, ...line) (said, error)) error {
	announced := c.meeting.Announced()
	lines := []line{{announced, c.tongue()}}
	if c.prompts.language != tongue(c.tongue()) {
		lines = append(lines, line{meeting.Announcement(c.prompts.language, c.state.Keeps), c.prompts.language})
	}
	whole, err := say(ctx, lines...)
	if err != nil {
		return err
	}
	c.noticed, c.told = c.notices(), ""
	if whole && c.failed == nil {
		c.told = announced
	}
	return c.tell(ctx)
}

// tell notes in the meeting that the caller was told.
func (c *caller) tell(ctx context.Context) error {
	if c.told == "" || c.input == nil {
		return nil
	}
	err := c.meeting.Room.ToldOf(ctx, c.input.ID(), c.told)
	if errors.Is(err, rooms.ErrRefused) {
		return nil // who said no may hear it all the same
	}
	return c.asked(err)
}

// asked is what became of something the room was asked for: a meeting that has
// ended or an input that is gone is heard of by itself.
func (c *caller) asked(err error) error {
	if errors.Is(err, rooms.ErrClosed) || errors.Is(err, rooms.ErrInput) {
		return errChanged
	}
	return err
}

// await plays music until the meeting goes on.
func (c *caller) await(ctx context.Context, why, goodbye string) (over bool, err error) {
	c.waited, c.typed = true, nil
	for began := time.Now(); time.Since(began) < c.desk.o.Patience; c.typed = nil {
		if err := c.prompt(ctx, why); err != nil {
			return false, err
		}
		c.typed = nil // nothing can be chosen yet
		if err := c.play(ctx, c.hum, false, time.Minute); !errors.Is(err, errTime) {
			return false, err
		}
	}
	return true, c.bye(ctx, goodbye)
}

// ended says whether the caller's input is gone.
func (c *caller) ended() bool {
	select {
	case <-c.gone:
		return c.input != nil
	default:
		return false
	}
}

// removed is for who was taken out of the meeting, unless it is just ending.
func (c *caller) removed(ctx context.Context) (over bool, err error) {
	c.gone = nil
	err = c.attend(ctx, nil, false, settleTime)
	if errors.Is(err, errChanged) {
		if state, _ := c.meeting.State(); state.Over() {
			return true, c.bye(ctx, "ended")
		}
		err = errTime
	}
	if !errors.Is(err, errTime) {
		return true, err
	}
	return true, c.bye(ctx, "removed")
}
