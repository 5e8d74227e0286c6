package sip

import (
	"errors"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// replaces names a dialog that a new call takes over (RFC 3891). The tags are
// seen from the side that gets the INVITE: to-tag is its own.
type replaces struct{ callID, toTag, fromTag string }

var errReplaces = errors.New("unreadable Replaces header")

func (r replaces) String() string {
	return r.callID + ";to-tag=" + r.toTag + ";from-tag=" + r.fromTag
}

// parseReplaces reads the value of a Replaces header.
func parseReplaces(value string) (r replaces, err error) {
	parts := strings.Split(value, ";")
	r.callID = strings.TrimSpace(parts[0])
	for _, p := range parts[1:] {
		key, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		var to *string
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "to-tag":
			to = &r.toTag
		case "from-tag":
			to = &r.fromTag
		default:
			continue // early-only and extensions
		}
		if *to != "" {
			return replaces{}, errReplaces
		}
		*to = strings.TrimSpace(v)
	}
	if r.callID == "" || r.toTag == "" || r.fromTag == "" || strings.ContainsAny(r.callID, " \t") {
		return replaces{}, errReplaces
	}
	return r, nil
}

// takeover refuses an INVITE that wants one of our dialogs: we hand callers
// over, but nobody takes a call from us. Without the refusal it would be
// greeted as a new caller.
func (s *Server) takeover(req *sip.Request) *refusal {
	headers := req.GetHeaders("replaces")
	if len(headers) == 0 {
		return nil
	}
	r, err := parseReplaces(headers[0].Value())
	if err != nil || len(headers) > 1 { // RFC 3891 section 3
		return refuse(400, "Replaces")
	}
	l := s.find(dialogKey{r.callID, r.toTag})
	same := false
	if l != nil {
		l.do(func() { same = l.dialog.remoteTag == r.fromTag })
	}
	if !same {
		return refuse(481, "Replaces a call that is not there")
	}
	return refuse(501, "Replaces one of our calls")
}

// escaped writes a header's value into a URI (hvalue of RFC 3261 section 25.1).
func escaped(value string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-_.!~*'()", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
	}
	return b.String()
}
