package listen

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/sip/validate"
)

// PacketConn is a UDP socket that reads valid messages only.
type PacketConn struct {
	net.PacketConn
	policy  *Policy
	buf     []byte
	reading chan struct{}
	once    sync.Once
}

// Packet wraps a socket. Only one goroutine may read.
func Packet(c net.PacketConn, p *Policy) *PacketConn {
	return &PacketConn{PacketConn: c, policy: p, buf: make([]byte, 65536), reading: make(chan struct{})}
}

// Reading is closed when somebody has begun to read.
func (c *PacketConn) Reading() <-chan struct{} { return c.reading }

// ReadFrom returns the next valid message.
func (c *PacketConn) ReadFrom(dst []byte) (int, net.Addr, error) {
	c.once.Do(func() { close(c.reading) })
	for {
		n, addr, err := c.PacketConn.ReadFrom(c.buf)
		if err != nil {
			return 0, addr, err
		}
		source := addrPort(addr)
		if !c.policy.allow(source.Addr(), time.Now()) {
			continue
		}
		clean, answer := c.read(c.buf[:n], source)
		if answer != nil {
			_, _ = c.WriteTo(answer, addr) // stateless: the sender repeats its request if this is lost
		}
		if len(clean) > 0 && len(clean) <= len(dst) {
			return copy(dst, clean), addr, nil
		}
	}
}

// WriteTo sends one message.
func (c *PacketConn) WriteTo(b []byte, addr net.Addr) (int, error) {
	if _, err := c.PacketConn.WriteTo(validate.Restore(b), addr); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (c *PacketConn) read(raw []byte, source netip.AddrPort) (clean, answer []byte) {
	for len(raw) > 0 && (raw[0] == '\r' || raw[0] == '\n' || raw[0] == 0) {
		raw = raw[1:] // keep-alives of NAT traversal
	}
	switch {
	case len(raw) == 0:
		return nil, nil
	case len(raw) > c.policy.size():
		c.policy.count(func(n *Counts) { n.Invalid++ })
		m, _ := validate.Parse(raw[:c.policy.size()])
		problem := &validate.Problem{Code: 513, Reason: "Message Too Large"}
		if c.policy.Admit != nil && c.policy.Admit(m, source) != nil {
			return nil, nil
		}
		return nil, m.Reply(problem, source)
	}
	return c.policy.tidy(raw, source, true)
}

func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.UDPAddr:
		ap := a.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
	case *net.TCPAddr:
		ap := a.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
	}
	return netip.AddrPort{}
}
