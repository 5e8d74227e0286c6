package web

import (
	"errors"
	"syscall"

	"github.com/amtsleitung/amtsleitung/web/v1"
)

// v1Routes adds the OpenAI-compatible interface.
func (s *Server) v1Routes() { v1.New(*s.options.V1, s.streams.stopping).Mount(s.app) }

// SyscallConn implements syscall.Conn: whether a client is still there can
// only be asked of its socket.
func (f *firstRead) SyscallConn() (syscall.RawConn, error) {
	if c, ok := f.Conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.New("the connection is no socket")
}
