package web

import (
	"context"
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

// takenOver are connections that were taken over from the HTTP server, which
// needs three goroutines and four buffers for what two goroutines do here.
// A connection that was taken over carries one answer and is closed after it.
type takenOver struct {
	ctx    context.Context // ends with the service
	cancel context.CancelFunc

	mu    sync.Mutex
	ended bool
	alive sync.WaitGroup
}

func newTaken() *takenOver {
	ctx, cancel := context.WithCancel(context.Background())
	return &takenOver{ctx: ctx, cancel: cancel}
}

// begin is false when the service is stopping; otherwise done has to be called.
func (t *takenOver) begin() (done func(), ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return nil, false
	}
	t.alive.Add(1)
	return t.alive.Done, true
}

// end tells all of them to end.
func (t *takenOver) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.cancel()
}

func (t *takenOver) wait() { t.alive.Wait() }

// after does something once a channel is closed, or when the service ends.
func (t *takenOver) after(closed <-chan struct{}, do func()) {
	finished, ok := t.begin()
	if !ok {
		do()
		return
	}
	go func() {
		defer finished()
		defer do()
		select {
		case <-closed:
		case <-t.ctx.Done():
		}
	}()
}

// takeOver has do answer a request on its own connection once the handler has
// returned.
func (m *meetings) takeOver(c *fiber.Ctx, do func(ctx context.Context, conn net.Conn)) {
	path := string([]byte(c.Path()))
	c.Context().HijackSetNoResponse(true)
	c.Context().Hijack(func(conn net.Conn) {
		done, ok := m.taken.begin()
		if !ok {
			return
		}
		defer done()
		defer func() {
			if p := recover(); p != nil { // the HTTP server would end with the whole program
				m.options.Log.Error("http", "path", path, "err", fmt.Sprint("panic: ", p), "stack", string(debug.Stack()))
			}
		}()
		do(m.taken.ctx, conn)
	})
}

// whileThere is a context that ends as soon as who is written to hangs up: the
// write after that still succeeds, and only the one after it fails. done has to be
// called.
func whileThere(ctx context.Context, conn net.Conn) (there context.Context, done func()) {
	there, gone := context.WithCancel(ctx)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer gone()
		for word := make([]byte, 64); ; { // nothing that is said here means anything
			if _, err := conn.Read(word); err != nil {
				return
			}
		}
	})
	return there, func() {
		_ = conn.SetReadDeadline(time.Unix(1, 0)) // an error means it is closed already
		reading.Wait()
	}
}

// atOnceBy bounds what each source does at once.
type atOnceBy struct {
	most int

	mu   sync.Mutex
	busy map[string]int
}

func newAtOnceBy(most int) *atOnceBy { return &atOnceBy{most: most, busy: map[string]int{}} }

// begin is false for who does enough already; otherwise done has to be called once.
func (a *atOnceBy) begin(source string) (done func(), ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.busy[source] >= a.most {
		return nil, false
	}
	a.busy[source]++
	return sync.OnceFunc(func() { a.end(source) }), true
}

func (a *atOnceBy) end(source string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.busy[source]--; a.busy[source] == 0 {
		delete(a.busy, source)
	}
}
