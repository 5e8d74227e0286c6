package sip

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/oklog/ulid/v2"
)

// Options of a Server. The zero value listens on 127.0.0.1:5060 by UDP and
// lets nobody in; name at least one trunk to take calls.
type Options struct {
	Listen []Listen
	// TLS holds the certificate for tls sockets and the roots for outgoing
	// connections; nil uses the system's roots.
	TLS *tls.Config
	// AdvertiseIP goes into Via, Contact and SDP; zero takes the socket's own
	// address, or for a wildcard socket the one that routes to the peer.
	AdvertiseIP netip.Addr
	RTP         RTP
	Trunks      []Trunk
	Limits      Limits
	Log         *slog.Logger
	// CallPage is the address of the page about a call. The people whom a call is
	// handed to get it with the call's id, in Call-Info; "" sends none.
	CallPage string
	// NewID makes call ids; nil makes ULIDs.
	NewID func() string
	// T1 is the round-trip estimate that retransmissions of 2xx and reliable
	// 1xx start from (RFC 3261 section 17.1.1.1); 0 is 500 ms.
	T1 time.Duration
}

// Listen is one socket.
type Listen struct {
	Network string // "udp", "tcp", "tls"
	Addr    string // host:port; port 0 takes a free one
}

// RTP is where media flows.
type RTP struct {
	IP        netip.Addr // zero is 127.0.0.1
	Low, High int        // port range, zero is 20000-21999
	// DeadAfter hangs up after so long without RTP while not on hold; 0 never does.
	DeadAfter time.Duration
}

// Trunk is a peer that may call, and that calls may go out by.
type Trunk struct {
	Name      string
	Addresses []netip.Prefix // of the peer
	Register  *Registration  // keeps us registered; its server may call as well
	Codecs    []string       // in order of preference; empty is G722, PCMA, PCMU
	Language  string
	SRTP      sdp.Security // "" is off
	// InbandDTMF listens for tones in the audio: for gateways that send them although
	// they offer telephone-event. Who offers none is listened to in any case.
	InbandDTMF bool
	Outbound   *Outbound // calls go out by this trunk
}

// Registration is an account at an exchange or provider.
type Registration struct {
	Server   string // "sip:pbx.example.org", "sip:192.0.2.7:5060;transport=tcp"
	User     string
	Password string
	Realm    string        // only this realm gets credentials; "" trusts the server's
	Expiry   time.Duration // asked for; 0 is 10 minutes
}

// Limits protect the service. Zero fields take the defaults.
type Limits struct {
	Calls       int           // at once; default 100, beyond it 503
	MessageSize int           // bytes of one SIP message; default 32 KiB
	HeaderTime  time.Duration // to receive a whole header over TCP or TLS; default 5 s
	Connections int           // TCP and TLS connections; default 512
	PerSource   int           // connections of one address; default 32
	Rate        int           // messages a second of one address over UDP; default 400
	RingTime    time.Duration // a handler must answer within; default 60 s
	Drain       time.Duration // calls may go on so long after Run's context has ended; default 10 s
}

func (o Options) withDefaults() Options {
	if len(o.Listen) == 0 {
		o.Listen = []Listen{{"udp", "127.0.0.1:5060"}}
	}
	if !o.RTP.IP.IsValid() {
		o.RTP.IP = netip.MustParseAddr("127.0.0.1")
	}
	if o.RTP.Low == 0 && o.RTP.High == 0 {
		o.RTP.Low, o.RTP.High = 20000, 21999
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.NewID == nil {
		o.NewID = func() string { return ulid.Make().String() }
	}
	if o.T1 == 0 {
		o.T1 = 500 * time.Millisecond
	}
	o.Limits = o.Limits.withDefaults()
	return o
}

func (l Limits) withDefaults() Limits {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	last := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	def(&l.Calls, 100)
	def(&l.MessageSize, 32<<10)
	def(&l.Connections, 512)
	def(&l.PerSource, 32)
	def(&l.Rate, 400)
	last(&l.HeaderTime, 5*time.Second)
	last(&l.RingTime, 60*time.Second)
	last(&l.Drain, 10*time.Second)
	return l
}

func (o Options) validate() error {
	for _, l := range o.Listen {
		switch l.Network {
		case "udp", "tcp":
		case "tls":
			if o.TLS == nil || len(o.TLS.Certificates) == 0 && o.TLS.GetCertificate == nil {
				return fmt.Errorf("sip socket %s %s: needs a certificate and a key", l.Network, l.Addr)
			}
		default:
			return fmt.Errorf("sip socket %q %s: network is none of udp, tcp, tls", l.Network, l.Addr)
		}
	}
	names := map[string]bool{}
	for _, t := range o.Trunks {
		if t.Name == "" || names[t.Name] {
			return fmt.Errorf("trunk %q: each trunk needs a name of its own", t.Name)
		}
		names[t.Name] = true
		if err := t.validate(); err != nil {
			return fmt.Errorf("trunk %q: %w", t.Name, err)
		}
	}
	return nil
}

func (t Trunk) validate() error {
	for _, c := range t.Codecs {
		switch strings.ToUpper(c) {
		case "G722", "PCMA", "PCMU":
		default:
			return fmt.Errorf("codec %q is none of G722, PCMA, PCMU", c)
		}
	}
	switch t.SRTP {
	case "", sdp.SecurityOff, sdp.SecurityOptional, sdp.SecurityRequired:
	default:
		return fmt.Errorf("SRTP %q is none of off, optional, required", t.SRTP)
	}
	if r := t.Register; r != nil {
		if r.User == "" {
			return fmt.Errorf("registration needs a user")
		}
		if _, err := parseTarget(r.Server); err != nil {
			return fmt.Errorf("registration server: %w", err)
		}
	}
	if t.Outbound != nil {
		return t.Outbound.validate()
	}
	return nil
}

// codecs is the default order of preference: wideband helps recognition.
func (t *Trunk) codecs() []string {
	if len(t.Codecs) > 0 {
		return t.Codecs
	}
	return []string{"G722", "PCMA", "PCMU"}
}
