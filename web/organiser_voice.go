package web

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// voiceRoutes are for who speaks with a browser's microphone: how it stands,
// and what its speaker says of being written down. Who knows the name of a line
// is its speaker.
func (m *meetings) voiceRoutes() {
	m.app.Get("/api/v1/rooms/:code/speak", noStore, m.holder(meeting.Speaker, func(c *fiber.Ctx, mt *meeting.Meeting) error { return m.voice(c, mt, nil) }))
	m.app.Get("/api/v1/rooms/:code/speak/:leg", noStore, m.holder(meeting.Speaker, m.onLine(true, m.voice)))
	for order, do := range map[string]func(*rooms.Room, context.Context, string) error{"told": (*rooms.Room).Told, "refuse": (*rooms.Room).Refuse, "agree": (*rooms.Room).Agree} {
		m.app.Post("/api/v1/rooms/:code/speak/:leg/"+order, m.holder(meeting.Speaker, m.onLine(true, func(c *fiber.Ctx, mt *meeting.Meeting, one *line) error {
			return m.done(c, roomTime, func(ctx context.Context) error { return do(mt.Room, ctx, one.inputID()) })
		})))
	}
}

// voiceState is how a meeting stands for who speaks in it.
type voiceState struct {
	Life      rooms.Life `json:"life"`
	Title     string     `json:"title"`
	Languages []string   `json:"languages"`
	Consent   string     `json:"consent"`   // what is announced
	Keeps     bool       `json:"keeps"`     // it says that the meeting is kept
	Announced bool       `json:"announced"` // it was
	// Of the own microphone.
	There    bool            `json:"there"`
	Muted    bool            `json:"muted"`
	Refused  bool            `json:"refused"`
	Told     bool            `json:"told"`
	RMS      float64         `json:"rms_dbfs"` // 0 is not measured yet
	Warnings []rooms.Warning `json:"warnings"`
}

// voice says how the meeting stands, and a line's microphone in it; nil has none.
func (m *meetings) voice(c *fiber.Ctx, mt *meeting.Meeting, one *line) error {
	ctx, cancel := within()
	defer cancel()
	s, err := mt.Room.Status(ctx)
	if err != nil {
		return m.refuse(c, err)
	}
	out := voiceState{
		Life: s.State.Life, Title: s.State.Title, Languages: s.State.Languages, Consent: mt.Announced(), Keeps: mt.Options().Keep, Warnings: []rooms.Warning{},
	}
	for _, e := range s.Consent {
		if e.Act == rooms.Announced {
			out.Announced, out.Keeps, out.Consent = true, e.Keeps, e.Text
		}
	}
	for _, in := range s.Inputs {
		if one != nil && in.ID == one.inputID() {
			out.There, out.Muted, out.Refused, out.Told, out.RMS, out.Warnings = true, in.Muted, in.Refused, in.Told, in.RMS, in.Warnings
		}
	}
	return c.JSON(out)
}
