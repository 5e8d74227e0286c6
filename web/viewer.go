package web

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// viewerPages are /s and /s/CODE: live subtitles for everybody who has the code.
type viewerPages struct {
	*meetings
	templates *template.Template
	texts     map[string]map[string]string
}

// viewerQuery are the parts of an address that say how somebody reads; they
// stay when the code or the language of the page changes.
var viewerQuery = [...]string{"view", "track", "size", "colours", "font", "style", "position", "quiet"}

func (m *meetings) viewerRoutes() error {
	t, err := template.ParseFS(adminFiles, "templates/viewer*.html")
	if err != nil {
		return fmt.Errorf("page templates: %w", err)
	}
	v := &viewerPages{meetings: m, templates: t}
	if v.texts, err = viewerTexts(m.options.City); err != nil {
		return err
	}
	m.app.Get("/s", v.door)
	m.app.Get("/s/:code", v.page)
	return nil
}

// door asks for the code. It works without scripts.
func (v *viewerPages) door(c *fiber.Ctx) error {
	typed := strings.Clone(c.Query("code"))
	if typed == "" {
		return v.show(c, "viewer_code", "", nil)
	}
	return v.enter(c, typed)
}

// page shows the meeting, as its address says: to read, on a projector, in OBS.
func (v *viewerPages) page(c *fiber.Ctx) error {
	typed, err := url.PathUnescape(c.Params("code"))
	if err != nil {
		return fiber.ErrNotFound
	}
	code := rooms.NormalCode(typed)
	if code == "" || code != typed {
		return v.enter(c, strings.Clone(typed))
	}
	m, err := v.Hall.Enter(visitor.Source(c), code)
	if err != nil {
		return v.wrong(c, strings.Clone(typed), err)
	}
	title := m.Options().Title
	if title == "" {
		title = v.texts[viewerLanguage(c)]["untitled"]
	}
	more := fiber.Map{"Code": code, "Spaced": code[:3] + " " + code[3:], "Address": v.address(c), "Title": title}
	_, host, _ := strings.Cut(v.address(c), "://")
	more["Host"] = host
	if elapsed, ok := elapsed(m); ok {
		more["Elapsed"] = elapsed.Milliseconds()
	}
	switch c.Query("view") {
	case "projector":
		return v.show(c, "viewer_stage", "projector", more)
	case "obs":
		return v.show(c, "viewer_stage", "obs", more)
	}
	return v.show(c, "viewer", "", more)
}

// elapsed is how long a meeting has lasted: pages tell by it how late lines
// are, whatever the clocks of telephones say.
func elapsed(m *meeting.Meeting) (time.Duration, bool) {
	ctx, cancel := within()
	defer cancel()
	status, err := m.Room.Status(ctx)
	if err != nil || status.Began.IsZero() {
		return 0, false
	}
	return time.Since(status.Began), true
}

// enter goes to the meeting of a code as people type it.
func (v *viewerPages) enter(c *fiber.Ctx, typed string) error {
	code := rooms.NormalCode(typed)
	if code == "" {
		return v.wrong(c, typed, errIncomplete)
	}
	if _, err := v.Hall.Enter(visitor.Source(c), code); err != nil {
		return v.wrong(c, typed, err)
	}
	to := "/s/" + code
	if q := keptQuery(c, viewerLanguage(c)).Encode(); q != "" && c.Query("lang") != "" {
		to += "?" + q
	} else if q := keptQuery(c, "").Encode(); q != "" {
		to += "?" + q
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

var errIncomplete = errors.New("this is no code")

// wrong asks for the code once more and says why.
func (v *viewerPages) wrong(c *fiber.Ctx, typed string, err error) error {
	key, status := "code_wrong", fiber.StatusNotFound
	switch {
	case errors.Is(err, errIncomplete):
		key, status = "code_incomplete", fiber.StatusBadRequest
	case errors.Is(err, rooms.ErrTooMany):
		key, status = "code_many", fiber.StatusTooManyRequests
	}
	if len(typed) > 40 {
		typed = ""
	}
	c.Status(status)
	return v.show(c, "viewer_code", "", fiber.Map{"Typed": typed, "Wrong": v.texts[viewerLanguage(c)][key]})
}

// show fills a template in the reader's language. No cookie is set: what
// readers chose is in their browser or in the address.
func (v *viewerPages) show(c *fiber.Ctx, name, view string, more fiber.Map) error {
	lang := viewerLanguage(c)
	t := v.texts[lang]
	page := fiber.Map{
		"Lang": lang, "T": t, "City": v.options.City, "View": view, "Wrong": "", "Typed": "",
		"Title": t["code_title"], "Choices": v.choices(c, lang), "Kept": keptFields(c),
	}
	for k, value := range more {
		page[k] = value
	}
	var b bytes.Buffer
	if err := v.templates.ExecuteTemplate(&b, name+".html", page); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Set("Content-Type", "text/html; charset=utf-8")
	c.Set("Content-Language", lang)
	c.Set("Cache-Control", "no-store")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	c.Vary("Accept-Language")
	return c.Send(b.Bytes())
}

// choices are the languages of the page, each with the address of this page in it.
func (v *viewerPages) choices(c *fiber.Ctx, lang string) []fiber.Map {
	out := make([]fiber.Map, 0, len(citizenLanguages))
	for _, l := range citizenLanguages {
		t := v.texts[l]
		out = append(out, fiber.Map{"Tag": l, "Name": t["name"], "Dir": t["dir"], "Here": l == lang, "Href": "?" + keptQuery(c, l).Encode()})
	}
	return out
}

// keptQuery is what of the address stays; lang "" leaves the language to the browser.
func keptQuery(c *fiber.Ctx, lang string) url.Values {
	q := url.Values{}
	for _, name := range viewerQuery {
		if value := c.Query(name); value != "" && len(value) <= 40 {
			q.Set(name, strings.Clone(value))
		}
	}
	if lang != "" {
		q.Set("lang", lang)
	}
	return q
}

// keptFields are the same for a form.
func keptFields(c *fiber.Ctx) []fiber.Map {
	var out []fiber.Map
	q := keptQuery(c, "")
	for _, name := range viewerQuery {
		if q.Has(name) {
			out = append(out, fiber.Map{"Name": name, "Value": q.Get(name)})
		}
	}
	return out
}
