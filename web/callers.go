package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/web/body"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// Callers take calls of browsers: the pages' API for them goes here.
type Callers interface {
	// Begin opens a call; with a session description its answer is returned.
	Begin(ctx context.Context, c NewCaller) (Caller, string, error)
	// Find is a call that goes on.
	Find(call string) (Caller, bool)
	// ICEServers for the peer connection of a browser.
	ICEServers() []ICEServer
}

// NewCaller is who begins a call.
type NewCaller struct {
	Language string // "" is not known
	Page     string // "anruf", "kiosk", "chat"
	Source   string // address of the browser
	SDP      string // "" writes
}

// Caller is one call of a browser, while it goes on.
type Caller interface {
	Info() leg.Info
	Token() string
	// Offer answers a session description, the first or another one.
	Offer(ctx context.Context, sdp string) (answer string, err error)
	Write(text string) error
	Press(key rune) error
	// Seen says that the page listens, until gone is called.
	Seen() (gone func())
	// Leave hangs up.
	Leave(ctx context.Context) error
	Done() <-chan struct{}
}

// ICEServer is an RTCIceServer as browsers take it.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Errors of Callers that pages are told of.
var (
	ErrCallersFull   = errors.New("all lines are in use, try again in a moment")
	ErrCallersSource = errors.New("too many calls from this address")
	ErrCallerOffer   = errors.New("the session description cannot be answered")
	ErrCallerOver    = errors.New("the call has ended")
)

// Sizes of what pages send.
const (
	maxCallerBody = 80 << 10 // a session description and its JSON
	maxCallerText = 4000     // characters
	callerTime    = 10 * time.Second
)

var (
	callerLanguage = regexp.MustCompile(`^([a-z]{2,3}(-[A-Za-z]{2,10})?)?$`)
	callerPages    = map[string]bool{"anruf": true, "kiosk": true, "chat": true}
)

// callers serves /api/v1/browser.
type callers struct {
	Callers
	server *Server
	begins *quota // by source
	asks   *quota // by source
	acts   *quota // by call
}

func (s *Server) callerRoutes() {
	a := &callers{
		Callers: s.options.Callers, server: s,
		begins: newQuota(30, 2*time.Second),         // 30 at once, 30 a minute
		asks:   newQuota(120, 500*time.Millisecond), // 120 a minute
		acts:   newQuota(40, 100*time.Millisecond),  // 10 a second
	}
	api := s.app.Group("/api/v1/browser", sameSite, noStore)
	api.Get("/ice", a.ice)
	api.Post("/calls", a.begin)
	api.Post("/calls/:call/sdp", a.with(a.offer))
	api.Post("/calls/:call/text", a.with(a.text))
	api.Post("/calls/:call/digit", a.with(a.digit))
	api.Post("/calls/:call/end", a.with(a.end))
	api.Delete("/calls/:call", a.with(a.end))
	api.Get("/calls/:call/events", a.with(a.events))
}

// sameSite refuses what another site's page sends: our pages, the widget's
// frame among them, come from here.
func sameSite(c *fiber.Ctx) error {
	switch c.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return c.Next()
	}
	return refusal(c, fiber.StatusForbidden, "only pages of this site may call")
}

func noStore(c *fiber.Ctx) error {
	c.Set("Cache-Control", "no-store")
	return c.Next()
}

func refusal(c *fiber.Ctx, code int, line string) error {
	return c.Status(code).JSON(fiber.Map{"error": line})
}

// tooMany tells when it is worth while to ask again.
func tooMany(c *fiber.Ctx, code int, line string, wait time.Duration) error {
	c.Set("Retry-After", strconv.Itoa(1+int(wait/time.Second)))
	return refusal(c, code, line)
}

// read takes a JSON body. Another content type could come from a form of
// another site without the browser asking us first.
func read(c *fiber.Ctx, into any) (ok bool, err error) {
	kind, _, _ := strings.Cut(c.Get("Content-Type"), ";")
	switch {
	case len(c.Body()) > maxCallerBody:
		return false, refusal(c, fiber.StatusRequestEntityTooLarge, fmt.Sprintf("the body has %d bytes; at most %d are read", len(c.Body()), maxCallerBody))
	case !strings.EqualFold(strings.TrimSpace(kind), "application/json"):
		return false, refusal(c, fiber.StatusUnsupportedMediaType, "send JSON, with Content-Type: application/json")
	}
	if err := body.Decode(c.Body(), into); err != nil {
		return false, refusal(c, fiber.StatusBadRequest, err.Error())
	}
	return true, nil
}

func (a *callers) ice(c *fiber.Ctx) error {
	if wait, ok := a.asks.take(visitor.Source(c), time.Now()); !ok {
		return tooMany(c, fiber.StatusTooManyRequests, "too many questions from this address", wait)
	}
	servers := a.ICEServers()
	if servers == nil {
		servers = []ICEServer{}
	}
	return c.JSON(fiber.Map{"ice_servers": servers})
}

func (a *callers) begin(c *fiber.Ctx) error {
	if wait, ok := a.begins.take(visitor.Source(c), time.Now()); !ok {
		return tooMany(c, fiber.StatusTooManyRequests, ErrCallersSource.Error(), wait)
	}
	var wish struct{ Language, Page, SDP string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if !callerLanguage.MatchString(wish.Language) || !callerPages[wish.Page] {
		return refusal(c, fiber.StatusUnprocessableEntity, "page is one of anruf, kiosk, chat, and language a code like de or empty")
	}
	ctx, cancel := context.WithTimeout(context.Background(), callerTime)
	defer cancel()
	call, answer, err := a.Begin(ctx, NewCaller{Language: wish.Language, Page: wish.Page, Source: visitor.Source(c), SDP: wish.SDP})
	if err != nil {
		return a.fail(c, err)
	}
	return c.Status(fiber.StatusCreated).JSON(fiber.Map{"call": call.Info().Call, "token": call.Token(), "sdp": answer})
}

// fail tells a page why something was refused.
func (a *callers) fail(c *fiber.Ctx, err error) error {
	switch {
	case errors.Is(err, ErrCallersSource):
		return tooMany(c, fiber.StatusTooManyRequests, ErrCallersSource.Error(), 15*time.Second)
	case errors.Is(err, ErrCallersFull):
		return tooMany(c, fiber.StatusServiceUnavailable, ErrCallersFull.Error(), 15*time.Second)
	case errors.Is(err, ErrCallerOffer):
		return refusal(c, fiber.StatusUnprocessableEntity, err.Error())
	case errors.Is(err, ErrCallerOver):
		return refusal(c, fiber.StatusGone, ErrCallerOver.Error())
	}
	return err
}

// with finds the call and checks that the page is the one that began it. An
// unknown call and a wrong token look the same.
func (a *callers) with(act func(*fiber.Ctx, Caller) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id := param(c, "call")
		call, ok := a.Find(id)
		if !ok || subtle.ConstantTimeCompare([]byte(token(c)), []byte(call.Token())) != 1 {
			return refusal(c, fiber.StatusNotFound, "there is no such call (any more)")
		}
		if wait, ok := a.acts.take(id, time.Now()); !ok {
			return tooMany(c, fiber.StatusTooManyRequests, "too much at once", wait)
		}
		return act(c, call)
	}
}

// token of the header, or of the address where a page cannot set headers:
// events and the beacon of a page that goes away.
func token(c *fiber.Ctx) string {
	if t, ok := strings.CutPrefix(c.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(t)
	}
	if strings.HasSuffix(c.Path(), "/events") || strings.HasSuffix(c.Path(), "/end") {
		return c.Query("token")
	}
	return ""
}

func (a *callers) offer(c *fiber.Ctx, call Caller) error {
	var wish struct{ SDP string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), callerTime)
	defer cancel()
	answer, err := call.Offer(ctx, wish.SDP)
	if err != nil {
		return a.fail(c, err)
	}
	return c.JSON(fiber.Map{"sdp": answer})
}

func (a *callers) text(c *fiber.Ctx, call Caller) error {
	var wish struct{ Text string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	text := strings.TrimSpace(strings.ToValidUTF8(wish.Text, ""))
	if text == "" || utf8.RuneCountInString(text) > maxCallerText {
		return refusal(c, fiber.StatusUnprocessableEntity, "text has between 1 and 4000 characters")
	}
	if err := call.Write(text); err != nil {
		return a.fail(c, err)
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (a *callers) digit(c *fiber.Ctx, call Caller) error {
	var wish struct{ Digit string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	if len(wish.Digit) != 1 || !strings.Contains("0123456789*#ABCD", wish.Digit) {
		return refusal(c, fiber.StatusUnprocessableEntity, "digit is one of 0-9, *, # and A-D")
	}
	if err := call.Press(rune(wish.Digit[0])); err != nil {
		return a.fail(c, err)
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (a *callers) end(c *fiber.Ctx, call Caller) error {
	ctx, cancel := context.WithTimeout(context.Background(), callerTime)
	defer cancel()
	if err := call.Leave(ctx); err != nil {
		return a.fail(c, err)
	}
	return c.SendStatus(fiber.StatusNoContent)
}
