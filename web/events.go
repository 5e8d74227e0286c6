package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Timing of the event stream.
const (
	heartbeat  = 15 * time.Second
	readerSlot = 256 // entries a slow reader may be behind
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
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		sub := s.options.Journal.Subscribe(readerSlot)
		defer sub.Close()
		beat := time.NewTicker(heartbeat)
		defer beat.Stop()
		at, dropped := s.snapshot(w), uint64(0)
		for w.Flush() == nil {
			select {
			case e := <-sub.C:
				if d := sub.Dropped(); d != dropped {
					at, dropped = s.snapshot(w), d
					continue
				}
				if e.Seq <= at {
					continue // already in the snapshot
				}
				send(w, "entry", e.Seq, e)
			case <-beat.C:
				fmt.Fprint(w, ": still here\n\n")
			case <-s.stopping:
				return
			}
		}
	})
	return nil
}

func (s *Server) snapshot(w *bufio.Writer) uint64 {
	calls, seq := s.options.Journal.Snapshot()
	send(w, "snapshot", seq, calls)
	return seq
}

// send writes one event; the stream's Flush reports a reader that is gone.
func send(w *bufio.Writer, event string, id uint64, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // cannot happen: entries hold plain values only
	}
	fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", id, event, data)
}
