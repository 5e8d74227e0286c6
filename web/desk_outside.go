package web

import (
	"errors"
	"maps"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// deskContext is all that is known of a call, as the API shows it.
type deskContext struct {
	floor.Context
	Records []deskRecord `json:"records"`
}

func (d *deskPages) contextOf(c *fiber.Ctx, id string) (deskContext, error) {
	known, err := d.Floor.Context(c.Context(), d.agent(c), id, pageLanguage(c))
	out := deskContext{Context: known, Records: make([]deskRecord, 0, len(known.Records))}
	for _, r := range known.Records {
		out.Records = append(out.Records, deskRecordOf(r))
	}
	return out, err
}

// context tells of a call that is in progress or on record.
func (d *deskPages) context(c *fiber.Ctx) error {
	known, err := d.contextOf(c, param(c, "call"))
	if err != nil {
		return d.said(c, err)
	}
	return c.JSON(known)
}

// outsidePage shows one call to somebody whose telephone has rung with it. A
// call that there is not and one that is for others look the same.
func (d *deskPages) outsidePage(c *fiber.Ctx, id string) error {
	lang := pageLanguage(c)
	known, err := d.contextOf(c, id)
	gone := errors.Is(err, floor.ErrNoCall)
	if err != nil && !gone {
		return err
	}
	departments := oneLanguage(d.Names.Departments, lang)
	maps.Copy(departments, oneLanguage(d.Titles, lang)) // whom it was handed to
	who, _ := d.options.Sessions.Of(c)
	view := fiber.Map{"Gone": gone, "Texts": d.deskTexts(lang), "Begin": fiber.Map{
		"token": who.Token, "context": known, "snapshot": fiber.Map{"me": fiber.Map{"name": who.User, "title": who.User}},
		"departments": departments, "forms": oneLanguage(d.Names.Forms, lang), "slots": oneLanguage(d.Names.Slots, lang),
	}}
	view["AtDesk"] = d.atDesk(who)
	if gone {
		c.Status(fiber.StatusNotFound)
	}
	return d.adminPage(c, "desk_outside", d.text(c, "title_desk_outside"), view)
}

// atDesk says whether somebody has a place at the desk, to which the page links.
func (d *deskPages) atDesk(who session.Session) bool {
	_, err := d.Floor.Snapshot(who.User, "")
	return err == nil
}
