package sip

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
)

// inDialog brings a request to the leg it belongs to.
func (s *Server) inDialog(req *sip.Request, tx *sip.ServerTx, key dialogKey) {
	l := s.find(key)
	if l == nil || !l.do(func() { l.handle(req, tx) }) {
		if !req.IsAck() {
			_ = reply(req, tx, 481)
		}
	}
}

// handle serves one request of the dialog, in the leg's goroutine.
func (l *Leg) handle(req *sip.Request, tx *sip.ServerTx) {
	if tag, _ := req.From().Params.Get("tag"); tag != l.dialog.remoteTag {
		if !req.IsAck() {
			_ = reply(req, tx, 481)
		}
		return
	}
	if req.IsAck() {
		l.onAck(req)
		return
	}
	if req.CSeq().SeqNo < l.dialog.remoteSeq { // RFC 3261 section 12.2.2
		_ = reply(req, tx, 500)
		return
	}
	l.dialog.remoteSeq = req.CSeq().SeqNo
	l.dialog.source = req.Source()
	if u := unsupported(req); len(u) > 0 && !req.IsCancel() {
		_ = reply(req, tx, 420, "Unsupported", strings.Join(u, ", "))
		return
	}
	switch req.Method {
	case sip.BYE:
		l.onBye(req, tx)
	case sip.INVITE, sip.UPDATE:
		l.onReoffer(req, tx)
	case sip.PRACK:
		l.onPrack(req, tx)
	case sip.INFO:
		l.onInfo(req, tx)
	case sip.NOTIFY:
		l.onNotify(req, tx)
	case sip.REFER: // callers do not get to call others by us
		_ = reply(req, tx, 603)
	case sip.CANCEL: // of a re-INVITE, which has been answered already
		_ = reply(req, tx, 481)
	case sip.OPTIONS:
		_ = reply(req, tx, 200, "Allow", allow, "Supported", supported, "Accept", sdpType)
	default:
		_ = reply(req, tx, 405, "Allow", allow)
	}
}

// onBye ends the leg, after the audio that is still in the jitter buffer.
func (l *Leg) onBye(req *sip.Request, tx *sip.ServerTx) {
	_ = reply(req, tx, 200)
	switch l.phase {
	case ringing: // legal for early dialogs, RFC 3261 section 15
		_ = reply(l.invite.req, l.invite.tx, 487)
		l.end(leg.CauseNormal, "caller before the answer")
	case up:
		if l.ended == "" {
			l.ended = string(leg.CauseNormal) + " by caller"
		}
		l.phase, l.byed = leaving, true
		l.invite = nil
		l.answerDone(ErrEnded)
		if l.referring() {
			l.tail.Reset(lastReportTime)
			return
		}
		l.tail.Reset(tailTime)
	}
}

// onReoffer serves re-INVITE and UPDATE: hold, another codec, another
// address, or only a refresh of the session.
func (l *Leg) onReoffer(req *sip.Request, tx *sip.ServerTx) {
	if r := l.reofferRefused(req); r != nil {
		_ = reply(req, tx, r.code, r.headers...)
		return
	}
	in := &invite{req: req, tx: tx, reoffer: true}
	if len(req.Body()) > 0 {
		offer, err := sdp.Parse(req.Body())
		if err == nil {
			var a sdp.Agreed
			if in.body, a, err = l.sdp.Answer(offer); err == nil {
				in.agreed, err = &a, l.apply(a)
			}
		}
		if err != nil { // the session stays as it was
			r := refuseSDP(err)
			_ = reply(req, tx, r.code, r.headers...)
			return
		}
	}
	l.dialog.retarget(req.Contact())
	if req.IsInvite() {
		if in.agreed == nil {
			in.body = l.sdp.Offer(sdp.SendRecv)
		}
		l.invite = in
		if err := l.send2xx(in); err != nil {
			l.log.Debug("re-INVITE", "error", err)
		}
	} else {
		res := l.response2xx(req, in.body)
		l.session.grant(req, res)
		_ = tx.Respond(res)
	}
	l.session.start()
}

func (l *Leg) reofferRefused(req *sip.Request) *refusal {
	offers := len(req.Body()) > 0 || req.IsInvite()
	switch {
	case l.phase == leaving:
		return refuse(481, "leaving")
	case l.phase == ringing && offers: // our answer to the first offer is still due, RFC 3311 section 5.2
		return refuse(500, "offer before the answer", "Retry-After", strconv.Itoa(rand.IntN(10)))
	case offers && (l.offering || l.invite != nil): // RFC 3261 section 14.2
		return refuse(491, "glare")
	case len(req.Body()) > 0 && contentType(req) != sdpType:
		return refuse(415, "content type", "Accept", sdpType)
	}
	_, r := offeredSession(req)
	return r
}

// onInfo takes DTMF from application/dtmf-relay ("Signal=5\r\nDuration=160")
// and application/dtmf ("5"), the two forms in use without a standard.
func (l *Leg) onInfo(req *sip.Request, tx *sip.ServerTx) {
	if len(req.Body()) == 0 { // a keep-alive of old gateways
		_ = reply(req, tx, 200)
		return
	}
	digit, err := infoDigit(contentType(req), string(req.Body()))
	switch {
	case errors.Is(err, errInfoType):
		_ = reply(req, tx, 415, "Accept", "application/dtmf-relay, application/dtmf")
	case err != nil:
		_ = reply(req, tx, 400)
	default:
		_ = reply(req, tx, 200)
		l.events.Put(leg.Event{Kind: leg.Digit, Digit: digit, How: "info"})
	}
}

var (
	errInfoType  = errors.New("INFO of another kind")
	errInfoDigit = errors.New("INFO without a digit")
)

func infoDigit(kind, body string) (rune, error) {
	switch kind {
	case "application/dtmf-relay":
		for line := range strings.Lines(body) {
			key, value, ok := strings.Cut(line, "=")
			if ok && strings.EqualFold(strings.TrimSpace(key), "signal") {
				return digitOf(value)
			}
		}
		return 0, errInfoDigit
	case "application/dtmf":
		return digitOf(body)
	}
	return 0, errInfoType
}

// digitOf reads a key; some gateways send the event number for * and #.
func digitOf(s string) (rune, error) {
	switch s = strings.ToUpper(strings.TrimSpace(s)); s {
	case "10":
		return '*', nil
	case "11":
		return '#', nil
	case "12", "13", "14", "15":
		return rune('A' + s[1] - '2'), nil
	}
	if len(s) == 1 && strings.Contains("0123456789*#ABCD", s) {
		return rune(s[0]), nil
	}
	return 0, errInfoDigit
}
