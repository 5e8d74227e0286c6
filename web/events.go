package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/journal"
)

// Timing of the event stream.
const (
	heartbeat  = 15 * time.Second
	readerSlot = 256              // entries a slow reader may be behind
	writeLimit = 10 * time.Second // a reader that takes nothing for so long is gone
)

func (s *Server) calls(c *fiber.Ctx) error {
	calls, seq := s.options.Journal.Snapshot()
	return c.JSON(fiber.Map{"seq": seq, "calls": calls})
}

// events sends a snapshot and then each change. A reader that falls behind
// gets a fresh snapshot instead of a gap.
func (s *Server) events(c *fiber.Ctx) error {
	c.Set("Content-Type", "text/event-stream; charset=utf-8")
	c.Set("Cache-Control", "no-store")
	c.Set("X-Accel-Buffering", "no")
	conn := c.Context().Conn() // the request's context is gone when the stream runs
	if !s.streams.add(conn) {
		return fiber.ErrServiceUnavailable
	}
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer s.streams.remove(conn)
		sub := s.options.Journal.Subscribe(readerSlot)
		defer sub.Close()
		e := eventStream{journal: s.options.Journal, streams: s.streams, conn: conn, w: w}
		e.run(sub)
	})
	return nil
}

// eventStream writes the journal to one reader.
type eventStream struct {
	journal *journal.Journal
	streams *streams
	conn    net.Conn
	w       *bufio.Writer
	at      uint64 // the journal's sequence number the reader stands at
	dropped uint64 // entries lost so far, made good by a snapshot
}

func (e *eventStream) run(sub *journal.Subscription) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	e.snapshot()
	for e.flush() {
		select {
		case entry := <-sub.C:
			e.entry(entry, sub.Dropped())
		case <-beat.C:
			e.send("beat", e.at, struct{}{})
		case <-e.streams.stopping:
			return
		}
	}
}

// entry passes a change on, unless some before it were lost or the reader has
// it already. The end of a call is followed by the ids of the calls that are
// still kept, so that no page shows what the service has forgotten.
func (e *eventStream) entry(entry journal.Entry, dropped uint64) {
	switch {
	case dropped != e.dropped:
		e.dropped = dropped
		e.snapshot()
	case entry.Seq > e.at:
		e.send("entry", entry.Seq, entry)
		e.at = entry.Seq
		if !entry.Call.Ended.IsZero() {
			e.kept()
		}
	}
}

func (e *eventStream) snapshot() {
	calls, seq := e.journal.Snapshot()
	e.at = seq
	e.send("snapshot", seq, calls)
}

func (e *eventStream) kept() {
	calls, _ := e.journal.Snapshot()
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = c.ID
	}
	e.send("kept", e.at, ids)
}

// flush reports whether the reader is still there.
func (e *eventStream) flush() bool {
	return e.streams.extend(e.conn, writeLimit) == nil && e.w.Flush() == nil
}

// send writes one event; flush reports a reader that is gone.
func (e *eventStream) send(event string, id uint64, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // cannot happen: entries hold plain values only
	}
	fmt.Fprintf(e.w, "id: %d\nevent: %s\ndata: %s\n\n", id, event, data)
}
