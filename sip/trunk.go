package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// TrunkStatus is what pages and metrics show of a trunk.
type TrunkStatus struct {
	Name            string
	Registers       bool
	RegisteredUntil time.Time // zero: not registered
	LastError       string    // of the last registration, "" if it worked
}

// trunk is a configured peer with what was learnt about it while running.
type trunk struct {
	Trunk
	mu     sync.Mutex
	server []netip.Addr // addresses of the registrar
	until  time.Time
	err    error
}

func (t *trunk) matches(a netip.Addr) bool {
	for _, p := range t.Addresses {
		if p.Contains(a) {
			return true
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.server {
		if s == a {
			return true
		}
	}
	return false
}

func (t *trunk) status() TrunkStatus {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := TrunkStatus{Name: t.Name, Registers: t.Register != nil, RegisteredUntil: t.until}
	if t.err != nil {
		s.LastError = t.err.Error()
	}
	return s
}

// target is where a URI leads: the URI itself, the transport and, once
// resolved, the address.
type target struct {
	uri     sip.Uri
	network string // "udp", "tcp", "tls"
	host    string
	port    int
}

// parseTarget reads "sip:user@host:port;transport=tcp"; the scheme may be left out.
func parseTarget(s string) (target, error) {
	if !strings.HasPrefix(s, "sip:") && !strings.HasPrefix(s, "sips:") {
		s = "sip:" + s
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' || r == '"' }) {
		return target{}, fmt.Errorf("%q is no SIP address such as sip:115@192.0.2.1:5060", s)
	}
	var t target
	if err := sip.ParseUri(s, &t.uri); err != nil || t.uri.Host == "" || t.uri.Wildcard {
		return target{}, fmt.Errorf("%q is no SIP address such as sip:115@192.0.2.1:5060", s)
	}
	t.uri.Headers = nil
	return t, t.route(&t.uri)
}

// by sends to a gateway what is meant for the URI.
func (t *target) by(gateway string) error {
	g, err := parseTarget(gateway)
	if err != nil {
		return err
	}
	t.network, t.host, t.port = g.network, g.host, g.port
	return nil
}

// route takes transport, host and port from a URI (RFC 3263 without NAPTR and SRV).
func (t *target) route(u *sip.Uri) error {
	t.network = "udp"
	if v, ok := u.UriParams.Get("transport"); ok && v != "" {
		t.network = strings.ToLower(v)
	} else if u.IsEncrypted() {
		t.network = "tls"
	}
	if u.IsEncrypted() && t.network == "tcp" {
		t.network = "tls"
	}
	switch t.network {
	case "udp", "tcp", "tls":
	default:
		return fmt.Errorf("%s: transport %q is none of udp, tcp, tls", u.String(), t.network)
	}
	t.host = strings.Trim(u.Host, "[]")
	if v, ok := u.UriParams.Get("maddr"); ok && v != "" {
		t.host = v
	}
	if t.port = u.Port; t.port == 0 {
		t.port = sip.DefaultPort(t.network)
	}
	if t.port < 1 || t.port > 65535 {
		return fmt.Errorf("%s: port %d", u.String(), t.port)
	}
	return nil
}

// resolve finds the address; IPv4 first, as the media socket mostly is.
func (t *target) resolve(ctx context.Context) (netip.AddrPort, error) {
	if a, err := netip.ParseAddr(t.host); err == nil {
		return netip.AddrPortFrom(a.Unmap(), uint16(t.port)), nil
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", t.host)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("find address of %s: %w", t.host, err)
	}
	for _, a := range addrs {
		if a = a.Unmap(); a.Is4() {
			return netip.AddrPortFrom(a, uint16(t.port)), nil
		}
	}
	if len(addrs) == 0 {
		return netip.AddrPort{}, fmt.Errorf("find address of %s: none", t.host)
	}
	return netip.AddrPortFrom(addrs[0], uint16(t.port)), nil
}

func sourceAddr(source string) netip.Addr {
	ap, err := netip.ParseAddrPort(source)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}
