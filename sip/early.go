package sip

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// earlyDialog is what one of those who ring has told so far: an INVITE that a
// proxy forks makes one for each of them (RFC 3261 section 13.2.2.1).
type earlyDialog struct {
	rseq   uint32 // of the newest reliable response
	answer []byte // SDP; only the first of a dialog counts
}

// maxForks bounds what one INVITE may make us keep.
const maxForks = 32

func (e *earlyDialog) described() bool { return e != nil && e.answer != nil }

// provisional acknowledges what is sent reliably and plays the early media of
// the dialog that began to send last.
func (d *dialing) provisional(res *sip.Response) {
	e := d.fork(toTag(res))
	if e == nil {
		return
	}
	if hasToken(res, "require", "100rel") {
		n, _, ok := seconds(header(res, "rseq"))
		if !ok || uint32(n) <= e.rseq {
			return // again, or out of order: RFC 3262 section 4
		}
		e.rseq = uint32(n)
		d.prack(res, e.rseq)
	}
	if !d.offered || e.described() || len(res.Body()) == 0 || contentType(res) != sdpType {
		return
	}
	if err := d.leg.acceptAnswer(res.Body()); err != nil {
		d.leg.log.Info("early media", "error", err)
		return
	}
	e.answer = slices.Clone(res.Body())
}

// fork finds the early dialog of a tag; nil without one, as in a 100.
func (d *dialing) fork(tag string) *earlyDialog {
	if e, ok := d.early[tag]; ok || tag == "" || len(d.early) >= maxForks {
		return e
	}
	e := &earlyDialog{}
	d.early[tag] = e
	return e
}

func toTag(res *sip.Response) string {
	if res.To() == nil {
		return ""
	}
	tag, _ := res.To().Params.Get("tag")
	return tag
}

// prack sends a PRACK inside the early dialog (RFC 3262 section 7.2).
func (d *dialing) prack(res *sip.Response, rseq uint32) {
	l := d.leg
	early := l.dialog
	early.confirm(res)
	req := early.request(sip.PRACK, 0)
	l.dialog.localSeq = early.localSeq
	req.AppendHeader(sip.NewHeader("RAck", strings.Join([]string{
		strconv.FormatUint(uint64(rseq), 10), strconv.FormatUint(uint64(res.CSeq().SeqNo), 10), "INVITE",
	}, " ")))
	l.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(l.mediaCtx, cancelTime)
		defer cancel()
		if _, err := l.server.exchange(ctx, req, &early); err != nil {
			l.log.Debug("PRACK", "error", err)
		}
	})
}
