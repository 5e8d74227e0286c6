package sip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/sip/register"
	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// registrar sends the REGISTERs of one trunk (RFC 3261 section 10.2). Only
// the trunk's keeper uses it.
type registrar struct {
	server *Server
	trunk  *trunk
	target target
	callID string
	tag    string
	seq    uint32
	least  time.Duration // Min-Expires of the other side
	forget func()        // lets go of the address that was expected
}

// keepRegistered holds a trunk's registration until ctx ends, then gives it up.
func (s *Server) keepRegistered(ctx context.Context, t *trunk) {
	defer s.guard(s.log, "registration", nil)
	target, err := parseTarget(t.Register.Server)
	if err != nil {
		t.set(time.Time{}, err) // cannot be: validated before
		return
	}
	r := &registrar{
		server: s, trunk: t, target: target, callID: uuid.NewString(), tag: sip.GenerateTagN(16),
		seq: rand.Uint32N(1 << 15), forget: func() {},
	}
	defer func() { r.forget() }()
	log := s.log.With("trunk", t.Name)
	k := register.Keeper{Registrar: r, Expiry: t.Register.Expiry, Report: func(until time.Time, err error) {
		switch before := t.set(until, err); {
		case err != nil:
			log.Warn("registration", "server", t.Register.Server, "error", err)
		case !before && !until.IsZero():
			log.Info("registered", "server", t.Register.Server, "until", until)
		case until.IsZero():
			log.Info("registration given up", "server", t.Register.Server)
		}
	}}
	k.Run(ctx)
}

// set notes the state and tells whether the trunk was registered before.
func (t *trunk) set(until time.Time, err error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := !t.until.IsZero()
	t.until, t.err = until, err
	return before
}

// Register sends a REGISTER, answers a challenge and a demand for a longer expiry.
func (r *registrar) Register(ctx context.Context, expiry time.Duration) (time.Duration, error) {
	addr, err := r.target.resolve(ctx)
	if err != nil {
		return 0, err
	}
	r.note(addr.Addr())
	var credentials sip.Header
	for range 4 {
		asked := expiry
		if expiry > 0 {
			asked = max(expiry, r.least)
		}
		req := r.request(addr, asked)
		if credentials != nil {
			req.AppendHeader(credentials)
		}
		tx, err := r.server.send(ctx, req, addr)
		if err != nil {
			return 0, err
		}
		res, err := final(ctx, tx)
		if err != nil {
			return 0, fmt.Errorf("register at %s: %w", addr, timedOut(err))
		}
		switch {
		case res.IsSuccess():
			return granted(res, asked, r.contact(addr)), nil
		case (res.StatusCode == 401 || res.StatusCode == 407) && credentials == nil:
			o := r.trunk.Register
			if credentials, err = authorization(req, res, o.User, o.Password, o.Realm); err != nil {
				return 0, err
			}
		case res.StatusCode == 423: // RFC 3261 section 10.2.8
			n, _, ok := seconds(header(res, "min-expires"))
			if !ok || n < 1 || n > 1<<22 || time.Duration(n)*time.Second <= asked {
				return 0, &StatusError{res.StatusCode, res.Reason}
			}
			r.least, credentials = time.Duration(n)*time.Second, nil
		default:
			return 0, &StatusError{res.StatusCode, res.Reason}
		}
	}
	return 0, ErrCredentials
}

// note lets the registrar's responses and calls in.
func (r *registrar) note(a netip.Addr) {
	r.trunk.mu.Lock()
	known := slices.Contains(r.trunk.server, a)
	r.trunk.mu.Unlock()
	if known {
		return
	}
	forget := r.server.expect(a)
	r.forget()
	r.forget = forget
	r.trunk.mu.Lock()
	defer r.trunk.mu.Unlock()
	r.trunk.server = []netip.Addr{a}
}

func (r *registrar) contact(addr netip.AddrPort) sip.ContactHeader {
	c := r.server.contact(r.target.network, addr.Addr())
	c.Address.User = r.trunk.Register.User
	return c
}

func (r *registrar) request(addr netip.AddrPort, expiry time.Duration) *sip.Request {
	host := sip.Uri{Scheme: r.target.uri.Scheme, Host: r.target.uri.Host, Port: r.target.uri.Port}
	req := sip.NewRequest(sip.REGISTER, host)
	aor := sip.Uri{Scheme: "sip", User: r.trunk.Register.User, Host: host.Host}
	from := sip.FromHeader{Address: aor}
	from.Params.Add("tag", r.tag)
	forwards := sip.MaxForwardsHeader(70)
	id := sip.CallIDHeader(r.callID)
	contact := r.contact(addr)
	r.seq++
	for _, h := range []sip.Header{
		&forwards, &from, &sip.ToHeader{Address: aor}, &id,
		&sip.CSeqHeader{SeqNo: r.seq, MethodName: sip.REGISTER}, &contact,
		sip.NewHeader("Expires", strconv.Itoa(int(expiry/time.Second))),
		sip.NewHeader("Allow", allow), sip.NewHeader("Supported", supported),
	} {
		req.AppendHeader(h)
	}
	req.SetTransport(upper(r.target.network))
	req.SetBody(nil)
	return req
}

// granted reads the expiry of our Contact, else Expires, else what we asked for.
func granted(res *sip.Response, asked time.Duration, ours sip.ContactHeader) time.Duration {
	best := asked
	if n, _, ok := seconds(header(res, "expires")); ok {
		best = time.Duration(n) * time.Second
	}
	for _, h := range res.GetHeaders("contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok || c.Address.User != ours.Address.User || !strings.EqualFold(c.Address.Host, ours.Address.Host) || c.Address.Port != ours.Address.Port {
			continue
		}
		if v, ok := c.Params.Get("expires"); ok {
			if n, err := strconv.ParseUint(v, 10, 31); err == nil {
				best = time.Duration(n) * time.Second
			}
		}
	}
	return best
}
