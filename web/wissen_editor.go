package web

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
)

// editor is the form of one article in one language.
type editor struct {
	ID       string
	Language string
	Seen     string // when the version was changed that the form began with
	Draft    imports.Draft
	Variant  imports.Variant
	Facts    []fact
	German   imports.Variant // beside another language, to compare with
	Machine  bool
	Checks   []imports.Check
	Wrong    string
}

type fact struct{ Key, Text string }

func (w *wissen) edit(c *fiber.Ctx) error {
	d, text, err := w.draftOf(c)
	if err != nil {
		return err
	}
	language := query(c, "sprache")
	if language == "" {
		language = w.city.Languages[0]
	}
	if !slices.Contains(w.city.Languages, language) {
		return fiber.ErrNotFound
	}
	return w.form(c, d.Title, editor{ID: d.ID, Language: language, Seen: d.Newest.Changed.Format(time.RFC3339Nano), Draft: text, Variant: text.Variants[language]})
}

// fresh is the form of a new article.
func (w *wissen) fresh(c *fiber.Ctx) error {
	return w.form(c, w.text(c, "wissen_new"), editor{Language: w.city.Languages[0], Variant: imports.Variant{Questions: questionsOf(query(c, "frage"))}})
}

func (w *wissen) form(c *fiber.Ctx, title string, e editor) error {
	for _, key := range imports.FactKeys() {
		e.Facts = append(e.Facts, fact{key, e.Variant.Facts[key]})
	}
	if main := w.city.Languages[0]; e.Language != main {
		e.German = e.Draft.Variants[main]
	}
	e.Machine = slices.Contains(e.Draft.Machine, e.Language)
	if e.Variant.Title != "" || e.Variant.Answer != "" {
		e.Checks = imports.Checks(e.Variant)
	}
	departments := make([]string, 0, len(w.city.Departments))
	for id := range w.city.Departments {
		departments = append(departments, id)
	}
	slices.Sort(departments)
	return w.adminPage(c, "wissen_editor", title, fiber.Map{
		"Editor": e, "Languages": w.city.Languages, "Departments": departments, "Forms": w.city.Forms,
		"AnswerWords": imports.AnswerWords, "MoreWords": imports.MoreWords, "Have": e.Draft.Languages(),
	})
}

// filled reads the form over the text it began with.
func (w *wissen) filled(c *fiber.Ctx, d imports.Draft, language string) imports.Draft {
	d.Source, d.HandOver, d.Form = form(c, "source"), form(c, "hand_over"), form(c, "form")
	d.ValidFrom, d.ValidTo = imports.Date(form(c, "valid_from")), imports.Date(form(c, "valid_to"))
	v := d.Variants[language] // with what the form does not show
	v.Title, v.Answer, v.More = strings.TrimSpace(form(c, "title")), text(form(c, "answer")), text(form(c, "more"))
	v.Questions, v.Keywords = questionsOf(form(c, "questions")), split(form(c, "keywords"), ",")
	v.Facts = map[string]string{}
	for _, key := range imports.FactKeys() {
		if s := strings.Join(strings.Fields(form(c, "fact_"+key)), " "); s != "" {
			v.Facts[key] = s
		}
	}
	if d.Variants == nil {
		d.Variants = map[string]imports.Variant{}
	}
	d.Variants[language] = v
	return d
}

// text ends lines as files do; a "## Mehr" in the answer is no heading.
func text(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

func questionsOf(s string) []string { return split(text(s), "\n") }

func split(s, by string) []string {
	var out []string
	for part := range strings.SplitSeq(s, by) {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (w *wissen) save(c *fiber.Ctx) error {
	d, old, err := w.draftOf(c)
	if err != nil {
		return err
	}
	language := form(c, "sprache")
	seen, err := time.Parse(time.RFC3339Nano, form(c, "seen"))
	if err != nil || !slices.Contains(w.city.Languages, language) {
		return fiber.ErrBadRequest
	}
	fresh := w.filled(c, old, language)
	_, err = w.Library.Save(c.Context(), w.who(c), fresh, seen)
	if errors.Is(err, editing.ErrConflict) {
		c.Status(fiber.StatusConflict)
		return w.form(c, d.Title, editor{ID: d.ID, Language: language, Seen: form(c, "seen"), Draft: fresh, Variant: fresh.Variants[language], Wrong: "conflict"})
	}
	return w.done(c, d.ID, "saved", err)
}

// create begins a new article; its id is made of the title.
func (w *wissen) create(c *fiber.Ctx) error {
	language := w.city.Languages[0]
	d := w.filled(c, imports.Draft{}, language)
	v := d.Variants[language]
	wrong := ""
	if v.Title == "" {
		wrong = "title"
	}
	d.ID = imports.Slug(v.Title)
	if wrong == "" {
		_, err := w.Library.Save(c.Context(), w.who(c), d, time.Time{})
		if err == nil {
			return w.done(c, d.ID, "saved", nil)
		}
		if !errors.Is(err, editing.ErrConflict) {
			return err
		}
		wrong = "exists"
	}
	c.Status(fiber.StatusUnprocessableEntity)
	return w.form(c, w.text(c, "wissen_new"), editor{Language: language, Draft: d, Variant: v, Wrong: wrong})
}
