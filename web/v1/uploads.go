package v1

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// uploads bounds the memory that all bodies together take: each is counted
// from its header on until its job is done. The server reuses headers, so one
// stands for one connection's request at a time.
type uploads struct {
	largest, all int
	now          func() time.Time

	mu      sync.Mutex
	sum     int
	current map[*fasthttp.RequestHeader]upload
	crowded map[*fasthttp.RequestHeader]bool // refused for want of room
}

type upload struct {
	size  int
	until time.Time // of its arrival; zero: it has arrived
}

func newUploads(largest, all int, now func() time.Time) *uploads {
	return &uploads{largest: largest, all: all, now: now, current: map[*fasthttp.RequestHeader]upload{}, crowded: map[*fasthttp.RequestHeader]bool{}}
}

// begin counts a body of a length that is below 0 where it is not known.
func (u *uploads) begin(h *fasthttp.RequestHeader, length int) (room bool) {
	if length < 0 || length > u.largest {
		length = u.largest
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.drop(h)
	delete(u.crowded, h)
	if u.sum+length > u.all {
		u.forget()
	}
	if u.sum+length > u.all {
		u.crowded[h] = true
		return false
	}
	u.current[h] = upload{size: length, until: u.now().Add(uploadTime)}
	u.sum += length
	return true
}

// arrived says that a body that was counted is here and stays until end.
func (u *uploads) arrived(h *fasthttp.RequestHeader) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if up, ok := u.current[h]; ok {
		u.current[h] = upload{size: up.size}
	}
}

func (u *uploads) end(h *fasthttp.RequestHeader) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.drop(h)
}

// refused forgets a body that was refused: whether for want of room, and
// whether it was known at all.
func (u *uploads) refused(h *fasthttp.RequestHeader) (crowded, known bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, known = u.current[h]
	u.drop(h)
	crowded = u.crowded[h]
	delete(u.crowded, h)
	return crowded, known || crowded
}

func (u *uploads) drop(h *fasthttp.RequestHeader) {
	u.sum -= u.current[h].size
	delete(u.current, h)
}

// forget drops those that never arrived: their connections broke off.
func (u *uploads) forget() {
	now := u.now()
	for h, up := range u.current {
		if !up.until.IsZero() && up.until.Before(now) {
			u.drop(h)
		}
	}
}

const (
	// A client hears a refusal only if its whole body is taken; beyond that its
	// connection breaks.
	maxDrained = 1 << 30
	drainTime  = 30 * time.Second
	drainQuiet = 200 * time.Millisecond // nothing more comes
)

// drain takes the rest of a refused body, so that the client reads the answer
// instead of an error of its connection. Where nobody knows how much is to
// come (chunks), it is over when nothing has come for a while.
func drain(conn net.Conn, left int) {
	if left > maxDrained {
		return
	}
	counted := left >= 0
	if !counted {
		left = maxDrained
	}
	deadline := time.Now().Add(drainTime)
	buf := make([]byte, 1<<16)
	for left > 0 && time.Now().Before(deadline) {
		wait := time.Second
		if counted && left <= readBuffer {
			wait = drainQuiet // the server has read some of it already
		}
		_ = conn.SetReadDeadline(time.Now().Add(wait)) // an error means it is closed
		n, err := conn.Read(buf)
		left -= n
		if err != nil && (!isTimeout(err) || !counted || left <= readBuffer) {
			return
		}
	}
}

// readBuffer is the server's own.
const readBuffer = 4096

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}
