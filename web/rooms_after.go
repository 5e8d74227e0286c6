package web

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles"
	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

// minutesTime is for a meeting of hours, and for a language model.
const minutesTime = 2 * time.Minute

// giveExport sends what is kept, as a file.
func (m *meetings) giveExport(c *fiber.Ctx, mt *meeting.Meeting) error {
	ctx, cancel := context.WithTimeout(context.Background(), minutesTime)
	defer cancel()
	format, language := param(c, "format"), strings.Clone(c.Query("language"))
	if language != "" {
		kept, err := mt.Room.Meeting(ctx)
		if err != nil {
			return m.refuse(c, err)
		}
		if _, err := kept.In(language); err != nil {
			return refusal(c, fiber.StatusNotFound, err.Error())
		}
	}
	var b bytes.Buffer
	if err := mt.Export(ctx, &b, format, language); err != nil {
		return m.refuse(c, err)
	}
	name := mt.Room.Code()
	if language != "" {
		name += "-" + language
	}
	return giveFile(c, subtitles.MediaTypes()[format], name+"."+format, b.Bytes())
}

// minutesTypes are the media types of minutes, by their format.
func minutesTypes() map[string]string {
	return map[string]string{
		"json": "application/json; charset=utf-8", "md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8",
		"csv": "text/csv; charset=utf-8", "ics": "text/calendar; charset=utf-8",
	}
}

func (m *meetings) giveMinutes(c *fiber.Ctx, mt *meeting.Meeting) error {
	format := param(c, "format")
	write, ok := minutes.Formats()[format]
	if !ok {
		return refusal(c, fiber.StatusNotFound, meeting.ErrFormat.Error())
	}
	ctx, cancel := context.WithTimeout(context.Background(), minutesTime)
	defer cancel()
	made, err := mt.Minutes(ctx)
	if err != nil {
		return m.refuse(c, err)
	}
	var b bytes.Buffer
	if err := write(&b, made); err != nil {
		return fmt.Errorf("minutes as %s: %w", format, err)
	}
	if format == "html" { // words of strangers: nothing in it may run
		c.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	}
	return giveFile(c, minutesTypes()[format], mt.Room.Code()+"-minutes."+format, b.Bytes())
}

func (m *meetings) giveComparison(c *fiber.Ctx, mt *meeting.Meeting) error {
	ctx, cancel := within()
	defer cancel()
	made, err := mt.Compare(ctx)
	if err != nil {
		return m.refuse(c, err)
	}
	return c.JSON(made)
}

// giveFile has a browser keep it, unless a page reads it.
func giveFile(c *fiber.Ctx, kind, name string, data []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(data)
}
