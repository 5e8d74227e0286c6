package sip

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// onNotify takes a report of what came of a REFER (RFC 3515 section 2.4.4).
func (l *Leg) onNotify(req *sip.Request, tx *sip.ServerTx) {
	event, id := eventOf(req)
	r := l.referral
	switch {
	case !strings.EqualFold(event, "refer"):
		_ = reply(req, tx, 489, "Allow-Events", "refer")
		return
	case r == nil || id != "" && id != strconv.FormatUint(uint64(r.seq), 10):
		_ = reply(req, tx, 481)
		return
	}
	ended := terminated(req)
	if l.stale && id == "" { // of the one before, RFC 3515 section 2.4.6
		_ = reply(req, tx, 200)
		code, _, err := sipfrag(req.Body())
		l.stale = !ended && (err != nil || code < 200)
		return
	}
	if len(req.Body()) == 0 && ended { // e.g. no resource: nothing more will come
		_ = reply(req, tx, 200)
		l.unsubscribed(fmt.Errorf("%w: it stopped reporting", ErrNoReport))
		return
	}
	if contentType(req) != sipfragType {
		_ = reply(req, tx, 415, "Accept", sipfragType)
		return
	}
	code, why, err := sipfrag(req.Body())
	if err != nil {
		_ = reply(req, tx, 400)
		return
	}
	_ = reply(req, tx, 200)
	r.last = code
	if l.referring() && code < 200 {
		l.silence.Reset(reportTime)
	}
	switch {
	case code >= 200 && code < 300:
		l.reported(nil)
	case code >= 300:
		l.reported(&StatusError{code, why})
	case ended:
		l.reported(fmt.Errorf("%w: it stopped reporting at %d", ErrNoReport, code))
	}
	if ended || code >= 200 {
		l.unsubscribed(nil)
	}
}

// unsubscribed forgets the subscription: what still comes of it gets 481.
func (l *Leg) unsubscribed(outcome error) {
	if outcome != nil {
		l.reported(outcome)
	}
	l.referral = nil
}

// eventOf reads the package and id of an Event header (RFC 6665 section 8.4).
func eventOf(req *sip.Request) (event, id string) {
	value := header(req, "event")
	if value == "" {
		value = header(req, "o") // its compact form
	}
	event, params, _ := strings.Cut(value, ";")
	for _, p := range strings.Split(params, ";") {
		if k, v, _ := strings.Cut(strings.TrimSpace(p), "="); strings.EqualFold(strings.TrimSpace(k), "id") {
			id = strings.TrimSpace(v)
		}
	}
	return strings.TrimSpace(event), id
}

// terminated tells whether a NOTIFY is the last of its subscription.
func terminated(req *sip.Request) bool {
	state, _, _ := strings.Cut(header(req, "subscription-state"), ";")
	return strings.EqualFold(strings.TrimSpace(state), "terminated")
}
