package web

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// voices are the speakers of browsers' lines, by the lines' names, which
// nobody guesses: who has one may say of this speaker that they were told, or
// that they refuse.
type voices struct {
	mu      sync.Mutex
	speaker map[string]string
}

func newVoices() *voices { return &voices{speaker: map[string]string{}} }

// mostVoices is when those of lines that ended are looked for.
const mostVoices = 500

func (v *voices) add(line, speaker string, open func(line string) bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.speaker) >= mostVoices {
		for name := range v.speaker {
			if !open(name) {
				delete(v.speaker, name)
			}
		}
	}
	v.speaker[line] = speaker
}

func (v *voices) of(line string) (string, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	speaker, ok := v.speaker[line]
	return speaker, ok
}

// voiceRoutes are for who speaks with a browser's microphone.
func (m *meetings) voiceRoutes() {
	v := newVoices()
	m.app.Post("/api/v1/rooms/:code/speak", func(c *fiber.Ctx) error { return m.noteVoice(c, v) })
	m.app.Get("/api/v1/rooms/:code/speak", noStore, m.holder(meeting.Speaker, func(c *fiber.Ctx, mt *meeting.Meeting) error { return m.voice(c, mt, "") }))
	m.app.Get("/api/v1/rooms/:code/speak/:leg", noStore, m.ofVoice(v, m.voice))
	m.app.Post("/api/v1/rooms/:code/speak/:leg/told", m.ofVoice(v, m.voiceDoes(func(mt *meeting.Meeting, ctx context.Context, in rooms.Input) error {
		return mt.Room.Told(ctx, in.ID)
	})))
	m.app.Post("/api/v1/rooms/:code/speak/:leg/refuse", m.ofVoice(v, m.voiceDoes(func(mt *meeting.Meeting, ctx context.Context, in rooms.Input) error {
		return mt.Room.Refuse(ctx, in.ID)
	})))
	m.app.Post("/api/v1/rooms/:code/speak/:leg/agree", m.ofVoice(v, m.voiceDoes(func(mt *meeting.Meeting, ctx context.Context, in rooms.Input) error {
		return mt.Room.Agree(ctx, in.ID)
	})))
}

// noteVoice remembers whose line it is that the next handler opens.
func (m *meetings) noteVoice(c *fiber.Ctx, v *voices) error {
	var who source
	if err := json.Unmarshal(c.Body(), &who); err != nil {
		return c.Next() // which says what is wrong
	}
	if who.Speaker == "" {
		who.Speaker = who.Name
	}
	if err := c.Next(); err != nil || c.Response().StatusCode() != fiber.StatusCreated {
		return err
	}
	var made struct{ Leg string }
	if err := json.Unmarshal(c.Response().Body(), &made); err == nil && made.Leg != "" {
		v.add(made.Leg, oneLine(who.Speaker), func(name string) bool { return m.lines.find(name) != nil })
	}
	return nil
}

// ofVoice lets those in who have a key of the meeting and a line in it.
func (m *meetings) ofVoice(v *voices, do func(c *fiber.Ctx, mt *meeting.Meeting, speaker string) error) fiber.Handler {
	return m.holder(meeting.Speaker, m.onLine(true, func(c *fiber.Ctx, mt *meeting.Meeting, _ *line) error {
		speaker, ok := v.of(param(c, "leg"))
		if !ok {
			return m.refuse(c, errNoLine)
		}
		return do(c, mt, speaker)
	}))
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
	RMS      float64         `json:"rms_dbfs"`
	Warnings []rooms.Warning `json:"warnings"`
}

// voice says how the meeting stands, and a speaker's microphone in it.
func (m *meetings) voice(c *fiber.Ctx, mt *meeting.Meeting, speaker string) error {
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
			out.Announced, out.Keeps = true, e.Keeps
		}
	}
	if in, ok := microphoneOf(s, speaker); ok {
		out.There, out.Muted, out.Refused, out.Told, out.RMS, out.Warnings = true, in.Muted, in.Refused, in.Told, in.RMS, in.Warnings
	}
	return c.JSON(out)
}

// microphoneOf is the newest of a speaker: after a change of network the one
// before is still there for a moment.
func microphoneOf(s rooms.Status, speaker string) (found rooms.Input, ok bool) {
	for _, in := range s.Inputs {
		if in.Kind == rooms.Microphone && in.Speaker == speaker && speaker != "" {
			found, ok = in, true
		}
	}
	return found, ok
}

// voiceDoes does something with all microphones of a speaker.
func (m *meetings) voiceDoes(do func(mt *meeting.Meeting, ctx context.Context, in rooms.Input) error) func(*fiber.Ctx, *meeting.Meeting, string) error {
	return func(c *fiber.Ctx, mt *meeting.Meeting, speaker string) error {
		return m.done(c, roomTime, func(ctx context.Context) error {
			s, err := mt.Room.Status(ctx)
			if err != nil {
				return err
			}
			if _, ok := microphoneOf(s, speaker); !ok {
				return rooms.ErrInput
			}
			for _, in := range s.Inputs {
				if in.Kind != rooms.Microphone || in.Speaker != speaker {
					continue
				}
				if err := do(mt, ctx, in); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
