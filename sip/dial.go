package sip

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

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
	// User and Password answer a digest challenge.
	User, Password string
	SRTP           sdp.Security // required offers RTP/SAVP; optional accepts it in a delayed offer
	DelayedOffer   bool         // no SDP in the INVITE: theirs in the 200, ours in the ACK
	// Early gets the audio before the answer (announcements, ringing tone); nil discards it.
	Early media.Sink
	// Call and Leg name the leg in logs; "" makes a new call id and "callee".
	Call, Leg string
	Language  string
	Trunk     string
}

// cancelTime bounds how long a cancelled call waits for its final response.
const cancelTime = 4 * time.Second

// Dial calls uri and returns the answered leg. When ctx ends first the call
// is cancelled. A refusal is a *StatusError, to be told apart with errors.Is
// and ErrBusy, ErrDeclined, ErrNotFound, ErrNoAnswer and the others.
func (s *Server) Dial(ctx context.Context, uri string, o DialOptions) (*Leg, error) {
	t, err := parseTarget(uri)
	if err != nil {
		return nil, err
	}
	if !s.enterCall() {
		return nil, ErrStopped
	}
	defer s.calls.Done()
	addr, err := t.resolve(ctx)
	if err != nil {
		return nil, err
	}
	l, err := s.outboundLeg(t, addr, o)
	if err != nil {
		return nil, err
	}
	release := s.expect(addr.Addr())
	d := &dialing{leg: l, addr: addr, options: o}
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
	l.sdp = &sdp.Local{
		Address: s.mediaAddr(addr.Addr()), ID: rand.Uint64() >> 2, Security: o.SRTP,
		Codecs: (&Trunk{Codecs: o.Codecs}).codecs(),
	}
	if o.SRTP != "" && o.SRTP != sdp.SecurityOff {
		l.sdp.Crypto = sdp.NewCrypto()
	}
	l.dialog = s.clientDialog(t, addr, o)
	if err := l.openMedia(false); err != nil {
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
	user := o.From
	if user == "" {
		user = "anonymous"
	}
	d.local = sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: user, Host: d.contact.Address.Host}}
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
	l.media.Playout().Close()
	_ = l.ports.Close()
	l.events.close()
	close(l.done)
}

// dialing is an INVITE of ours until its final response.
type dialing struct {
	leg     *Leg
	addr    netip.AddrPort
	options DialOptions
	offered bool
	tried   bool // credentials
	rseq    uint32
	early   bool
}

// run sends the INVITE, again with credentials or a longer session when asked for.
func (d *dialing) run(ctx context.Context) error {
	l := d.leg
	l.session.interval = defaultSession * time.Second
	l.session.ours = true
	if d.options.Early != nil {
		l.Receive(d.options.Early)
	}
	var credentials sip.Header
	for range 3 {
		req := d.request(credentials)
		res, err := d.attempt(ctx, req)
		if err != nil {
			return err
		}
		switch {
		case res.IsSuccess():
			return d.connected(ctx, req, res)
		case res.StatusCode == 401 || res.StatusCode == 407:
			if d.tried || d.options.User == "" {
				return &StatusError{res.StatusCode, res.Reason}
			}
			d.tried = true
			if credentials, err = authorization(req, res, d.options.User, d.options.Password, ""); err != nil {
				return err
			}
		case res.StatusCode == 422:
			n, _, ok := seconds(header(res, "min-se"))
			if !ok || n < minSession || n > 1<<20 {
				return &StatusError{res.StatusCode, res.Reason}
			}
			l.session.interval = time.Duration(n) * time.Second
		default:
			return &StatusError{res.StatusCode, res.Reason}
		}
	}
	return &StatusError{401, "too many challenges"}
}

func (d *dialing) request(credentials sip.Header) *sip.Request {
	l := d.leg
	req := l.dialog.request(sip.INVITE, 0)
	req.AppendHeader(sip.NewHeader("Allow", allow))
	req.AppendHeader(sip.NewHeader("Supported", supported))
	l.session.headers(req)
	if credentials != nil {
		req.AppendHeader(credentials)
	}
	if !d.options.DelayedOffer {
		withSDP(req, l.sdp.Offer(sdp.SendRecv))
		d.offered = true
	}
	return req
}

// attempt runs one INVITE transaction to its final response.
func (d *dialing) attempt(ctx context.Context, req *sip.Request) (*sip.Response, error) {
	s := d.leg.server
	// The transaction must outlive ctx to be cancelled properly.
	work := context.WithoutCancel(ctx)
	tx, err := s.send(work, req, d.addr)
	if err != nil {
		return nil, err
	}
	provisional, canceling := false, false
	ended := ctx.Done()
	var limit <-chan time.Time
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return d.last(work, ctx, req, res, tx, canceling)
			}
			if !provisional && canceling {
				s.cancel(work, req, d.addr)
			}
			provisional = true
			d.provisional(work, res)
		case <-tx.Done():
			tx.Terminate()
			if canceling {
				return nil, gaveUp(ctx)
			}
			return nil, timedOut(tx.Err())
		case <-ended:
			ended, canceling = nil, true
			timer := time.NewTimer(cancelTime)
			defer timer.Stop()
			limit = timer.C
			if provisional { // RFC 3261 section 9.1: not before a provisional response
				s.cancel(work, req, d.addr)
			}
		case <-limit:
			tx.Terminate()
			return nil, gaveUp(ctx)
		}
	}
}

// last keeps a 2xx transaction so that a repeated 200 gets its ACK again.
func (d *dialing) last(work, ctx context.Context, req *sip.Request, res *sip.Response, tx *sip.ClientTx, canceling bool) (*sip.Response, error) {
	if !res.IsSuccess() {
		tx.Terminate()
		if canceling {
			return nil, gaveUp(ctx)
		}
		return res, nil
	}
	if canceling { // the answer crossed our CANCEL: acknowledge and hang up
		tx.Terminate()
		dialog := d.leg.dialog
		dialog.confirm(res)
		if err := d.leg.server.ack(work, &dialog, req.CSeq().SeqNo, nil); err == nil {
			bye, cancel := context.WithTimeout(work, byeTime)
			defer cancel()
			_, _ = d.leg.server.exchange(bye, dialog.request(sip.BYE, 0), &dialog)
		}
		return nil, gaveUp(ctx)
	}
	d.leg.inviteTx = tx
	return res, nil
}

func gaveUp(ctx context.Context) error { return fmt.Errorf("%w: %w", ErrNoAnswer, context.Cause(ctx)) }

func timedOut(err error) error {
	if errors.Is(err, sip.ErrTransactionTimeout) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// cancel sends a CANCEL for the INVITE; its outcome is the INVITE's response.
func (s *Server) cancel(ctx context.Context, invite *sip.Request, addr netip.AddrPort) {
	req := sip.NewRequest(sip.CANCEL, *invite.Recipient.Clone())
	req.AppendHeader(sip.HeaderClone(invite.Via()))
	for _, h := range invite.GetHeaders("route") {
		req.AppendHeader(sip.HeaderClone(h))
	}
	forwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&forwards)
	req.AppendHeader(sip.HeaderClone(invite.From()))
	req.AppendHeader(sip.HeaderClone(invite.To()))
	req.AppendHeader(sip.HeaderClone(invite.CallID()))
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.SetBody(nil)
	req.SetTransport(invite.Transport())
	req.SetDestination(addr.String())
	req.Laddr = invite.Laddr
	ctx, stop := context.WithTimeout(ctx, cancelTime)
	defer stop()
	tx, err := s.transactions.Request(ctx, req)
	if err != nil {
		return
	}
	_, _ = final(ctx, tx)
}
