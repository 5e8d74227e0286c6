package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// minutesRoutes are the pages of who corrects a meeting while it runs, and of
// who reads it afterwards. They hold nothing of it: a key, which the server
// never sees in an address, opens what their scripts fetch.
func (m *meetings) minutesRoutes() error {
	for _, page := range []string{"editor", "minutes", "comparison"} {
		m.app.Get("/rooms/:code/"+page, m.minutesPage(page))
	}
	return nil
}

func (m *meetings) minutesPage(page string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		code := rooms.NormalCode(param(c, "code"))
		if code == "" {
			return fiber.ErrNotFound
		}
		return m.adminPage(c, "minutes_"+page, m.text(c, "title_minutes_"+page), fiber.Map{
			"Code": code, "Page": page, "Texts": m.minutesTexts(pageLanguage(c)), "Keys": minutesKeys(), "Formats": minutesFormats(),
			"Parts": []string{"tasks", "decisions", "votes", "topics"},
		})
	}
}

// minutesTexts leaves out what only other pages say.
func (m *meetings) minutesTexts(lang string) map[string]string {
	out := map[string]string{}
	for key, text := range m.admin.texts[lang] {
		if _, everywhere := m.pages.texts[lang][key]; everywhere || strings.HasPrefix(key, "minutes_") {
			out[key] = text
		}
	}
	return out
}

// minutesFormats are the files of the minutes, in the order of the page.
func minutesFormats() []string { return []string{"html", "md", "csv", "ics", "json"} }

// minutesKeys are what the editor's shortcuts do, as its help shows them; the
// scripts have the same.
func minutesKeys() []string {
	return []string{"move", "edit", "leave", "next", "undo", "lines", "newest", "easy", "words", "replace", "release", "help"}
}
