package web

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

const (
	longestInput = 100 // characters of a name
	// ringTime is how long a bridge may ring.
	ringTime = 60 * time.Second
)

// inputRoutes are what brings sound, as far as an organiser decides it.
func (m *meetings) inputRoutes(api fiber.Router) {
	orders := map[string]func(*meeting.Meeting, context.Context, string) error{
		"mute":   func(mt *meeting.Meeting, ctx context.Context, id string) error { return mt.Room.Mute(ctx, id, true) },
		"unmute": func(mt *meeting.Meeting, ctx context.Context, id string) error { return mt.Room.Mute(ctx, id, false) },
		"refuse": func(mt *meeting.Meeting, ctx context.Context, id string) error { return mt.Room.Refuse(ctx, id) },
		"agree":  func(mt *meeting.Meeting, ctx context.Context, id string) error { return mt.Room.Agree(ctx, id) },
		"told":   func(mt *meeting.Meeting, ctx context.Context, id string) error { return mt.Room.Told(ctx, id) },
		"remove": func(mt *meeting.Meeting, ctx context.Context, id string) error { return mt.Booth.Remove(ctx, id) },
	}
	for order, do := range orders {
		api.Post("/:code/inputs/:input/"+order, m.holder(meeting.Organiser, func(c *fiber.Ctx, mt *meeting.Meeting) error {
			return m.done(c, roomTime, func(ctx context.Context) error { return do(mt, ctx, param(c, "input")) })
		}))
	}
	api.Post("/:code/inputs/file", m.upload)
	api.Post("/:code/inputs/rtp", m.holder(meeting.Organiser, m.rtp))
	api.Post("/:code/inputs/call", m.holder(meeting.Organiser, m.callBridge))
}

// source is an input as somebody describes it.
type source struct{ Name, Speaker, Language string }

// of says what an input of a meeting is, or in a line why it cannot be.
func (s source) of(mt *meeting.Meeting, kind rooms.Kind, otherwise string) (booth.Source, string) {
	name, speaker := oneLine(s.Name), oneLine(s.Speaker)
	if name == "" {
		name = otherwise
	}
	switch {
	case utf8.RuneCountInString(name) > longestInput || utf8.RuneCountInString(speaker) > longestInput:
		return booth.Source{}, "name and speaker have at most 100 characters"
	case !callerLanguage.MatchString(s.Language):
		return booth.Source{}, "language is a code like de, or empty where it shall be detected"
	}
	spoken, err := mt.Spoken(s.Language)
	if err != nil {
		return booth.Source{}, err.Error()
	}
	return booth.Source{Source: rooms.Source{Name: name, Kind: kind, Speaker: speaker}, Language: spoken}, ""
}

// oneLine is what a stranger wrote, without what cannot be shown; "" where
// nothing of it can be seen.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if !strings.ContainsFunc(s, unicode.IsGraphic) {
		return ""
	}
	return s
}

// rtp opens a port for a stream.
func (m *meetings) rtp(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish struct {
		source
		Codec string
	}
	if ok, err := read(c, &wish); !ok {
		return err
	}
	s, wrong := wish.source.of(mt, rooms.Stream, "RTP")
	if wrong != "" {
		return refusal(c, fiber.StatusBadRequest, wrong)
	}
	ctx, cancel := within()
	defer cancel()
	address, err := mt.Booth.Take(ctx, booth.RTP{Codec: wish.Codec}, s)
	if err != nil {
		return m.refuse(c, err)
	}
	return c.Status(fiber.StatusCreated).JSON(address)
}

// callBridge calls a conference, and answers once it has.
func (m *meetings) callBridge(c *fiber.Ctx, mt *meeting.Meeting) error {
	var wish struct {
		source
		Number, PIN string
	}
	if ok, err := read(c, &wish); !ok {
		return err
	}
	number, pin := strings.TrimSpace(wish.Number), strings.TrimSpace(wish.PIN)
	s, wrong := wish.source.of(mt, rooms.Bridge, number)
	switch {
	case wrong != "":
	case number == "" || len(number) > longestInput:
		wrong = "number is missing: digits as they are dialled, or a SIP address"
	case len(pin) > 32 || strings.Trim(pin, "0123456789*#,") != "":
		wrong = "pin has digits, * and #, and a comma where a second is to be waited"
	}
	if wrong != "" {
		return refusal(c, fiber.StatusBadRequest, wrong)
	}
	ctx, cancel := context.WithTimeout(context.Background(), ringTime)
	defer cancel()
	err := mt.Phone(ctx, meeting.Outcall{Number: number, PIN: pin, Name: s.Name, Speaker: s.Speaker, Language: s.Language})
	if err != nil {
		return m.refuse(c, err)
	}
	return c.Status(fiber.StatusCreated).JSON(fiber.Map{})
}
