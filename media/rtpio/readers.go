package rtpio

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// lastPackets is how long the end of Run still reads from the sockets.
const lastPackets = 5 * time.Millisecond

// startReaders returns a function that ends them and waits. A panic in a
// reader is handed to the leg's own goroutine.
func (s *Session) startReaders(panics chan<- any) (stop func()) {
	var readers sync.WaitGroup
	start := func(c conn, handle func([]byte, netip.AddrPort)) {
		readers.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					panics <- p
				}
			}()
			read(c, handle)
		})
	}
	s.stopReading(time.Time{})
	start(s.rtp, s.incoming)
	if s.rtcp != nil {
		start(s.rtcp, s.fromControl)
	}
	return sync.OnceFunc(func() {
		s.stopReading(time.Now().Add(lastPackets))
		readers.Wait()
	})
}

// stopReading sets a deadline (zero: none); a closed socket has no reader left.
func (s *Session) stopReading(at time.Time) {
	_ = s.rtp.SetReadDeadline(at)
	if s.rtcp != nil {
		_ = s.rtcp.SetReadDeadline(at)
	}
}

// maxFailures in a row end a reader: the socket is broken.
const maxFailures = 100

// read hands packets on until the socket is closed or its deadline passes.
func read(c conn, handle func(packet []byte, from netip.AddrPort)) {
	buf := make([]byte, maxPacket)
	for failures := 0; failures < maxFailures; {
		n, from, err := c.ReadFromUDPAddrPort(buf)
		switch {
		case err == nil:
			failures = 0
			handle(buf[:n], plain(from))
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
			return
		default:
			failures++
		}
	}
}
