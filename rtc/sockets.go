package rtc

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
)

// sockets are where the media of all legs comes in.
type sockets struct {
	udp ice.UDPMux // nil: each leg has its own
	tcp ice.TCPMux // nil: off

	closers []func() error
}

// listen opens the sockets that all legs share.
func (o Options) listen(log *slog.Logger) (s *sockets, err error) {
	s = &sockets{}
	if o.Low == 0 {
		if err := s.openUDP(o, log); err != nil {
			return nil, err
		}
	}
	if o.TCP.IsValid() {
		ln, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(o.TCP))
		if err != nil {
			s.close()
			return nil, fmt.Errorf("browser media over TCP on %s: %w", o.TCP, err)
		}
		s.tcp = webrtc.NewICETCPMux(logs{log}.NewLogger("tcp"), ln, tcpBuffer)
		s.closers = append(s.closers, s.tcp.Close)
	}
	return s, nil
}

// tcpBuffer is how many packets of one connection wait.
const tcpBuffer = 16

func (s *sockets) openUDP(o Options, log *slog.Logger) error {
	logger := logs{log}.NewLogger("udp")
	if o.UDP.Addr().IsUnspecified() {
		if o.UDP.Port() == 0 {
			return errors.New("browser media on all addresses needs a port: name one")
		}
		mux, err := ice.NewMultiUDPMuxFromPort(int(o.UDP.Port()), ice.UDPMuxFromPortWithLogger(logger))
		if err != nil {
			return fmt.Errorf("browser media on UDP port %d: %w", o.UDP.Port(), err)
		}
		s.udp, s.closers = mux, append(s.closers, mux.Close)
		return nil
	}
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(o.UDP))
	if err != nil {
		return fmt.Errorf("browser media on UDP %s: %w", o.UDP, err)
	}
	s.udp = webrtc.NewICEUDPMux(logger, conn)
	s.closers = append(s.closers, conn.Close, s.udp.Close)
	return nil
}

func (s *sockets) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		_ = s.closers[i]() // nothing to be done about a socket that does not close
	}
}

// Timing of ICE: a browser sends voice each 20 ms, and without it consent
// checks every few seconds (RFC 7675); we check each second ourselves.
const (
	disconnectedAfter = 4 * time.Second
	failedAfter       = 20 * time.Second
	checkEach         = time.Second
)

// repeatHello is how soon the first message of DTLS is sent again, doubling from
// there: a sender that is not ready for it must not cost the first second of
// what it says (RFC 9147 section 5.8.2 allows it where latency matters).
const repeatHello = 200 * time.Millisecond

// newAPI sets pion up: audio only, and no interceptors, as rtpio makes the
// reports, keeps the jitter buffer and counts.
func (o Options) newAPI(s *sockets, log *slog.Logger) (*webrtc.API, error) {
	e := webrtc.SettingEngine{LoggerFactory: logs{log}}
	e.SetICETimeouts(disconnectedAfter, failedAfter, checkEach)
	e.SetDTLSRetransmissionInterval(repeatHello)
	// Names of the kind x.local that browsers hide their addresses behind
	// cannot be resolved outside their network. They need not be: the browser
	// reaches us, and we answer where its checks come from (RFC 8445 section 7.3.1.3).
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.SetIncludeLoopbackCandidate(o.UDP.Addr().IsLoopback())
	e.DisableActiveTCP(true)
	types := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6}
	if s.udp != nil {
		e.SetICEUDPMux(s.udp)
	} else {
		if err := e.SetEphemeralUDPPortRange(o.Low, o.High); err != nil {
			return nil, fmt.Errorf("browser media ports %d-%d: %w", o.Low, o.High, err)
		}
		if !o.UDP.Addr().IsUnspecified() {
			e.SetIPFilter(only(o.UDP.Addr()))
		}
	}
	if s.tcp != nil {
		e.SetICETCPMux(s.tcp)
		types = append(types, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6)
	}
	e.SetNetworkTypes(types)
	if len(o.Advertise) > 0 {
		var names []string
		for _, a := range o.Advertise {
			names = append(names, a.String())
		}
		rule := webrtc.ICEAddressRewriteRule{External: names, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace}
		if err := e.SetICEAddressRewriteRules(rule); err != nil {
			return nil, fmt.Errorf("addresses of browser media: %w", err)
		}
	}
	m, err := formats()
	if err != nil {
		return nil, fmt.Errorf("codecs of browser calls: %w", err)
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(e), webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(&interceptor.Registry{})), nil
}

func only(a netip.Addr) func(net.IP) bool {
	return func(ip net.IP) bool {
		got, ok := netip.AddrFromSlice(ip)
		return ok && got.Unmap() == a.Unmap()
	}
}
