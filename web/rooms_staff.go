package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// statusEvery is how often organisers and editors are told how things stand,
// if anything has changed: levels of inputs, viewers, files.
const statusEvery = time.Second

// roomStatus is a room's, and what plays in it.
type roomStatus struct {
	rooms.Status
	Files []playing `json:"files"`
}

func (m *meetings) statusOf(mt *meeting.Meeting) (roomStatus, error) {
	ctx, cancel := within()
	defer cancel()
	s, err := mt.Room.Status(ctx)
	return roomStatus{Status: s, Files: m.files.of(mt.Room.Code())}, err
}

// status is all an organiser's or editor's page begins with.
func (m *meetings) status(c *fiber.Ctx, mt *meeting.Meeting) error {
	s, err := m.statusOf(mt)
	if err != nil {
		return m.refuse(c, err)
	}
	out := fiber.Map{
		"role": role(c), "status": s, "options": mt.Options(), "consent": mt.Consent(),
		"links": m.links(c, mt, role(c)), "channels": mt.Booth.Channels(),
	}
	if m.Number != "" {
		out["phone"] = m.phone(mt, role(c))
	}
	if role(c) == meeting.Organiser {
		out["keys"] = mt.Keys()
	}
	return c.JSON(out)
}

// passage is for editors, who read further back than viewers can.
func (m *meetings) passage(c *fiber.Ctx, mt *meeting.Meeting) error {
	lines, err := lineCount(c)
	if err != nil {
		return refusal(c, fiber.StatusBadRequest, err.Error())
	}
	ctx, cancel := within()
	defer cancel()
	p, err := mt.Room.Passage(ctx, track(c), strings.Clone(c.Query("before")), lines)
	if err != nil {
		return m.refuse(c, err)
	}
	return c.JSON(p)
}

// staff sends what organisers and editors see: how the meeting stands, then
// each change.
func (m *meetings) staff(c *fiber.Ctx, mt *meeting.Meeting) error {
	after, back := lastID(c)
	if !back {
		s, err := m.statusOf(mt)
		if err != nil {
			return m.refuse(c, err)
		}
		after = s.ID
	}
	return m.stream(c, func() (*rooms.Viewer, error) { return mt.Room.FollowStaff(after) }, []byte(eventHead), func(s *roomStream) {
		st := staffStream{roomStream: s, status: func() (roomStatus, error) { return m.statusOf(mt) }}
		st.run()
	})
}

// staffStream writes events, and between them how the meeting stands.
type staffStream struct {
	*roomStream
	status func() (roomStatus, error)
	told   [sha256.Size]byte // of the last status, without its id and time
	spoke  time.Time
}

func (s *staffStream) run() {
	if !s.tell() || !s.write() {
		return
	}
	s.spoke = time.Now()
	next := s.spoke.Add(statusEvery)
	for {
		err := s.next(max(0, time.Until(next)))
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return
		}
		if now := time.Now(); !now.Before(next) {
			next = now.Add(statusEvery)
			if !s.tell() {
				return
			}
		}
		if !s.say() {
			return
		}
	}
}

// tell appends the status if it is another one than before; false is the end.
func (s *staffStream) tell() bool {
	st, err := s.status()
	if err != nil {
		return errors.Is(err, context.DeadlineExceeded) // a room that is busy for once
	}
	id, now := st.ID, st.Now
	st.ID, st.Now = 0, time.Time{}
	data, err := json.Marshal(st)
	if err != nil {
		return false // cannot happen: plain values only
	}
	sum := sha256.Sum256(data)
	if sum == s.told {
		return true
	}
	s.told, st.ID, st.Now = sum, id, now
	s.out, err = appendEvent(s.out, "status", s.viewer.At(), st)
	return err == nil
}

// say writes what there is, and sometimes a beat.
func (s *staffStream) say() bool {
	if len(s.out) == 0 {
		if time.Since(s.spoke) < heartbeat {
			return true
		}
		s.beat()
	}
	s.spoke = time.Now()
	return s.write()
}
