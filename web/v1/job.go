package v1

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Why a job's context ended.
var (
	errGone     = errors.New("the client went away")
	errStopping = errors.New("the service stops")
	// errUnfinished is a panic.
	errUnfinished = errors.New("the work was not finished")
)

const (
	// lookout is how often it is checked whether the client is still there.
	lookout = 200 * time.Millisecond
	// A client that takes nothing for so long is gone; when the service stops, sooner.
	stalled   = 30 * time.Second
	lastWords = time.Second
)

// job is one request at work: its context ends when the client goes away or
// the service stops.
type job struct {
	ctx     context.Context // of this one request
	client  *client
	streams bool // the handler has handed end to the writer of the answer

	path   string
	header *fasthttp.RequestHeader
	conn   net.Conn
	api    *API
	cancel context.CancelCauseFunc
	watch  sync.WaitGroup
	began  time.Time
	heard  time.Duration // charged so far
	told   error         // that the client has been told in a stream
}

func (a *API) begin(c *fiber.Ctx, k *client) *job {
	j := &job{client: k, path: string([]byte(c.Path())), header: &c.Context().Request.Header, conn: c.Context().Conn(), api: a, began: a.options.Now()}
	j.ctx, j.cancel = context.WithCancelCause(context.Background())
	j.watch.Go(j.keepWatch)
	return j
}

// end frees what the job holds; it is called once.
func (j *job) end(err error) {
	j.cancel(nil)
	j.watch.Wait()
	j.client.stop()
	j.api.uploads.end(j.header) // again, where the answer is not streamed: that is nothing
	j.log(cmp.Or(err, j.told))
}

// log says what was done, but nothing of what was heard or spoken.
func (j *job) log(err error) {
	log := j.api.options.Log.With("key", j.client.key.Name, "path", j.path, "audio_s", j.heard.Seconds(),
		"took_ms", j.api.options.Now().Sub(j.began).Milliseconds())
	switch p := problemOf(err); {
	case err == nil:
		log.Info("openai interface", "outcome", "ok")
	case p.status == fiber.StatusInternalServerError:
		log.Error("openai interface", "outcome", *p.Code, "err", err)
	default:
		log.Info("openai interface", "outcome", *p.Code)
	}
}

// reason is why the context ended, where that is the reason.
func (j *job) reason(err error) error {
	if errors.Is(err, context.Canceled) && j.ctx.Err() != nil {
		return context.Cause(j.ctx)
	}
	return err
}

// charge counts audio against the client's day, up to the length so far.
func (j *job) charge(total time.Duration) error {
	left, next := j.client.audio(total - j.heard)
	j.heard = total
	if left < 0 {
		return j.client.spent(next)
	}
	return nil
}

// keepWatch looks after the client while the job runs.
func (j *job) keepWatch() {
	tick := time.NewTicker(lookout)
	defer tick.Stop()
	for {
		select {
		case <-j.ctx.Done():
			return
		case <-j.api.stopping:
			j.cancel(errStopping)
			return
		case <-tick.C:
			if gone(j.conn) {
				j.cancel(errGone)
				return
			}
		}
	}
}

// patience bounds the next write to the client.
func (j *job) patience() {
	wait := stalled
	select {
	case <-j.api.stopping:
		wait = lastWords
	default:
	}
	_ = j.conn.SetWriteDeadline(time.Now().Add(wait)) // an error means it is closed: the write says so
}

// gone looks whether the other side has closed the connection, without taking
// anything out of it: a second request may wait there.
func gone(conn net.Conn) bool {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return false // not a socket
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	ended := false
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		ended = n == 0 && err == nil || errors.Is(err, syscall.ECONNRESET)
	})
	return ended || err != nil
}
