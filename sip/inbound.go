package sip

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
)

// onRequest is called by the transaction layer, in a goroutine for each
// request; the transaction lives until it returns.
func (s *Server) onRequest(req *sip.Request, tx *sip.ServerTx) {
	defer tx.TerminateGracefully()
	if !s.enter() {
		return
	}
	defer s.leave()
	defer s.guard(s.log, "request", func() { _ = reply(req, tx, 500) })
	if tag, ok := req.To().Params.Get("tag"); ok && tag != "" {
		s.inDialog(req, tx, dialogKey{req.CallID().Value(), tag})
		return
	}
	t := s.trunkOf(sourceAddr(req.Source()))
	extensions := unsupported(req)
	switch {
	case req.IsAck():
	case t == nil:
		_ = reply(req, tx, 403)
	case len(extensions) > 0 && !req.IsCancel() && allowedMethod(req.Method):
		_ = reply(req, tx, 420, "Unsupported", strings.Join(extensions, ", "))
	case req.IsCancel():
		s.onCancel(req, tx)
	case req.Method == sip.OPTIONS:
		_ = reply(req, tx, s.optionsCode(), "Allow", allow, "Supported", supported, "Accept", sdpType)
	case req.IsInvite():
		s.onInvite(req, tx, t)
	case req.Method == sip.REFER: // nobody gets to call others by us
		_ = reply(req, tx, 603)
	case allowedMethod(req.Method):
		_ = reply(req, tx, 481) // belongs into a dialog
	default:
		_ = reply(req, tx, 405, "Allow", allow)
	}
}

func (s *Server) optionsCode() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == stateDraining {
		return 503
	}
	return 200
}

func allowedMethod(m sip.RequestMethod) bool {
	for _, a := range strings.Split(allow, ", ") {
		if a == m.String() {
			return true
		}
	}
	return false
}

// trunkOf finds the trunk a source belongs to, nil for strangers.
func (s *Server) trunkOf(a netip.Addr) *trunk {
	for _, t := range s.trunks {
		if t.matches(a) {
			return t
		}
	}
	return nil
}

// onInvite admits a new call, starts its handler and owns its leg to the end.
func (s *Server) onInvite(req *sip.Request, tx *sip.ServerTx, t *trunk) {
	s.invites.Add(1)
	if refusal := s.precheck(req); refusal != nil {
		s.refuse(req, tx, refusal)
		return
	}
	leave, refusal := s.admit(req)
	if refusal != nil {
		s.refuse(req, tx, refusal)
		return
	}
	defer leave()
	req = req.Clone() // the transaction reads its own copy
	req.To().Params.Add("tag", s.localTag(req))
	l, refusal := s.inboundLeg(req, tx, t)
	if refusal != nil {
		s.refuse(req, tx, refusal)
		return
	}
	withdrawn := s.add(l) // before the first response, which a CANCEL may follow at once
	l.log.Info("call", "trunk", t.Name, "transport", l.info.Transport, "user_to_user", broughtAlong(req))
	l.ring.Reset(s.options.Limits.RingTime)
	l.ringReliably()
	if !withdrawn {
		s.calls.Go(func() { s.serve(l) })
	}
	l.run()
}

// serve runs the handler; the leg ends when it returns.
func (s *Server) serve(l *Leg) {
	ctx, cancel := context.WithCancelCause(s.base)
	defer cancel(nil)
	s.calls.Go(func() {
		select {
		case <-l.done:
			cancel(leg.ErrEnded)
		case <-ctx.Done():
		}
	})
	defer s.guard(l.log, "handler", func() { _ = l.Hangup(context.WithoutCancel(ctx), leg.CauseError) })
	s.handler(ctx, l)
	_ = l.Hangup(context.WithoutCancel(ctx), leg.CauseNormal) // ends within byeTime
}

// inboundLeg negotiates and opens media for an admitted INVITE.
func (s *Server) inboundLeg(req *sip.Request, tx *sip.ServerTx, t *trunk) (*Leg, *refusal) {
	var offer *sdp.Session
	if len(req.Body()) > 0 {
		var err error
		if offer, err = sdp.Parse(req.Body()); err != nil {
			return nil, refuseSDP(err)
		}
	}
	peer := sourceAddr(req.Source())
	l := newLeg(s, s.inboundInfo(req, t))
	l.phase = ringing
	l.remote = sip.Uri{Scheme: "sip", Host: req.From().Address.Host, Port: req.From().Address.Port}
	l.user, l.password = t.credentials()
	l.invite = &invite{req: req, tx: tx}
	l.session.init(req)
	l.dialog = serverDialog(req, s.contact(sip.NetworkToLower(req.Transport()), peer))
	l.sdp = &sdp.Local{
		Address: s.mediaAddr(peer), ID: rand.Uint64() >> 2, Codecs: t.codecs(), Security: t.SRTP,
	}
	if t.SRTP != "" && t.SRTP != sdp.SecurityOff {
		l.sdp.Crypto = sdp.NewCrypto()
	}
	tones := t.InbandDTMF || offer != nil && !offer.Events() // keys come in no other way in the audio
	if err := l.openMedia(tones); err != nil {
		l.stopMedia()
		if errors.Is(err, rtpio.ErrNoPort) {
			return nil, refuse(503, err.Error(), retryAfter()...)
		}
		return nil, refuse(500, err.Error())
	}
	if offer == nil {
		return l, nil
	}
	body, agreed, err := l.sdp.Answer(offer)
	if err != nil {
		l.stopMedia()
		_ = l.ports.Close()
		return nil, refuseSDP(err)
	}
	l.invite.body, l.invite.agreed = body, &agreed
	return l, nil
}

func refuseSDP(err error) *refusal {
	if errors.Is(err, sdp.ErrNotAcceptable) {
		return refuse(488, err.Error(), "Warning", `305 amtsleitung "Incompatible media format"`) // RFC 3261 section 20.43
	}
	return refuse(400, err.Error())
}

func (s *Server) inboundInfo(req *sip.Request, t *trunk) leg.Info {
	info := leg.Info{
		Call: s.options.NewID(), Leg: "caller", To: req.Recipient.User, Trunk: t.Name,
		Transport: sip.NetworkToLower(req.Transport()), Language: t.Language, Inbound: true,
	}
	if from := req.From().Address; !strings.EqualFold(from.User, "anonymous") && !strings.HasSuffix(from.Host, ".invalid") {
		info.From = from.User
	}
	return info
}

// contact is where the peer reaches us inside a dialog.
func (s *Server) contact(network string, peer netip.Addr) sip.ContactHeader {
	local := s.local(network, peer)
	u := sip.Uri{Scheme: "sip", User: "amtsleitung", Host: local.Addr().String(), Port: int(local.Port())}
	if local.Addr().Is6() {
		u.Host = fmt.Sprintf("[%s]", local.Addr())
	}
	if network != "udp" {
		u.UriParams = sip.NewParams()
		u.UriParams.Add("transport", network)
	}
	return sip.ContactHeader{Address: u}
}

// add makes a leg known; withdrawn says that a CANCEL waits for it, and ends it.
func (s *Server) add(l *Leg) (withdrawn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.legs[l.dialog.key()] = l
	close(s.added)
	s.added = make(chan struct{})
	return s.awaited[l.dialog.key()] > 0
}

func (s *Server) remove(l *Leg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.legs, l.dialog.key())
}

func (s *Server) find(key dialogKey) *Leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.legs[key]
}

// await finds a leg, perhaps one that is only coming; nil when none does in time.
func (s *Server) await(key dialogKey, patience time.Duration) *Leg {
	late := time.NewTimer(patience)
	defer late.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.awaited[key]++
	defer func() {
		if s.awaited[key]--; s.awaited[key] == 0 {
			delete(s.awaited, key)
		}
	}()
	for more := true; more && s.legs[key] == nil; {
		added := s.added
		s.mu.Unlock()
		select {
		case <-added:
		case <-late.C:
			more = false
		case <-s.base.Done():
			more = false
		}
		s.mu.Lock()
	}
	return s.legs[key]
}
