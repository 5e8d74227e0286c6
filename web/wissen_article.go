package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
)

// dossier shows everything about one article.
func (w *wissen) dossier(c *fiber.Ctx) error { return w.dossierWith(c, nil) }

// dossierWith shows more than is kept of it.
func (w *wissen) dossierWith(c *fiber.Ctx, more fiber.Map) error {
	d, text, err := w.draftOf(c)
	if err != nil {
		return err
	}
	versions := slices.Clone(d.Versions)
	slices.Reverse(versions)
	var problems []knowledge.Problem
	if d.Newest.State != editing.Approved {
		problems = w.Library.Problems(d.Newest)
	}
	gaps := missing(text, w.city.Languages)
	data := fiber.Map{
		"Article": d, "Text": text, "Versions": versions, "Problems": problems,
		"Own": slices.Contains(d.Newest.Authors, w.who(c)), "Ok": word(query(c, "ok")), "Wrong": word(query(c, "fehler")),
		"Languages": text.Languages(), "Missing": gaps, "CanTranslate": w.Translate != nil,
		"Translatable": slices.DeleteFunc(slices.Clone(gaps), func(l string) bool { return l == easyGerman }),
		"CanSimplify":  w.Simplify != nil && slices.Contains(gaps, easyGerman) && text.Variants["de"].Answer != "",
	}
	maps.Copy(data, more)
	return w.adminPage(c, "wissen_article", d.Title, data)
}

// word keeps words of addresses to those that have a text.
func word(asked string) string {
	for _, k := range []string{"saved", "submitted", "approved", "returned", "rolledback", "withdrawn", "thumb", "translated", "simplified", "own", "state", "conflict", "problem", "notranslation", "nosimple"} {
		if k == asked {
			return k
		}
	}
	return ""
}

func missing(d imports.Draft, languages []string) []string {
	var out []string
	for _, l := range languages {
		if _, ok := d.Variants[l]; !ok {
			out = append(out, l)
		}
	}
	return out
}

func (w *wissen) compare(c *fiber.Ctx) error {
	d, _, err := w.draftOf(c)
	if err != nil {
		return err
	}
	from, err1 := strconv.Atoi(c.Query("von"))
	to, err2 := strconv.Atoi(c.Query("mit"))
	old, err3 := d.Version(from)
	fresh, err4 := d.Version(to)
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
		return fiber.ErrNotFound
	}
	return w.adminPage(c, "wissen_diff", d.Title, fiber.Map{"Article": d, "Old": old, "New": fresh, "Files": editing.Diff(old, fresh)})
}

// step does one thing with the version that a form names.
func (w *wissen) step(c *fiber.Ctx, ok string, do func(id string, number int) error) error {
	id := strings.Clone(c.Params("id"))
	number, err := strconv.Atoi(c.FormValue("version"))
	if err != nil {
		return fiber.ErrBadRequest
	}
	return w.done(c, id, ok, do(id, number))
}

func (w *wissen) submit(c *fiber.Ctx) error {
	return w.step(c, "submitted", func(id string, n int) error { return w.Library.Submit(c.Context(), w.who(c), id, n) })
}

func (w *wissen) approve(c *fiber.Ctx) error {
	at := time.Time{}
	if text := form(c, "ab"); text != "" {
		var err error
		if at, err = time.ParseInLocation("2006-01-02T15:04", text, time.Local); err != nil {
			return fiber.ErrBadRequest
		}
	}
	return w.step(c, "approved", func(id string, n int) error { return w.Library.Approve(c.Context(), w.who(c), id, n, at) })
}

func (w *wissen) sendBack(c *fiber.Ctx) error {
	return w.step(c, "returned", func(id string, n int) error {
		return w.Library.Return(c.Context(), w.who(c), id, n, form(c, "note"))
	})
}

func (w *wissen) rollback(c *fiber.Ctx) error {
	return w.step(c, "rolledback", func(id string, n int) error {
		_, err := w.Library.Rollback(c.Context(), w.who(c), id, n)
		return err
	})
}

func (w *wissen) withdraw(c *fiber.Ctx) error {
	return w.step(c, "withdrawn", func(id string, _ int) error {
		return w.Library.Withdraw(c.Context(), w.who(c), id, form(c, "note"))
	})
}

// translate drafts a missing language by machine; the draft is marked so until
// it has been reviewed.
func (w *wissen) translate(c *fiber.Ctx) error {
	d, text, err := w.draftOf(c)
	if err != nil {
		return err
	}
	to := form(c, "sprache")
	if w.Translate == nil || !slices.Contains(missing(text, w.city.Languages), to) {
		return fiber.ErrBadRequest
	}
	from, ok := text.Variants["de"]
	if !ok {
		return w.done(c, d.ID, "", editing.ErrState)
	}
	v := imports.Variant{Facts: map[string]string{}}
	failed := false
	put := func(s string) string {
		if s == "" || failed {
			return ""
		}
		out, err := w.Translate(c.Context(), s, "de", to)
		failed = failed || err != nil
		return out
	}
	v.Title, v.Answer, v.More = put(from.Title), put(from.Answer), put(from.More)
	for _, q := range from.Questions[:min(len(from.Questions), 8)] {
		v.Questions = append(v.Questions, put(q))
	}
	for key, s := range from.Facts {
		v.Facts[key] = put(s)
	}
	if failed {
		return c.Redirect(address(d.ID, "?fehler=notranslation"), fiber.StatusSeeOther)
	}
	text.Variants[to] = v
	text.Machine = append(text.Machine, to)
	_, err = w.Library.Save(c.Context(), w.who(c), text, d.Newest.Changed)
	return w.done(c, d.ID, "translated", err)
}
