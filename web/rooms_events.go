package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

const (
	// snapshotLines are sent to who comes; pages ask for more.
	snapshotLines = 50
	mostLines     = 500
	longestTrack  = 35      // characters
	mostHeld      = 4 << 10 // bytes that a stream holds on to between two writes
)

// eventHead begins a stream. Without a length it lasts until the connection
// is closed (RFC 9112, section 6.3): no part of it is counted or copied.
const eventHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"

// snapshot is a track as it stands.
func (m *meetings) snapshot(c *fiber.Ctx, mt *meeting.Meeting) error {
	if wait, ok := m.asks.take(visitor.Source(c), time.Now()); !ok {
		return tooMany(c, fiber.StatusTooManyRequests, lineTooOften, wait)
	}
	lines, err := lineCount(c)
	if err != nil {
		return refusal(c, fiber.StatusBadRequest, err.Error())
	}
	ctx, cancel := within()
	defer cancel()
	s, err := mt.Room.Snapshot(ctx, track(c), lines)
	if err != nil {
		return m.refuse(c, err)
	}
	return c.JSON(s)
}

// lineCount is how many of them a page wants.
func lineCount(c *fiber.Ctx) (int, error) {
	q := c.Query("lines")
	if q == "" {
		return snapshotLines, nil
	}
	n, err := strconv.Atoi(q)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("lines is a number from 0 to %d", mostLines)
	}
	return min(n, mostLines), nil
}

func track(c *fiber.Ctx) string {
	t := strings.Clone(c.Query("track", rooms.Original))
	return t[:min(len(t), longestTrack)]
}

// tracks are what a stream carries: one, or two by "track=pt&track=original" or
// "track=pt,original".
func tracks(c *fiber.Ctx) ([]string, error) {
	var out []string
	for _, list := range c.Context().QueryArgs().PeekMulti("track") {
		for name := range strings.SplitSeq(string(list), ",") {
			if name = name[:min(len(name), longestTrack)]; name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
			if len(out) > rooms.MostTracks {
				return nil, fmt.Errorf("a stream carries at most %d tracks", rooms.MostTracks)
			}
		}
	}
	if len(out) == 0 {
		out = []string{rooms.Original}
	}
	return out, nil
}

// follow sends tracks: to who comes, first how they stand; to who comes back,
// what was missed.
func (m *meetings) follow(c *fiber.Ctx, mt *meeting.Meeting) error {
	names, err := tracks(c)
	if err != nil {
		return refusal(c, fiber.StatusBadRequest, err.Error())
	}
	n, err := lineCount(c)
	if err != nil {
		return refusal(c, fiber.StatusBadRequest, err.Error())
	}
	first := []byte(eventHead)
	after, back := lastID(c)
	if !back {
		if after, first, err = begin(first, mt, names, n); err != nil {
			return m.refuse(c, err)
		}
	}
	return m.stream(c, func() (*rooms.Viewer, error) { return mt.Room.Follow(names[0], after, names[1:]...) }, first, (*roomStream).run)
}

// begin appends how tracks stand, one event for each. Only the last has an id:
// who has lost one of them asks for all again.
func begin(first []byte, mt *meeting.Meeting, names []string, lines int) (uint64, []byte, error) {
	ctx, cancel := within()
	defer cancel()
	all, err := mt.Room.Snapshots(ctx, names, lines)
	if err != nil {
		return 0, first, err
	}
	last := len(all) - 1
	for i, s := range all {
		id := s.ID
		if i < last {
			id = 0
		}
		if first, err = appendEvent(first, "snapshot", id, s); err != nil {
			return 0, first, err
		}
	}
	return all[last].ID, first, nil
}

// stream opens a viewer and hands the connection to what writes to it, first
// of all the head of the answer.
func (m *meetings) stream(c *fiber.Ctx, open func() (*rooms.Viewer, error), first []byte, run func(*roomStream)) error {
	if wait, ok := m.asks.take(visitor.Source(c), time.Now()); !ok {
		return tooMany(c, fiber.StatusTooManyRequests, lineTooOften, wait)
	}
	free, ok := m.viewers.begin(visitor.Source(c))
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
	s := &roomStream{streams: m.Server.streams, viewer: viewer, out: first}
	m.takeOver(c, func(ctx context.Context, conn net.Conn) {
		defer free()
		defer viewer.Close()
		if !s.streams.add(conn) {
			return
		}
		defer s.streams.remove(conn)
		there, done := whileThere(ctx, conn)
		defer done()
		s.ctx, s.conn = there, conn
		run(s)
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
	out     []byte // what is written next, at once
}

// run writes until the reader is gone, the meeting is over or the service ends.
func (s *roomStream) run() {
	for s.write() {
		switch err := s.next(heartbeat); {
		case err == nil:
		case errors.Is(err, context.DeadlineExceeded):
			s.beat()
		default:
			return
		}
	}
}

func (s *roomStream) beat() { s.out = append(s.out, "event: beat\ndata: {}\n\n"...) }

// next waits for events, but not for ever, and begins what is written with
// them. No event stays here: what is taken back in a meeting is to be gone.
func (s *roomStream) next(wait time.Duration) (err error) {
	ctx, cancel := context.WithTimeout(s.ctx, wait)
	defer cancel()
	if s.out = s.out[:0]; cap(s.out) > mostHeld {
		s.out = nil
	}
	s.batch, err = s.viewer.Next(ctx, s.batch[:0])
	for _, e := range s.batch {
		s.out = append(s.out, e.Wire...)
	}
	clear(s.batch)
	return err
}

// write reports whether the reader is still there.
func (s *roomStream) write() bool {
	if s.streams.extend(s.conn, writeLimit) != nil {
		return false
	}
	_, err := s.conn.Write(s.out)
	return err == nil
}

// appendEvent adds an event of our own; 0 is no id.
func appendEvent(dst []byte, kind string, id uint64, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return dst, fmt.Errorf("event %s: %w", kind, err)
	}
	if id > 0 {
		dst = fmt.Appendf(dst, "id: %d\n", id)
	}
	return fmt.Appendf(dst, "event: %s\ndata: %s\n\n", kind, data), nil
}
