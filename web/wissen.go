package web

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// Editing is what the pages below /admin/wissen need.
type Editing struct {
	Library *editing.Library
	// Ask says what the bot would say, on what is published now.
	Ask func(ctx context.Context, text, language string) (Said, error)
	// Translate drafts a text in another language; nil: nobody does.
	Translate func(ctx context.Context, text, from, to string) (string, error)
	// Simplify drafts a German text in easy language; nil: nobody does. Its error
	// may have Reason() (kind, found string), which is told to the editor.
	Simplify func(ctx context.Context, text string) (string, error)
	// KeepsQuestions says whether questions that nobody could answer are kept.
	KeepsQuestions bool
	// Sources are the names of what articles are kept equal to.
	Sources []string
	Now     func() time.Time // nil is time.Now
}

// Said is what the bot would say to a question.
type Said struct {
	Outcome    string   `json:"outcome"`
	Answer     string   `json:"answer"`
	Language   string   `json:"language"`
	Articles   []string `json:"articles"`
	Sources    []string `json:"sources"`
	Confidence float64  `json:"confidence"`
}

// wissen serves the pages of the editors.
type wissen struct {
	*Server
	Editing
	city knowledge.City
}

func (s *Server) wissenRoutes() error {
	w := &wissen{Server: s, Editing: *s.options.Editing}
	if w.Now == nil {
		w.Now = time.Now
	}
	var err error
	if w.city, err = w.Library.City(); err != nil {
		return err
	}
	g := s.app.Group(startPage, s.options.Sessions.Require(session.Editor))
	g.Get("/", w.list)
	g.Get("/probe", w.probe)
	g.Get("/fragen", w.questions)
	g.Post("/fragen", w.closeQuestions)
	g.Get("/sprachen", w.languages)
	g.Get("/neu", w.fresh)
	g.Post("/neu", w.create)
	g.Get("/:id", w.dossier)
	g.Get("/:id/bearbeiten", w.edit)
	g.Post("/:id/bearbeiten", w.save)
	g.Post("/:id/uebersetzen", w.translate)
	g.Post("/:id/leicht", w.simplify)
	g.Get("/:id/vergleich", w.compare)
	g.Post("/:id/daumen", w.thumb)
	g.Post("/:id/einreichen", w.submit)
	review := s.options.Sessions.Require(session.Reviewer)
	g.Post("/:id/freigeben", review, w.approve)
	g.Post("/:id/zurueckgeben", review, w.sendBack)
	g.Post("/:id/wiederherstellen", review, w.rollback)
	g.Post("/:id/zurueckziehen", review, w.withdraw)
	return nil
}

// form is a value of the request that outlasts it: fiber uses its buffers again.
func form(c *fiber.Ctx, key string) string { return strings.Clone(c.FormValue(key)) }

func query(c *fiber.Ctx, key string) string { return strings.Clone(c.Query(key)) }

func (w *wissen) who(c *fiber.Ctx) string {
	who, _ := w.options.Sessions.Of(c) // the guard has seen it
	return who.User
}

func address(id string, more ...string) string {
	return startPage + "/" + url.PathEscape(id) + strings.Join(more, "")
}

func (w *wissen) list(c *fiber.Ctx) error {
	entries, err := w.Library.List(c.Context())
	if err != nil {
		return err
	}
	words, state := strings.ToLower(strings.TrimSpace(query(c, "q"))), query(c, "zustand")
	counts := map[string]int{}
	var shown []editing.Entry
	for _, e := range entries {
		counts[e.State()]++
		if (state == "" || state == e.State()) && strings.Contains(strings.ToLower(e.Title+" "+e.ID), words) {
			shown = append(shown, e)
		}
	}
	runs, err := w.Library.Runs(c.Context(), 10)
	if err != nil {
		return err
	}
	data := fiber.Map{
		"Entries": shown, "All": len(entries), "Counts": counts, "Words": query(c, "q"), "State": state,
		"States": []string{"review", "draft", "scheduled", "spoken", "expired", "withdrawn"}, "Runs": runs, "Sources": w.Sources,
		"Languages": w.city.Languages, "Question": query(c, "frage"), "QuestionLanguage": query(c, "sprache"), "Soon": w.Now().AddDate(0, 0, 30),
	}
	if q := strings.TrimSpace(query(c, "frage")); q != "" {
		said, err := w.ask(c, q, query(c, "sprache"))
		if err != nil {
			return err
		}
		data["Said"] = said
	}
	return w.adminPage(c, "wissen_list", w.text(c, "title_wissen"), data)
}

// maxAsked is the longest question that is tried out, in letters.
const maxAsked = 400

func (w *wissen) ask(c *fiber.Ctx, text, language string) (Said, error) {
	if r := []rune(text); len(r) > maxAsked {
		text = string(r[:maxAsked])
	}
	if !slices.Contains(w.city.Languages, language) {
		language = ""
	}
	return w.Ask(c.Context(), text, language)
}

// probe answers while people type.
func (w *wissen) probe(c *fiber.Ctx) error {
	text := strings.TrimSpace(query(c, "frage"))
	if text == "" {
		return c.JSON(Said{})
	}
	said, err := w.ask(c, text, query(c, "sprache"))
	if err != nil {
		return err
	}
	return c.JSON(said)
}

func (w *wissen) questions(c *fiber.Ctx) error {
	groups, err := w.Library.Unanswered(c.Context())
	if err != nil {
		return err
	}
	return w.adminPage(c, "wissen_questions", w.text(c, "title_questions"), fiber.Map{"Groups": groups, "Keeps": w.KeepsQuestions})
}

func (w *wissen) closeQuestions(c *fiber.Ctx) error {
	var ids []int64
	for _, text := range strings.Fields(form(c, "ids")) {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fiber.ErrBadRequest
		}
		ids = append(ids, id)
	}
	if err := w.Library.CloseUnanswered(c.Context(), w.who(c), ids); err != nil {
		return err
	}
	return c.Redirect(startPage+"/fragen", fiber.StatusSeeOther)
}

// languages shows which article lacks which language.
func (w *wissen) languages(c *fiber.Ctx) error {
	entries, err := w.Library.List(c.Context())
	if err != nil {
		return err
	}
	missing := map[string]int{}
	for _, e := range entries {
		for _, l := range w.city.Languages {
			if !slices.Contains(e.Languages, l) {
				missing[l]++
			}
		}
	}
	return w.adminPage(c, "wissen_languages", w.text(c, "title_languages"), fiber.Map{
		"Rows": matrix(entries, w.city.Languages), "Languages": w.city.Languages, "Missing": missing,
	})
}

// matrixRow is an article with one cell for each language: there, machine, missing.
type matrixRow struct {
	editing.Entry
	Cells []matrixCell
}

type matrixCell struct{ Language, State string }

func matrix(entries []editing.Entry, languages []string) []matrixRow {
	var out []matrixRow
	for _, e := range entries {
		row := matrixRow{Entry: e}
		for _, l := range languages {
			state := "missing"
			if slices.Contains(e.Languages, l) {
				state = "there"
			}
			if slices.Contains(e.Machine, l) {
				state = "machine"
			}
			row.Cells = append(row.Cells, matrixCell{l, state})
		}
		out = append(out, row)
	}
	return out
}

// done goes back to the article with a word about what has happened, or what
// went against it.
func (w *wissen) done(c *fiber.Ctx, id, ok string, err error) error {
	var problem knowledge.Problem
	word := "ok=" + ok
	switch {
	case err == nil:
	case errors.Is(err, editing.ErrNotFound):
		return fiber.ErrNotFound
	case errors.Is(err, editing.ErrOwn):
		word = "fehler=own"
	case errors.Is(err, editing.ErrState), errors.Is(err, editing.ErrNotSpoken):
		word = "fehler=state"
	case errors.Is(err, editing.ErrConflict):
		word = "fehler=conflict"
	case errors.As(err, &problem):
		word = "fehler=problem"
	default:
		return err
	}
	return c.Redirect(address(id, "?", word), fiber.StatusSeeOther)
}

func (w *wissen) thumb(c *fiber.Ctx) error {
	id := strings.Clone(c.Params("id"))
	number, err := strconv.Atoi(c.FormValue("version"))
	if err != nil {
		return fiber.ErrBadRequest
	}
	note := []rune(form(c, "note"))
	err = w.Library.Thumb(c.Context(), store.Thumb{Article: id, Number: number, Who: w.who(c), Up: c.FormValue("up") == "1", Note: string(note[:min(len(note), 500)])})
	return w.done(c, id, "thumb", err)
}

// draftOf reads an article's newest text.
func (w *wissen) draftOf(c *fiber.Ctx) (editing.Dossier, imports.Draft, error) {
	d, err := w.Library.Article(c.Context(), strings.Clone(c.Params("id")))
	if errors.Is(err, editing.ErrNotFound) {
		return d, imports.Draft{}, fiber.ErrNotFound
	}
	if err != nil {
		return d, imports.Draft{}, err
	}
	text, err := editing.Text(d.Newest)
	return d, text, err
}
