package web

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	requests "github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// Desk is what /desk and /api/v1/desk need. Floor and Order are needed; what
// else is nil is not offered.
type Desk struct {
	Floor DeskFloor
	// Order does something with the call in somebody's hand and waits for the outcome.
	Order func(ctx context.Context, agent, call string, o DeskOrder) error
	// Articles are those that fit what was said, best first. page is the
	// language of the person who reads them out.
	Articles func(ctx context.Context, text, language, page string) ([]DeskArticle, error)
	// Audio answers the offer of somebody's browser for their line.
	Audio     func(ctx context.Context, agent, sdp string) (string, error)
	Forms     DeskForms
	Names     requests.Names
	Titles    map[string]map[string]string // of targets outside, by name and language
	ICE       bool                         // /api/v1/browser/ice is served
	Listening bool                         // supervisors may listen
	// Languages are those that calls are interpreted between, by tag; none: no
	// call is interpreted.
	Languages []string
	// Original is what a party of an interpreted call said last, 16 kHz mono; it
	// is not there for long.
	Original func(call, leg string, segment int) ([]int16, bool)
}

// DeskFloor is the room where the people of the desk sit; *floor.Floor is one.
type DeskFloor interface {
	deskView
	deskSeat
	deskWork
	deskRecords
}

// deskView is what somebody sees.
type deskView interface {
	Snapshot(agent, lang string) (floor.Snapshot, error)
	Follow(agent, call string) error
	Hear(agent, call string) error
	Context(ctx context.Context, agent, call, lang string) (floor.Context, error)
	Targets(agent string) ([]floor.Target, error)
	Subscribe(agent string) (news <-chan floor.Event, stop func())
}

// deskSeat is somebody's place.
type deskSeat interface {
	Present(agent string, p floor.Presence, reason string) error
	SetDevice(agent, kind string) error
	Seen(agent string) (gone func())
}

// deskWork is what is done with calls.
type deskWork interface {
	Accept(ctx context.Context, agent, call string) error
	Decline(agent, call string) error
	Note(agent, call, text string) error
	Wrap(ctx context.Context, agent, call string, w floor.Wrap) error
	CallBack(ctx context.Context, agent, reference, language string) error
	CallOutIn(ctx context.Context, agent, number, language string) error
	Listen(ctx context.Context, supervisor, call string) error
	Deafen(supervisor string)
}

// deskRecords are ended calls.
type deskRecords interface {
	Records(ctx context.Context, q floor.RecordQuery) ([]store.CallRecord, error)
	Record(ctx context.Context, agent, call string) ([]store.CallRecord, error)
}

// DeskOrder is what somebody wants done with the call in hand.
type DeskOrder struct {
	Kind     string // hold, mute, text, say, transfer, consult, merge, drop, bot_with, bot_back, digit, finish, interpret
	On       bool   // of hold, mute and interpret
	Text     string // of text and say
	Language string // of say
	Target   string // of transfer and consult; "" of transfer: who is being consulted
	Mode     string // of transfer: attended, blind, bridged; of interpret: consecutive, simultaneous, "" as it is
	Digit    rune
	// Caller, Person and Guest are the languages they speak, of interpret; "" as it is.
	Caller, Person, Guest string
	Original              *float64 // of interpret: how loud the speaker stays, 0..1; nil as it is
}

// DeskArticle is an article as the desk shows it.
type DeskArticle struct {
	ID         string  `json:"id"`
	Title      string  `json:"title"`
	Answer     string  `json:"answer"`
	Source     string  `json:"source"`
	Language   string  `json:"language"`
	Confidence float64 `json:"confidence"`
}

const deskPage = "/desk"

// deskPages serves the page and the API of the service desk.
type deskPages struct {
	*Server
	Desk
	taken onceOnly // requests by the ids of their pages
}

func (s *Server) deskRoutes() {
	d := &deskPages{Server: s, Desk: *s.options.Desk}
	d.Languages = slices.DeleteFunc(slices.Clone(d.Languages), func(l string) bool { return strings.HasSuffix(l, "-leicht") }) // nobody speaks easy German only
	agent := s.options.Sessions.Require(session.Agent)
	s.app.Get(deskPage, agent, d.page)
	api := s.app.Group("/api/v1/desk", agent)
	api.Get("/", d.snapshot)
	api.Get("/events", d.events)
	api.Get("/targets", d.targets)
	api.Get("/articles", d.articles)
	api.Get("/forms", d.forms)
	api.Post("/requests", d.take)
	api.Post("/requests/check", d.check)
	api.Get("/calls", d.records)
	api.Post("/calls", d.callOut)
	api.Get("/calls/:call", d.record)
	api.Get("/calls/:call/events", d.callEvents)
	api.Get("/calls/:call/context", d.context)
	api.Get("/calls/:call/original", d.original)
	api.Post("/presence", d.presence)
	api.Post("/device", d.device)
	api.Post("/audio", d.audio)
	api.Post("/callbacks/:reference/call", d.callBack)
	api.Post("/calls/:call/accept", d.accept)
	api.Post("/calls/:call/decline", d.decline)
	api.Post("/calls/:call/listen", d.listen)
	api.Post("/calls/:call/note", d.note)
	api.Post("/calls/:call/wrapup", d.wrapup)
	api.Post("/calls/:call/interpret", d.order(d.interpret))
	for name, read := range deskOrders() {
		api.Post("/calls/:call/"+name, d.order(read))
	}
}

// agent is who asks; the guard has seen them.
func (d *deskPages) agent(c *fiber.Ctx) string {
	who, _ := d.options.Sessions.Of(c)
	return who.User
}

// page is the desk as it stands now; what changes comes by events.
func (d *deskPages) page(c *fiber.Ctx) error {
	if id := query(c, "call"); id != "" {
		return d.outsidePage(c, id)
	}
	lang := pageLanguage(c)
	snap, err := d.Floor.Snapshot(d.agent(c), lang)
	if errors.Is(err, floor.ErrNobody) {
		return d.adminPage(c, "desk", d.text(c, "title_desk"), fiber.Map{"Known": false})
	}
	if err != nil {
		return err
	}
	who, _ := d.options.Sessions.Of(c)
	return d.adminPage(c, "desk", d.text(c, "title_desk"), fiber.Map{
		"Known": true, "Supervisor": snap.Me.Supervisor, "Listening": d.Listening, "Languages": d.Languages, "InterpretModes": deskInterpretModes(), "Texts": d.deskTexts(lang),
		"Begin": fiber.Map{
			"token": who.Token, "snapshot": snap, "ice": d.ICE, "listening": d.Listening && snap.Me.Supervisor,
			"languages":   d.Languages,
			"departments": oneLanguage(d.Names.Departments, lang), "forms": oneLanguage(d.Names.Forms, lang), "slots": oneLanguage(d.Names.Slots, lang),
		},
		"Reasons": []string{"break", "lunch", "meeting", "training", "counter", "other"}, "Resolutions": deskResolutions(), "Verdicts": deskVerdicts(),
		"Modes": append(deskModes(), "consult"), "Keys": deskKeys(),
	})
}

// deskTexts leaves out what only other pages say.
func (d *deskPages) deskTexts(lang string) map[string]string {
	out := map[string]string{}
	for key, text := range d.admin.texts[lang] {
		_, everywhere := d.pages.texts[lang][key]
		if everywhere || strings.HasPrefix(key, "desk_") || strings.HasPrefix(key, "status_") || strings.HasPrefix(key, "anliegen_") || key == "language" {
			out[key] = text
		}
	}
	return out
}

// oneLanguage are the names of one language by id.
func oneLanguage(names map[string]map[string]string, lang string) map[string]string {
	out := map[string]string{}
	for _, c := range choices(names, lang) {
		out[c.ID] = c.Name
	}
	return out
}

// deskKey is a shortcut as the help shows it; desk.js has the same.
type deskKey struct{ Key, What string }

func deskKeys() []deskKey {
	return []deskKey{
		{"F2", "accept"}, {"F4", "decline"}, {"F8", "hold"}, {"F9", "mute"}, {"⇧ F8", "transfer"}, {"⇧ F9", "finish"},
		{"⇧ F7", "interpret"}, {"⇧ F2", "suggest"}, {"⇧ F4", "notes"}, {"⇧ F1", "presence"}, {"F1", "help"},
	}
}
