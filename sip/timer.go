package sip

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/emiago/sipgo/sip"
)

// Session timers (RFC 4028), in seconds.
const (
	minSession     = 90
	defaultSession = 1800
)

// sessionTimer knows how long the session may last without a refresh.
type sessionTimer struct {
	peer     bool // the other side supports timers
	interval time.Duration
	ours     bool // we refresh
	inviter  bool // we sent the first INVITE: in its responses "uac" is us
	refresh  *time.Timer
	expire   *time.Timer
}

// asked is what a message says about the session.
type asked struct {
	seconds   int // 0: nothing
	refresher string
}

// offeredSession reads Session-Expires and refuses what is too short.
func offeredSession(req *sip.Request) (asked, *refusal) {
	a, ok := sessionExpires(req)
	if !ok {
		return a, refuse(400, "Session-Expires")
	}
	if a.seconds > 0 && a.seconds < minSession {
		if supports(req, "timer") {
			return a, refuse(422, "Session-Expires", "Min-SE", strconv.Itoa(minSession))
		}
		a.seconds = minSession
	}
	return a, nil
}

func sessionExpires(m headered) (asked, bool) {
	v := header(m, "session-expires")
	if v == "" {
		v = header(m, "x") // its compact form
	}
	if v == "" {
		return asked{}, true
	}
	n, params, ok := seconds(v)
	if !ok || n == 0 {
		return asked{}, false
	}
	a := asked{seconds: n}
	for _, p := range strings.Split(params, ";") {
		if k, val, _ := strings.Cut(strings.TrimSpace(p), "="); strings.EqualFold(k, "refresher") {
			a.refresher = strings.ToLower(strings.TrimSpace(val))
		}
	}
	return a, true
}

func (t *sessionTimer) init(req *sip.Request) { t.peer = supports(req, "timer") }

// grant settles the session for a request and says so in its 2xx. The side
// that sent the request is "uac" in it (RFC 4028 section 9).
func (t *sessionTimer) grant(req *sip.Request, res *sip.Response) {
	a, _ := offeredSession(req)
	t.peer = t.peer || supports(req, "timer")
	switch {
	case a.seconds == 0 && !t.peer:
		t.interval = 0
		return
	case a.seconds == 0:
		a = asked{seconds: defaultSession, refresher: "uas"}
	case a.refresher == "" || !t.peer:
		// We refresh unless they ask to: a phone that forgets would lose the call.
		a.refresher = "uas"
	}
	t.interval = time.Duration(a.seconds) * time.Second
	t.ours = a.refresher == "uas"
	res.AppendHeader(sip.NewHeader("Session-Expires", fmt.Sprintf("%d;refresher=%s", a.seconds, a.refresher)))
	if !t.ours {
		res.AppendHeader(sip.NewHeader("Require", "timer"))
	}
}

// accept reads the 2xx to a request of ours.
func (t *sessionTimer) accept(res *sip.Response) {
	a, ok := sessionExpires(res)
	t.peer = t.peer || supports(res, "timer")
	if !ok || a.seconds == 0 {
		t.interval = 0
		return
	}
	t.interval = time.Duration(max(a.seconds, minSession)) * time.Second
	t.ours = a.refresher != "uas"
}

// start arms the timers for the interval that was settled: refresh at half of
// it, or give up min(32 s, a third) before its end (RFC 4028 section 10).
func (t *sessionTimer) start() {
	t.refresh.Stop()
	t.expire.Stop()
	if t.interval == 0 {
		return
	}
	t.expire.Reset(t.interval - min(32*time.Second, t.interval/3))
	if t.ours {
		t.refresh.Reset(t.interval / 2)
	}
}

// headers asks the other side to keep the session.
func (t *sessionTimer) headers(req *sip.Request) {
	if t.interval == 0 {
		return
	}
	refresher := "uac"
	if !t.ours {
		refresher = "uas"
	}
	req.AppendHeader(sip.NewHeader("Session-Expires", fmt.Sprintf("%d;refresher=%s", int(t.interval/time.Second), refresher)))
	req.AppendHeader(sip.NewHeader("Min-SE", strconv.Itoa(minSession)))
}

// refreshSession sends an UPDATE, or a re-INVITE with the session as it is.
func (l *Leg) refreshSession() {
	if l.phase != up {
		return
	}
	if l.invite != nil || l.offering {
		l.session.refresh.Reset(2 * time.Second)
		return
	}
	method := sip.UPDATE
	var body []byte
	if !l.dialog.updates {
		method, body = sip.INVITE, l.sdp.Offer(l.localDirection())
	}
	l.request(method, body, l.refreshed)
}

// localDirection is what we would offer now: the other side's hold is its own affair.
func (l *Leg) localDirection() sdp.Direction { return sdp.SendRecv }

// refreshed reads the outcome of a refresh.
func (l *Leg) refreshed(res *sip.Response, err error) {
	switch {
	case err == nil && res.IsSuccess():
		l.session.accept(res)
		l.session.start()
		if len(res.Body()) > 0 && contentType(res) == sdpType {
			if err := l.acceptAnswer(res.Body()); err != nil {
				l.log.Info("refresh", "error", err)
			}
		}
	case err == nil && (res.StatusCode == 481 || res.StatusCode == 408):
		l.hangup(leg.CauseError, "us: the other side lost the call")
	case err == nil && res.StatusCode == 422:
		if n, _, ok := seconds(header(res, "min-se")); ok && n >= minSession && n < 1<<20 {
			l.session.interval = time.Duration(n) * time.Second
		}
		l.session.refresh.Reset(time.Second)
	default: // 491, 5xx, timeout: again until the session expires
		l.session.refresh.Reset(2*time.Second + time.Duration(time.Now().UnixNano()%2000)*time.Millisecond)
	}
}

func (l *Leg) acceptAnswer(body []byte) error {
	s, err := sdp.Parse(body)
	if err != nil {
		return err
	}
	a, err := l.sdp.Accept(s)
	if err != nil {
		return err
	}
	return l.apply(a)
}

// request sends an UPDATE or re-INVITE in a task and brings its outcome back
// to the leg's goroutine.
func (l *Leg) request(method sip.RequestMethod, body []byte, then func(*sip.Response, error)) {
	req := l.dialog.request(method, 0)
	req.AppendHeader(sip.NewHeader("Allow", allow))
	req.AppendHeader(sip.NewHeader("Supported", supported))
	l.session.headers(req)
	if body != nil {
		withSDP(req, body)
	}
	l.offering = true
	d := l.dialog
	l.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(l.mediaCtx, 34*time.Second)
		defer cancel()
		res, err := l.server.exchange(ctx, req, &d)
		if err == nil && req.IsInvite() && res.IsSuccess() {
			err = l.server.ack(ctx, &d, req.CSeq().SeqNo, nil)
		}
		l.results <- func() {
			l.offering = false
			if l.phase == up {
				then(res, err)
			}
		}
	})
}

// exchange sends a request of a dialog and waits for its final response.
func (s *Server) exchange(ctx context.Context, req *sip.Request, d *dialog) (*sip.Response, error) {
	addr, err := s.next(ctx, d)
	if err != nil {
		return nil, err
	}
	tx, err := s.send(ctx, req, addr)
	if err != nil {
		return nil, err
	}
	return final(ctx, tx)
}

// ack acknowledges a 2xx.
func (s *Server) ack(ctx context.Context, d *dialog, seq uint32, body []byte) error {
	req := d.request(sip.ACK, seq)
	if body != nil {
		withSDP(req, body)
	}
	addr, err := s.next(ctx, d)
	if err != nil {
		return err
	}
	return s.write(ctx, req, addr)
}
