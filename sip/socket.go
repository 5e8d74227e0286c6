package sip

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"

	"github.com/amtsleitung/amtsleitung/sip/listen"
	"github.com/emiago/sipgo/sip"
)

// socket is one open listener.
type socket struct {
	network  string
	addr     netip.AddrPort
	packet   *listen.PacketConn
	listener *listen.Listener
}

// serving waits until the transport layer knows the socket.
func (k *socket) serving() {
	if k.packet != nil {
		<-k.packet.Reading()
		return
	}
	<-k.listener.Reading()
}

// serve hands the socket to the transport layer until it is closed.
func (k *socket) serve(t *sip.TransportLayer) error {
	switch k.network {
	case "udp":
		return t.ServeUDP(k.packet)
	case "tls":
		return t.ServeTLS(k.listener)
	}
	return t.ServeTCP(k.listener)
}

func (k *socket) close() {
	if k.packet != nil {
		_ = k.packet.Close()
		return
	}
	_ = k.listener.Close()
}

// tuneLibrary lifts sipgo's limit of 1,300 bytes for one UDP message, which would
// silently drop answers to requests with many Via or Record-Route headers.
// Requests of ours stay below it (RFC 3261 section 18.1.1).
// Its own log is silenced too: it holds whole messages, with callers' numbers.
var tuneLibrary = sync.OnceFunc(func() {
	sip.UDPMTUSize = 65000 + 200
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
})

func (s *Server) newLayers() {
	tuneLibrary()
	quiet := slog.New(slog.DiscardHandler)
	s.transport = sip.NewTransportLayer(net.DefaultResolver, sip.NewParser(), s.options.TLS,
		sip.WithTransportLayerLogger(quiet))
	s.transactions = sip.NewTransactionLayer(s.transport,
		sip.WithTransactionLayerLogger(quiet),
		sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {}))
	s.transactions.OnRequest(s.onRequest)
}

func (s *Server) listen() error {
	for _, l := range s.options.Listen {
		k, err := s.open(l)
		if err != nil {
			if errors.Is(err, syscall.EADDRINUSE) {
				return fmt.Errorf("sip socket %s %s: the port is in use: stop the other program or choose another port: %w", l.Network, l.Addr, err)
			}
			return fmt.Errorf("sip socket %s %s: %w", l.Network, l.Addr, err)
		}
		s.sockets = append(s.sockets, k)
	}
	return nil
}

func (s *Server) open(l Listen) (*socket, error) {
	k := &socket{network: l.Network}
	if l.Network == "udp" {
		c, err := net.ListenPacket("udp", l.Addr)
		if err != nil {
			return nil, err
		}
		k.packet, k.addr = listen.Packet(c, s.policy), c.LocalAddr().(*net.UDPAddr).AddrPort()
		return k, nil
	}
	c, err := net.Listen("tcp", l.Addr)
	if err != nil {
		return nil, err
	}
	k.addr = c.Addr().(*net.TCPAddr).AddrPort()
	if l.Network == "tls" {
		c = tls.NewListener(c, s.options.TLS)
	}
	k.listener = listen.Stream(c, s.policy)
	return k, nil
}

func (s *Server) closeSockets() {
	for _, k := range s.sockets {
		k.close()
	}
	_ = s.outTCP.Close() // both never fail
	_ = s.outTLS.Close()
	s.policy.CloseAll()
}

// local is the address that the peer shall see: what goes into Via and Contact.
func (s *Server) local(network string, peer netip.Addr) netip.AddrPort {
	ip, port := s.options.AdvertiseIP, uint16(sip.DefaultPort(network))
	if k := s.socketFor(network, peer); k != nil {
		port = k.addr.Port()
		if !ip.IsValid() && !k.addr.Addr().IsUnspecified() {
			ip = k.addr.Addr()
		}
	}
	if !ip.IsValid() {
		ip = routeTo(peer)
	}
	return netip.AddrPortFrom(ip.Unmap(), port)
}

// socketFor prefers a socket of the peer's address family.
func (s *Server) socketFor(network string, peer netip.Addr) *socket {
	var fallback *socket
	for _, k := range s.sockets {
		if k.network != network {
			continue
		}
		a := k.addr.Addr().Unmap()
		if a.IsUnspecified() || a.Is4() == peer.Is4() && a.IsLoopback() == peer.IsLoopback() {
			return k
		}
		if fallback == nil {
			fallback = k
		}
	}
	return fallback
}

// routeTo is our address on the way to the peer; connecting UDP sends nothing.
func routeTo(peer netip.Addr) netip.Addr {
	c, err := net.Dial("udp", netip.AddrPortFrom(peer, 9).String())
	if err != nil {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

// mediaAddr is the address for SDP.
func (s *Server) mediaAddr(peer netip.Addr) netip.Addr {
	switch {
	case s.options.AdvertiseIP.IsValid():
		return s.options.AdvertiseIP
	case !s.options.RTP.IP.IsUnspecified():
		return s.options.RTP.IP
	}
	return routeTo(peer)
}

func upper(network string) string { return strings.ToUpper(network) }
