package sip

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
)

// dialing is an INVITE of ours until its final response.
type dialing struct {
	leg     *Leg
	addr    netip.AddrPort
	options DialOptions
	offered bool
	tried   bool // credentials
	early   map[string]*earlyDialog
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
	for range 4 {
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
	d.options.Identity.describe(req)
	if d.options.UserToUser != "" {
		req.AppendHeader(sip.NewHeader(userToUserName, UserToUser(d.options.UserToUser)))
	}
	if page := l.server.options.callInfo(d.options.UserToUser); page != "" && d.options.Leg != caller {
		req.AppendHeader(sip.NewHeader(callInfoName, page))
	}
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

// attempt runs one INVITE transaction to its final response, or until ctx ends.
func (d *dialing) attempt(ctx context.Context, req *sip.Request) (*sip.Response, error) {
	s := d.leg.server
	// The transaction must outlive ctx to be cancelled properly.
	tx, err := s.send(context.WithoutCancel(ctx), req, d.addr)
	if err != nil {
		return nil, unreachable(err)
	}
	rings := false
	for {
		select {
		case res := <-tx.Responses():
			switch {
			case res.IsProvisional():
				rings = true
				d.provisional(res)
			case res.IsSuccess():
				d.leg.inviteTx = tx
				return res, nil
			default:
				s.linger(tx, d.addr.Addr()) // a repeated refusal gets its ACK again
				return res, nil
			}
		case <-tx.Done():
			return nil, unreachable(tx.Err())
		case <-ctx.Done():
			d.withdraw(tx, req, rings)
			return nil, gaveUp(ctx)
		}
	}
}

func gaveUp(ctx context.Context) error { return fmt.Errorf("%w: %w", ErrNoAnswer, context.Cause(ctx)) }

// unreachable says what a failed transaction means: nobody is there.
func unreachable(err error) error {
	if errors.Is(err, ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func timedOut(err error) error {
	if errors.Is(err, sip.ErrTransactionTimeout) {
		return unreachable(err)
	}
	return err
}
