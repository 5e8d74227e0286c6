package web

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
)

// easyGerman is Leichte Sprache as articles tag it.
const easyGerman = "de-leicht"

// easyKinds are the reasons against a draft that have a text: "easy_" and they.
var easyKinds = [...]string{"nothing", "markup", "sentence", "missing", "invented", "denied", "affirmed"}

// simplify drafts the German text in easy language by machine. The draft is
// marked so until it has been reviewed; what is spoken stays as it is. A draft
// that changes a fact is not kept: the editor is told what was wrong with it.
func (w *wissen) simplify(c *fiber.Ctx) error {
	d, text, err := w.draftOf(c)
	if err != nil {
		return err
	}
	from, ok := text.Variants["de"]
	if w.Simplify == nil || !slices.Contains(missing(text, w.city.Languages), easyGerman) {
		return fiber.ErrBadRequest
	}
	if !ok || from.Answer == "" {
		return w.done(c, d.ID, "", editing.ErrState)
	}
	v := imports.Variant{Title: from.Title, Questions: slices.Clone(from.Questions), Keywords: slices.Clone(from.Keywords), Facts: maps.Clone(from.Facts)}
	if v.Answer, err = w.simpler(c, from.Answer); err == nil {
		v.More, err = w.simpler(c, from.More)
	}
	var refused interface{ Reason() (kind, found string) }
	switch {
	case errors.As(err, &refused):
		kind, found := refused.Reason()
		c.Status(fiber.StatusUnprocessableEntity)
		return w.dossierWith(c, fiber.Map{"Refused": w.refusal(c, kind), "RefusedFound": found})
	case err != nil:
		w.options.Log.Warn("no draft in easy language", "article", d.ID, "err", err)
		return c.Redirect(address(d.ID, "?fehler=nosimple"), fiber.StatusSeeOther)
	}
	text.Variants[easyGerman] = v
	text.Machine = append(text.Machine, easyGerman)
	_, err = w.Library.Save(c.Context(), w.who(c), text, d.Newest.Changed)
	return w.done(c, d.ID, "simplified", err)
}

func (w *wissen) simpler(c *fiber.Ctx, text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	return w.Simplify(c.Context(), text)
}

// refusal is the text of a reason that has one.
func (w *wissen) refusal(c *fiber.Ctx, kind string) string {
	if !slices.Contains(easyKinds[:], kind) {
		kind = "nothing"
	}
	return w.text(c, "easy_"+kind)
}
