package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// organiserRoutes are the pages of who holds a meeting or speaks in one. The
// pages hold no secrets: what they show they get with a key of the meeting.
func (m *meetings) organiserRoutes() error {
	m.app.Get("/rooms", m.mayCreate, m.createPage)
	m.app.Get("/rooms/:code", m.steerPage)
	m.app.Get("/rooms/:code/speak", m.speakPage)
	m.voiceRoutes()
	return nil
}

// mayCreate lets those pass who may open meetings.
func (m *meetings) mayCreate(c *fiber.Ctx) error {
	switch {
	case m.Create == "":
		return c.Next()
	case m.options.Sessions == nil:
		return fiber.ErrForbidden
	}
	return m.options.Sessions.Require(m.Create)(c)
}

// spokenTongue is a language with its name in that of the page.
type spokenTongue struct{ Tag, Name string }

func (m *meetings) createPage(c *fiber.Ctx) error {
	lang := pageLanguage(c)
	return m.organiserPage(c, "organiser_new", m.text(c, "title_rooms"), fiber.Map{
		"Tongues": tongueNames(lang),
		"Consent": meeting.Announcement(citizenLanguages[0], false),
		"Begin":   fiber.Map{"token": m.formToken(c), "consents": announcements()},
	})
}

// tongueNames are the languages that are offered at a click; others are typed.
func tongueNames(lang string) []spokenTongue {
	names := display.Languages(language.Make(lang))
	out := make([]spokenTongue, len(citizenLanguages))
	for i, tag := range citizenLanguages {
		out[i] = spokenTongue{Tag: tag, Name: names.Name(language.Make(tag))}
	}
	return out
}

// announced are the usual announcements in a language.
type announced struct {
	Volatile string `json:"volatile"`
	Kept     string `json:"kept"`
}

// announcements by language; those without a text of their own are announced
// in English.
func announcements() map[string]announced {
	out := map[string]announced{}
	english := meeting.Announcement("en", false)
	for _, tag := range citizenLanguages {
		if text := meeting.Announcement(tag, false); tag == "en" || text != english {
			out[tag] = announced{Volatile: text, Kept: meeting.Announcement(tag, true)}
		}
	}
	return out
}

// steerModules are fetched while the page is read.
func steerModules() []string {
	return []string{
		"desk-dom", "texts", "organiser-api", "organiser-door", "organiser-ask", "organiser-copy", "organiser-kept", "organiser-stage", "organiser-inputs",
		"organiser-invite", "organiser-add", "organiser-preview", "organiser-figures", "organiser-consent", "organiser-settings", "organiser-after",
	}
}

func (m *meetings) steerPage(c *fiber.Ctx) error {
	code := rooms.NormalCode(c.Params("code"))
	if code == "" {
		return fiber.ErrNotFound
	}
	return m.organiserPage(c, "organiser", m.text(c, "title_room"), fiber.Map{
		"Code": code, "Modules": steerModules(),
		"Begin": fiber.Map{"code": code, "token": m.formToken(c), "tongues": citizenLanguages, "consents": announcements()},
	})
}

func (m *meetings) speakPage(c *fiber.Ctx) error {
	code := rooms.NormalCode(c.Params("code"))
	if code == "" {
		return fiber.ErrNotFound
	}
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
	return m.organiserPage(c, "organiser_speak", m.text(c, "title_room_speak"), fiber.Map{
		"Code": code, "Begin": fiber.Map{"code": code},
		"Modules": []string{
			"desk-dom", "texts", "organiser-api", "organiser-door", "organiser-kept", "organiser-ask", "organiser-written",
			"conversation-mic", "conversation-audio", "conversation-api",
		},
	})
}

// organiserPage adds the texts of these pages for their scripts.
func (m *meetings) organiserPage(c *fiber.Ctx, name, title string, data fiber.Map) error {
	data["Texts"] = m.organiserTexts(pageLanguage(c))
	return m.adminPage(c, name, title, data)
}

func (m *meetings) organiserTexts(lang string) map[string]string {
	out := map[string]string{}
	for key, text := range m.admin.texts[lang] {
		_, everywhere := m.pages.texts[lang][key]
		if everywhere || strings.HasPrefix(key, "rooms_") {
			out[key] = text
		}
	}
	return out
}

// formToken is the one of who is signed in, "" of who is not.
func (m *meetings) formToken(c *fiber.Ctx) string {
	if m.options.Sessions == nil {
		return ""
	}
	who, _ := m.options.Sessions.Of(c)
	return who.Token
}
