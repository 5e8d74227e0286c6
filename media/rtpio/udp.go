package rtpio

import (
	"errors"
	"net"
	"net/netip"
	"time"
)

// conn is what a session needs of a socket. *net.UDPConn has it without
// allocating an address per packet.
type conn interface {
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, addr netip.AddrPort) (int, error)
	SetReadDeadline(t time.Time) error
}

// asConn wraps other packet connections; their addresses must be UDP.
func asConn(c net.PacketConn) conn {
	if c == nil {
		return nil
	}
	if fast, ok := c.(conn); ok {
		return fast
	}
	return slowConn{c}
}

type slowConn struct{ net.PacketConn }

var errNotUDP = errors.New("RTP came from an address that is not UDP")

func (c slowConn) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	n, from, err := c.ReadFrom(b)
	if err != nil {
		return n, netip.AddrPort{}, err
	}
	udp, ok := from.(*net.UDPAddr)
	if !ok {
		return n, netip.AddrPort{}, errNotUDP
	}
	return n, udp.AddrPort(), nil
}

func (c slowConn) WriteToUDPAddrPort(b []byte, addr netip.AddrPort) (int, error) {
	return c.WriteTo(b, net.UDPAddrFromAddrPort(addr))
}

// plain takes the IPv6 wrapping off IPv4 addresses, so that they compare equal.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
