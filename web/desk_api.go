package web

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web/body"
)

// Limits of what people write, in letters.
const (
	maxSpoken = 2000
	maxNotes  = 4000
	maxWord   = 300 // names, topics, targets
	maxOffer  = 64 << 10
)

func deskResolutions() []string { return []string{"solved", "forwarded", "open"} }
func deskVerdicts() []string    { return []string{"right", "wrong", "missing"} }
func deskModes() []string       { return []string{"attended", "blind", "bridged"} }

// errDesk is a request that makes no sense; the line says what does.
type errDesk string

func (e errDesk) Error() string { return string(e) }

// errOriginal is what was said a while ago: only the last words are kept.
var errOriginal = errors.New("the sound of these words is not there any more")

// deskFault is how an error is told: its code is for programs and pages.
type deskFault struct {
	err    error
	status int
	code   string
}

func deskFaults() []deskFault {
	return []deskFault{
		{floor.ErrTaken, fiber.StatusConflict, "taken"}, {floor.ErrNotInHand, fiber.StatusConflict, "not_in_hand"},
		{floor.ErrBusy, fiber.StatusConflict, "busy"}, {floor.ErrNoDevice, fiber.StatusConflict, "no_device"},
		{floor.ErrState, fiber.StatusConflict, "state"}, {floor.ErrNoCall, fiber.StatusNotFound, "no_call"},
		{floor.ErrNotYours, fiber.StatusForbidden, "not_yours"}, {floor.ErrNoSupervisor, fiber.StatusForbidden, "no_supervisor"},
		{floor.ErrListening, fiber.StatusForbidden, "listening"}, {floor.ErrNobody, fiber.StatusForbidden, "nobody"},
		{errOriginal, fiber.StatusNotFound, "original"},
		{floor.ErrTarget, fiber.StatusUnprocessableEntity, "target"}, {floor.ErrWrap, fiber.StatusUnprocessableEntity, "wrapup"},
		{store.ErrNoRequest, fiber.StatusNotFound, "no_request"}, {store.ErrNoCall, fiber.StatusNotFound, "no_call"},
		{leg.ErrBusy, fiber.StatusBadGateway, "callee_busy"}, {leg.ErrDeclined, fiber.StatusBadGateway, "callee_declined"},
		{leg.ErrNotFound, fiber.StatusBadGateway, "callee_unknown"}, {leg.ErrNoAnswer, fiber.StatusBadGateway, "callee_silent"},
		{leg.ErrUnavailable, fiber.StatusBadGateway, "callee_down"}, {leg.ErrForbidden, fiber.StatusBadGateway, "callee_forbidden"},
		{context.DeadlineExceeded, fiber.StatusGatewayTimeout, "timeout"},
	}
}

// said answers an order: nothing where it is done, else one line.
func (d *deskPages) said(c *fiber.Ctx, err error) error {
	var wrong errDesk
	switch {
	case err == nil:
		return c.SendStatus(fiber.StatusNoContent)
	case errors.As(err, &wrong):
		return c.Status(fiber.StatusUnprocessableEntity).JSON(fiber.Map{"error": err.Error()})
	}
	for _, f := range deskFaults() {
		if errors.Is(err, f.err) {
			return c.Status(f.status).JSON(fiber.Map{"error": f.err.Error(), "code": f.code})
		}
	}
	return err
}

func (d *deskPages) known(err error) bool {
	return slices.ContainsFunc(deskFaults(), func(f deskFault) bool { return errors.Is(err, f.err) })
}

// deskWish is the body of any order.
type deskWish struct {
	State      string   `json:"state"`
	Reason     string   `json:"reason"`
	Kind       string   `json:"kind"`
	SDP        string   `json:"sdp"`
	On         *bool    `json:"on"`
	Text       string   `json:"text"`
	Language   string   `json:"language"`
	Target     string   `json:"target"`
	Mode       string   `json:"mode"`
	Digit      string   `json:"digit"`
	Caller     string   `json:"caller"`
	Person     string   `json:"person"`
	Guest      string   `json:"guest"`
	Original   *float64 `json:"original"`
	Topic      string   `json:"topic"`
	Resolution string   `json:"resolution"`
	Bot        string   `json:"bot"`
	Article    string   `json:"article"`
	Note       string   `json:"note"`
}

// deskBody reads the body; orders without one have none. It outlasts the request.
func deskBody(c *fiber.Ctx) (deskWish, error) {
	var w deskWish
	if len(c.Body()) == 0 {
		return w, nil
	}
	if err := body.DecodeKnown(c.Body(), &w); err != nil {
		return w, err
	}
	for _, f := range []struct {
		text string
		most int
		name string
	}{
		{w.Reason, maxWord, "reason"}, {w.Text, maxNotes, "text"}, {w.Language, maxWord, "language"}, {w.Target, maxWord, "target"},
		{w.Topic, maxWord, "topic"}, {w.Article, maxWord, "article"}, {w.Note, maxNotes, "note"}, {w.SDP, maxOffer, "sdp"},
		{w.Caller, maxWord, "caller"}, {w.Person, maxWord, "person"}, {w.Guest, maxWord, "guest"},
	} {
		if utf8.RuneCountInString(f.text) > f.most {
			return w, errDesk(f.name + " is too long")
		}
	}
	return w, nil
}

func (d *deskPages) snapshot(c *fiber.Ctx) error {
	snap, err := d.Floor.Snapshot(d.agent(c), pageLanguage(c))
	if err != nil {
		return d.said(c, err)
	}
	return c.JSON(snap)
}

func (d *deskPages) presence(c *fiber.Ctx) error {
	w, err := deskBody(c)
	if err == nil && !slices.Contains([]string{"ready", "paused", "offline"}, w.State) {
		err = errDesk("state must be ready, paused or offline")
	}
	if err == nil {
		err = d.Floor.Present(d.agent(c), floor.Presence(w.State), strings.TrimSpace(w.Reason))
	}
	return d.said(c, err)
}

func (d *deskPages) device(c *fiber.Ctx) error {
	w, err := deskBody(c)
	if err == nil && w.Kind != "browser" && w.Kind != "phone" {
		err = errDesk("kind must be browser or phone")
	}
	if err == nil {
		err = d.Floor.SetDevice(d.agent(c), w.Kind)
	}
	return d.said(c, err)
}

// audio answers the offer of a browser.
func (d *deskPages) audio(c *fiber.Ctx) error {
	if d.Audio == nil {
		return c.Status(fiber.StatusNotImplemented).JSON(fiber.Map{"error": "this service takes no audio from browsers (browser.enabled in the configuration)"})
	}
	w, err := deskBody(c)
	if err == nil && !strings.HasPrefix(w.SDP, "v=0") {
		err = errDesk("sdp is no session description")
	}
	if err != nil {
		return d.said(c, err)
	}
	answer, err := d.Audio(c.Context(), d.agent(c), w.SDP)
	if err != nil {
		return d.said(c, err)
	}
	return c.JSON(fiber.Map{"sdp": answer})
}

func (d *deskPages) accept(c *fiber.Ctx) error {
	return d.said(c, d.Floor.Accept(c.Context(), d.agent(c), param(c, "call")))
}

func (d *deskPages) decline(c *fiber.Ctx) error {
	return d.said(c, d.Floor.Decline(d.agent(c), param(c, "call")))
}

// listen begins to listen to a call, or with on false ends it.
func (d *deskPages) listen(c *fiber.Ctx) error {
	w, err := deskBody(c)
	switch {
	case err != nil:
	case w.On != nil && !*w.On:
		d.Floor.Deafen(d.agent(c))
	case !d.Listening:
		err = floor.ErrListening
	default:
		err = d.Floor.Listen(c.Context(), d.agent(c), param(c, "call"))
	}
	return d.said(c, err)
}

// callOut calls a number that the dial plan permits, in a language.
func (d *deskPages) callOut(c *fiber.Ctx) error {
	w, err := deskBody(c)
	if err == nil && strings.TrimSpace(w.Target) == "" {
		err = errDesk("target is missing")
	}
	if err == nil {
		err = d.offered("language", w.Language)
	}
	if err == nil {
		err = d.Floor.CallOutIn(c.Context(), d.agent(c), strings.TrimSpace(w.Target), w.Language)
	}
	return d.said(c, err)
}

func (d *deskPages) callBack(c *fiber.Ctx) error {
	w, err := deskBody(c)
	if err == nil {
		err = d.offered("language", w.Language)
	}
	if err == nil {
		err = d.Floor.CallBack(c.Context(), d.agent(c), param(c, "reference"), w.Language)
	}
	return d.said(c, err)
}

func (d *deskPages) note(c *fiber.Ctx) error {
	w, err := deskBody(c)
	if err == nil {
		err = d.Floor.Note(d.agent(c), param(c, "call"), w.Text)
	}
	return d.said(c, err)
}

func (d *deskPages) wrapup(c *fiber.Ctx) error {
	w, err := deskBody(c)
	switch {
	case err != nil:
	case !slices.Contains(deskResolutions(), w.Resolution):
		err = errDesk("resolution must be solved, forwarded or open")
	case w.Bot != "" && !slices.Contains(deskVerdicts(), w.Bot):
		err = errDesk("bot must be right, wrong, missing or empty")
	default:
		err = d.Floor.Wrap(c.Context(), d.agent(c), param(c, "call"), floor.Wrap{
			Topic: strings.TrimSpace(w.Topic), Resolution: w.Resolution, Bot: w.Bot, Article: w.Article, Note: strings.TrimSpace(w.Note),
		})
	}
	return d.said(c, err)
}

// deskOrders read the orders about the call in hand, by the end of their path.
func deskOrders() map[string]func(deskWish) (DeskOrder, error) {
	return map[string]func(deskWish) (DeskOrder, error){
		"hold":     orderSwitch("hold"),
		"mute":     orderSwitch("mute"),
		"text":     orderText("text"),
		"say":      orderText("say"),
		"merge":    orderPlain("merge"),
		"drop":     orderPlain("drop"),
		"finish":   orderPlain("finish"),
		"digit":    orderDigit,
		"bot":      orderBot,
		"transfer": orderTransfer,
		"consult":  orderConsult,
	}
}

func (d *deskPages) order(read func(deskWish) (DeskOrder, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		w, err := deskBody(c)
		var o DeskOrder
		if err == nil {
			o, err = read(w)
		}
		if err != nil {
			return d.said(c, err)
		}
		err = d.Order(c.Context(), d.agent(c), param(c, "call"), o)
		if err != nil && !d.known(err) { // the call says in its own words why not
			return c.Status(fiber.StatusConflict).JSON(fiber.Map{"error": err.Error()})
		}
		return d.said(c, err)
	}
}

func orderPlain(kind string) func(deskWish) (DeskOrder, error) {
	return func(deskWish) (DeskOrder, error) { return DeskOrder{Kind: kind}, nil }
}

func orderSwitch(kind string) func(deskWish) (DeskOrder, error) {
	return func(w deskWish) (DeskOrder, error) {
		if w.On == nil {
			return DeskOrder{}, errDesk("on must be true or false")
		}
		return DeskOrder{Kind: kind, On: *w.On}, nil
	}
}

func orderText(kind string) func(deskWish) (DeskOrder, error) {
	return func(w deskWish) (DeskOrder, error) {
		text := strings.TrimSpace(w.Text)
		if text == "" || utf8.RuneCountInString(text) > maxSpoken {
			return DeskOrder{}, errDesk("text is missing or too long")
		}
		return DeskOrder{Kind: kind, Text: text, Language: w.Language}, nil
	}
}

func orderDigit(w deskWish) (DeskOrder, error) {
	if len(w.Digit) != 1 || !strings.Contains("0123456789*#ABCD", w.Digit) {
		return DeskOrder{}, errDesk("digit must be one of 0-9 * # A-D")
	}
	return DeskOrder{Kind: "digit", Digit: rune(w.Digit[0])}, nil
}

func orderBot(w deskWish) (DeskOrder, error) {
	if w.Mode != "with" && w.Mode != "back" {
		return DeskOrder{}, errDesk("mode must be with or back")
	}
	return DeskOrder{Kind: "bot_" + w.Mode}, nil
}

func orderTransfer(w deskWish) (DeskOrder, error) {
	if !slices.Contains(deskModes(), w.Mode) {
		return DeskOrder{}, errDesk("mode must be attended, blind or bridged")
	}
	return DeskOrder{Kind: "transfer", Target: strings.TrimSpace(w.Target), Mode: w.Mode}, nil
}

func orderConsult(w deskWish) (DeskOrder, error) {
	target := strings.TrimSpace(w.Target)
	if target == "" {
		return DeskOrder{}, errDesk("target is missing")
	}
	return DeskOrder{Kind: "consult", Target: target}, nil
}
