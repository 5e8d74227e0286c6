package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/journal"
)

const (
	suggestLimit = 2 * time.Second // a search that takes longer comes too late
	suggestWords = 2               // fewer say nothing
	callerLeg    = "caller"        // of journal lines
)

// sse makes the answer a stream of server-sent events and runs it with what
// writes one event; that is false once the reader is gone.
func (d *deskPages) sse(c *fiber.Ctx, run func(send func(event string, v any) bool)) error {
	c.Set("Content-Type", "text/event-stream; charset=utf-8")
	c.Set("Cache-Control", "no-store")
	c.Set("X-Accel-Buffering", "no")
	conn := c.Context().Conn() // the request's context is gone when the stream runs
	if !d.streams.add(conn) {
		return fiber.ErrServiceUnavailable
	}
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer d.streams.remove(conn)
		run(d.writer(w, conn))
	})
	return nil
}

func (d *deskPages) writer(w *bufio.Writer, conn net.Conn) func(string, any) bool {
	id := 0
	return func(event string, v any) bool {
		data, err := json.Marshal(v)
		if err != nil {
			return false // cannot happen: entries hold plain values only
		}
		id++
		fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", id, event, data)
		return d.streams.extend(conn, writeLimit) == nil && w.Flush() == nil
	}
}

// events tells that something changed, without saying what: pages then fetch
// what they show. While it lasts, a page of the person is open.
func (d *deskPages) events(c *fiber.Ctx) error {
	agent := d.agent(c)
	if _, err := d.Floor.Snapshot(agent, pageLanguage(c)); err != nil {
		return d.said(c, err)
	}
	return d.sse(c, func(send func(string, any) bool) {
		gone := d.Floor.Seen(agent)
		defer gone()
		news, stop := d.Floor.Subscribe(agent)
		defer stop()
		beat := time.NewTicker(heartbeat)
		defer beat.Stop()
		for event := "changed"; send(event, struct{}{}); { // what happened while the page was loading is not missed
			select {
			case e, open := <-news:
				if !open {
					return
				}
				event = deskEvent(e)
			case <-beat.C:
				event = "beat"
			case <-d.streams.stopping:
				return
			}
		}
	})
}

func deskEvent(e floor.Event) string {
	if e.Kind == "offer" {
		return "offer"
	}
	return "changed"
}

// callEvents follows one call: what was said, then "call" once, then each
// line as it is heard and the articles that fit it. Nothing has been said yet
// where a number still rings.
func (d *deskPages) callEvents(c *fiber.Ctx) error {
	id, lang := param(c, "call"), pageLanguage(c)
	agent := d.agent(c)
	if err := d.Floor.Follow(agent, id); err != nil {
		return d.said(c, err)
	}
	return d.sse(c, func(send func(string, any) bool) {
		f := follower{deskPages: d, agent: agent, id: id, page: lang, send: send}
		f.run()
	})
}

// follower sends one call to one reader.
type follower struct {
	*deskPages
	agent, id, page string
	send            func(event string, v any) bool
	dropped         uint64 // entries lost so far, made good by all lines again
	asked           string // what articles were looked for last
}

func (f *follower) run() {
	sub := f.options.Journal.SubscribeCall(f.id, readerSlot)
	defer sub.Close()
	call, known := f.options.Journal.Find(f.id)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for ok := f.start(call, known); ok; {
		select {
		case e := <-sub.C:
			ok = f.Floor.Follow(f.agent, f.id) == nil && f.entry(e, sub.Dropped())
		case <-beat.C:
			ok = f.send("beat", struct{}{})
		case <-f.streams.stopping:
			return
		}
	}
}

// start sends what there is; a beat lets the page know that the stream stands.
func (f *follower) start(call journal.Call, known bool) bool {
	if !known {
		return f.send("beat", struct{}{})
	}
	return f.begin(call)
}

func (f *follower) begin(call journal.Call) bool {
	var last *journal.Line
	for i := range call.Lines {
		if !f.send("line", call.Lines[i]) {
			return false
		}
		if wantsAnswer(call.Lines[i]) {
			last = &call.Lines[i]
		}
	}
	call.Lines = nil
	return f.send("call", call) && (last == nil || f.suggest(*last))
}

func (f *follower) entry(e journal.Entry, dropped uint64) bool {
	if dropped != f.dropped {
		f.dropped = dropped
		call, ok := f.options.Journal.Find(f.id)
		return ok && f.begin(call)
	}
	if e.Line == nil {
		return f.send("call", e.Call)
	}
	return f.send("line", *e.Line) && (!wantsAnswer(*e.Line) || f.suggest(*e.Line))
}

// wantsAnswer says whether the caller has said something to look up.
func wantsAnswer(l journal.Line) bool {
	return l.Segment.Leg == callerLeg && l.Segment.Final && len(strings.Fields(l.Segment.Text)) >= suggestWords
}

func (f *follower) suggest(l journal.Line) bool {
	if f.Articles == nil || f.asked == l.Segment.Text { // its translation has come, or was spoken
		return true
	}
	f.asked = l.Segment.Text
	ctx, cancel := context.WithTimeout(context.Background(), suggestLimit)
	defer cancel()
	found, err := f.Articles(ctx, l.Segment.Text, l.Segment.Language, f.page)
	if err != nil {
		f.options.Log.Warn("desk: no suggestions", "call", f.id, "err", err)
		return true
	}
	return len(found) == 0 || f.send("suggest", found)
}
