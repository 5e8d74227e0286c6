package sip

import (
	"context"
	"time"

	"github.com/emiago/sipgo/sip"
)

// cancelTime bounds how long a CANCEL waits for its own answer.
const cancelTime = 4 * time.Second

// withdrawTime is how long a withdrawn INVITE may still get a final response:
// 64*T1, RFC 3261 section 9.1.
const withdrawTime = 32 * time.Second

// withdraw gives an INVITE up. Dial does not wait for how that ends: the
// CANCEL goes out as soon as the other side has shown a sign of life, and
// whoever answers all the same is hung up.
func (d *dialing) withdraw(tx *sip.ClientTx, invite *sip.Request, rings bool) {
	s := d.leg.server
	others := &forks{server: s, addr: d.addr, dialog: d.leg.dialog, seq: invite.CSeq().SeqNo}
	release := s.expect(d.addr.Addr())
	s.calls.Go(func() { // Dial is still counted: a stop waits for this as for a call
		defer release()
		defer s.guard(d.leg.log, "cancelled call", nil)
		s.withdrawn(tx, func() { s.cancel(invite, d.addr.String()) }, rings, others)
	})
}

// withdrawn sees the transaction to its end.
func (s *Server) withdrawn(tx *sip.ClientTx, cancel func(), rings bool, others *forks) {
	if rings { // RFC 3261 section 9.1: not before a provisional response
		cancel()
	}
	limit := time.NewTimer(withdrawTime)
	defer limit.Stop()
	for {
		select {
		case res := <-tx.Responses():
			switch {
			case !res.IsProvisional():
				if res.IsSuccess() { // it crossed our CANCEL
					tx.OnRetransmission(others.answered) // first: what nobody waits for is dropped
					others.answered(res)
				}
				s.linger(tx, others.addr.Addr())
				return
			case !rings:
				rings = true
				cancel()
			}
		case <-tx.Done():
			return
		case <-limit.C:
			tx.Terminate()
			return
		case <-s.base.Done():
			tx.Terminate()
			return
		}
	}
}

// cancel sends a CANCEL for the INVITE; its outcome is the INVITE's response.
func (s *Server) cancel(invite *sip.Request, addr string) {
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
	req.SetDestination(addr)
	req.Laddr = invite.Laddr
	s.calls.Go(func() {
		ctx, stop := context.WithTimeout(s.base, cancelTime)
		defer stop()
		if tx, err := s.transactions.Request(ctx, req); err == nil {
			_, _ = final(ctx, tx)
		}
	})
}
