package sip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// DialOptions of one outbound call; the zero value calls anonymously with all codecs.
type DialOptions struct {
	Codecs []string // in order of preference; empty is G722, PCMA, PCMU
	From   string   // our user part; "" is "anonymous"
	// Identity says more about us than From does.
	Identity Identity
	// Gateway is a SIP address that the call goes by; "" is the called address itself.
	Gateway string
	// User and Password answer a digest challenge.
	User, Password string
	SRTP           sdp.Security // required offers RTP/SAVP; optional accepts it in a delayed offer
	DelayedOffer   bool         // no SDP in the INVITE: theirs in the 200, ours in the ACK
	InbandDTMF     bool         // listens for tones in the audio
	// Early gets the audio before the answer (announcements, ringing tone); nil discards it.
	Early media.Sink
	// UserToUser travels in the header of the same name (RFC 7433), "" sends none.
	UserToUser string
	// Call and Leg name the leg in logs; "" makes a new call id and "callee".
	Call, Leg string
	Language  string
	Trunk     string
}

// Dial calls uri and returns the answered leg. When ctx ends first the call
// is cancelled. A refusal is a *StatusError, to be told apart with errors.Is
// and ErrBusy, ErrDeclined, ErrNotFound, ErrNoAnswer and the others.
func (s *Server) Dial(ctx context.Context, uri string, o DialOptions) (*Leg, error) {
	t, err := parseTarget(uri)
	if err != nil {
		return nil, err
	}
	if o.Gateway != "" {
		if err := t.by(o.Gateway); err != nil {
			return nil, err
		}
	}
	if !s.enterCall() {
		return nil, ErrStopped
	}
	defer s.calls.Done()
	addr, err := t.resolve(ctx)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w: %w", uri, ErrUnavailable, err)
	}
	l, err := s.outboundLeg(t, addr, o)
	if err != nil {
		return nil, err
	}
	release := s.expect(addr.Addr())
	d := &dialing{leg: l, addr: addr, options: o, early: map[string]*earlyDialog{}}
	if err := d.run(ctx); err != nil {
		release()
		s.remove(l)
		l.abandon()
		return nil, fmt.Errorf("call %s: %w", uri, err)
	}
	s.calls.Go(func() {
		defer release()
		l.run()
	})
	return l, nil
}

func (s *Server) outboundLeg(t target, addr netip.AddrPort, o DialOptions) (*Leg, error) {
	info := leg.Info{
		Call: o.Call, Leg: o.Leg, From: t.uri.User, To: t.uri.User, Trunk: o.Trunk,
		Transport: t.network, Language: o.Language,
	}
	if info.Call == "" {
		info.Call = s.options.NewID()
	}
	if info.Leg == "" {
		info.Leg = "callee"
	}
	l := newLeg(s, info)
	l.phase = up
	l.session.inviter = true
	l.peer = addr
	l.user, l.password = o.User, o.Password
	l.remote = sip.Uri{Scheme: "sip", Host: t.uri.Host, Port: t.uri.Port}
	l.sdp = &sdp.Local{
		Address: s.mediaAddr(addr.Addr()), ID: rand.Uint64() >> 2, Security: o.SRTP,
		Codecs: (&Trunk{Codecs: o.Codecs}).codecs(),
	}
	if o.SRTP != "" && o.SRTP != sdp.SecurityOff {
		l.sdp.Crypto = sdp.NewCrypto()
	}
	l.dialog = s.clientDialog(t, addr, o)
	if err := l.openMedia(o.InbandDTMF); err != nil {
		l.stopMedia()
		return nil, err
	}
	return l, nil
}

func (s *Server) clientDialog(t target, addr netip.AddrPort, o DialOptions) dialog {
	d := dialog{
		callID: uuid.NewString(), localTag: sip.GenerateTagN(16), network: t.network, source: addr.String(),
		contact: s.contact(t.network, addr.Addr()), localSeq: 1 + rand.Uint32N(1<<15),
	}
	d.local = o.Identity.from(o.From, d.contact.Address.Host)
	d.local.Params.Add("tag", d.localTag)
	to := t.uri.Clone()
	to.UriParams = nil
	d.remote = sip.ToHeader{Address: *to}
	d.target = *t.uri.Clone()
	return d
}

// abandon frees a leg that was never answered.
func (l *Leg) abandon() {
	l.stopMedia()
	l.tasks.Wait()
	l.letGo()
	l.media.Playout().Close()
	_ = l.ports.Close()
	l.events.Close()
	close(l.done)
}

// letGo leaves the INVITE's transaction of an outbound leg to itself.
func (l *Leg) letGo() {
	if l.inviteTx != nil {
		l.server.linger(l.inviteTx, l.peer.Addr())
	}
}
