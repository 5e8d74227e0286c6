package web

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// ReadAloud reads the pages of the city's websites aloud: a script in their
// pages asks /api/v1/read for one sentence after the other. Speak is needed.
type ReadAloud struct {
	// Speak reads a text to the sink, as fast as it can.
	Speak func(ctx context.Context, text, language string, rate float64, to media.Sink) error
	// Languages that have a voice, first is for pages that do not say theirs.
	Languages []string
	// Translate gives a text in another language, for readers who choose one; nil: there are none.
	Translate func(ctx context.Context, text, from, to string) (string, error)
	// Translates says whether there is a translator of a pair; nil: of all, if Translate is there.
	Translates func(from, to string) bool
	// Busy says that callers need the machine now; nil: they never do.
	Busy func() bool
	// Sites whose pages may be read besides our own: "https://www.musterstadt.example"; "*" is any.
	Sites []string
	// Address of this service as sites reach it, for the page that shows how to
	// embed it; "" is that of the request.
	Address string
}

// vorlesen serves the script, what it asks for, and a page that shows it.
type vorlesen struct {
	*Server
	ReadAloud
	sites  []string
	script []byte
	texts  map[string]map[string]string // of the player, by language
	said   map[string]map[string]string // what is spoken of lists, tables and images
	kept   *readings
	asks   *quota // by source
	room   chan struct{}
}

// anySite lists all sites.
const anySite = "*"

// vorlesenParts make the script; each builds on those before it.
var vorlesenParts = [...]string{"sentences", "text", "table", "light", "sound", "player", "start"}

// atOnce is how many sentences are spoken side by side; more wait.
const atOnce = 2

func (s *Server) vorlesenRoutes() error {
	v := &vorlesen{
		Server: s, ReadAloud: *s.options.ReadAloud,
		kept: newReadings(), room: make(chan struct{}, atOnce),
		asks: newQuota(90, millis(500)), // 90 at once, 120 a minute: a sentence lasts longer
	}
	if len(v.Languages) == 0 {
		return fmt.Errorf("read aloud: no language has a voice")
	}
	if err := v.prepare(); err != nil {
		return err
	}
	s.app.Get("/vorlesen", v.page)
	s.app.Get("/vorlesen.js", v.send)
	api := s.app.Group("/api/v1/read", v.cross, noStore)
	api.Options("/", func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusNoContent) })
	api.Get("/", v.offer)
	api.Post("/", v.read)
	return nil
}

// prepare reads sites, script and texts.
func (v *vorlesen) prepare() error {
	for _, site := range v.Sites {
		if site == anySite {
			v.sites = append(v.sites, site)
			continue
		}
		u, err := url.Parse(site)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" || strings.ContainsAny(site, " ;,'\"*") {
			return fmt.Errorf("read aloud: site %q is no origin (write it as https://www.musterstadt.example)", site)
		}
		v.sites = append(v.sites, strings.ToLower(u.Scheme+"://"+u.Host))
	}
	var b bytes.Buffer
	b.WriteString("// Reads pages aloud. <script src=\".../vorlesen.js\" async></script>\n(function () {\n\"use strict\";\n")
	for _, part := range vorlesenParts {
		code, err := static.ReadFile("static/vorlesen/" + part + ".js")
		if err != nil {
			return fmt.Errorf("read aloud: %w", err)
		}
		b.Write(code)
	}
	b.WriteString("})();\n")
	v.script = b.Bytes()
	v.texts, v.said = map[string]map[string]string{}, map[string]map[string]string{}
	for _, l := range citizenLanguages {
		texts, err := vorlesenText(l)
		if err != nil {
			return err
		}
		said := map[string]string{}
		for key, text := range texts {
			if name, ok := strings.CutPrefix(key, "say_"); ok {
				said[name] = text
				delete(texts, key)
			}
		}
		v.texts[l], v.said[l] = texts, said
	}
	return nil
}

func vorlesenText(language string) (map[string]string, error) {
	name := "texts/vorlesen-" + language + ".yaml"
	data, err := textFiles.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("page texts: %w", err)
	}
	var t map[string]string
	if err := yaml.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("page texts %s: %w", name, err)
	}
	return t, nil
}

// send is the script that sites put into their pages. It needs no module and
// no permission: what it may do is decided when it asks for something.
func (v *vorlesen) send(c *fiber.Ctx) error {
	c.Set("Content-Type", "text/javascript; charset=utf-8")
	c.Set("Cache-Control", "public, max-age=300")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return c.Send(v.script)
}

// cross lets the pages of listed sites ask, and our own; no cookie is looked at.
func (v *vorlesen) cross(c *fiber.Ctx) error {
	c.Vary("Origin")
	origin := strings.ToLower(c.Get("Origin"))
	own := origin == "" || c.Get("Sec-Fetch-Site") == "same-origin" || origin == c.Protocol()+"://"+string(c.Request().Host())
	switch {
	case origin != "" && (slices.Contains(v.sites, origin) || slices.Contains(v.sites, anySite)):
		c.Set("Access-Control-Allow-Origin", strings.Clone(c.Get("Origin")))
		c.Set("Access-Control-Allow-Methods", "GET, POST")
		c.Set("Access-Control-Allow-Headers", "Content-Type")
		c.Set("Access-Control-Expose-Headers", "Retry-After")
		c.Set("Access-Control-Max-Age", "600")
	case !own:
		return refusal(c, fiber.StatusForbidden, "pages of this site are not read aloud; it is to be listed in api.sites")
	}
	return c.Next()
}

// offer says what the script can offer a reader, in the reader's language.
func (v *vorlesen) offer(c *fiber.Ctx) error {
	lang := transcript.Primary(c.Query("lang"))
	if v.texts[lang] == nil {
		lang = pageLanguages[0]
	}
	return c.JSON(fiber.Map{
		"language": lang, "texts": v.texts[lang], "say": v.said, "languages": v.Languages,
		"translations": v.pairs(), "characters": maxRead, "slowest": slowest, "fastest": fastest,
	})
}

// pairs are the languages that each language can be translated to.
func (v *vorlesen) pairs() map[string][]string {
	all := map[string][]string{}
	if v.Translate == nil {
		return all
	}
	for _, from := range v.Languages {
		for _, to := range v.Languages {
			if from != to && to != easyGerman && v.translates(from, to) {
				all[from] = append(all[from], to)
			}
		}
	}
	return all
}

func (v *vorlesen) translates(from, to string) bool {
	return v.Translate != nil && (v.Translates == nil || v.Translates(from, to))
}

// page shows how it works, with a text to try it on.
func (v *vorlesen) page(c *fiber.Ctx) error {
	address := v.Address
	if address == "" {
		address = visitor.Of(c).Origin()
	}
	return v.adminPage(c, "vorlesen", v.text(c, "title_vorlesen"), fiber.Map{
		"Address": strings.TrimRight(address, "/"), "Languages": v.Languages, "Sites": v.Sites,
	})
}
