package dialin

import (
	"context"
	"errors"

	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Keys of choices. Languages have those between.
const (
	keySpeak   = '1'
	keyFirst   = '2'
	keyLast    = '8'
	keyRefuse  = '9'
	keyRepeat  = '0'
	keyMute    = '*'
	keyChoices = '#'
)

// offered are the channels on the keys from keyFirst on; more says that the
// last key leads to others.
func offered(channels []string, page int) (now []string, more bool) {
	room := int(keyLast - keyFirst + 1)
	if len(channels) <= room {
		return channels, false
	}
	room--
	pages := (len(channels) + room - 1) / room
	from := page % pages * room
	return channels[from:min(len(channels), from+room)], true
}

// choose offers what can be done, and does it.
func (c *caller) choose(ctx context.Context) (over bool, err error) {
	if _, err := c.say(ctx, c.menu()...); err != nil {
		return false, err
	}
	k, err := c.key(ctx, choiceTime)
	if errors.Is(err, errTime) {
		if c.idle++; c.idle >= mostIdle {
			return true, c.bye(ctx, "idle")
		}
		return false, nil
	}
	if err != nil {
		return false, err
	}
	c.idle = 0
	return false, c.press(ctx, k)
}

// menu is what is offered, each language by its own voice.
func (c *caller) menu() []line {
	lines := []line{c.prompts.say("choose_speak")}
	now, more := offered(c.meeting.Booth.Channels(), c.page)
	for i, channel := range now {
		k := rune(keyFirst + i)
		if channel == booth.Original {
			lines = append(lines, c.prompts.say("choose_original", "key", string(k)))
		} else {
			lines = append(lines, c.prompts.offer(channel, k))
		}
	}
	if more {
		lines = append(lines, c.prompts.say("choose_more", "key", string(keyLast)))
	}
	consent := "choose_refuse"
	if c.refused {
		consent = "choose_agree"
	}
	return append(lines, c.prompts.say(consent), c.prompts.say("choose_repeat"))
}

// press does what a key is for.
func (c *caller) press(ctx context.Context, k rune) error {
	switch {
	case k == keySpeak:
		return c.begin(ctx)
	case k == keyRefuse:
		return c.refuse(ctx)
	case k == keyMute:
		return c.mute(ctx)
	case k == keyRepeat:
		return c.repeat(ctx)
	case k == keyChoices:
		c.page = 0
		return c.stop(ctx)
	case k >= keyFirst && k <= keyLast:
		return c.listen(ctx, k)
	}
	return c.prompt(ctx, "unused")
}

// repeat says what can be done now; choices are repeated by themselves.
func (c *caller) repeat(ctx context.Context) error {
	switch c.doing {
	case speaking:
		return c.prompt(ctx, "speaking")
	case listening:
		return c.prompt(ctx, "listening")
	}
	return nil
}

// stop goes back to the choices; the caller is not heard there.
func (c *caller) stop(ctx context.Context) error {
	was := c.doing
	c.doing = choosing
	if was == speaking && !c.refused {
		return c.asked(c.meeting.Room.Mute(ctx, c.input.ID(), true))
	}
	return nil
}

// begin lets the caller speak, once they were told that a machine writes along.
func (c *caller) begin(ctx context.Context) error {
	if c.refused {
		return c.prompt(ctx, "refuser")
	}
	if c.doing == speaking {
		return c.prompt(ctx, "speaking")
	}
	if c.told == "" {
		if err := c.announce(ctx, c.insist); err != nil {
			return err
		}
	}
	if ok, err := c.connect(ctx); !ok || err != nil {
		return err
	}
	if err := c.asked(c.meeting.Room.Mute(ctx, c.input.ID(), false)); err != nil {
		return c.unheard(ctx, err)
	}
	c.doing = speaking
	return c.prompt(ctx, "speaking")
}

// unheard is for who was refused by an organiser while they chose.
func (c *caller) unheard(ctx context.Context, err error) error {
	if errors.Is(err, rooms.ErrRefused) {
		c.refused = true
		return c.prompt(ctx, "refuser")
	}
	return err
}

// connect makes the call an input of the meeting, muted; false where it cannot be.
func (c *caller) connect(ctx context.Context) (bool, error) {
	if c.input != nil {
		return true, nil
	}
	// An input that is half open when ctx ends would stay in the room.
	in, err := c.meeting.Booth.Connect(context.WithoutCancel(ctx), c.leg, booth.Source{Source: rooms.Source{Name: c.name, Kind: rooms.Telephone, Closed: true}})
	if err != nil {
		if state, _ := c.meeting.State(); state.Over() {
			return false, errChanged
		}
		c.log.Info("a caller could not be connected to a meeting", "err", err)
		return false, c.prompt(ctx, "failed")
	}
	c.input, c.gone = in, in.Done()
	return true, c.tell(ctx)
}

// mute closes or opens the caller's line, as it stands: an organiser may have
// done so, too.
func (c *caller) mute(ctx context.Context) error {
	if c.doing != speaking {
		return c.prompt(ctx, "silent")
	}
	status, err := c.meeting.Room.Status(ctx)
	if err != nil {
		return c.asked(err)
	}
	on := true
	for _, in := range status.Inputs {
		if in.ID == c.input.ID() {
			on = !in.Muted
		}
	}
	if err := c.asked(c.meeting.Room.Mute(ctx, c.input.ID(), on)); err != nil {
		return c.unheard(ctx, err)
	}
	if on {
		return c.prompt(ctx, "muted")
	}
	return c.prompt(ctx, "unmuted")
}

// refuse notes a no, or takes it back.
func (c *caller) refuse(ctx context.Context) error {
	if ok, err := c.connect(ctx); !ok || err != nil {
		return err
	}
	if c.refused {
		return c.agree(ctx)
	}
	if err := c.asked(c.meeting.Room.Refuse(ctx, c.input.ID())); err != nil {
		return err
	}
	c.refused = true
	if c.doing == speaking {
		c.doing = choosing
	}
	return c.prompt(ctx, "refused")
}

// agree leaves the caller where they are: among the choices they are not heard.
func (c *caller) agree(ctx context.Context) error {
	if err := c.asked(c.meeting.Room.Mute(ctx, c.input.ID(), true)); err != nil {
		return err
	}
	if err := c.asked(c.meeting.Room.Agree(ctx, c.input.ID())); err != nil {
		return err
	}
	c.refused = false
	return c.prompt(ctx, "agreed")
}

// speaking waits for keys; the caller hears nothing but the answers to them, as
// their own voice would come back to them.
func (c *caller) speaking(ctx context.Context) error {
	k, err := c.key(ctx, 0)
	if err != nil {
		return err
	}
	return c.press(ctx, k)
}

// listen goes to the channel of a key.
func (c *caller) listen(ctx context.Context, k rune) error {
	now, more := offered(c.meeting.Booth.Channels(), c.page)
	if more && k == keyLast {
		c.page++
		return c.stop(ctx)
	}
	i := int(k - keyFirst)
	if i >= len(now) {
		return c.prompt(ctx, "unused")
	}
	if err := c.stop(ctx); err != nil {
		return err
	}
	c.doing, c.channel = listening, now[i]
	return c.prompt(ctx, "listening")
}

// listening plays the channel until a key is pressed.
func (c *caller) listening(ctx context.Context) error {
	if len(c.typed) == 0 {
		err := c.play(ctx, func(ctx context.Context) error {
			return c.meeting.Booth.Listen(ctx, c.channel, c.leg.Playout())
		}, true, 0)
		if err == nil { // the channel was taken away
			c.doing = choosing
			return c.prompt(ctx, "failed")
		}
		if !errors.Is(err, errKey) {
			return err
		}
	}
	k, err := c.key(ctx, 0)
	if err != nil {
		return err
	}
	return c.press(ctx, k)
}
