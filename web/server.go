// Package web serves pages and the HTTP interface: snapshots and changes of
// the journal flow in, HTML, JSON and server-sent events flow out.
package web

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/gofiber/fiber/v2/middleware/etag"
	"github.com/gofiber/fiber/v2/middleware/filesystem"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/web/body"
	"github.com/amtsleitung/amtsleitung/web/session"
	v1 "github.com/amtsleitung/amtsleitung/web/v1"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

//go:embed static
var static embed.FS

//go:embed kern
var kern embed.FS

//go:embed openapi.json
var openapi []byte

// Options of a Server. Listen, Journal and Log are needed.
type Options struct {
	Listen string // host:port
	// Proxies are believed when they say who asks; the zero value believes nobody.
	Proxies visitor.Proxies
	City    string            // shown in the pages' heads
	Notice  map[string]string // by language, e.g. that the city is fictional
	Phone   string            // how to call the line, e.g. a SIP address
	Journal *journal.Journal
	Metrics http.Handler
	// Ready says why the service cannot take calls yet; nil means ready.
	Ready func() error
	// Status is shown at /api/v1/status.
	Status func() Status
	// CallsNeed is the role of those who may see the calls in progress; "": whoever
	// reaches the pages.
	CallsNeed session.Role
	// Sessions sign people in to the pages below /admin; nil: there are none.
	Sessions  *session.Keeper
	DemoUsers []DemoUser // shown where people sign in
	// OIDC signs people in by an identity provider as well; nil: it does not.
	OIDC *session.OIDC
	// Editing serves /admin/wissen, if Sessions are there; nil: articles are files.
	Editing *Editing
	// Crisis serves /admin/krise and /api/v1/crisis, if Sessions are there.
	Crisis *Crisis
	// Requests serves /admin/anliegen, if Sessions are there; nil: it does not.
	Requests *Requests
	// Citizens serves /anruf, /kiosk and the chat widget; nil: it does not.
	Citizens *Citizens
	// Callers takes calls of browsers at /api/v1/browser; nil: it does not.
	Callers Callers
	// Desk serves /desk and /api/v1/desk, if Sessions are there; nil: it does not.
	Desk *Desk
	// V1 serves the OpenAI-compatible interface below /v1; nil: it does not.
	V1 *v1.Options
	// ReadAloud serves /vorlesen, its script and /api/v1/read; nil: it does not.
	ReadAloud *ReadAloud
	// Meetings serves /rooms, /s and their interface; nil: no meetings are held.
	Meetings *Meetings
	Log      *slog.Logger
}

// notice is the one for who reads a language, and the language that it is in.
func (o *Options) notice(language string) (text, tag string) {
	for _, tag := range slices.Concat([]string{language}, pageLanguages[:], slices.Sorted(maps.Keys(o.Notice))) {
		if text := o.Notice[tag]; text != "" {
			return text, tag
		}
	}
	return "", ""
}

// Status says what the service is made of.
type Status struct {
	Version     string   `json:"version"`
	City        string   `json:"city"`
	Languages   []string `json:"languages"`
	Recognition string   `json:"recognition"`
	Speech      []string `json:"speech"`
	Embeddings  string   `json:"embeddings"`
	Articles    int      `json:"articles"`
	Calls       int      `json:"calls"`
	Trunks      []Trunk  `json:"trunks"`
}

// Trunk is the state of one trunk.
type Trunk struct {
	Name       string    `json:"name"`
	Registered bool      `json:"registered"`
	Until      time.Time `json:"until,omitzero"`
	Error      string    `json:"error,omitempty"`
}

// Server is the HTTP side.
type Server struct {
	options Options
	app     *fiber.App
	pages   *pages
	admin   *adminPages
	streams *streams
	// meetings are nil where none are held.
	meetings *meetings
}

// largestBody is what is read of a request, in bytes; recordings have their own limits.
const largestBody = 1 << 20

// NewServer prepares the routes; it does not listen yet.
func NewServer(o Options) (*Server, error) {
	p, err := loadPages()
	if err != nil {
		return nil, err
	}
	admin, err := loadAdminPages(p)
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, pages: p, admin: admin, streams: newStreams()}
	s.app = fiber.New(fiber.Config{
		DisableStartupMessage: true,
		ReadTimeout:           15 * time.Second,
		IdleTimeout:           60 * time.Second,
		BodyLimit:             largestBody,
		ErrorHandler:          s.fail,
		// What proxies say counts by visitor.Of alone: this keeps the framework
		// from believing anybody's X-Forwarded-Proto and -Host.
		EnableTrustedProxyCheck: true,
	})
	s.app.Use(recover.New(), o.Proxies.Handler(o.Log), headers)
	s.routes()
	if o.Sessions != nil {
		s.signInRoutes()
	}
	if o.Callers != nil {
		s.callerRoutes()
	}
	if o.Citizens != nil {
		if err := s.citizenRoutes(); err != nil {
			return nil, err
		}
	}
	if o.ReadAloud != nil {
		if err := s.vorlesenRoutes(); err != nil {
			return nil, err
		}
	}
	if o.V1 != nil {
		s.v1Routes()
	}
	if o.Meetings != nil {
		if err := s.meetingRoutes(); err != nil {
			return nil, err
		}
	}
	if o.Sessions != nil && o.Requests != nil {
		s.anliegenRoutes()
	}
	if o.Sessions != nil && o.Crisis != nil {
		s.kriseRoutes()
	}
	if o.Sessions != nil && o.Desk != nil {
		s.deskRoutes()
	}
	if o.Sessions != nil && o.Editing != nil {
		if err := s.wissenRoutes(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Server) routes() {
	s.app.Get("/", s.start)
	s.app.Use("/static", revalidate, etag.New(), filesystem.New(filesystem.Config{Root: http.FS(sub(static, "static"))}))
	s.app.Use("/kern", revalidate, etag.New(), filesystem.New(filesystem.Config{Root: http.FS(sub(kern, "kern"))}))
	s.app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	s.app.Get("/readyz", s.ready)
	if s.options.Metrics != nil {
		s.app.Get("/metrics", adaptor.HTTPHandler(s.options.Metrics))
	}
	s.app.Get("/api/openapi.json", func(c *fiber.Ctx) error {
		c.Type("json")
		return c.Send(openapi)
	})
	api := s.app.Group("/api/v1")
	api.Get("/status", func(c *fiber.Ctx) error { return c.JSON(s.options.Status()) })
	api.Get("/calls", s.watching, s.calls)
	api.Get("/calls/events", s.watching, s.events)
}

// watching lets those pass who may see calls.
func (s *Server) watching(c *fiber.Ctx) error {
	switch {
	case s.options.CallsNeed == "":
		return c.Next()
	case s.options.Sessions == nil:
		return fiber.ErrForbidden
	}
	return s.options.Sessions.Require(s.options.CallsNeed)(c)
}

// start is the page of calls for who may see it; all others are citizens.
func (s *Server) start(c *fiber.Ctx) error {
	if need := s.options.CallsNeed; need != "" && s.options.Citizens != nil {
		who, ok := session.Session{}, false
		if s.options.Sessions != nil {
			who, ok = s.options.Sessions.Of(c)
		}
		if !ok || !who.Role.Covers(need) {
			return c.Redirect("/anruf", fiber.StatusSeeOther)
		}
	}
	return s.page("calls")(c)
}

// Run listens until ctx ends; then answers in progress get a few seconds.
func (s *Server) Run(ctx context.Context) error {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.options.Listen)
	if err != nil {
		return fmt.Errorf("HTTP cannot listen on %s: %w (choose another with --http-listen)", s.options.Listen, err)
	}
	unused := newUnused(ln)
	done := make(chan error, 1)
	go func() { done <- s.app.Listener(unused) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	s.streams.end()
	if s.meetings != nil {
		s.meetings.end()
		defer s.meetings.wait()
	}
	unused.end()
	err = s.app.ShutdownWithTimeout(5 * time.Second)
	ln.Close() // Shutdown misses a server that has not begun to serve yet
	if e := <-done; !errors.Is(e, net.ErrClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// headers forbids what the pages do not need.
func headers(c *fiber.Ctx) error {
	c.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "no-referrer")
	return c.Next()
}

// revalidate lets browsers keep a file and ask each time whether it is still
// the same: modules of two versions must not meet after an update.
func revalidate(c *fiber.Ctx) error {
	c.Set("Cache-Control", "no-cache")
	return c.Next()
}

func (s *Server) ready(c *fiber.Ctx) error {
	if s.options.Ready != nil {
		if err := s.options.Ready(); err != nil {
			return c.Status(fiber.StatusServiceUnavailable).SendString(err.Error() + "\n")
		}
	}
	return c.SendString("ready\n")
}

// fail answers errors in the form the client asked for.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	code := fiber.StatusInternalServerError
	var fe *fiber.Error
	if errors.As(err, &fe) {
		code = fe.Code
	}
	text := http.StatusText(code)
	var unread *body.Wrong
	switch {
	case errors.As(err, &unread):
		code, text = fiber.StatusBadRequest, unread.Error()
	case code == fiber.StatusRequestEntityTooLarge:
		text = fmt.Sprintf("the body is larger than %d MB", largestBody>>20)
	}
	if code >= 500 {
		s.options.Log.Error("http", "path", string([]byte(c.Path())), "err", err)
	}
	if len(c.Path()) >= 4 && c.Path()[:4] == "/api" {
		return c.Status(code).JSON(fiber.Map{"error": text})
	}
	title := "error"
	if code == fiber.StatusNotFound {
		title = "404"
	}
	c.Status(code)
	return s.render(c, "error", title)
}

func sub(fsys fs.FS, dir string) fs.FS {
	f, err := fs.Sub(fsys, dir)
	if err != nil {
		return fsys // cannot happen: dir is a constant
	}
	return f
}
