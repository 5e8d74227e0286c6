package sip

import (
	"fmt"
	"strconv"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
)

// invite is an INVITE being served, from its arrival to the ACK of its 2xx.
type invite struct {
	req      *sip.Request
	tx       *sip.ServerTx
	reoffer  bool // a re-INVITE
	body     []byte
	agreed   *sdp.Agreed   // nil: the offer is ours and its answer comes in the ACK
	ok       *sip.Response // once sent
	interval time.Duration
	deadline time.Time
	bye      bool // hang up as soon as that is allowed
}

// t2 is the longest interval between retransmissions (RFC 3261 section 17.1.2.2).
const t2 = 4 * time.Second

// answer sends the 200 for the first INVITE; result gets the outcome.
func (l *Leg) answer(result chan error) {
	if l.phase != ringing || l.invite == nil || l.pending != nil {
		result <- ErrEnded
		return
	}
	l.pending = result
	if l.reliable.waits() {
		return // continued by the PRACK
	}
	l.accept()
}

// accept goes on with the answer once nothing stands in its way.
func (l *Leg) accept() {
	in := l.invite
	if in.agreed != nil {
		if err := l.apply(*in.agreed); err != nil {
			l.log.Error("answer", "error", err)
			l.answerDone(err)
			l.refuse(leg.CauseError, "us")
			return
		}
	} else {
		in.body = l.sdp.Offer(sdp.SendRecv)
	}
	l.ring.Stop()
	l.reliable.stop()
	if err := l.send2xx(in); err != nil {
		l.answerDone(err)
		l.end(leg.CauseError, "us: "+err.Error())
		return
	}
	l.phase, l.answered = up, true
	l.server.answered.Add(1)
	l.session.start()
}

func (l *Leg) answerDone(err error) {
	if l.pending != nil {
		l.pending <- err
		l.pending = nil
	}
}

// send2xx answers an INVITE and keeps the response for retransmission, which
// is ours to do on every transport (RFC 3261 section 13.3.1.4).
func (l *Leg) send2xx(in *invite) error {
	in.ok = l.response2xx(in.req, in.body)
	l.session.grant(in.req, in.ok)
	if err := in.tx.Respond(in.ok); err != nil {
		return fmt.Errorf("send answer: %w", err)
	}
	in.interval = l.server.options.T1
	in.deadline = time.Now().Add(64 * l.server.options.T1)
	l.resend.Reset(in.interval)
	return nil
}

func (l *Leg) response2xx(req *sip.Request, body []byte) *sip.Response {
	res := response(req, 200, "Allow", allow, "Supported", supported)
	res.AppendHeader(sip.HeaderClone(&l.dialog.contact))
	if body != nil {
		withSDP(res, body)
	}
	return res
}

// resend2xx repeats the 200 until its ACK comes, then gives up with a BYE.
func (l *Leg) resend2xx() {
	in := l.invite
	if in == nil || in.ok == nil {
		return
	}
	if !time.Now().Before(in.deadline) {
		l.invite = nil
		l.answerDone(ErrNoAck)
		if l.ended == "" {
			l.ended = string(leg.CauseError) + " by us: no ACK"
		}
		l.bye()
		return
	}
	if err := in.tx.Respond(in.ok); err != nil {
		l.log.Debug("repeat answer", "error", err)
	}
	in.interval = min(2*in.interval, t2)
	l.resend.Reset(in.interval)
}

// onAck ends the INVITE; with delayed offer it brings the answer.
func (l *Leg) onAck(req *sip.Request) {
	in := l.invite
	if in == nil || in.ok == nil || req.CSeq().SeqNo != in.req.CSeq().SeqNo {
		return // a repeated ACK
	}
	l.invite = nil
	l.resend.Stop()
	if in.bye {
		l.answerDone(ErrEnded)
		l.bye()
		return
	}
	if in.agreed == nil {
		if err := l.lateAnswer(req); err != nil {
			l.log.Info("answer in the ACK", "error", err)
			l.answerDone(err)
			l.hangup(leg.CauseError, "us: "+err.Error())
			return
		}
	}
	l.answerDone(nil)
}

func (l *Leg) lateAnswer(req *sip.Request) error {
	if len(req.Body()) == 0 {
		return fmt.Errorf("%w: ACK without an answer", sdp.ErrNotAcceptable)
	}
	s, err := sdp.Parse(req.Body())
	if err != nil {
		return err
	}
	a, err := l.sdp.Accept(s)
	if err != nil {
		return err
	}
	return l.apply(a)
}

// reliable is a provisional response under retransmission (RFC 3262).
type reliable struct {
	timer    *time.Timer
	res      *sip.Response
	seq      uint32
	interval time.Duration
	deadline time.Time
}

func (r *reliable) waits() bool { return r.res != nil }

func (r *reliable) stop() {
	r.res = nil
	r.timer.Stop()
}

// ringReliably sends a 180; reliably when the caller requires it. It carries
// no SDP, so that the 2xx may follow at once.
func (l *Leg) ringReliably() {
	in := l.invite
	res := response(in.req, 180, "Allow", allow)
	res.AppendHeader(sip.HeaderClone(&l.dialog.contact))
	if hasToken(in.req, "require", "100rel") {
		l.reliable.seq = 1
		res.AppendHeader(sip.NewHeader("Require", "100rel"))
		res.AppendHeader(sip.NewHeader("RSeq", strconv.Itoa(int(l.reliable.seq))))
		l.reliable.res = res
		l.reliable.interval = l.server.options.T1
		l.reliable.deadline = time.Now().Add(64 * l.server.options.T1)
		l.reliable.timer.Reset(l.reliable.interval)
	}
	if err := in.tx.Respond(res); err != nil {
		l.log.Debug("ringing", "error", err)
	}
}

func (l *Leg) resendReliable() {
	r := &l.reliable
	if r.res == nil || l.phase != ringing {
		return
	}
	if !time.Now().Before(r.deadline) { // RFC 3262 section 3: refuse with a 5xx
		r.stop()
		_ = reply(l.invite.req, l.invite.tx, 504)
		l.end(leg.CauseError, "us: no PRACK")
		return
	}
	if err := l.invite.tx.Respond(r.res); err != nil {
		l.log.Debug("ringing", "error", err)
	}
	r.interval *= 2
	r.timer.Reset(r.interval)
}

// onPrack acknowledges the 180.
func (l *Leg) onPrack(req *sip.Request, tx *sip.ServerTx) {
	var rseq, cseq uint32
	var method string
	_, err := fmt.Sscan(header(req, "rack"), &rseq, &cseq, &method)
	if err != nil || l.invite == nil || !l.reliable.waits() || rseq != l.reliable.seq ||
		cseq != l.invite.req.CSeq().SeqNo || method != "INVITE" {
		_ = reply(req, tx, 481)
		return
	}
	l.reliable.stop()
	_ = reply(req, tx, 200)
	if l.pending != nil {
		l.accept()
	}
}
