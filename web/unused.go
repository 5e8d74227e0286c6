package web

import (
	"net"
	"sync"
	"sync/atomic"
)

// unused are the connections on which nothing has been asked yet: browsers
// open some ahead. They are closed at once when the service stops, for the
// HTTP server itself would wait seconds for their first request.
type unused struct {
	net.Listener

	mu    sync.Mutex
	ended bool
	conns map[net.Conn]struct{}
}

func newUnused(ln net.Listener) *unused {
	return &unused{Listener: ln, conns: map[net.Conn]struct{}{}}
}

// Accept implements net.Listener.
func (u *unused) Accept() (net.Conn, error) {
	c, err := u.Listener.Accept()
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended {
		_ = c.Close() // an error means it is closed already
		return nil, net.ErrClosed
	}
	u.conns[c] = struct{}{}
	return &firstRead{Conn: c, of: u}, nil
}

// end closes what is still unused.
func (u *unused) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	for c := range u.conns {
		_ = c.Close() // an error means it is closed already
	}
}

func (u *unused) remove(c net.Conn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.conns, c)
}

// firstRead tells when something has come, or will no more.
type firstRead struct {
	net.Conn
	of   *unused
	told atomic.Bool
}

// Read implements net.Conn.
func (f *firstRead) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	f.tell()
	return n, err
}

// Close implements net.Conn.
func (f *firstRead) Close() error {
	f.tell()
	return f.Conn.Close()
}

func (f *firstRead) tell() {
	if f.told.CompareAndSwap(false, true) {
		f.of.remove(f.Conn)
	}
}
