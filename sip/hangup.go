package sip

import (
	"context"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/emiago/sipgo/sip"
)

// hangup ends the leg the way its phase asks for.
func (l *Leg) hangup(cause leg.Cause, by string) {
	switch l.phase {
	case ringing:
		l.refuse(cause, by)
	case up:
		if l.ended == "" {
			l.ended = string(cause) + " by " + by
		}
		if l.invite != nil && !l.invite.reoffer {
			l.invite.bye = true // RFC 3261 section 15: no BYE before the ACK or its timeout
			l.stopMedia()
			return
		}
		l.bye()
	}
}

// leave hangs up without waiting for an ACK any longer.
func (l *Leg) leave() {
	if l.phase == up && l.invite != nil {
		l.invite = nil
		l.answerDone(ErrEnded)
	}
	l.hangup(leg.CauseNormal, "shutdown")
}

// refuse gives the INVITE a final response other than 2xx.
func (l *Leg) refuse(cause leg.Cause, by string) {
	code := 480
	switch cause {
	case leg.CauseNormal, leg.CauseBusy:
		code = 486
	case leg.CauseDeclined:
		code = 603
	case leg.CauseOverload:
		code = 503
	case leg.CauseError:
		code = 500
	}
	headers := []string{}
	if code == 503 {
		headers = retryAfter()
	}
	if l.invite != nil {
		l.server.refused.Add(1)
		_ = reply(l.invite.req, l.invite.tx, code, headers...) // the leg ends in any case
	}
	l.end(cause, by)
}

// bye sends a BYE in a task of its own, so that the leg still answers meanwhile.
func (l *Leg) bye() {
	l.phase = leaving
	l.stopMedia()
	l.invite = nil // of a re-INVITE: nobody waits for its ACK any more
	l.resend.Stop()
	req := l.dialog.request(sip.BYE, 0)
	dialog := l.dialog
	l.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(l.server.base), byeTime)
		defer cancel()
		_, err := l.server.exchange(ctx, req, &dialog)
		l.results <- func() {
			if err != nil {
				l.log.Debug("BYE was not answered", "error", err)
			}
			l.phase = over
		}
	})
}

// byeTime bounds how long an unanswered BYE keeps the leg.
const byeTime = 4 * time.Second

func (l *Leg) onMediaEnd(err error) {
	if err == nil || l.phase != up {
		return
	}
	if l.referring() { // who calls somebody else may be silent meanwhile
		l.referral.deaf = err
		return
	}
	l.hangup(leg.CauseDeadMedia, err.Error())
}

// onCancel ends a leg that rings; an answer that was sent already stands.
func (l *Leg) onCancel(req *sip.Request, tx *sip.ServerTx) {
	_ = reply(req, tx, 200)
	if l.phase == ringing {
		_ = reply(l.invite.req, l.invite.tx, 487)
		l.end(leg.CauseNormal, "caller before the answer")
	}
}
