package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"
	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/transcript"
)

//go:embed pages
var pageFiles embed.FS

//go:embed texts
var textFiles embed.FS

// pages are the parsed templates and the texts of each language.
type pages struct {
	templates *template.Template
	texts     map[string]map[string]string
	styled    bool // KERN is embedded
}

// pageLanguages, first is the default.
var pageLanguages = [...]string{"de", "en"}

func loadPages() (*pages, error) {
	t, err := template.ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("page templates: %w", err)
	}
	p := &pages{templates: t, texts: map[string]map[string]string{}}
	for _, lang := range pageLanguages {
		data, err := textFiles.ReadFile("texts/" + lang + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("page texts: %w", err)
		}
		var texts map[string]string
		if err := yaml.Unmarshal(data, &texts); err != nil {
			return nil, fmt.Errorf("page texts texts/%s.yaml: %w", lang, err)
		}
		p.texts[lang] = texts
	}
	_, err = kern.ReadFile("kern/kern.min.css")
	p.styled = err == nil
	return p, nil
}

// page serves a template that needs no data of its own.
func (s *Server) page(name string) fiber.Handler {
	return func(c *fiber.Ctx) error { return s.render(c, name, name) }
}

// render fills a template in the reader's language; title is the key of its heading.
func (s *Server) render(c *fiber.Ctx, name, title string) error {
	lang := pageLanguage(c)
	other := pageLanguages[0]
	if lang == other {
		other = pageLanguages[1]
	}
	notice, noticeLang := s.options.notice(lang)
	view := fiber.Map{
		"Lang": lang, "Other": other, "T": s.pages.texts[lang], "OtherT": s.pages.texts[other],
		"City": s.options.City, "Notice": notice, "NoticeLang": noticeLang,
		"Phone": s.options.Phone, "HasMeetings": s.options.Meetings != nil, "Styled": s.pages.styled, "Title": s.pages.texts[lang]["title_"+title],
	}
	var b bytes.Buffer
	if err := s.pages.templates.ExecuteTemplate(&b, name+".html", view); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Set("Content-Type", "text/html; charset=utf-8")
	c.Set("Content-Language", lang)
	c.Vary("Accept-Language", "Cookie")
	return c.Send(b.Bytes())
}

// pageLanguage is the one in the address, then the remembered one, then the browser's.
func pageLanguage(c *fiber.Ctx) string {
	if q := known(c.Query("lang")); q != "" {
		c.Cookie(&fiber.Cookie{Name: "lang", Value: q, SameSite: "Lax", HTTPOnly: true, MaxAge: 365 * 86400})
		return q
	}
	if k := known(c.Cookies("lang")); k != "" {
		return k
	}
	for _, part := range strings.Split(c.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		if k := known(transcript.Primary(tag)); k != "" {
			return k
		}
	}
	return pageLanguages[0]
}

// known returns its own constant, never a slice of fiber's reused buffers.
func known(lang string) string {
	for _, l := range pageLanguages {
		if l == lang {
			return l
		}
	}
	return ""
}
