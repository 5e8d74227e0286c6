package validate

import (
	"strconv"
	"strings"
	"time"
)

// Check judges a parsed message and tidies its headers: lists of Via, Route,
// Record-Route and Contact become one field each, white space around
// separators goes, numbers lose leading zeros.
func (m *Message) Check() *Problem {
	if !m.IsRequest() {
		return m.checkResponse()
	}
	if p := m.checkURI(); p != nil {
		return p
	}
	for _, check := range []func() *Problem{m.checkCounts, m.split, m.checkVia, m.checkAddresses, m.checkNumbers, m.checkRest, m.checkLength} {
		if p := check(); p != nil {
			return p
		}
	}
	m.Start = m.Method + " " + m.URI + " SIP/2.0"
	return nil
}

// checkResponse drops what is broken: nobody waits for an answer to it.
func (m *Message) checkResponse() *Problem {
	if m.Status < 0 {
		return &Problem{0, "status line"}
	}
	for _, check := range []func() *Problem{m.checkCounts, m.split, m.checkVia, m.checkAddresses, m.checkNumbers, m.checkLength} {
		if p := check(); p != nil {
			return &Problem{0, p.Reason}
		}
	}
	return nil
}

func (m *Message) checkURI() *Problem {
	for i := 0; i < len(m.URI); i++ {
		if c := m.URI[i]; c <= ' ' || c >= 0x7f || c == '<' || c == '>' || c == '"' {
			return bad("request URI")
		}
	}
	scheme, rest, ok := strings.Cut(m.URI, ":")
	if !ok || !isScheme(scheme) {
		return bad("request URI")
	}
	if !strings.EqualFold(scheme, "sip") && !strings.EqualFold(scheme, "sips") {
		return &Problem{416, "Unsupported URI Scheme"}
	}
	if !escapesFine(rest) || hostOf(rest) == "" {
		return bad("request URI")
	}
	// Headers are not allowed in a Request-URI, RFC 3261 section 19.1.1.
	if _, after, ok := strings.Cut(rest, "@"); ok && strings.Contains(after, "?") || !ok && strings.Contains(rest, "?") {
		return bad("headers in the request URI")
	}
	return nil
}

func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if !(c >= 'a' && c <= 'z' || i > 0 && (s[i] >= '0' && s[i] <= '9' || strings.IndexByte("+-.", s[i]) >= 0)) {
			return false
		}
	}
	return s != ""
}

func escapesFine(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		if i+2 >= len(s) {
			return false
		}
		if _, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err != nil {
			return false
		}
	}
	return true
}

// hostOf is host:port of what follows "sip:".
func hostOf(rest string) string {
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if i := strings.IndexAny(rest, ";?"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// checkCounts wants each needed field, and those that have one value once.
func (m *Message) checkCounts() *Problem {
	for _, name := range []string{"From", "To", "Call-ID", "CSeq"} {
		if n := m.count(name); n != 1 {
			return bad(strconv.Itoa(n) + " " + name + " headers")
		}
	}
	for _, name := range []string{"Max-Forwards", "Content-Length", "Content-Type", "Date", "Expires", "Session-Expires"} {
		if m.count(name) > 1 {
			return bad("more than one " + name)
		}
	}
	if m.count("Via") == 0 {
		return bad("no Via")
	}
	return nil
}

// split gives each value of a list a field of its own.
func (m *Message) split() *Problem {
	out := make([]Header, 0, len(m.Headers)+4)
	for _, h := range m.Headers {
		switch strings.ToLower(h.Name) {
		case "via", "route", "record-route", "contact":
			values, ok := splitList(h.Value)
			if !ok || len(values) == 0 {
				return bad(h.Name)
			}
			for _, v := range values {
				out = append(out, Header{h.Name, v})
			}
		default:
			out = append(out, h)
		}
	}
	if len(out) > maxHeaders {
		return bad("too many headers")
	}
	m.Headers = out
	return nil
}

// splitList cuts at commas outside quotes and angle brackets.
func splitList(v string) ([]string, bool) {
	var out []string
	start, angle, quoted := 0, false, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ',' && !angle:
			out = append(out, strings.Trim(v[start:i], " \t"))
			start = i + 1
		}
	}
	if quoted {
		return nil, false
	}
	out = append(out, strings.Trim(v[start:], " \t"))
	for _, s := range out {
		if s == "" {
			return nil, false
		}
	}
	return out, true
}

func (m *Message) checkNumbers() *Problem {
	for i := range m.Headers {
		h := &m.Headers[i]
		limit := uint64(0)
		switch strings.ToLower(h.Name) {
		case "max-forwards":
			limit = 255
		case "content-length":
			limit = 1 << 31
		case "expires", "min-expires":
			limit = 1<<32 - 1
		case "cseq":
			if p := m.checkCSeq(h); p != nil {
				return p
			}
			continue
		default:
			continue
		}
		n, err := strconv.ParseUint(h.Value, 10, 64)
		if err != nil || n > limit {
			return bad(h.Name)
		}
		h.Value = strconv.FormatUint(n, 10)
	}
	return nil
}

func (m *Message) checkCSeq(h *Header) *Problem {
	parts := strings.Fields(h.Value)
	if len(parts) != 2 || !isToken(parts[1]) {
		return bad("CSeq")
	}
	n, err := strconv.ParseUint(parts[0], 10, 32)
	if err != nil || n >= 1<<31 { // RFC 3261 section 8.1.1.5
		return bad("CSeq")
	}
	if m.IsRequest() && parts[1] != m.Method {
		return bad("CSeq names another method")
	}
	h.Value = strconv.FormatUint(n, 10) + " " + parts[1]
	return nil
}

func (m *Message) checkRest() *Problem {
	id := m.Get("Call-ID")
	if id == "" || strings.ContainsAny(id, " \t") {
		return bad("Call-ID")
	}
	if d := m.Get("Date"); d != "" {
		if _, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", d); err != nil { // RFC 3261 section 20.17
			return bad("Date")
		}
	}
	return nil
}

// checkLength cuts the body to Content-Length (RFC 3261 section 18.3).
func (m *Message) checkLength() *Problem {
	v := m.Get("Content-Length")
	if v == "" {
		if len(m.Body) > 0 || m.Get("Content-Type") == "" {
			m.Headers = append(m.Headers, Header{"Content-Length", strconv.Itoa(len(m.Body))})
		}
		return nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n > len(m.Body) {
		return bad("body shorter than Content-Length")
	}
	m.Body = m.Body[:n]
	return nil
}
