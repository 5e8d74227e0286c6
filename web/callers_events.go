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

// callerBeat shows soon that a page is gone that did not say goodbye: the
// second write to it fails.
const callerBeat = 5 * time.Second

// afterEnd is how long the stream of a call that is over waits for the
// journal's last word.
const afterEnd = 5 * time.Second

// events sends what is said in one call and how it stands: first all that is
// there, then each change. Lines are known by leg and id, so that one sent
// again replaces itself.
func (a *callers) events(c *fiber.Ctx, call Caller) error {
	c.Set("Content-Type", "text/event-stream; charset=utf-8")
	c.Set("X-Accel-Buffering", "no")
	conn := c.Context().Conn() // the request's context is gone when the stream runs
	if !a.server.streams.add(conn) {
		return fiber.ErrServiceUnavailable
	}
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer a.server.streams.remove(conn)
		defer call.Seen()()
		s := callerStream{journal: a.server.options.Journal, streams: a.server.streams, conn: conn, w: w, call: call}
		s.run()
	})
	return nil
}

// callerStream writes one call to its page.
type callerStream struct {
	journal *journal.Journal
	streams *streams
	conn    net.Conn
	w       *bufio.Writer
	call    Caller
	dropped uint64
	ended   bool // the page has been told
}

func (s *callerStream) run() {
	beat := time.NewTicker(callerBeat)
	defer beat.Stop()
	last := time.NewTimer(time.Hour)
	defer last.Stop()
	sub := s.begin()
	defer func() { sub.Close() }()
	s.send("beat", 0, struct{}{})
	done := s.call.Done()
	for s.flush() && !s.ended {
		select {
		case entry := <-sub.C:
			if d := sub.Dropped(); d != s.dropped {
				sub.Close()
				sub = s.begin()
				continue
			}
			s.entry(entry)
		case <-beat.C:
			s.send("beat", 0, struct{}{})
		case <-done:
			done = nil
			last.Reset(afterEnd)
		case <-last.C:
			s.tell(0, journal.Call{ID: s.call.Info().Call, State: journal.Ended})
		case <-s.streams.stopping:
			return
		}
	}
}

// begin sends all there is and subscribes to what follows. The journal may
// not know a call yet that has just begun.
func (s *callerStream) begin() *journal.Subscription {
	s.dropped = 0
	id := s.call.Info().Call
	call, sub, ok := s.journal.Follow(id, readerSlot)
	if !ok {
		return s.journal.SubscribeCall(id, readerSlot)
	}
	for i := range call.Lines {
		s.send("line", 0, call.Lines[i])
	}
	s.tell(0, call)
	return sub
}

func (s *callerStream) entry(e journal.Entry) {
	if e.Line != nil {
		s.send("line", e.Seq, e.Line)
		return
	}
	s.tell(e.Seq, e.Call)
}

// tell says how the call stands.
func (s *callerStream) tell(seq uint64, c journal.Call) {
	c.Lines = nil
	s.send("call", seq, c)
	s.ended = s.ended || c.State == journal.Ended
}

// flush reports whether the reader is still there.
func (s *callerStream) flush() bool {
	return s.streams.extend(s.conn, writeLimit) == nil && s.w.Flush() == nil
}

// send writes one event; 0 is no id. flush reports a reader that is gone.
func (s *callerStream) send(event string, id uint64, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // cannot happen: entries hold plain values only
	}
	if id > 0 {
		fmt.Fprintf(s.w, "id: %d\n", id)
	}
	fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", event, data)
}
