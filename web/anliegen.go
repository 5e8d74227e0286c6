package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	requests "github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// Requests is what the pages below /admin/anliegen need.
type Requests struct {
	Desk  *requests.Desk
	Names requests.Names
}

const (
	requestsPage = "/admin/anliegen"
	perPage      = 50
	maxNote      = 2000 // letters
)

// anliegen serves the pages and the API of the requests.
type anliegen struct {
	*Server
	Requests
}

func (s *Server) anliegenRoutes() {
	a := &anliegen{Server: s, Requests: *s.options.Requests}
	agent, admin := s.options.Sessions.Require(session.Agent), s.options.Sessions.Require(session.Admin)
	g := s.app.Group(requestsPage, agent)
	g.Get("/", a.list)
	g.Get("/export.csv", a.exportCSV)
	g.Get("/export.json", a.exportJSON)
	g.Get("/:ref", a.show)
	g.Post("/:ref/status", a.move)
	g.Post("/:ref/zustellen", a.redeliver)
	g.Post("/:ref/loeschen", admin, a.erase)
	api := s.app.Group("/api/v1/requests", agent)
	api.Get("/", a.apiList)
	api.Get("/events", a.events)
	api.Get("/:ref", a.apiShow)
	api.Patch("/:ref", a.apiMove)
	api.Post("/:ref/deliveries", a.apiRedeliver)
	api.Delete("/:ref", admin, a.apiErase)
}

// filter reads the wishes of an address; it outlasts the request.
func (a *anliegen) filter(c *fiber.Ctx) requests.Filter {
	return requests.Filter{
		RequestFilter: store.RequestFilter{Form: query(c, "form"), Department: query(c, "department"), Status: query(c, "status"), Call: query(c, "call")},
		Overdue:       c.Query("overdue") == "1", Words: query(c, "q"),
	}
}

// wanted are the requests that an address asks for.
func (a *anliegen) wanted(c *fiber.Ctx) ([]store.Request, map[string]bool, error) {
	list, err := a.Desk.List(c.Context(), a.filter(c))
	if err != nil {
		return nil, nil, err
	}
	letters, err := a.Desk.Dead(c.Context())
	if err != nil {
		return nil, nil, err
	}
	dead := map[string]bool{}
	for _, d := range letters {
		dead[d.Reference] = true
	}
	if c.Query("dead") == "1" {
		list = slices.DeleteFunc(list, func(r store.Request) bool { return !dead[r.Reference] })
	}
	return list, dead, nil
}

// requestRow is a request in the list.
type requestRow struct {
	store.Request
	FormName, DepartmentName string
	Overdue, Dead            bool
}

func (a *anliegen) list(c *fiber.Ctx) error {
	list, dead, err := a.wanted(c)
	if err != nil {
		return err
	}
	lang := pageLanguage(c)
	pages := max(1, (len(list)+perPage-1)/perPage)
	page, _ := strconv.Atoi(c.Query("page"))
	page = min(max(page, 1), pages)
	var rows []requestRow
	for _, r := range list[(page-1)*perPage : min(page*perPage, len(list))] {
		rows = append(rows, requestRow{r, a.Names.Form(r.Form, lang), a.Names.Department(r.Department, lang), a.Desk.Overdue(r), dead[r.Reference]})
	}
	f := a.filter(c)
	data := fiber.Map{
		"Rows": rows, "Count": len(list), "DeadCount": len(dead), "Filter": f, "OnlyDead": c.Query("dead") == "1",
		"Page": page, "Pages": pages, "Forms": choices(a.Names.Forms, lang), "Departments": choices(a.Names.Departments, lang),
		"Statuses": requests.Statuses(), "Query": filterQuery(c, 0), "Ok": oneOf(c.Query("ok"), "deleted"),
	}
	if page > 1 {
		data["Earlier"] = filterQuery(c, page-1)
	}
	if page < pages {
		data["Later"] = filterQuery(c, page+1)
	}
	return a.adminPage(c, "anliegen_list", a.text(c, "title_anliegen"), data)
}

// filterQuery is the address of another page of the same list.
func filterQuery(c *fiber.Ctx, page int) string {
	v := url.Values{}
	for _, key := range []string{"q", "form", "department", "status", "call", "overdue", "dead"} {
		if text := query(c, key); text != "" {
			v.Set(key, text)
		}
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	return v.Encode()
}

// choice is an entry of a selection.
type choice struct{ ID, Name string }

func choices(names map[string]map[string]string, lang string) []choice {
	var out []choice
	for id, n := range names {
		name := n[lang]
		if name == "" {
			name = n["de"]
		}
		if name == "" {
			name = id
		}
		out = append(out, choice{id, name})
	}
	slices.SortFunc(out, func(a, b choice) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out
}

// oneOf lets only the values pass that pages have a text for.
func oneOf(value string, allowed ...string) string {
	for _, a := range allowed {
		if a == value {
			return a
		}
	}
	return ""
}

// slotRow is a value in the page of a request.
type slotRow struct {
	Name, Value, Spoken string
	Unlisted            bool
}

func (a *anliegen) show(c *fiber.Ctx) error {
	return a.showCase(c, oneOf(c.Query("wrong"), "note", "moved", "target", "why"))
}

func (a *anliegen) showCase(c *fiber.Ctx, wrong string) error {
	found, err := a.Desk.Case(c.Context(), param(c, "ref"))
	if err != nil {
		return notFound(err)
	}
	lang := pageLanguage(c)
	var slots []slotRow
	for _, s := range found.Slots {
		slots = append(slots, slotRow{
			Name: a.Names.Slot(found.Form, s, lang), Value: a.Names.Value(found.Form, s, lang),
			Spoken: a.Names.Heard(found.Form, s, lang), Unlisted: s.Kind == "street" && !s.Listed,
		})
	}
	who, _ := a.options.Sessions.Of(c)
	return a.adminPage(c, "anliegen_case", fmt.Sprintf("%s %s", a.text(c, "anliegen_one"), found.Reference), fiber.Map{
		"Case": found, "FormName": a.Names.Form(found.Form, lang), "DepartmentName": a.Names.Department(found.Department, lang),
		"Slots": slots, "Next": requests.Status(found.Status).Next(), "MayErase": who.Role.Covers(session.Admin),
		"Ok": oneOf(c.Query("ok"), "status", "redeliver"), "Wrong": wrong, "HTMLLang": strings.TrimSuffix(found.Language, "-leicht"),
	})
}

// param is a part of the path that outlasts the request.
func param(c *fiber.Ctx, key string) string {
	text, err := url.PathUnescape(strings.Clone(c.Params(key)))
	if err != nil {
		return ""
	}
	return text
}

func notFound(err error) error {
	if errors.Is(err, store.ErrNoRequest) {
		return fiber.ErrNotFound
	}
	return err
}

func (a *anliegen) user(c *fiber.Ctx) string {
	who, _ := a.options.Sessions.Of(c) // the guard has seen it
	return who.User
}

func caseAddress(reference, query string) string {
	return requestsPage + "/" + url.PathEscape(reference) + query
}

// shortened keeps notes within bounds.
func shortened(text string) string {
	r := []rune(strings.TrimSpace(text))
	return string(r[:min(len(r), maxNote)])
}

func (a *anliegen) move(c *fiber.Ctx) error {
	reference := param(c, "ref")
	found, err := a.Desk.Case(c.Context(), reference)
	if err != nil {
		return notFound(err)
	}
	if form(c, "seen") != found.Status {
		return c.Redirect(caseAddress(reference, "?wrong=moved"), fiber.StatusSeeOther)
	}
	err = a.Desk.Move(c.Context(), reference, requests.Status(form(c, "status")), a.user(c), shortened(form(c, "note")))
	switch {
	case errors.Is(err, requests.ErrNote):
		return c.Redirect(caseAddress(reference, "?wrong=note"), fiber.StatusSeeOther)
	case errors.Is(err, requests.ErrStatus), errors.Is(err, store.ErrMoved):
		return c.Redirect(caseAddress(reference, "?wrong=moved"), fiber.StatusSeeOther)
	case err != nil:
		return notFound(err)
	}
	return c.Redirect(caseAddress(reference, "?ok=status"), fiber.StatusSeeOther)
}

func (a *anliegen) redeliver(c *fiber.Ctx) error {
	reference := param(c, "ref")
	err := a.Desk.Redeliver(c.Context(), reference, a.user(c))
	if errors.Is(err, requests.ErrNoTarget) {
		return c.Redirect(caseAddress(reference, "?wrong=target"), fiber.StatusSeeOther)
	}
	if err != nil {
		return notFound(err)
	}
	return c.Redirect(caseAddress(reference, "?ok=redeliver"), fiber.StatusSeeOther)
}

func (a *anliegen) erase(c *fiber.Ctx) error {
	reference, why := param(c, "ref"), shortened(form(c, "why"))
	if why == "" {
		return c.Redirect(caseAddress(reference, "?wrong=why"), fiber.StatusSeeOther)
	}
	if err := a.Desk.Delete(c.Context(), reference, a.user(c), why); err != nil {
		return notFound(err)
	}
	return c.Redirect(requestsPage+"?ok=deleted", fiber.StatusSeeOther)
}

func (a *anliegen) exportCSV(c *fiber.Ctx) error {
	list, _, err := a.wanted(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := requests.WriteCSV(&b, list, a.Desk.Overdue, time.Local); err != nil {
		return err
	}
	c.Set("Content-Type", "text/csv; charset=utf-8")
	c.Set("Content-Disposition", `attachment; filename="anliegen.csv"`)
	return c.Send(b.Bytes())
}

func (a *anliegen) exportJSON(c *fiber.Ctx) error {
	list, _, err := a.wanted(c)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(a.views(list), "", "  ")
	if err != nil {
		return err
	}
	c.Set("Content-Type", "application/json; charset=utf-8")
	c.Set("Content-Disposition", `attachment; filename="anliegen.json"`)
	return c.Send(data)
}

func (a *anliegen) views(list []store.Request) []requests.View {
	out := make([]requests.View, 0, len(list))
	for _, r := range list {
		out = append(out, requests.ViewOf(r, a.Desk.Overdue(r)))
	}
	return out
}
