package web

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

const (
	mostDelay    = 60   // seconds
	longestWords = 2000 // characters of an announcement or a cue
	mostTaught   = 200  // words at a time
	// stopTime is for the last words of all inputs.
	stopTime = 30 * time.Second
)

// lifeRoutes are what an organiser tells a meeting.
func (m *meetings) lifeRoutes(api fiber.Router) {
	organiser := func(path string, do act) { api.Post("/:code/"+path, m.holder(meeting.Organiser, do)) }
	editor := func(path string, do act) { api.Post("/:code/"+path, m.holder(meeting.Editor, do)) }
	organiser("start", m.told((*meeting.Meeting).Start))
	organiser("pause", m.told(func(mt *meeting.Meeting, ctx context.Context) error { return mt.Room.Pause(ctx) }))
	organiser("stop", m.told((*meeting.Meeting).Stop))
	organiser("close", m.told((*meeting.Meeting).Close))
	organiser("announce", m.announce)
	organiser("keep", m.keep)
	organiser("languages", m.languages)
	editor("delay", m.delay)
	editor("glossary", m.teach)
}

// told does what needs no word besides.
func (m *meetings) told(do func(*meeting.Meeting, context.Context) error) act {
	return func(c *fiber.Ctx, mt *meeting.Meeting) error {
		return m.done(c, stopTime, func(ctx context.Context) error { return do(mt, ctx) })
	}
}

// done answers with nothing when an order was carried out.
func (m *meetings) done(c *fiber.Ctx, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := do(ctx); err != nil {
		return m.refuse(c, err)
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (m *meetings) announce(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish struct {
		Text  string
		Keeps bool
	}
	if ok, err := read(c, &wish); !ok {
		return err
	}
	text := strings.TrimSpace(wish.Text)
	if text == "" || utf8.RuneCountInString(text) > longestWords {
		return refusal(c, fiber.StatusBadRequest, fmt.Sprintf("text has between 1 and %d characters", longestWords))
	}
	return m.done(c, roomTime, func(ctx context.Context) error { return mt.Room.Announce(ctx, text, wish.Keeps) })
}

func (m *meetings) keep(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish struct{ On *bool }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if wish.On == nil {
		return refusal(c, fiber.StatusBadRequest, "on is true or false")
	}
	return m.done(c, roomTime, func(ctx context.Context) error { return mt.Room.Keep(ctx, *wish.On) })
}

func (m *meetings) delay(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish struct{ Seconds *float64 }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if wish.Seconds == nil || math.IsNaN(*wish.Seconds) || *wish.Seconds < 0 || *wish.Seconds > mostDelay {
		return refusal(c, fiber.StatusBadRequest, fmt.Sprintf("seconds is a number from 0 to %d", mostDelay))
	}
	d := time.Duration(*wish.Seconds * float64(time.Second))
	return m.done(c, roomTime, func(ctx context.Context) error { return mt.Room.Delay(ctx, d) })
}

func (m *meetings) languages(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish struct{ Languages []string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if len(wish.Languages) == 0 {
		return refusal(c, fiber.StatusBadRequest, "languages names one at least")
	}
	tags, err := meeting.Languages(wish.Languages, m.Known)
	if err != nil {
		return m.refuse(c, err)
	}
	return m.done(c, roomTime, func(ctx context.Context) error { return mt.Room.Languages(ctx, tags) })
}

func (m *meetings) teach(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish struct{ Words []string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if len(wish.Words) == 0 || len(wish.Words) > mostTaught {
		return refusal(c, fiber.StatusBadRequest, fmt.Sprintf("words has between 1 and %d entries", mostTaught))
	}
	return m.done(c, roomTime, func(ctx context.Context) error { return mt.Room.Teach(ctx, wish.Words...) })
}

// correct changes a cue; who comes second is shown how it stands now.
func (m *meetings) correct(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish rooms.Correction
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if utf8.RuneCountInString(wish.Text) > longestWords {
		return refusal(c, fiber.StatusBadRequest, fmt.Sprintf("text has at most %d characters", longestWords))
	}
	wish.Cue = param(c, "cue")
	ctx, cancel := within()
	defer cancel()
	cue, err := mt.Room.Correct(ctx, wish)
	if err != nil {
		return m.refuse(c, err)
	}
	return c.JSON(cue)
}

// release publishes a sentence in easy language.
func (m *meetings) release(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish rooms.Release
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if text := strings.TrimSpace(wish.Text); text == "" || utf8.RuneCountInString(text) > longestWords {
		return refusal(c, fiber.StatusBadRequest, fmt.Sprintf("text has between 1 and %d characters", longestWords))
	}
	return m.done(c, roomTime, func(ctx context.Context) error { return mt.Room.Release(ctx, wish) })
}
