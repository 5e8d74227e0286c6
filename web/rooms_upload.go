package web

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/amtsleitung/amtsleitung/meeting"
)

const (
	uploadQuiet = 30 * time.Second // nothing comes
	uploadWhole = time.Hour        // on a slow line
	// A client hears a refusal only if its body is taken; beyond that its
	// connection breaks.
	mostDrained = 64 << 20
	drainTime   = 5 * time.Second
)

func newMark() string { return "X-Upload-" + rand.Text() }

// uploading keeps the HTTP server from reading recordings, which it would
// hold in memory as a whole: their bodies are taken from the connection when it
// is clear who sends them. The length travels in a header whose name nobody
// else knows; such a connection carries nothing else.
func (m *meetings) uploading(otherwise func(*fasthttp.RequestHeader) fasthttp.RequestConfig) func(*fasthttp.RequestHeader) fasthttp.RequestConfig {
	return func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		uri, _, _ := strings.Cut(string(h.RequestURI()), "?")
		if h.IsPost() && strings.HasPrefix(uri, "/api/v1/rooms/") && strings.HasSuffix(uri, "/inputs/file") {
			h.Set(m.mark, strconv.Itoa(h.ContentLength()))
			h.SetContentLength(0)
			h.SetConnectionClose()
			return fasthttp.RequestConfig{}
		}
		if otherwise != nil {
			return otherwise(h)
		}
		return fasthttp.RequestConfig{}
	}
}

// upload takes a recording and plays it as an input. Whatever is answered, the
// body is still on the connection, which is why the answer is given there.
func (m *meetings) upload(c *fiber.Ctx) error {
	length, err := strconv.Atoi(c.Get(m.mark))
	if err != nil {
		return fiber.ErrNotFound // an address written otherwise, whose body has been read
	}
	var u *recordingUpload
	err = m.holder(meeting.Organiser, func(c *fiber.Ctx, mt *meeting.Meeting) error {
		u, err = m.newUpload(c, mt, length)
		return err
	})(c)
	if err != nil {
		err = m.fail(c, err)
	}
	answer := fasthttp.AcquireResponse()
	c.Response().CopyTo(answer)
	m.takeOver(c, func(ctx context.Context, conn net.Conn) {
		defer fasthttp.ReleaseResponse(answer)
		body := &arriving{ctx: ctx, conn: conn, until: time.Now().Add(uploadWhole)}
		if u != nil {
			input, err := u.take(body.of(length))
			m.fill(answer, input, err)
		}
		answer.SetConnectionClose()
		_ = conn.SetWriteDeadline(time.Now().Add(writeLimit)) // an error means it is closed already
		if _, err := answer.WriteTo(conn); err == nil {
			body.drain()
		}
	})
	return err
}

// arriving reads a body while it comes, and as long as the service runs.
type arriving struct {
	ctx   context.Context
	conn  net.Conn
	until time.Time
}

// Errors of what comes.
var (
	errRestart = errors.New("the service is being restarted; try again in a few seconds")
	errSlow    = errors.New("the recording did not arrive in time")
)

// Read implements io.Reader.
func (a *arriving) Read(p []byte) (int, error) {
	for quiet := time.Now().Add(uploadQuiet); ; {
		if a.ctx.Err() != nil {
			return 0, errRestart
		}
		now := time.Now()
		if now.After(quiet) || now.After(a.until) {
			return 0, errSlow
		}
		if err := a.conn.SetReadDeadline(now.Add(time.Second)); err != nil { // and then look whether the service ends
			return 0, err
		}
		n, err := a.conn.Read(p)
		var ne net.Error
		if n > 0 || !errors.As(err, &ne) || !ne.Timeout() {
			return n, err
		}
	}
}

// of is the body of a length; chunked (RFC 9112, section 7.1) where that is below 0.
func (a *arriving) of(length int) io.Reader {
	if length < 0 {
		return httputil.NewChunkedReader(bufio.NewReader(a))
	}
	return io.LimitReader(a, int64(length))
}

// drain takes what still comes, for a while.
func (a *arriving) drain() {
	if tcp, ok := a.conn.(interface{ CloseWrite() error }); ok {
		_ = tcp.CloseWrite() // an error means it is closed already
	}
	a.until = time.Now().Add(drainTime)
	_ = a.conn.SetReadDeadline(a.until)
	_, _ = io.Copy(io.Discard, io.LimitReader(a.conn, mostDrained)) // nothing depends on it
}

// fill makes the answer to a recording that has come.
func (m *meetings) fill(answer *fasthttp.Response, input string, err error) {
	code, said := fiber.StatusCreated, fiber.Map{"id": input}
	if err != nil {
		var wait time.Duration
		var line string
		if code, line, wait = plainly(err); code == fiber.StatusInternalServerError {
			m.options.Log.Error("http", "path", "/api/v1/rooms/:code/inputs/file", "err", err)
			line = http.StatusText(code)
		}
		if said = (fiber.Map{"error": line}); wait > 0 {
			answer.Header.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(wait.Seconds())))
		}
	}
	data, err := json.Marshal(said)
	if err != nil {
		code, data = fiber.StatusInternalServerError, nil // cannot happen: two strings
	}
	answer.SetStatusCode(code)
	answer.Header.SetContentType(fiber.MIMEApplicationJSON)
	answer.SetBody(data)
}
