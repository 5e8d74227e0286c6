package sip

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/emiago/sipgo/sip"
)

// Errors of Refer besides those of Dial, which tell what came of the new call.
var (
	// ErrNoRefer: the other side refuses to call somebody else, by itself or
	// because a proxy forbids it. It is a leg.ErrForbidden.
	ErrNoRefer = fmt.Errorf("%w: the other side does not transfer calls", ErrForbidden)
	// ErrNoReport: it agreed, but never said what came of it. It is a leg.ErrUnavailable.
	ErrNoReport = fmt.Errorf("%w: the other side does not report what came of the transfer", ErrUnavailable)
	// ErrReferring: one transfer at a time.
	ErrReferring = errors.New("a transfer is already under way")
)

// reportTime is how long the party may be silent about a transfer.
const reportTime = 30 * time.Second

// partTime is how long a party that was transferred has to hang up by itself.
const partTime = 2 * time.Second

// lastReportTime is how long the report may come after the party's BYE: that
// ends the call, not the subscription to the report (RFC 5057 section 4.2).
const lastReportTime = 2 * time.Second

// referral is a REFER of ours and the subscription that it makes (RFC 3515).
// It belongs to the leg's goroutine.
type referral struct {
	to     string
	seq    uint32     // CSeq of the REFER: the id of its subscription
	result chan error // nil once it got the outcome
	last   int        // of the newest report
	tried  bool       // credentials
	deaf   error      // media that broke meanwhile
}

var _ leg.Referrer = (*Leg)(nil)

// Refer asks the party to call somebody else, and returns nil once it has
// reached them. It never does so on less than a report of a 2xx: a party that
// hangs up without one gives ErrEnded, whatever it may have been doing. After
// a success the party has 2 s to hang up by itself, as has the one whose leg
// was replaced; then we do (RFC 5589 section 6.1 leaves that to us).
// When ctx ends, nobody waits for the report any more; the party may yet
// succeed, since a REFER cannot be taken back.
func (l *Leg) Refer(ctx context.Context, r leg.Referral) error {
	to, replaced, err := l.referTo(r)
	if err != nil {
		return err
	}
	result := make(chan error, 1)
	if !l.do(func() { l.refer(to, result) }) {
		return ErrEnded
	}
	select {
	case err = <-result:
	case <-ctx.Done():
		l.do(func() { l.reported(gaveUp(ctx)) })
		err = <-result // what came meanwhile stands
	}
	if err != nil {
		return fmt.Errorf("transfer to %s: %w", r.Address, err)
	}
	if replaced != nil {
		replaced.do(replaced.part)
	}
	return nil
}

// referTo is the value of Refer-To: whom to call, which dialog to take over
// and what to tell them, as headers of the URI.
func (l *Leg) referTo(r leg.Referral) (value string, replaced *Leg, err error) {
	address := r.Address
	var headers []string
	if r.Replaces != nil {
		var ok bool
		if replaced, ok = r.Replaces.(*Leg); !ok || replaced.server != l.server {
			return "", nil, fmt.Errorf("%w: a leg of another kind cannot be taken over", ErrForbidden)
		}
		var d dialog
		if !replaced.do(func() { d = replaced.dialog }) {
			return "", nil, fmt.Errorf("consultation: %w", ErrEnded)
		}
		if address == "" {
			address = d.target.String()
		}
		// From the point of view of the other one, whose tag is our remote tag. An
		// address may lead elsewhere: then it shall fail, not ring anew (RFC 5589 section 7.3).
		headers = append(headers, "Replaces="+escaped(replaces{d.callID, d.remoteTag, d.localTag}.String()), "Require=replaces")
	}
	uri, err := l.reach(address)
	if err != nil {
		return "", nil, err
	}
	if v := UserToUser(r.UserToUser); v != "" { // RFC 7433 section 4.1
		headers = append(headers, userToUserName+"="+escaped(v))
	}
	if page := l.server.options.callInfo(r.UserToUser); page != "" {
		headers = append(headers, callInfoName+"="+escaped(page))
	}
	if len(headers) > 0 {
		uri += "?" + strings.Join(headers, "&")
	}
	return "<" + uri + ">", replaced, nil
}

// reach is the URI that the party shall call. A number is one of the trunk
// that the party is behind, or of its own host.
func (l *Leg) reach(address string) (string, error) {
	if number, ok := telephone(strings.TrimSpace(address)); ok {
		for _, t := range l.server.trunks {
			if t.Outbound != nil && t.Name == l.info.Trunk {
				return t.Outbound.uri(number), nil
			}
		}
		u := l.remote
		u.User = number
		return u.String(), nil
	}
	uri, _, err := l.server.address(address, nil)
	if err != nil {
		return "", err
	}
	t, err := parseTarget(uri)
	if err != nil {
		return "", err
	}
	return t.uri.String(), nil
}

// refer sends the REFER, in the leg's goroutine.
func (l *Leg) refer(to string, result chan error) {
	switch {
	case l.phase != up || l.invite != nil && !l.invite.reoffer:
		result <- ErrEnded
	case l.referring():
		result <- ErrReferring
	default:
		// One that was given up may still be reported on, without saying which.
		l.stale = l.referral != nil
		l.referral = &referral{to: to, result: result}
		l.sendRefer(nil)
	}
}

func (l *Leg) referring() bool { return l.referral != nil && l.referral.result != nil }

func (l *Leg) sendRefer(credentials sip.Header) {
	req := l.dialog.request(sip.REFER, 0)
	us := l.dialog.local.Address
	for _, h := range []sip.Header{
		sip.NewHeader("Refer-To", l.referral.to),
		sip.NewHeader("Referred-By", "<"+us.String()+">"), // RFC 3892
		sip.NewHeader("Allow", allow), sip.NewHeader("Supported", supported),
	} {
		req.AppendHeader(h)
	}
	if credentials != nil {
		req.AppendHeader(credentials)
	}
	l.referral.seq = req.CSeq().SeqNo // the report may come before the response
	d, r := l.dialog, l.referral
	l.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(l.mediaCtx, 34*time.Second)
		defer cancel()
		res, err := l.server.exchange(ctx, req, &d)
		l.results <- func() {
			if l.referral == r && r.result != nil {
				l.referAnswered(req, res, err)
			}
		}
	})
}

// referAnswered reads the response to the REFER: a 2xx only says that the
// party will try.
func (l *Leg) referAnswered(req *sip.Request, res *sip.Response, err error) {
	r := l.referral
	switch {
	case err != nil && l.phase != up:
		l.reported(ErrEnded)
	case err != nil:
		l.reported(unreachable(err))
	case res.IsSuccess() && strings.HasPrefix(strings.ToLower(header(res, "refer-sub")), "false"): // RFC 4488
		l.unsubscribed(ErrNoReport)
	case res.IsSuccess():
		l.silence.Reset(reportTime)
	case (res.StatusCode == 401 || res.StatusCode == 407) && !r.tried && l.user != "":
		r.tried = true
		credentials, err := authorization(req, res, l.user, l.password, "")
		if err != nil {
			l.unsubscribed(fmt.Errorf("%w: %w", ErrNoRefer, err))
			return
		}
		l.sendRefer(credentials)
	default:
		l.unsubscribed(fmt.Errorf("%w: %d %s", ErrNoRefer, res.StatusCode, res.Reason))
	}
}

// reported ends the wait for the outcome; the leg goes on after a failure.
func (l *Leg) reported(outcome error) {
	if !l.referring() {
		return
	}
	r := l.referral
	r.result <- outcome
	r.result = nil
	l.silence.Stop()
	l.log.Info("transfer", "reached", outcome == nil, "status", r.last)
	switch {
	case l.phase == leaving && l.byed:
		l.tail.Reset(0)
	case l.phase != up:
	case outcome == nil:
		l.part()
	case r.deaf != nil:
		l.onMediaEnd(r.deaf)
	}
}

// part gives the other side time to hang up by itself.
func (l *Leg) part() { l.parting.Reset(partTime) }
