package sip

import (
	"context"
	"errors"
	"fmt"

	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
)

// connected acknowledges the 2xx and starts media.
func (d *dialing) connected(ctx context.Context, req *sip.Request, res *sip.Response) error {
	l := d.leg
	template := l.dialog
	l.dialog.confirm(res)
	l.server.add(l) // before the ACK, which a BYE may follow at once; it waits for run
	body, failed := d.agree(res)
	seq := req.CSeq().SeqNo
	work := context.WithoutCancel(ctx)
	confirmed := l.dialog
	ack := func() error { return l.server.ack(work, &confirmed, seq, body) }
	others := &forks{server: l.server, addr: d.addr, dialog: template, seq: seq}
	// Before the ACK, too: the transaction drops what nobody waits for.
	l.inviteTx.OnRetransmission(func(res *sip.Response) {
		if toTag(res) == confirmed.remoteTag {
			_ = ack()
			return
		}
		others.answered(res)
	})
	if err := ack(); err != nil {
		failed = errors.Join(failed, err)
	}
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

// agree reads the SDP of the answer; body is what the ACK must carry.
func (d *dialing) agree(res *sip.Response) (body []byte, err error) {
	l := d.leg
	switch {
	case contentType(res) == sdpType && len(res.Body()) > 0:
		if d.offered {
			return nil, l.acceptAnswer(res.Body())
		}
		return l.answerOffer(res.Body())
	case d.early[toTag(res)].described():
		// What the dialog said early stands, whatever another fork has said since.
		return nil, l.acceptAnswer(d.early[toTag(res)].answer)
	}
	return nil, fmt.Errorf("%w: answer without SDP", sdp.ErrNotAcceptable)
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
