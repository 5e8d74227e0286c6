package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

const (
	// snapshotLines are sent to who comes; pages ask for more.
	snapshotLines = 50
	mostLines     = 500
	longestTrack  = 35 // characters
)

// eventHead begins a stream. Without a length it lasts until the connection
// is closed (RFC 9112, section 6.3): no part of it is counted or copied.
const eventHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"

// snapshot is a track as it stands.
func (m *meetings) snapshot(c *fiber.Ctx, mt *meeting.Meeting) error {
	if wait, ok := m.asks.take(c.IP(), time.Now()); !ok {
		return tooMany(c, fiber.StatusTooManyRequests, lineTooOften, wait)
	}
	lines := snapshotLines
	if q := c.Query("lines"); q != "" {
		n, err := strconv.Atoi(q)
		if err != nil || n < 0 {
			return refusal(c, fiber.StatusBadRequest, "lines is a number from 0 to "+strconv.Itoa(mostLines))
		}
		lines = min(n, mostLines)
	}
	ctx, cancel := within()
	defer cancel()
	s, err := mt.Room.Snapshot(ctx, track(c), lines)
	if err != nil {
		return m.refuse(c, err)
	}
	return c.JSON(s)
}

func track(c *fiber.Ctx) string {
	t := strings.Clone(c.Query("track", rooms.Original))
	return t[:min(len(t), longestTrack)]
}

// follow sends a track: to who comes, first how it stands; to who comes back,
// what was missed.
func (m *meetings) follow(c *fiber.Ctx, mt *meeting.Meeting) error {
	name := track(c)
	after, back := lastID(c)
	var first []byte
	if !back {
		ctx, cancel := within()
		defer cancel()
		s, err := mt.Room.Snapshot(ctx, name, snapshotLines)
		if err != nil {
			return m.refuse(c, err)
		}
		after = s.ID
		if first, err = eventOf("snapshot", s.ID, s); err != nil {
			return err
		}
	}
	return m.stream(c, func() (*rooms.Viewer, error) { return mt.Room.Follow(name, after) }, func(s *roomStream) { s.run(first) })
}

// stream opens a viewer and hands the connection to what writes to it.
func (m *meetings) stream(c *fiber.Ctx, open func() (*rooms.Viewer, error), run func(*roomStream)) error {
	free, ok := m.viewers.begin(c.IP())
	if !ok {
		return tooMany(c, fiber.StatusTooManyRequests, "too many streams to this address", writeLimit)
	}
	viewer, err := open()
	if err != nil {
		free()
		return m.refuse(c, err)
	}
	if c.Method() == fiber.MethodHead {
		viewer.Close()
		free()
		c.Set(fiber.HeaderContentType, "text/event-stream; charset=utf-8")
		return nil
	}
	m.takeOver(c, func(ctx context.Context, conn net.Conn) {
		defer free()
		defer viewer.Close()
		if !m.Server.streams.add(conn) {
			return
		}
		defer m.Server.streams.remove(conn)
		run(&roomStream{ctx: ctx, streams: m.Server.streams, conn: conn, viewer: viewer})
	})
	return nil
}

// lastID is the last event a page has had, by the header that browsers send
// when they come back (HTML Standard, section 9.2.4), or by the address.
func lastID(c *fiber.Ctx) (after uint64, back bool) {
	for _, text := range []string{c.Get("Last-Event-ID"), c.Query("after")} {
		if id, err := strconv.ParseUint(text, 10, 64); err == nil {
			return id, true
		}
	}
	return 0, false
}

// roomStream writes events to one reader.
type roomStream struct {
	ctx     context.Context
	streams *streams
	conn    net.Conn
	viewer  *rooms.Viewer
	batch   []*rooms.Event
	out     []byte // of the batch; one write for all of it
}

// run writes until the reader is gone, the meeting is over or the service ends.
func (s *roomStream) run(first []byte) {
	if !s.write(append([]byte(eventHead), first...)) {
		return
	}
	for {
		s.out = s.out[:0]
		err := s.next(heartbeat)
		for _, e := range s.batch {
			s.out = append(s.out, e.Wire...)
		}
		switch {
		case err == nil:
		case errors.Is(err, context.DeadlineExceeded):
			s.out = append(s.out, "event: beat\ndata: {}\n\n"...)
		default:
			return
		}
		if !s.write(s.out) {
			return
		}
	}
}

// next waits for events, but not for ever.
func (s *roomStream) next(wait time.Duration) (err error) {
	ctx, cancel := context.WithTimeout(s.ctx, wait)
	defer cancel()
	s.batch, err = s.viewer.Next(ctx, s.batch[:0])
	return err
}

// write reports whether the reader is still there.
func (s *roomStream) write(p []byte) bool {
	if s.streams.extend(s.conn, writeLimit) != nil {
		return false
	}
	_, err := s.conn.Write(p)
	return err == nil
}

// eventOf is an event of our own.
func eventOf(kind string, id uint64, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", kind, err)
	}
	return fmt.Appendf(nil, "id: %d\nevent: %s\ndata: %s\n\n", id, kind, data), nil
}
