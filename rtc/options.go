package rtc

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// Options of a Server. The zero value takes media on a free UDP port of
// 127.0.0.1: for a browser on the same machine.
type Options struct {
	// UDP is where the media of all legs comes in, one port for all of them;
	// port 0 takes a free one. A zero address is 127.0.0.1; an unspecified one
	// (0.0.0.0, ::) takes all of the machine's.
	UDP netip.AddrPort
	// Low and High give each leg ports of its own on UDP's address instead.
	Low, High uint16
	// TCP takes media over TCP as well, for networks that let no UDP out; zero: off.
	TCP netip.AddrPort
	// Advertise is told to browsers instead of the own addresses: the public
	// ones of a machine behind a one-to-one NAT.
	Advertise []netip.Addr
	// Relays are told to browsers, who reach us through them where nothing else works.
	Relays []Relay
	Limits Limits
	Grace  Grace
	Log    *slog.Logger
	NewID  func() string    // makes call ids; nil makes ULIDs
	Now    func() time.Time // for credentials that expire; nil is time.Now
}

// Limits protect the service. Zero fields take the defaults.
type Limits struct {
	Legs      int // at once; default 100
	PerSource int // of one address at once; default 10
}

// Grace is how long a leg lives without a sign of life. Zero fields take the defaults.
type Grace struct {
	// Reconnect is how long audio that broke off may take to come back; default
	// 15 s. After it the leg ends, or goes on written where a page listens.
	Reconnect time.Duration
	Silent    time.Duration // a leg that never had audio and whose page is gone; default 60 s
	Connect   time.Duration // the first audio may take so long before Answer goes on without; default 10 s
	Drain     time.Duration // calls may go on so long after Run's context has ended; default 10 s
}

func (o Options) withDefaults() Options {
	if !o.UDP.Addr().IsValid() {
		o.UDP = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), o.UDP.Port())
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.NewID == nil {
		o.NewID = func() string { return ulid.Make().String() }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	def := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	if o.Limits.Legs == 0 {
		o.Limits.Legs = 100
	}
	if o.Limits.PerSource == 0 {
		o.Limits.PerSource = 10
	}
	def(&o.Grace.Reconnect, 15*time.Second)
	def(&o.Grace.Silent, 60*time.Second)
	def(&o.Grace.Connect, 10*time.Second)
	def(&o.Grace.Drain, 10*time.Second)
	return o
}

func (o Options) validate() error {
	if (o.Low != 0 || o.High != 0) && (o.Low < 1024 || o.High < o.Low) {
		return fmt.Errorf("browser media ports %d-%d: need a range within 1024-65535", o.Low, o.High)
	}
	for _, r := range o.Relays {
		if err := r.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (r Relay) validate() error {
	if len(r.URLs) == 0 {
		return errors.New("a STUN or TURN server needs a URL, e.g. turn:turn.example.org:3478")
	}
	for _, u := range r.URLs {
		scheme, rest, ok := strings.Cut(u, ":")
		switch {
		case !ok || rest == "":
			return fmt.Errorf("STUN or TURN server %q: write it like turn:turn.example.org:3478", u)
		case scheme == "stun" || scheme == "stuns":
		case scheme != "turn" && scheme != "turns":
			return fmt.Errorf("STUN or TURN server %q: its scheme is none of stun, stuns, turn, turns", u)
		case r.Secret == "" && (r.Username == "" || r.Credential == ""):
			return fmt.Errorf("TURN server %q: needs a secret, or a user name and a password", u)
		}
	}
	return nil
}
