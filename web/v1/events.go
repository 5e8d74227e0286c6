package v1

import (
	"bufio"
	"encoding/json"
	"errors"
	"runtime/debug"

	"github.com/gofiber/fiber/v2"
)

// stream lets write produce the answer after the handler has returned, and
// then ends the job. The connection ends with it: the time limit of its
// writes must not meet a later answer.
func (a *API) stream(c *fiber.Ctx, j *job, kind string, write func(*bufio.Writer) error) {
	j.streams = true
	c.Set(fiber.HeaderContentType, kind)
	c.Set("X-Accel-Buffering", "no")
	c.Context().Response.SetConnectionClose()
	c.Context().SetBodyStreamWriter(func(out *bufio.Writer) {
		err := errUnfinished
		defer func() {
			if r := recover(); r != nil {
				a.options.Log.Error("openai interface: a stream panicked", "panic", r, "stack", string(debug.Stack()))
			}
			if err != nil {
				_ = j.conn.Close() // a client must not take half an answer for a whole one
			}
			j.end(err)
		}()
		err = write(out)
	})
}

// events writes a job's server-sent events; it is used by one goroutine.
type events struct {
	job *job
	out *bufio.Writer
}

// begin sends a comment, so that the client has its answer before there is
// anything to tell.
func (e *events) begin() error { return e.raw(": \n\n") }

func (e *events) send(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return e.data(string(data))
}

func (e *events) data(line string) error { return e.raw("data: " + line + "\n\n") }

func (e *events) raw(text string) error {
	e.job.patience()
	if _, err := e.out.WriteString(text); err != nil {
		return errGone
	}
	if e.out.Flush() != nil {
		return errGone
	}
	return nil
}

// end sends an error, which clients raise, or the mark by which they know that
// the stream is whole.
func (e *events) end(err error) error {
	if err == nil {
		return e.data("[DONE]")
	}
	if errors.Is(err, errGone) || e.send(fiber.Map{"error": problemOf(err)}) != nil {
		return errGone
	}
	e.job.told = err
	return nil
}
