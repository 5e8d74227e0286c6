package web

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Citizens serves /anruf, /kiosk and the chat widget, whose calls go through
// the API of browser calls.
type Citizens struct {
	// Languages of the line that the pages offer, first is the default; those
	// without texts of pages are left out. nil: all that have texts.
	Languages []string
	// Phone is a number of the line for those who would rather telephone; "" shows none.
	Phone string
	// Sites may show the chat in a frame besides our own origin: "https://www.musterstadt.example".
	Sites []string
	Kiosk Kiosk
}

// citizens are the pages ready to be served.
type citizens struct {
	*Server
	Citizens
	templates *template.Template
	texts     map[string]map[string]string
	offered   []string
	loader    []byte // of the chat
	framing   string // Content-Security-Policy of the chat
}

func (s *Server) citizenRoutes() error {
	t, err := template.ParseFS(adminFiles, "templates/anruf*.html", "templates/kiosk*.html", "templates/chat*.html")
	if err != nil {
		return fmt.Errorf("page templates: %w", err)
	}
	c := &citizens{Server: s, Citizens: *s.options.Citizens, templates: t}
	if c.offered, c.texts, err = citizenTexts(c.Languages, s.options.City); err != nil {
		return err
	}
	if err := c.prepareChat(); err != nil {
		return err
	}
	s.app.Get("/anruf", c.anruf)
	s.app.Get("/anruf/texts/:lang", c.textsOf)
	s.app.Get("/kiosk", c.kiosk)
	s.app.Get("/chat", c.chat)
	s.app.Get("/chat.js", c.chatLoader)
	return nil
}

func (z *citizens) anruf(c *fiber.Ctx) error { return z.show(c, "anruf", nil) }

// textsOf are those of one language, for a page that changes it during a call.
func (z *citizens) textsOf(c *fiber.Ctx) error {
	lang := knownTag(z.offered, c.Params("lang"))
	if lang == "" {
		return fiber.ErrNotFound
	}
	c.Set("Cache-Control", "no-cache")
	return c.JSON(z.texts[lang])
}

// show fills a template in the reader's language. No cookie is set: what
// citizens chose is in the address.
func (z *citizens) show(c *fiber.Ctx, name string, more fiber.Map) error {
	lang := z.language(c)
	choices := make([]fiber.Map, 0, len(z.offered))
	for _, l := range z.offered {
		choices = append(choices, fiber.Map{"Tag": l, "Name": z.texts[l]["name"], "Dir": z.texts[l]["dir"], "Here": l == lang})
	}
	notice, noticeLang := z.options.notice(lang)
	view := fiber.Map{
		"Page": name, "Lang": lang, "T": z.texts[lang], "Choices": choices, "City": z.options.City,
		"Notice": notice, "NoticeLang": noticeLang, "Phone": z.Phone, "Tel": dialable(z.Phone),
		"Styled": z.pages.styled, "Keys": strings.Split("1 2 3 4 5 6 7 8 9 * 0 #", " "),
	}
	for k, v := range more {
		view[k] = v
	}
	var b bytes.Buffer
	if err := z.templates.ExecuteTemplate(&b, name+".html", view); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Set("Content-Type", "text/html; charset=utf-8")
	c.Set("Content-Language", lang)
	c.Set("Cache-Control", "no-store")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
	c.Vary("Accept-Language")
	return c.Send(b.Bytes())
}

// language is the one in the address, then the browser's.
func (z *citizens) language(c *fiber.Ctx) string {
	if l := knownTag(z.offered, transcript.Primary(c.Query("lang"))); l != "" {
		return l
	}
	for part := range strings.SplitSeq(c.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(part, ";")
		if l := knownTag(z.offered, transcript.Primary(tag)); l != "" {
			return l
		}
	}
	return z.offered[0]
}

// knownTag returns its own string, never a slice of fiber's reused buffers.
func knownTag(known []string, asked string) string {
	for _, k := range known {
		if k == asked {
			return k
		}
	}
	return ""
}

// dialable keeps of a number what a tel: link may hold (RFC 3966).
func dialable(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// seconds is a duration for scripts.
func seconds(d, otherwise time.Duration) int {
	if d <= 0 {
		d = otherwise
	}
	return int(d.Round(time.Second) / time.Second)
}
