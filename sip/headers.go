package sip

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// methods we serve, as Allow says them.
const allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, NOTIFY"

// supported extensions; what else is Required gets 420.
const supported = "timer, 100rel"

const sdpType = "application/sdp"

type headered interface {
	GetHeaders(name string) []sip.Header
	GetHeader(name string) sip.Header
}

// tokens lists the comma-separated values of all headers of that name, lower case.
func tokens(m headered, name string) []string {
	var out []string
	for _, h := range m.GetHeaders(name) {
		for _, v := range strings.Split(h.Value(), ",") {
			if v = strings.ToLower(strings.TrimSpace(v)); v != "" {
				out = append(out, v)
			}
		}
	}
	return out
}

func hasToken(m headered, name, token string) bool {
	for _, t := range tokens(m, name) {
		if t == token {
			return true
		}
	}
	return false
}

func allows(m headered, method sip.RequestMethod) bool {
	return hasToken(m, "allow", strings.ToLower(method.String()))
}

func supports(m headered, option string) bool {
	return hasToken(m, "supported", option) || hasToken(m, "require", option)
}

// unsupported lists what a request requires and we do not know.
func unsupported(req *sip.Request) []string {
	var out []string
	for _, t := range tokens(req, "require") {
		if t != "timer" && t != "100rel" {
			out = append(out, t)
		}
	}
	return out
}

func header(m headered, name string) string {
	if h := m.GetHeader(name); h != nil {
		return strings.TrimSpace(h.Value())
	}
	return ""
}

// contentType is the media type of the body without parameters, lower case.
func contentType(m headered) string {
	t, _, _ := strings.Cut(header(m, "content-type"), ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// seconds reads a delta-seconds value that may have parameters behind it.
func seconds(value string) (int, string, bool) {
	number, params, _ := strings.Cut(value, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 31)
	return int(n), params, err == nil
}

func reason(code int) string {
	switch code {
	case 100:
		return "Trying"
	case 180:
		return "Ringing"
	case 200:
		return "OK"
	case 400:
		return "Bad Request"
	case 403:
		return "Forbidden"
	case 405:
		return "Method Not Allowed"
	case 406:
		return "Not Acceptable"
	case 415:
		return "Unsupported Media Type"
	case 420:
		return "Bad Extension"
	case 422:
		return "Session Interval Too Small"
	case 480:
		return "Temporarily Unavailable"
	case 481:
		return "Call/Transaction Does Not Exist"
	case 482:
		return "Loop Detected"
	case 486:
		return "Busy Here"
	case 488:
		return "Not Acceptable Here"
	case 489:
		return "Bad Event"
	case 491:
		return "Request Pending"
	case 500:
		return "Server Internal Error"
	case 501:
		return "Not Implemented"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Server Time-out"
	case 603:
		return "Decline"
	}
	return "Response"
}

// reply answers a request with a status and headers given as name, value pairs.
func reply(req *sip.Request, tx *sip.ServerTx, code int, headers ...string) error {
	return tx.Respond(response(req, code, headers...))
}

func response(req *sip.Request, code int, headers ...string) *sip.Response {
	res := sip.NewResponseFromRequest(req, code, reason(code), nil)
	for i := 0; i+1 < len(headers); i += 2 {
		res.AppendHeader(sip.NewHeader(headers[i], headers[i+1]))
	}
	return res
}

func withSDP(m interface {
	AppendHeader(sip.Header)
	SetBody([]byte)
}, body []byte) {
	m.AppendHeader(sip.NewHeader("Content-Type", sdpType))
	m.SetBody(body)
}
