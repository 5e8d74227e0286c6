package sip

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
)

// provisional plays early media and acknowledges what is sent reliably.
func (d *dialing) provisional(ctx context.Context, res *sip.Response) {
	l := d.leg
	if hasToken(res, "require", "100rel") {
		n, _, ok := seconds(header(res, "rseq"))
		if !ok || uint32(n) <= d.rseq {
			return
		}
		d.rseq = uint32(n)
		d.prack(ctx, res)
	}
	if d.offered && !d.early && len(res.Body()) > 0 && contentType(res) == sdpType {
		if err := l.acceptAnswer(res.Body()); err != nil {
			l.log.Info("early media", "error", err)
			return
		}
		d.early = true
	}
}

// prack sends a PRACK inside the early dialog (RFC 3262 section 7.2).
func (d *dialing) prack(ctx context.Context, res *sip.Response) {
	l := d.leg
	early := l.dialog
	early.confirm(res)
	req := early.request(sip.PRACK, 0)
	l.dialog.localSeq = early.localSeq
	req.AppendHeader(sip.NewHeader("RAck", strings.Join([]string{
		strconv.FormatUint(uint64(d.rseq), 10), strconv.FormatUint(uint64(res.CSeq().SeqNo), 10), "INVITE",
	}, " ")))
	l.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, cancelTime)
		defer cancel()
		if _, err := l.server.exchange(ctx, req, &early); err != nil {
			l.log.Debug("PRACK", "error", err)
		}
	})
}

// connected acknowledges the 2xx and starts media.
func (d *dialing) connected(ctx context.Context, req *sip.Request, res *sip.Response) error {
	l := d.leg
	l.dialog.confirm(res)
	l.server.add(l) // before the ACK, which a BYE may follow at once; it waits for run
	var body []byte
	var failed error
	switch {
	case contentType(res) != sdpType || len(res.Body()) == 0:
		if !d.early {
			failed = fmt.Errorf("%w: answer without SDP", sdp.ErrNotAcceptable)
		}
	case d.offered:
		failed = l.acceptAnswer(res.Body())
	default:
		body, failed = l.answerOffer(res.Body())
	}
	seq := req.CSeq().SeqNo
	work := context.WithoutCancel(ctx)
	ack := func() error { return l.server.ack(work, &l.dialog, seq, body) }
	if err := ack(); err != nil {
		failed = errors.Join(failed, err)
	}
	confirmed := l.dialog
	l.inviteTx.OnRetransmission(func(*sip.Response) { _ = l.server.ack(work, &confirmed, seq, body) })
	if failed != nil {
		bye, cancel := context.WithTimeout(work, byeTime)
		defer cancel()
		_, _ = l.server.exchange(bye, l.dialog.request(sip.BYE, 0), &l.dialog)
		return failed
	}
	if d.options.Early != nil {
		l.Receive(nil)
	}
	l.answered = true
	l.session.accept(res)
	l.session.start()
	return nil
}

// answerOffer answers the offer in a 200.
func (l *Leg) answerOffer(body []byte) ([]byte, error) {
	offer, err := sdp.Parse(body)
	if err != nil {
		return nil, err
	}
	answer, agreed, err := l.sdp.Answer(offer)
	if err != nil {
		return nil, err
	}
	return answer, l.apply(agreed)
}
