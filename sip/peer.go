package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/amtsleitung/amtsleitung/sip/listen"
	"github.com/amtsleitung/amtsleitung/sip/validate"
	"github.com/emiago/sipgo/sip"
)

// newPolicy says what the sockets let through.
func (s *Server) newPolicy() *listen.Policy {
	l := s.options.Limits
	parser := sip.NewParser()
	return &listen.Policy{
		MessageSize: l.MessageSize, HeaderTime: l.HeaderTime, Connections: l.Connections,
		PerSource: l.PerSource, Rate: l.Rate, Admit: s.admitSource,
		Parse: func(data []byte) error { return tryParse(parser, data) },
	}
}

// tryParse runs the library's parser where its panic would end one message
// and not the process.
func tryParse(p *sip.Parser, data []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("parser: %v", r)
		}
	}()
	_, err = p.ParseSIP(data)
	return err
}

// admitSource lets trunks and those whom we are calling in; others get 403,
// and their responses nothing.
func (s *Server) admitSource(m *validate.Message, source netip.AddrPort) *validate.Problem {
	if s.known(source.Addr()) {
		return nil
	}
	if !m.IsRequest() {
		return &validate.Problem{Reason: "response of a stranger"}
	}
	return &validate.Problem{Code: 403, Reason: "Forbidden"}
}

func (s *Server) known(a netip.Addr) bool {
	s.mu.Lock()
	calling := s.peers[a] > 0
	s.mu.Unlock()
	return calling || s.trunkOf(a) != nil
}

// expect lets messages of a peer in while we have business with it.
func (s *Server) expect(a netip.Addr) (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peers[a]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.peers[a]--; s.peers[a] == 0 {
			delete(s.peers, a)
		}
	}
}

// dialTime bounds the opening of a TCP or TLS connection.
const dialTime = 5 * time.Second

// ensureConnected opens a TCP or TLS connection when there is none.
func (s *Server) ensureConnected(ctx context.Context, network, host string, addr netip.AddrPort) error {
	if network == "udp" || s.connected(network, addr.String()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr.String())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if network == "tcp" {
		return s.outTCP.Add(ctx, c)
	}
	secure := tls.Client(c, s.clientTLS(host))
	if err := secure.HandshakeContext(ctx); err != nil {
		return errors.Join(fmt.Errorf("%w: TLS with %s: %w", ErrUnavailable, addr, err), c.Close())
	}
	return s.outTLS.Add(ctx, secure)
}

func (s *Server) clientTLS(host string) *tls.Config {
	config := &tls.Config{}
	if s.options.TLS != nil {
		config = s.options.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = host
	}
	return config
}
