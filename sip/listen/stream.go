package listen

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/amtsleitung/amtsleitung/sip/validate"
)

// Listener accepts TCP or TLS connections within the policy's caps.
type Listener struct {
	net.Listener
	policy    *Policy
	accepting chan struct{}
	once      sync.Once
}

// Stream wraps a listener; around a TLS listener the handshake is made by the
// connection's first read and falls under HeaderTime.
func Stream(l net.Listener, p *Policy) *Listener {
	return &Listener{Listener: l, policy: p, accepting: make(chan struct{})}
}

// Reading is closed when somebody has begun to accept.
func (l *Listener) Reading() <-chan struct{} { return l.accepting }

// Accept returns the next connection within the caps. Running out of file
// descriptors is waited out, not returned: it must not end the service.
func (l *Listener) Accept() (net.Conn, error) {
	l.once.Do(func() { close(l.accepting) })
	for wait := 5 * time.Millisecond; ; {
		c, err := l.Listener.Accept()
		if err != nil {
			var t interface{ Temporary() bool }
			if !errors.As(err, &t) || !t.Temporary() {
				return nil, err
			}
			time.Sleep(wait)
			wait = min(2*wait, time.Second)
			continue
		}
		if conn := l.policy.adopt(c, true); conn != nil {
			return conn, nil
		}
		_ = c.Close()
	}
}

// Conn is a stream whose reads return one valid message each.
type Conn struct {
	net.Conn
	policy  *Policy
	source  netip.AddrPort
	inbound bool
	reading chan struct{}
	once    sync.Once
	closing sync.Once

	raw      []byte // received, not yet a whole message
	clean    []byte // tidied, not yet read by the parser
	messages int
	broken   int
}

// maxBroken closes a connection that sends nothing but rubbish.
const maxBroken = 16

const writeTime = 5 * time.Second

// adopt wraps a connection, or returns nil when the caps are reached.
func (p *Policy) adopt(c net.Conn, inbound bool) *Conn {
	conn := &Conn{Conn: c, policy: p, source: addrPort(c.RemoteAddr()), inbound: inbound, reading: make(chan struct{})}
	p.mu.Lock()
	defer p.mu.Unlock()
	a := conn.source.Addr()
	if inbound && (p.total >= or(p.Connections, 512) || p.sources[a] >= or(p.PerSource, 32)) {
		p.counts.Connections++
		return nil
	}
	if p.sources == nil {
		p.sources, p.conns = map[netip.Addr]int{}, map[*Conn]struct{}{}
	}
	p.conns[conn] = struct{}{}
	if inbound {
		p.total++
		p.sources[a]++
	}
	return conn
}

// CloseAll closes every open connection.
func (p *Policy) CloseAll() {
	p.mu.Lock()
	open := make([]*Conn, 0, len(p.conns))
	for c := range p.conns {
		open = append(open, c)
	}
	p.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

// Close closes the connection and gives its place back.
func (c *Conn) Close() error {
	c.closing.Do(func() {
		p := c.policy
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, c)
		if c.inbound {
			p.total--
			if p.sources[c.source.Addr()]--; p.sources[c.source.Addr()] == 0 {
				delete(p.sources, c.source.Addr())
			}
		}
	})
	return c.Conn.Close()
}

// Write sends one message, within a time: a peer that does not read must not
// hold us.
func (c *Conn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return 0, err
	}
	if _, err := c.Conn.Write(validate.Restore(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Read returns (a part of) the next valid message.
func (c *Conn) Read(dst []byte) (int, error) {
	c.once.Do(func() { close(c.reading) })
	for len(c.clean) == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(dst, c.clean)
	c.clean = c.clean[n:]
	return n, nil
}

// next frames one message; it may turn out broken and leave clean empty.
func (c *Conn) next() error {
	begun := time.Time{}
	for {
		c.skipKeepAlives()
		n, problem := validate.Frame(c.raw, c.policy.size())
		if problem != nil {
			c.give(c.raw, problem)
			return io.EOF
		}
		if n > 0 {
			c.take(c.raw[:n])
			c.raw = append(c.raw[:0], c.raw[n:]...)
			if c.broken > maxBroken {
				return io.EOF
			}
			return nil
		}
		if begun.IsZero() && len(c.raw) > 0 {
			begun = time.Now()
		}
		if err := c.fill(begun); err != nil {
			if len(c.raw) > 0 && (errors.Is(err, io.EOF) || errors.Is(err, os.ErrDeadlineExceeded)) {
				c.give(c.raw, &validate.Problem{Code: 400, Reason: "Bad Request - incomplete message"})
			}
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return io.EOF
			}
			return err
		}
	}
}

// fill reads more, until the deadline of where we are in a message.
func (c *Conn) fill(begun time.Time) error {
	deadline := time.Now().Add(c.policy.idleTime())
	switch {
	case !begun.IsZero():
		deadline = begun.Add(c.policy.headerTime())
	case c.messages == 0 && c.inbound:
		deadline = time.Now().Add(c.policy.headerTime())
	}
	if err := c.SetReadDeadline(deadline); err != nil {
		return err
	}
	var chunk [4096]byte
	n, err := c.Conn.Read(chunk[:])
	c.raw = append(c.raw, chunk[:n]...)
	if n > 0 {
		return nil
	}
	return err
}

// skipKeepAlives answers a double CRLF with one (RFC 5626 section 3.5.1).
func (c *Conn) skipKeepAlives() {
	for len(c.raw) > 1 && c.raw[0] == '\r' && c.raw[1] == '\n' {
		if len(c.raw) > 3 && c.raw[2] == '\r' && c.raw[3] == '\n' {
			_, _ = c.Write([]byte("\r\n"))
			c.raw = c.raw[2:]
		}
		c.raw = c.raw[2:]
	}
}

func (c *Conn) take(raw []byte) {
	clean, answer := c.policy.tidy(raw, c.source, false)
	c.messages++
	if answer != nil {
		c.broken++
		_, _ = c.Write(answer)
	}
	c.clean = clean
}

// give answers what cannot be framed before the connection closes.
func (c *Conn) give(raw []byte, problem *validate.Problem) {
	m, p := validate.Parse(raw)
	if p != nil && p.Code != 0 {
		problem = p
	}
	c.policy.count(func(n *Counts) { n.Invalid++ })
	if c.policy.Admit != nil && c.policy.Admit(m, c.source) != nil {
		return
	}
	if answer := m.Reply(problem, c.source); answer != nil {
		_, _ = c.Write(answer)
	}
}

// Outbound hands connections that we open to the same server loop as those
// that we accept, so that what comes back passes the same checks.
type Outbound struct {
	policy *Policy
	conns  chan *Conn
	closed chan struct{}
	once   sync.Once
}

// NewOutbound makes one; serve it like a listener.
func NewOutbound(p *Policy) *Outbound {
	return &Outbound{policy: p, conns: make(chan *Conn), closed: make(chan struct{})}
}

// Accept waits for the next connection that was opened.
func (o *Outbound) Accept() (net.Conn, error) {
	select {
	case c := <-o.conns:
		return c, nil
	case <-o.closed:
		return nil, net.ErrClosed
	}
}

// Addr is a placeholder: nobody can connect here.
func (o *Outbound) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero} }

// Close ends Accept.
func (o *Outbound) Close() error {
	o.once.Do(func() { close(o.closed) })
	return nil
}

// Add hands a connection over and returns once it is being read.
func (o *Outbound) Add(ctx context.Context, c net.Conn) error {
	conn := o.policy.adopt(c, false)
	select {
	case o.conns <- conn:
	case <-o.closed:
		return errors.Join(net.ErrClosed, conn.Close())
	case <-ctx.Done():
		return errors.Join(ctx.Err(), conn.Close())
	}
	select {
	case <-conn.reading:
		return nil
	case <-ctx.Done():
		return errors.Join(ctx.Err(), conn.Close())
	}
}
