package v1

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/amtsleitung/amtsleitung/inference"
	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/recording"
	"github.com/amtsleitung/amtsleitung/stt"
)

// problem is OpenAI's error object, with the status it travels under.
type problem struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    *string `json:"code"`

	status int
	wait   time.Duration // before it is worth while to ask again
}

// Error implements error.
func (p *problem) Error() string { return p.Message }

func newProblem(status int, kind, code, format string, args ...any) *problem {
	return &problem{Message: fmt.Sprintf(format, args...), Type: kind, Code: &code, status: status}
}

// wrong is a request that cannot be done as it stands; param is the field to change.
func wrong(param, code, format string, args ...any) *problem {
	p := newProblem(fiber.StatusBadRequest, "invalid_request_error", code, format, args...)
	if param != "" {
		p.Param = &param
	}
	return p
}

func wrongType(line string) *problem {
	return newProblem(fiber.StatusUnsupportedMediaType, "invalid_request_error", "invalid_content_type", "%s", line)
}

// Codes that are used in several places.
const (
	invalidValue = "invalid_value"
	invalidAudio = "invalid_audio"
)

func overloaded(wait time.Duration, format string, args ...any) *problem {
	p := newProblem(fiber.StatusServiceUnavailable, "server_error", "overloaded", format, args...)
	p.wait = wait
	return p
}

func tooLarge(limit int) *problem {
	return newProblem(fiber.StatusRequestEntityTooLarge, "invalid_request_error", "request_too_large",
		"The request is larger than %d MB. Send the audio compressed (Ogg Opus, MP3 or FLAC), or in several parts.", limit>>20)
}

// fail answers every error below /v1.
func (a *API) fail(c *fiber.Ctx, err error) error {
	var fe *fiber.Error
	if errors.As(err, &fe) {
		err = a.fromServer(c, fe)
	}
	p := problemOf(err)
	if p.wait > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(p.wait.Seconds()))))
	}
	if p.status == fiber.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	return c.Status(p.status).JSON(fiber.Map{"error": p})
}

// fromServer translates what the HTTP server itself refuses.
func (a *API) fromServer(c *fiber.Ctx, fe *fiber.Error) error {
	switch fe.Code {
	case fiber.StatusRequestEntityTooLarge:
		return a.refusedBody(c)
	case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
		return newProblem(fe.Code, "invalid_request_error", "unknown_url", "There is no %s %s. There are POST /v1/audio/transcriptions, /v1/audio/translations and /v1/audio/speech, and GET /v1/models.",
			string([]byte(c.Method())), string([]byte(c.Path())))
	case fiber.StatusRequestTimeout:
		return newProblem(fe.Code, "invalid_request_error", "timeout", "The request did not arrive within %s.", uploadTime)
	case fiber.StatusBadRequest:
		return wrong("", "bad_request", "The request cannot be read: %s", fe.Message)
	}
	return fe
}

// refusedBody says why a body was not read: who sends a large one without a
// key shall hear of the key.
func (a *API) refusedBody(c *fiber.Ctx) error {
	defer drain(c.Context().Conn(), c.Context().Request.Header.ContentLength())
	crowded, _ := a.uploads.refused(&c.Context().Request.Header)
	if _, p := a.authenticate(c); p != nil {
		return p
	}
	if crowded {
		return a.noRoom()
	}
	if c.Path() == prefix+"/audio/speech" {
		return wrong("input", "string_above_max_length", "The text is too long: at most %d characters are spoken at a time. Send it in parts.", maxInput)
	}
	return tooLarge(a.options.MaxUpload)
}

func (a *API) noRoom() *problem {
	return overloaded(crowdedFor, "Too many recordings are being received at the moment. Try again in %d seconds.", int(crowdedFor.Seconds()))
}

// refuseChunks answers for a body in chunks that has become too large: the
// server has forgotten all of the request by then, but not its place in memory.
func (a *API) refuseChunks(otherwise func(*fasthttp.RequestCtx, error)) func(*fasthttp.RequestCtx, error) {
	return func(ctx *fasthttp.RequestCtx, err error) {
		h := &ctx.Request.Header
		if !errors.Is(err, fasthttp.ErrBodyTooLarge) || strings.HasPrefix(string(h.RequestURI()), prefix) {
			otherwise(ctx, err)
			return
		}
		crowded, known := a.uploads.refused(h)
		if !known {
			otherwise(ctx, err)
			return
		}
		p := tooLarge(a.options.MaxUpload)
		if crowded {
			p = a.noRoom()
			ctx.Response.Header.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(p.wait.Seconds())))
		}
		body, err := json.Marshal(fiber.Map{"error": p})
		if err != nil {
			otherwise(ctx, err) // cannot happen: plain values only
			return
		}
		ctx.SetStatusCode(p.status)
		ctx.SetContentType(fiber.MIMEApplicationJSON)
		ctx.SetBody(body)
		drain(ctx.Conn(), -1)
	}
}

// problemOf finds out whose fault an error is.
func problemOf(err error) *problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, errGone):
		return newProblem(499, "invalid_request_error", "cancelled", "The client went away.") // nobody reads it
	case errors.Is(err, errStopping):
		return overloaded(busyFor, "The service is being restarted. Try again in a few seconds.")
	case errors.Is(err, stt.ErrUnavailable), errors.Is(err, inference.ErrFull), errors.Is(err, inference.ErrDropped):
		return overloaded(busyFor, "The engines are busy with calls. Try again in a few seconds.")
	case errors.Is(err, recording.ErrSource), errors.Is(err, audiofile.ErrUnknown), errors.Is(err, audiofile.ErrEmpty):
		return wrong("file", invalidAudio, "%s", err)
	}
	return newProblem(fiber.StatusInternalServerError, "server_error", "internal_error", "Something failed that should not. It is in the log of the service; try again, and tell the operator if it stays.")
}

const (
	busyFor    = 5 * time.Second
	crowdedFor = 10 * time.Second
)
