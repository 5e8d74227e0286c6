package web

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	requests "github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/store"
)

func (a *anliegen) apiList(c *fiber.Ctx) error {
	list, _, err := a.wanted(c)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"requests": a.views(list)})
}

func (a *anliegen) apiShow(c *fiber.Ctx) error {
	found, err := a.Desk.Case(c.Context(), param(c, "ref"))
	if err != nil {
		return notFound(err)
	}
	return c.JSON(found.View())
}

func (a *anliegen) apiMove(c *fiber.Ctx) error {
	var wish struct {
		Status string `json:"status"`
		Note   string `json:"note"`
	}
	if ok, err := read(c, &wish); !ok {
		return err
	}
	err := a.Desk.Move(c.Context(), param(c, "ref"), requests.Status(wish.Status), a.user(c), shortened(wish.Note))
	switch {
	case errors.Is(err, requests.ErrNote):
		return c.Status(fiber.StatusUnprocessableEntity).JSON(fiber.Map{"error": requests.ErrNote.Error()})
	case errors.Is(err, requests.ErrStatus):
		return c.Status(fiber.StatusConflict).JSON(fiber.Map{"error": requests.ErrStatus.Error()})
	case errors.Is(err, store.ErrMoved):
		return c.Status(fiber.StatusConflict).JSON(fiber.Map{"error": store.ErrMoved.Error()})
	case err != nil:
		return notFound(err)
	}
	return a.apiShow(c)
}

func (a *anliegen) apiRedeliver(c *fiber.Ctx) error {
	err := a.Desk.Redeliver(c.Context(), param(c, "ref"), a.user(c))
	if errors.Is(err, requests.ErrNoTarget) {
		return c.Status(fiber.StatusConflict).JSON(fiber.Map{"error": requests.ErrNoTarget.Error()})
	}
	if err != nil {
		return notFound(err)
	}
	c.Status(fiber.StatusAccepted)
	return a.apiShow(c)
}

func (a *anliegen) apiErase(c *fiber.Ctx) error {
	why := shortened(query(c, "why"))
	if why == "" {
		return c.Status(fiber.StatusUnprocessableEntity).JSON(fiber.Map{"error": "the parameter why is missing"})
	}
	if err := a.Desk.Delete(c.Context(), param(c, "ref"), a.user(c), why); err != nil {
		return notFound(err)
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// events tells that something changed, without saying what: pages then fetch
// what they show with the rights they have.
func (a *anliegen) events(c *fiber.Ctx) error {
	c.Set("Content-Type", "text/event-stream; charset=utf-8")
	c.Set("Cache-Control", "no-store")
	c.Set("X-Accel-Buffering", "no")
	conn := c.Context().Conn() // the request's context is gone when the stream runs
	if !a.streams.add(conn) {
		return fiber.ErrServiceUnavailable
	}
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer a.streams.remove(conn)
		news, stop := a.Desk.Subscribe()
		defer stop()
		a.stream(w, conn, news)
	})
	return nil
}

// stream begins with a change: what happened while the page was loading or
// not connected must not be missed.
func (a *anliegen) stream(w *bufio.Writer, conn net.Conn, news <-chan struct{}) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	event := "changed"
	for id := 1; ; id++ {
		fmt.Fprintf(w, "id: %d\nevent: %s\ndata: {}\n\n", id, event) // flush reports a reader that is gone
		if a.streams.extend(conn, writeLimit) != nil || w.Flush() != nil {
			return
		}
		select {
		case <-news:
			event = "changed"
		case <-beat.C:
			event = "beat"
		case <-a.streams.stopping:
			return
		}
	}
}
