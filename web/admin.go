package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"time"

	"github.com/gofiber/fiber/v2"
	"gopkg.in/yaml.v3"

	"github.com/amtsleitung/amtsleitung/web/session"
)

//go:embed templates
var adminFiles embed.FS

// adminPages are the templates and texts behind the sign-in.
type adminPages struct {
	templates *template.Template
	texts     map[string]map[string]string // with those of all pages
}

func loadAdminPages(p *pages) (*adminPages, error) {
	t, err := template.New("").Funcs(template.FuncMap{"moment": moment, "day": day, "percent": percent, "pair": pair}).ParseFS(pageFiles, "pages/layout.html")
	if err == nil {
		t, err = t.ParseFS(adminFiles, "templates/*.html")
	}
	if err != nil {
		return nil, fmt.Errorf("page templates: %w", err)
	}
	a := &adminPages{templates: t, texts: map[string]map[string]string{}}
	for _, lang := range pageLanguages {
		data, err := adminFiles.ReadFile("templates/texts/" + lang + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("page texts: %w", err)
		}
		texts := maps.Clone(p.texts[lang])
		if err := yaml.Unmarshal(data, &texts); err != nil {
			return nil, fmt.Errorf("page texts templates/texts/%s.yaml: %w", lang, err)
		}
		if err := readMore(adminFiles, "templates/texts/*."+lang+".yaml", texts); err != nil {
			return nil, err
		}
		a.texts[lang] = texts
	}
	return a, nil
}

// readMore adds the texts of parts of the pages that have files of their own.
func readMore(files fs.FS, pattern string, texts map[string]string) error {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return fmt.Errorf("page texts %s: %w", pattern, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("page texts: %w", err)
		}
		if err := yaml.Unmarshal(data, &texts); err != nil {
			return fmt.Errorf("page texts %s: %w", name, err)
		}
	}
	return nil
}

// adminPage fills a template of templates/ with data of its own; the title is
// a text of the reader's language.
func (s *Server) adminPage(c *fiber.Ctx, name, title string, data fiber.Map) error {
	lang := pageLanguage(c)
	other := pageLanguages[0]
	if lang == other {
		other = pageLanguages[1]
	}
	notice, noticeLang := s.options.notice(lang)
	view := fiber.Map{
		"Lang": lang, "Other": other, "T": s.admin.texts[lang], "OtherT": s.admin.texts[other],
		"City": s.options.City, "Notice": notice, "NoticeLang": noticeLang,
		"Styled": s.pages.styled, "Title": title, "Path": string([]byte(c.Path())),
	}
	view["HasEditing"], view["HasCrisis"] = s.options.Editing != nil, s.options.Crisis != nil
	if s.options.Sessions != nil {
		if who, ok := s.options.Sessions.Of(c); ok {
			view["User"], view["Role"], view["Token"] = who.User, who.Role, who.Token
			view["MayReview"] = who.Role.Covers(session.Reviewer)
			view["MayEdit"] = who.Role.Covers(session.Editor) && s.options.Editing != nil
			view["MayAnswer"] = who.Role.Covers(session.Agent) && s.options.Requests != nil
			view["HasDesk"] = who.Role.Covers(session.Agent) && s.options.Desk != nil
			view["HasMeetings"] = s.options.Meetings != nil && (s.options.Meetings.Create == "" || who.Role.Covers(s.options.Meetings.Create))
		}
	}
	maps.Copy(view, data)
	var b bytes.Buffer
	if err := s.admin.templates.ExecuteTemplate(&b, name+".html", view); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Set("Content-Type", "text/html; charset=utf-8")
	c.Set("Content-Language", lang)
	c.Set("Cache-Control", "no-store")
	c.Set("Referrer-Policy", "same-origin") // forms say where they are from
	return c.Send(b.Bytes())
}

// text is one in the reader's language.
func (s *Server) text(c *fiber.Ctx, key string) string { return s.admin.texts[pageLanguage(c)][key] }

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("02.01.2006, 15:04")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("02.01.2006")
}

func percent(p float64) string { return fmt.Sprintf("%.0f %%", p*100) }

// pair makes a template's arguments of two names and values.
func pair(name1 string, value1 any, name2 string, value2 any) map[string]any {
	return map[string]any{name1: value1, name2: value2}
}
