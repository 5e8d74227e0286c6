package web

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// Ingest takes senders by WHIP (RFC 9725): OBS, GStreamer, ffmpeg.
type Ingest interface {
	// Take answers an offer; serve runs until the sender has gone. Errors:
	// ErrCallersFull, ErrCallersSource, ErrCallerOffer.
	Take(ctx context.Context, info LineInfo, sdp string, serve func(ctx context.Context, l leg.Leg)) (id, answer string, err error)
	// Patch takes candidates, or restarts ICE, by a fragment (RFC 8840); the
	// reply is the fragment of a restart, or "". Errors: ErrCallerOver,
	// ErrCallerOffer for a fragment that cannot be used.
	Patch(ctx context.Context, id, fragment string) (reply string, err error)
	// End ends a session; false: there was none.
	End(id string) bool
	// ICEServers are told in Link headers.
	ICEServers() []ICEServer
}

const (
	whipPath     = "/whip/"
	sdpType      = "application/sdp"
	fragmentType = "application/trickle-ice-sdpfrag"
	whipTime     = 10 * time.Second
	whipExposed  = "Location, Link, ETag, Accept-Patch, WWW-Authenticate, Retry-After"
)

// whip is /whip/CODE, where sessions begin, and /whip/CODE/ID, where one is
// patched and ended.
type whip struct {
	*meetings
	sessions *sync.Map // *whipSession by name
}

// whipSession is one sender. Its name is not to be guessed; its entity tag
// stands for the ICE session, and another one begins with a restart (RFC 9725,
// section 4.3.1).
type whipSession struct {
	id, code string
	mu       sync.Mutex
	tag      string
}

func (m *meetings) whipRoutes() {
	if m.Ingest == nil {
		return
	}
	w := &whip{meetings: m, sessions: &sync.Map{}}
	m.app.Use(strings.TrimRight(whipPath, "/"), noStore, w.cross)
	m.app.Post(whipPath+":code", w.begin)
	m.app.Options(whipPath+":code", w.options("POST, OPTIONS", "Accept-Post", sdpType))
	m.app.All(whipPath+":code", w.notAllowed("POST, OPTIONS"))
	m.app.Patch(whipPath+":code/:session", w.session(w.patch))
	m.app.Delete(whipPath+":code/:session", w.session(w.end))
	m.app.Options(whipPath+":code/:session", w.options("PATCH, DELETE, OPTIONS", "Accept-Patch", fragmentType))
	m.app.All(whipPath+":code/:session", w.notAllowed("PATCH, DELETE, OPTIONS"))
}

// cross lets pages of any site send: what counts is the key, which no browser
// adds by itself. Cookies are not looked at here.
func (w *whip) cross(c *fiber.Ctx) error {
	c.Set("Access-Control-Allow-Origin", "*")
	c.Set("Access-Control-Expose-Headers", whipExposed)
	return c.Next()
}

// options answers what browsers ask first (Fetch Standard, section 3.2.2), and
// clients that look for what is taken (RFC 9725, section 4.2).
func (w *whip) options(methods, accept, kind string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set("Access-Control-Allow-Methods", methods)
		c.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
		c.Set("Access-Control-Max-Age", "600")
		c.Set(fiber.HeaderAllow, methods)
		c.Set(accept, kind)
		return c.SendStatus(fiber.StatusNoContent)
	}
}

func (w *whip) notAllowed(methods string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderAllow, methods)
		return plainLine(c, fiber.StatusMethodNotAllowed, "this address takes "+methods)
	}
}

// plainLine is an error for people who look into the log of their sender.
func plainLine(c *fiber.Ctx, code int, line string) error {
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	return c.Status(code).SendString(line + "\n")
}

// refuse answers as senders expect it.
func (w *whip) refuse(c *fiber.Ctx, err error) error {
	code, line, _ := plainly(err)
	switch {
	case code == fiber.StatusInternalServerError:
		return err
	case errors.Is(err, ErrCallerOffer):
		code = fiber.StatusUnprocessableEntity
	case code == fiber.StatusUnauthorized:
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	if _, _, wait := plainly(err); wait > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(wait.Seconds())))
	}
	return plainLine(c, code, line)
}

// admit finds the meeting for a key that may bring sound.
func (w *whip) admit(c *fiber.Ctx) (*meeting.Meeting, error) {
	key, code := bearer(c), param(c, "code")
	if key == "" {
		if _, err := w.Hall.Enter(visitor.Source(c), code); err != nil {
			return nil, err
		}
		return nil, errNoKey
	}
	mt, _, err := w.Hall.Open(visitor.Source(c), code, key) // any key may speak
	return mt, err
}

// begin takes a sender's offer.
func (w *whip) begin(c *fiber.Ctx) error {
	mt, err := w.admit(c)
	if err != nil {
		return w.refuse(c, err)
	}
	if code, line := w.unfit(c, sdpType); code != 0 {
		return plainLine(c, code, line)
	}
	s, wrong := source{Name: c.Query("name"), Speaker: c.Query("speaker"), Language: c.Query("language")}.of(mt, rooms.Broadcast, "WHIP")
	if wrong != "" {
		return plainLine(c, fiber.StatusBadRequest, wrong)
	}
	from := visitor.Source(c)
	free, ok := w.talking.begin(from)
	if !ok {
		return w.refuse(c, ErrCallersSource)
	}
	one, name := &whipSession{code: mt.Room.Code(), tag: newTag()}, rand.Text()
	known := make(chan struct{})
	ctx, cancel := context.WithTimeout(context.Background(), whipTime)
	defer cancel()
	id, answer, err := w.Ingest.Take(ctx, LineInfo{Room: one.code, Page: "whip", Language: s.Language, Source: from}, string(c.Body()), func(ctx context.Context, l leg.Leg) {
		<-known
		defer free()
		defer w.sessions.Delete(name)
		if err := l.Answer(ctx); err == nil { // else it has gone
			_ = mt.Booth.Serve(ctx, l, s) // why an input ended is told in the meeting
		}
	})
	if err != nil {
		free()
		return w.refuse(c, err)
	}
	one.id = id
	w.sessions.Store(name, one)
	close(known)
	c.Set(fiber.HeaderLocation, whipPath+one.code+"/"+name)
	c.Set(fiber.HeaderETag, one.tag)
	c.Set("Accept-Patch", fragmentType)
	for _, l := range iceLinks(w.Ingest.ICEServers()) {
		c.Append(fiber.HeaderLink, l)
	}
	c.Set(fiber.HeaderContentType, sdpType)
	return c.Status(fiber.StatusCreated).SendString(answer)
}

// unfit says why a body or the answer to it does not fit; 0 is that it does.
func (w *whip) unfit(c *fiber.Ctx, kind string) (code int, line string) {
	given, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	switch {
	case !strings.EqualFold(strings.TrimSpace(given), kind):
		return fiber.StatusUnsupportedMediaType, "send " + kind
	case c.Get(fiber.HeaderAccept) != "" && c.Accepts(kind) == "":
		return fiber.StatusNotAcceptable, "the answer is " + kind
	case len(c.Body()) > maxCallerBody:
		return fiber.StatusRequestEntityTooLarge, "the session description is too large"
	case len(c.Body()) == 0:
		return fiber.StatusBadRequest, "the session description is missing"
	}
	return 0, ""
}

// session finds that of an address; who has the address and a key may end it.
func (w *whip) session(do func(*fiber.Ctx, *whipSession) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		mt, err := w.admit(c)
		if err != nil {
			return w.refuse(c, err)
		}
		found, _ := w.sessions.Load(param(c, "session"))
		one, ok := found.(*whipSession)
		if !ok || one.code != mt.Room.Code() {
			return plainLine(c, fiber.StatusNotFound, errNoLine.Error())
		}
		return do(c, one)
	}
}

// patch takes candidates, or restarts ICE where If-Match is "*" (RFC 9725,
// section 4.3.2).
func (w *whip) patch(c *fiber.Ctx, one *whipSession) error {
	if code, line := w.unfit(c, fragmentType); code != 0 {
		return plainLine(c, code, line)
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	switch match := c.Get(fiber.HeaderIfMatch); {
	case match == "":
		return plainLine(c, fiber.StatusPreconditionRequired, "If-Match is missing: the ETag of the session, or * for a restart")
	case match != "*" && match != one.tag:
		return plainLine(c, fiber.StatusPreconditionFailed, "ICE was restarted since")
	}
	ctx, cancel := context.WithTimeout(context.Background(), whipTime)
	defer cancel()
	reply, err := w.Ingest.Patch(ctx, one.id, string(c.Body()))
	if err != nil {
		return w.refuse(c, err)
	}
	if reply == "" {
		return c.SendStatus(fiber.StatusNoContent)
	}
	one.tag = newTag()
	c.Set(fiber.HeaderETag, one.tag)
	c.Set(fiber.HeaderContentType, fragmentType)
	return c.SendString(reply)
}

func (w *whip) end(c *fiber.Ctx, one *whipSession) error {
	// Ended is ended at once, however long the sender takes to go.
	if _, here := w.sessions.LoadAndDelete(param(c, "session")); !here || !w.Ingest.End(one.id) {
		return plainLine(c, fiber.StatusNotFound, errNoLine.Error())
	}
	return c.SendStatus(fiber.StatusOK)
}

// newTag is a strong entity tag (RFC 9110, section 8.8.3).
func newTag() string { return `"` + rand.Text() + `"` }

// iceLinks are relays as RFC 9725, section 4.6 writes them.
func iceLinks(servers []ICEServer) []string {
	var out []string
	for _, s := range servers {
		for _, u := range s.URLs {
			link := "<" + u + `>; rel="ice-server"`
			if s.Username != "" {
				link += `; username="` + quoted(s.Username) + `"; credential="` + quoted(s.Credential) + `"; credential-type="password"`
			}
			out = append(out, link)
		}
	}
	return out
}

// quoted is the inside of a quoted string (RFC 9110, section 5.6.4).
func quoted(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) }
