package web

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/crisis"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// Crisis is what /admin/krise and /api/v1/crisis need.
type Crisis struct {
	Switch    *crisis.Switch
	Languages []string // that the line offers
}

// krise serves the page and the API of the crisis switch. Editors write,
// reviewers approve what others wrote and switch off, and only administrators
// switch on alone.
type krise struct {
	*Server
	Crisis
}

const krisePage = "/admin/krise"

func (s *Server) kriseRoutes() {
	k := &krise{s, *s.options.Crisis}
	write, review := s.options.Sessions.Require(session.Editor), s.options.Sessions.Require(session.Reviewer)
	s.app.Get(krisePage, write, k.page)
	s.app.Post(krisePage, write, k.propose)
	s.app.Post(krisePage+"/freigeben", review, k.approve)
	s.app.Post(krisePage+"/ablehnen", review, k.reject)
	s.app.Post(krisePage+"/aus", review, k.off)
	s.app.Get("/api/v1/crisis", write, k.status)
	s.app.Put("/api/v1/crisis", write, k.put)
	s.app.Put("/api/v1/crisis/:id", review, k.approveByAPI)
	s.app.Delete("/api/v1/crisis", review, k.remove)
}

// sheet is the form as it was filled in.
type sheet struct {
	Texts                        []kriseText
	From, Until, Articles, Alone string
}

type kriseText struct {
	Language, Text string
	Needed         bool
}

// sheet holds the needed languages first, then those that are offered.
func (k *krise) sheet(text func(language string) string) sheet {
	var f sheet
	for _, l := range append([]string{"de", "en"}, k.Languages...) {
		if slices.ContainsFunc(f.Texts, func(t kriseText) bool { return t.Language == l }) {
			continue
		}
		f.Texts = append(f.Texts, kriseText{l, text(l), l == "de" || l == "en"})
	}
	return f
}

func (k *krise) page(c *fiber.Ctx) error {
	return k.show(c, k.sheet(func(string) string { return "" }), nil)
}

// shownEvents is how much of the audit trail the page shows.
const shownEvents = 50

// show is the page with a form, and what is wrong with it.
func (k *krise) show(c *fiber.Ctx, f sheet, wrong error) error {
	st, err := k.Switch.Status()
	if err != nil {
		return err
	}
	by := k.by(c, "")
	data := fiber.Map{
		"Status": st, "Events": st.Events[:min(len(st.Events), shownEvents)], "Sheet": f, "Ok": kriseWord(query(c, "ok")),
		"Own":   st.Proposed != nil && strings.EqualFold(st.Proposed.Author, by.Who),
		"Alone": k.role(c) == session.Admin,
	}
	if wrong != nil {
		key, detail := kriseFault(wrong)
		data["Wrong"], data["Detail"] = key, detail
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return k.adminPage(c, "krise", k.text(c, "title_krise"), data)
}

// kriseWord keeps words of addresses to those that have a text.
func kriseWord(asked string) string {
	for _, known := range []string{"proposed", "approved", "immediate", "rejected", "off"} {
		if known == asked {
			return known
		}
	}
	return ""
}

// kriseFault is the key of the page's text for an error of the switch, "" for
// others.
func kriseFault(err error) (key, detail string) {
	var f *crisis.Fault
	switch {
	case errors.As(err, &f):
		return f.Key, f.Detail
	case errors.Is(err, crisis.ErrSecondPerson):
		return "own", ""
	case errors.Is(err, crisis.ErrStale):
		return "stale", ""
	case errors.Is(err, crisis.ErrNotOn):
		return "not_on", ""
	case errors.Is(err, crisis.ErrNoReason):
		return "reason", ""
	}
	return "", ""
}

func (k *krise) by(c *fiber.Ctx, via string) crisis.By {
	who, _ := k.options.Sessions.Of(c) // the guard has seen it
	return crisis.By{Who: who.User, Via: via}
}

func (k *krise) role(c *fiber.Ctx) session.Role {
	who, _ := k.options.Sessions.Of(c)
	return who.Role
}

// propose takes the form; an administrator's reason switches on at once.
func (k *krise) propose(c *fiber.Ctx) error {
	f := k.sheet(func(l string) string { return form(c, "text-"+l) })
	f.From, f.Until, f.Articles, f.Alone = form(c, "from"), form(c, "until"), form(c, "articles"), form(c, "alone")
	a := crisis.Announcement{Texts: map[string]string{}, Articles: strings.Fields(strings.ReplaceAll(f.Articles, ",", " "))}
	for _, t := range f.Texts {
		if text := strings.Join(strings.Fields(t.Text), " "); text != "" {
			a.Texts[t.Language] = text
		}
	}
	var err error
	if a.From, err = localTime(f.From); err == nil {
		a.Until, err = localTime(f.Until)
	}
	if err != nil {
		return fiber.ErrBadRequest // browsers send no other form
	}
	word, err := k.enter(c, a, f.Alone, "page")
	if key, _ := kriseFault(err); err != nil && key != "" {
		return k.show(c, f, err)
	}
	if err != nil {
		return err
	}
	return c.Redirect(krisePage+"?ok="+word, fiber.StatusSeeOther)
}

// localTime reads what a browser sends for a date and time; empty is none.
func localTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.ParseInLocation("2006-01-02T15:04", text[:min(len(text), 16)], time.Local)
}

// enter writes an announcement down, or switches it on for an administrator
// who gives a reason.
func (k *krise) enter(c *fiber.Ctx, a crisis.Announcement, alone, via string) (string, error) {
	if strings.TrimSpace(alone) == "" {
		_, err := k.Switch.Propose(k.by(c, via), a)
		return "proposed", err
	}
	if k.role(c) != session.Admin {
		return "", fiber.ErrForbidden
	}
	_, err := k.Switch.Immediately(k.by(c, via), a, alone)
	return "immediate", err
}

func (k *krise) approve(c *fiber.Ctx) error {
	return k.done(c, "approved", k.Switch.Approve(k.by(c, "page"), form(c, "id")))
}

func (k *krise) reject(c *fiber.Ctx) error {
	return k.done(c, "rejected", k.Switch.Reject(k.by(c, "page"), form(c, "id"), form(c, "reason")))
}

func (k *krise) off(c *fiber.Ctx) error {
	return k.done(c, "off", k.Switch.Off(k.by(c, "page"), form(c, "reason")))
}

// done goes back to the page with a word about what has happened, or what went
// against it.
func (k *krise) done(c *fiber.Ctx, word string, err error) error {
	if key, _ := kriseFault(err); err != nil && key != "" {
		return k.show(c, k.sheet(func(string) string { return "" }), err)
	}
	if err != nil {
		return err
	}
	return c.Redirect(krisePage+"?ok="+word, fiber.StatusSeeOther)
}
