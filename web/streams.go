package web

import (
	"net"
	"sync"
	"time"
)

// lastWords is how long a stream may go on writing when the service stops.
const lastWords = time.Second

// streams are the connections of the responses that last until they are told
// to end. A reader that has stalled must not hold up the end of the service.
type streams struct {
	stopping chan struct{} // closed when they shall end

	mu    sync.Mutex
	ended bool
	conns map[net.Conn]struct{}
}

func newStreams() *streams {
	return &streams{stopping: make(chan struct{}), conns: map[net.Conn]struct{}{}}
}

// add is false when the service is stopping.
func (s *streams) add(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.conns[c] = struct{}{}
	}
	return !s.ended
}

func (s *streams) remove(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// extend gives a connection a while for its next write, unless its last words
// are being counted already.
func (s *streams) extend(c net.Conn, by time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil
	}
	return c.SetWriteDeadline(time.Now().Add(by))
}

// end tells the streams to end and cuts off those that do not listen.
func (s *streams) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	close(s.stopping)
	for c := range s.conns {
		_ = c.SetWriteDeadline(time.Now().Add(lastWords)) // an error means it is closed already
	}
}
