package web

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/web/session"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

const (
	// keyCookie and the code of a meeting name the cookie with a key of it.
	keyCookie = "room_"
	// mostKeys is how many meetings one browser holds keys of.
	mostKeys = 8
	keyLasts = 48 * time.Hour // a meeting and the time it may be fetched afterwards
)

// Sentences that several routes say.
const (
	lineNoKey    = "this needs a key of the meeting"
	lineLessKey  = "this key of the meeting does not allow that"
	lineForeign  = "only pages of this service may do this"
	lineTooOften = "too many requests from this address; wait a moment"
)

// act is done in a meeting for who may do it.
type act func(c *fiber.Ctx, mt *meeting.Meeting) error

// roleLocal is the key of the role that a guard has found.
type roleLocal struct{}

// anybody lets those in who know the code.
func (m *meetings) anybody(do act) fiber.Handler {
	return func(c *fiber.Ctx) error {
		mt, err := m.Hall.Enter(visitor.Source(c), param(c, "code"))
		if err != nil {
			return m.refuse(c, err)
		}
		return do(c, mt)
	}
}

// holder lets those in whose key allows as much.
func (m *meetings) holder(needed meeting.Role, do act) fiber.Handler {
	return func(c *fiber.Ctx) error {
		mt, role, err := m.open(c)
		switch {
		case err != nil:
			return m.refuse(c, err)
		case !role.May(needed):
			return refusal(c, fiber.StatusForbidden, lineLessKey)
		}
		c.Locals(roleLocal{}, role)
		return do(c, mt)
	}
}

// Errors of doors besides those of the hall.
var (
	errNoKey   = errors.New(lineNoKey)
	errForeign = errors.New(lineForeign)
)

// open finds the meeting of a request and what its key allows. A browser sends
// its cookie whatever page asks; what changes something has to come from ours.
func (m *meetings) open(c *fiber.Ctx) (*meeting.Meeting, meeting.Role, error) {
	code := param(c, "code")
	key, cookie := m.key(c, code)
	if key == "" {
		if _, err := m.Hall.Enter(visitor.Source(c), code); err != nil {
			return nil, "", err
		}
		return nil, "", errNoKey
	}
	if cookie && !reads(c) && !session.SameOrigin(c) {
		return nil, "", errForeign
	}
	mt, role, err := m.Hall.Open(visitor.Source(c), code, key)
	if cookie && errors.Is(err, meeting.ErrKey) {
		m.forgetKey(c, rooms.NormalCode(code)) // of an earlier meeting of this code
	}
	return mt, role, err
}

func reads(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead
}

// key of a request, from its header or else from the cookie of this meeting.
func (m *meetings) key(c *fiber.Ctx, code string) (key string, cookie bool) {
	if k := bearer(c); k != "" {
		return k, false
	}
	k := strings.Clone(c.Cookies(keyCookie + rooms.NormalCode(code)))
	return k, k != ""
}

func bearer(c *fiber.Ctx) string {
	scheme, key, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.Clone(strings.TrimSpace(key))
}

// role that a guard has found.
func role(c *fiber.Ctx) meeting.Role {
	r, _ := c.Locals(roleLocal{}).(meeting.Role)
	return r
}

// roleOf is what a key allows where none is needed; one that does not open
// the meeting is taken for none.
func (m *meetings) roleOf(c *fiber.Ctx, mt *meeting.Meeting) (meeting.Role, error) {
	if key, _ := m.key(c, mt.Room.Code()); key == "" {
		return "", nil
	}
	_, role, err := m.open(c)
	if errors.Is(err, meeting.ErrKey) {
		return "", nil
	}
	return role, err
}

// enter takes a key into the cookie of this meeting.
func (m *meetings) enter(c *fiber.Ctx) error {
	if !session.SameOrigin(c) {
		return refusal(c, fiber.StatusForbidden, lineForeign)
	}
	var wish struct{ Key string }
	if ok, err := read(c, &wish); !ok {
		return err
	}
	mt, role, err := m.Hall.Open(visitor.Source(c), param(c, "code"), strings.TrimSpace(wish.Key))
	if err != nil {
		return m.refuse(c, err)
	}
	m.keepKey(c, mt.Room.Code(), strings.TrimSpace(wish.Key))
	return c.JSON(fiber.Map{"role": role})
}

// keepKey sets the cookie; keys of other meetings make room for it.
func (m *meetings) keepKey(c *fiber.Ctx, code, key string) {
	var others []string
	c.Request().Header.VisitAllCookie(func(name, _ []byte) {
		if n := string(name); strings.HasPrefix(n, keyCookie) && n != keyCookie+code {
			others = append(others, strings.TrimPrefix(n, keyCookie))
		}
	})
	for len(others) >= mostKeys {
		m.forgetKey(c, others[0])
		others = others[1:]
	}
	c.Cookie(m.cookie(c, code, key, int(keyLasts.Seconds())))
}

func (m *meetings) forgetKey(c *fiber.Ctx, code string) {
	gone := m.cookie(c, code, "", 0)
	gone.Expires = fasthttp.CookieExpireDelete
	c.Cookie(gone)
}

func (m *meetings) cookie(c *fiber.Ctx, code, key string, seconds int) *fiber.Cookie {
	return &fiber.Cookie{Name: keyCookie + code, Value: key, Path: "/", HTTPOnly: true, Secure: m.Secure || visitor.Of(c).Secure(), SameSite: "Strict", MaxAge: seconds}
}

// founders lets those pass who may open a meeting.
func (m *meetings) founders(c *fiber.Ctx) error {
	switch {
	case m.Create == "":
		if !session.SameOrigin(c) {
			return refusal(c, fiber.StatusForbidden, lineForeign)
		}
		return c.Next()
	case m.options.Sessions == nil:
		return fiber.ErrForbidden
	}
	return m.options.Sessions.Require(m.Create)(c)
}

// create opens a meeting; who did is its organiser.
func (m *meetings) create(c *fiber.Ctx) error {
	if wait, ok := m.creates.take(visitor.Source(c), time.Now()); !ok {
		return tooMany(c, fiber.StatusTooManyRequests, "too many new meetings from this address; wait a moment", wait)
	}
	var wish meeting.New
	if ok, err := read(c, &wish); !ok {
		return err
	}
	mt, err := m.Hall.Create(wish)
	if err != nil {
		return m.refuse(c, err)
	}
	m.keepKey(c, mt.Room.Code(), mt.Keys().Secret)
	return c.Status(fiber.StatusCreated).JSON(fiber.Map{
		"code": mt.Room.Code(), "keys": mt.Keys(), "links": m.links(c, mt, meeting.Organiser),
	})
}

// answers are what is said of errors that are somebody's doing.
var answers = []struct {
	err  error
	code int
}{
	{rooms.ErrCode, fiber.StatusNotFound}, {rooms.ErrInput, fiber.StatusNotFound}, {rooms.ErrCue, fiber.StatusNotFound},
	{rooms.ErrLanguage, fiber.StatusNotFound}, {meeting.ErrFormat, fiber.StatusNotFound}, {errNoLine, fiber.StatusNotFound},
	{errNoKey, fiber.StatusUnauthorized}, {meeting.ErrKey, fiber.StatusForbidden}, {errForeign, fiber.StatusForbidden},
	{leg.ErrForbidden, fiber.StatusForbidden},
	{meeting.ErrNew, fiber.StatusBadRequest}, {meeting.ErrOutcall, fiber.StatusBadRequest}, {ErrCallerOffer, fiber.StatusBadRequest},
	{rooms.ErrVolatile, fiber.StatusConflict}, {rooms.ErrState, fiber.StatusConflict}, {rooms.ErrRefused, fiber.StatusConflict},
	{rooms.ErrUnannounced, fiber.StatusConflict}, {rooms.ErrOutdated, fiber.StatusConflict},
	{leg.ErrBusy, fiber.StatusConflict}, {leg.ErrDeclined, fiber.StatusConflict}, {leg.ErrNotFound, fiber.StatusConflict},
	{leg.ErrUnavailable, fiber.StatusConflict}, {leg.ErrNoAnswer, fiber.StatusConflict},
	{rooms.ErrClosed, fiber.StatusGone}, {booth.ErrClosed, fiber.StatusGone}, {ErrCallerOver, fiber.StatusGone},
	{errNoLines, fiber.StatusNotFound}, {booth.ErrCodec, fiber.StatusBadRequest}, {booth.ErrPorts, fiber.StatusNotFound},
}

// waits are errors that pass by themselves.
var waits = []struct {
	err  error
	code int
	wait time.Duration
}{
	{rooms.ErrTooMany, fiber.StatusTooManyRequests, time.Minute}, {ErrCallersSource, fiber.StatusTooManyRequests, 15 * time.Second},
	{rooms.ErrRooms, fiber.StatusServiceUnavailable, time.Minute}, {rooms.ErrFull, fiber.StatusServiceUnavailable, 15 * time.Second},
	{ErrCallersFull, fiber.StatusServiceUnavailable, 15 * time.Second}, {context.DeadlineExceeded, fiber.StatusServiceUnavailable, 5 * time.Second},
	{errRestart, fiber.StatusServiceUnavailable, 5 * time.Second},
}

// plainly is an error as people are told: its status, one line, and after
// what time it is worth while to try again. 500 is a fault of ours.
func plainly(err error) (code int, line string, wait time.Duration) {
	var wrong *wrongUpload
	if errors.As(err, &wrong) {
		return wrong.code, wrong.line, 0
	}
	for _, w := range waits {
		if errors.Is(err, w.err) {
			return w.code, w.err.Error(), w.wait
		}
	}
	for _, a := range answers {
		if errors.Is(err, a.err) {
			return a.code, err.Error(), 0
		}
	}
	return fiber.StatusInternalServerError, err.Error(), 0
}

// refuse says in one line what was wrong.
func (m *meetings) refuse(c *fiber.Ctx, err error) error {
	var conflict *rooms.Conflict
	if errors.As(err, &conflict) {
		return c.Status(fiber.StatusConflict).JSON(fiber.Map{"error": err.Error(), "now": conflict.Now})
	}
	code, line, wait := plainly(err)
	switch {
	case code == fiber.StatusInternalServerError:
		return err
	case wait > 0:
		return tooMany(c, code, line, wait-time.Second)
	case code == fiber.StatusUnauthorized:
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	return refusal(c, code, line)
}
