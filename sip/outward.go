package sip

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
)

// Outbound is how calls go out by a trunk.
type Outbound struct {
	// Gateway is where they go: "sip:192.0.2.7:5060;transport=tcp"; "" is the
	// server of the registration.
	Gateway string
	// Domain is the host of the addresses we call and call from; "" is the gateway's.
	Domain string
	// User and Password answer a digest challenge; "" are those of the registration.
	User, Password string
	From           string   // the service's own number there
	Identity       Identify // "" is IdentifyFrom
	// Callers lets the number of the one on whose behalf we call stand in From.
	Callers bool
	// Private hides the number from whom we call.
	Private bool

	home sip.Uri // domain or gateway, without user and parameters
}

// Identify is how a trunk learns which of its customers calls.
type Identify string

// Ways of it. The number named is always our own: nobody may assert another's.
const (
	IdentifyFrom      Identify = "from" // From alone
	IdentifyAsserted  Identify = "pai"  // P-Asserted-Identity, RFC 3325
	IdentifyPreferred Identify = "ppi"  // P-Preferred-Identity
)

func (o *Outbound) validate() error {
	switch o.Identity {
	case "", IdentifyFrom, IdentifyAsserted, IdentifyPreferred:
	default:
		return fmt.Errorf("outbound identity %q is none of from, pai, ppi", o.Identity)
	}
	if o.From != "" && safeUser(o.From) == "" {
		return fmt.Errorf("outbound from %q is no number", o.From)
	}
	if o.Gateway == "" {
		return nil // the registration's, see NewServer
	}
	if _, err := parseTarget(o.Gateway); err != nil {
		return fmt.Errorf("outbound gateway: %w", err)
	}
	return nil
}

// complete fills in what the registration knows and the domain.
func (t Trunk) complete() (Trunk, error) {
	if t.Outbound == nil {
		return t, nil
	}
	o := *t.Outbound
	if r := t.Register; r != nil {
		if o.Gateway == "" {
			o.Gateway = r.Server
		}
		if o.User == "" {
			o.User, o.Password = r.User, r.Password
		}
		if o.From == "" {
			o.From = r.User
		}
	}
	gateway, err := parseTarget(o.Gateway)
	if err != nil {
		return t, fmt.Errorf("trunk %q: outbound gateway: %w", t.Name, err)
	}
	home := gateway.uri
	if o.Domain != "" {
		domain, err := parseTarget(o.Domain)
		if err != nil {
			return t, fmt.Errorf("trunk %q: outbound domain: %w", t.Name, err)
		}
		home = domain.uri
	}
	o.home = sip.Uri{Scheme: "sip", Host: home.Host, Port: home.Port}
	t.Outbound = &o
	return t, nil
}

// OutwardOptions of calls to other parties; the zero value takes the first
// trunk that calls go out by.
type OutwardOptions struct {
	Trunk string // name of the trunk for telephone numbers
	// RingTime is how long a call may ring at most; 0 is 2 minutes.
	RingTime time.Duration
}

// Outward calls SIP addresses and telephone numbers. It is a leg.Dialler.
type Outward struct {
	server  *Server
	trunk   *trunk // nil: no telephone numbers
	options OutwardOptions
}

var _ leg.Dialler = (*Outward)(nil)

// Outward makes a dialler for addresses and, by the outbound trunk, numbers.
func (s *Server) Outward(o OutwardOptions) (*Outward, error) {
	if o.RingTime == 0 {
		o.RingTime = 2 * time.Minute
	}
	out := &Outward{server: s, options: o}
	for _, t := range s.trunks {
		if t.Outbound != nil && (o.Trunk == "" || o.Trunk == t.Name) {
			out.trunk = t
			break
		}
	}
	if o.Trunk != "" && out.trunk == nil {
		return nil, fmt.Errorf("trunk %q: calls cannot go out by it: give it an outbound part", o.Trunk)
	}
	return out, nil
}

// Dial calls a party and returns the answered leg. When ctx ends first, the
// call is cancelled.
func (o *Outward) Dial(ctx context.Context, to leg.Callee) (leg.Leg, error) {
	uri, t, err := o.server.address(to.Address, o.trunk)
	if err != nil {
		return nil, err
	}
	options := DialOptions{
		Early: to.Early, UserToUser: to.UserToUser, Call: to.Call, Leg: to.Leg, Language: to.Language,
	}
	if t != nil {
		t.outbound(&options, to.On)
	} else if o.trunk != nil {
		options.From = o.trunk.Outbound.From
	}
	ctx, cancel := context.WithTimeout(ctx, o.options.RingTime)
	defer cancel()
	l, err := o.server.Dial(ctx, uri, options)
	if err != nil {
		return nil, err // not a nil *Leg in a leg.Leg
	}
	return l, nil
}

// credentials answer challenges to requests inside calls of the trunk.
func (t *trunk) credentials() (user, password string) {
	switch {
	case t.Outbound != nil:
		return t.Outbound.User, t.Outbound.Password
	case t.Register != nil:
		return t.Register.User, t.Register.Password
	}
	return "", ""
}

// outbound fills in what calls by the trunk need; on is the number of the
// caller on whose behalf it is.
func (t *trunk) outbound(d *DialOptions, on string) {
	o := t.Outbound
	d.Trunk, d.Codecs, d.SRTP, d.InbandDTMF = t.Name, t.Codecs, t.SRTP, t.InbandDTMF
	if d.SRTP == sdp.SecurityOptional {
		d.SRTP = sdp.SecurityOff // an offer is one or the other; the other side may not know SAVP
	}
	d.Gateway, d.User, d.Password = o.Gateway, o.User, o.Password
	d.From = o.From
	if on = safeUser(on); on != "" && o.Callers && !o.Private {
		d.From = on
	}
	d.Identity = Identity{Host: o.home.Host, Private: o.Private}
	switch o.Identity {
	case IdentifyAsserted:
		d.Identity.Asserted = o.From
	case IdentifyPreferred:
		d.Identity.Preferred = o.From
	}
}

// address turns a number or SIP address into a URI, and finds the trunk it
// goes by: nil for an address that is called directly.
func (s *Server) address(text string, numbers *trunk) (string, *trunk, error) {
	text = strings.TrimSpace(text)
	if number, ok := telephone(text); ok {
		if numbers == nil {
			return "", nil, fmt.Errorf("%w: %q is a number, but no trunk has an outbound part", ErrForbidden, text)
		}
		return numbers.Outbound.uri(number), numbers, nil
	}
	if !strings.HasPrefix(text, "sip:") && !strings.HasPrefix(text, "sips:") {
		return "", nil, fmt.Errorf("%w: %q is neither a number nor a SIP address", ErrNotFound, text)
	}
	t, err := parseTarget(text)
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	for _, k := range s.trunks {
		if k.Outbound != nil && k.serves(t) {
			return text, k, nil
		}
	}
	return text, nil, nil
}

// serves tells whether an address belongs to the trunk's domain or gateway.
func (t *trunk) serves(a target) bool {
	home := t.Outbound.home
	if strings.EqualFold(home.Host, a.uri.Host) && home.Port == a.uri.Port {
		return true
	}
	gateway, err := parseTarget(t.Outbound.Gateway)
	return err == nil && strings.EqualFold(gateway.host, a.host) && gateway.port == a.port
}

// uri is the address of a user there.
func (o *Outbound) uri(user string) string {
	u := o.home
	u.User = user
	return u.String()
}

// telephone reads a telephone number: digits, a leading plus, and the marks
// people put between (RFC 3966 section 5.1.1, and the slash).
func telephone(text string) (number string, ok bool) {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" -./()", r):
		default:
			return "", false
		}
	}
	number = b.String()
	return number, len(strings.TrimPrefix(number, "+")) > 0 && len(number) <= 32
}
