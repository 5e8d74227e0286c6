package web

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/web/body"
)

// DeskForms are the requests that somebody at the desk takes for a caller.
type DeskForms interface {
	// List are the forms with their words in a language.
	List(lang string) []DeskForm
	// Check says which values are wrong and of which one may doubt; ok is
	// false where there is no such form.
	Check(r DeskRequest) (found DeskCheck, ok bool)
	// Take stores a request that Check finds nothing wrong with.
	Take(ctx context.Context, r DeskRequest) (DeskTaken, error)
}

// DeskForm is a form as the page shows it.
type DeskForm struct {
	ID     string      `json:"id"`
	Title  string      `json:"title"`
	Fields []DeskField `json:"fields"`
}

// DeskField is one value of a form.
type DeskField struct {
	Name     string       `json:"name"`
	Title    string       `json:"title"`
	Hint     string       `json:"hint,omitempty"` // the question as the bot asks it
	Kind     string       `json:"kind"`           // as in slots: name, street, date, choice and so on
	Required bool         `json:"required"`
	Choices  []DeskChoice `json:"choices,omitempty"`
	Min      int          `json:"min,omitempty"` // of a count
	Max      int          `json:"max,omitempty"`
	First    string       `json:"first,omitempty"` // of a date, as 2026-12-01
	Last     string       `json:"last,omitempty"`
	Things   bool         `json:"things,omitempty"` // a count that may be written as a list of things
	Source   string       `json:"source,omitempty"` // "concern", "caller": what the call itself tells
	When     *DeskWhen    `json:"when,omitempty"`
}

// DeskChoice is one of the values of a choice.
type DeskChoice struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// DeskWhen lets a field be asked only when another has one of the values.
type DeskWhen struct {
	Slot string   `json:"slot"`
	In   []string `json:"in"`
}

// DeskRequest is a form filled at the desk.
type DeskRequest struct {
	Agent, Call, Form string
	Page              string // the language of who fills it
	Language          string // the caller's
	Department        string // that of the call, for forms that have none
	Concern           string
	Slots             map[string]string
}

// DeskCheck are the findings by field.
type DeskCheck struct {
	Faults, Hints map[string]DeskFinding
}

// DeskFinding is what is wrong or doubtful: the texts have a line
// "desk_field_" and Code for it, with places for Values; days are as 2026-12-01.
type DeskFinding struct {
	Code   string
	Values map[string]string
}

// DeskTaken is a request that was stored.
type DeskTaken struct {
	Reference string    `json:"reference"`
	Due       time.Time `json:"due,omitzero"`
}

// most fields of a form.
const mostFields = 50

// deskTaking is the body of a request taken at the desk.
type deskTaking struct {
	ID    string            `json:"id"` // made by the page: the same one is stored once
	Call  string            `json:"call"`
	Form  string            `json:"form"`
	Slots map[string]string `json:"slots"`
}

func takingOf(c *fiber.Ctx) (deskTaking, error) {
	var t deskTaking
	if err := body.DecodeKnown(c.Body(), &t); err != nil {
		return t, err
	}
	if len(t.ID) > maxWord || len(t.Slots) > mostFields {
		return t, errDesk("id is too long, or there are too many slots")
	}
	for _, text := range t.Slots {
		if utf8.RuneCountInString(text) > maxNotes {
			return t, errDesk("slots are too long")
		}
	}
	return t, nil
}

// forms are those of the city, in the page's language.
func (d *deskPages) forms(c *fiber.Ctx) error {
	lang := pageLanguage(c)
	if _, err := d.Floor.Snapshot(d.agent(c), lang); err != nil {
		return d.said(c, err)
	}
	list := []DeskForm{}
	if d.Forms != nil {
		list = append(list, d.Forms.List(lang)...)
	}
	return c.JSON(fiber.Map{"forms": list})
}

// filled reads a form that belongs to the call in somebody's hand, or to the
// one they write down.
func (d *deskPages) filled(c *fiber.Ctx) (deskTaking, DeskRequest, error) {
	t, err := takingOf(c)
	if err != nil {
		return t, DeskRequest{}, err
	}
	lang := pageLanguage(c)
	snap, err := d.Floor.Snapshot(d.agent(c), lang)
	if err != nil {
		return t, DeskRequest{}, err
	}
	if snap.Hand == nil || snap.Hand.Call != t.Call {
		return t, DeskRequest{}, floor.ErrNotInHand
	}
	p := snap.Hand.Preview
	return t, DeskRequest{
		Agent: d.agent(c), Call: t.Call, Form: t.Form, Page: lang, Language: p.Language, Department: p.Department, Concern: p.Concern, Slots: t.Slots,
	}, nil
}

func (d *deskPages) checked(r DeskRequest) (DeskCheck, error) {
	if d.Forms != nil {
		if found, ok := d.Forms.Check(r); ok {
			return found, nil
		}
	}
	return DeskCheck{}, errDesk("there is no such form")
}

// check says what a form would be refused for, and stores nothing.
func (d *deskPages) check(c *fiber.Ctx) error {
	_, r, err := d.filled(c)
	if err != nil {
		return d.said(c, err)
	}
	found, err := d.checked(r)
	if err != nil {
		return d.said(c, err)
	}
	return c.JSON(fiber.Map{"fields": d.lines(found.Faults, r.Page), "hints": d.lines(found.Hints, r.Page)})
}

// take stores a request, once however often the page asks.
func (d *deskPages) take(c *fiber.Ctx) error {
	t, r, err := d.filled(c)
	if err != nil {
		return d.said(c, err)
	}
	found, err := d.checked(r)
	if err != nil {
		return d.said(c, err)
	}
	if len(found.Faults) > 0 {
		return c.Status(fiber.StatusUnprocessableEntity).JSON(fiber.Map{
			"error": d.admin.texts[r.Page]["desk_form_wrong"], "code": "form", "fields": d.lines(found.Faults, r.Page),
		})
	}
	store := func() (DeskTaken, error) { return d.Forms.Take(c.Context(), r) }
	if t.ID != "" {
		once := store
		store = func() (DeskTaken, error) { return d.taken.once(r.Agent+"/"+r.Call+"/"+t.ID, once) }
	}
	taken, err := store()
	if err != nil {
		return d.said(c, err)
	}
	return c.Status(fiber.StatusCreated).JSON(taken)
}

// lines are the findings in words.
func (d *deskPages) lines(found map[string]DeskFinding, lang string) map[string]string {
	out := map[string]string{}
	for name, f := range found {
		var pairs []string
		for key, value := range f.Values {
			pairs = append(pairs, "{"+key+"}", dayIn(value, lang))
		}
		out[name] = strings.NewReplacer(pairs...).Replace(d.admin.texts[lang]["desk_field_"+f.Code])
	}
	return out
}

// dayIn writes a day as people do; what is none stays as it is.
func dayIn(text, lang string) string {
	t, err := time.Parse(time.DateOnly, text)
	switch {
	case err != nil:
		return text
	case lang == "en":
		return t.Format("2 January 2006")
	}
	return day(t)
}

// mostRemembered answers are kept: a double click comes at once, a page that
// lost its connection asks again within minutes.
const mostRemembered = 1000

// onceOnly answers a request with the same key once and remembers the answer.
// The zero value is ready.
type onceOnly struct {
	mu    sync.Mutex
	known map[string]*onceTaken
	order []string
}

type onceTaken struct {
	done  chan struct{}
	taken DeskTaken
	err   error
}

// once runs store, or waits for who already does. What failed may be tried again.
func (o *onceOnly) once(key string, store func() (DeskTaken, error)) (DeskTaken, error) {
	o.mu.Lock()
	if e, ok := o.known[key]; ok {
		o.mu.Unlock()
		<-e.done
		return e.taken, e.err
	}
	e := &onceTaken{done: make(chan struct{})}
	o.remember(key, e)
	o.mu.Unlock()
	stored := false
	defer func() {
		if !stored {
			o.forget(key)
		}
		close(e.done)
	}()
	e.err = errDesk("the request was not stored") // should store panic
	e.taken, e.err = store()
	stored = e.err == nil
	return e.taken, e.err
}

func (o *onceOnly) remember(key string, e *onceTaken) {
	if o.known == nil {
		o.known = map[string]*onceTaken{}
	}
	o.known[key] = e
	if o.order = append(o.order, key); len(o.order) > mostRemembered {
		delete(o.known, o.order[0])
		o.order = o.order[1:]
	}
}

func (o *onceOnly) forget(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.known, key)
	o.order = slices.DeleteFunc(o.order, func(k string) bool { return k == key })
}
