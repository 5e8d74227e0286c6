package validate

import (
	"bytes"
	"hash/fnv"
	"net/netip"
	"strconv"
	"strings"
)

// Reply is a stateless response to a request, nil where none is due: to
// responses, to ACK, and where nothing is left of the request to answer.
func (m *Message) Reply(p *Problem, source netip.AddrPort, extra ...Header) []byte {
	if p.Code == 0 || !m.IsRequest() || m.Method == "ACK" || m.Method == "" {
		return nil
	}
	res := Message{Start: "SIP/2.0 " + strconv.Itoa(p.Code) + " " + clean(p.Reason)}
	first := true
	for _, h := range m.Headers {
		switch strings.ToLower(h.Name) {
		case "via":
			if first {
				h.Value = received(h.Value, source)
				first = false
			}
		case "to":
			if !strings.Contains(strings.ToLower(h.Value), "tag") {
				h.Value += ";tag=" + hash(m.Get("Call-ID"), m.Get("From"))
			}
		case "from", "call-id", "cseq":
		default:
			continue
		}
		res.Headers = append(res.Headers, h)
	}
	res.Headers = append(res.Headers, extra...)
	res.Headers = append(res.Headers, Header{"Content-Length", "0"})
	return res.Append(nil)
}

func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, s)
}

// received tells the sender where its message came from (RFC 3261 section
// 18.2.1, RFC 3581).
func received(via string, source netip.AddrPort) string {
	out := ""
	for i, p := range strings.Split(via, ";") {
		name, _, _ := strings.Cut(strings.TrimSpace(p), "=")
		if i > 0 && (strings.EqualFold(name, "received") || strings.EqualFold(name, "rport")) {
			continue
		}
		if i > 0 {
			out += ";"
		}
		out += p
	}
	return out + ";received=" + source.Addr().String() + ";rport=" + strconv.Itoa(int(source.Port()))
}

// hash makes the same tag for each copy of the same request.
func hash(parts ...string) string {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// Marks that Adapt leaves in a branch for Restore to find.
const (
	markAppended = "~am" // text was appended to a branch
	markAdded    = "~an" // the whole parameter is ours
)

const cookie = "z9hG4bK"

// Adapt makes a request from the network fit for our own parser. Answers go
// back to where it came from when its Via does not name the source address
// (the sender sits behind NAT or has no address of its own). The branch, by
// which transactions are matched, is made unique to the source: the same bytes
// from elsewhere are no retransmission, and senders of RFC 2543 have none. A
// CANCEL gets one of its own, so that the layer behind does not act on it but
// hands it to the call that it is for.
func (m *Message) Adapt(source netip.AddrPort, datagram bool) {
	if !m.IsRequest() {
		return
	}
	for i := range m.Headers {
		h := &m.Headers[i]
		if !strings.EqualFold(h.Name, "Via") {
			continue
		}
		if datagram && !hasParam(h.Value, "rport") && sentBy(h.Value) != source.Addr().Unmap() {
			h.Value += ";rport"
		}
		h.Value = m.mark(h.Value, source, datagram)
		return
	}
}

func (m *Message) mark(via string, source netip.AddrPort, datagram bool) string {
	from := "stream " + source.Addr().String() // a CANCEL may come over a new connection
	if datagram {
		from = source.String()
	}
	if m.Method == "CANCEL" {
		from += " cancel"
	}
	params := strings.Split(via, ";")
	for i, p := range params[1:] {
		name, value, _ := strings.Cut(p, "=")
		if !strings.EqualFold(name, "branch") {
			continue
		}
		switch {
		case len(value) > len(cookie) && strings.HasPrefix(value, cookie):
			params[i+1] = p + markAppended + hash(from)
		case value == cookie:
			params[i+1] = p + markAppended + m.identity(from)
		case !hasParam(m.Get("From"), "tag"):
			params[i+1] = "branch=" + cookie + value + markAppended + m.identity(from)
		}
		return strings.Join(params, ";")
	}
	return via + ";branch=" + cookie + markAdded + m.identity(from)
}

// identity tells requests without a proper branch apart; an ACK has the
// identity of its INVITE.
func (m *Message) identity(from string) string {
	number, _, _ := strings.Cut(m.Get("CSeq"), " ")
	to, _, _ := strings.Cut(m.Get("To"), ">")
	return hash(from, m.Get("Call-ID"), m.Get("From"), to, number)
}

// Restore takes the marks of Adapt out of a response that is about to be sent.
func Restore(response []byte) []byte {
	if !bytes.HasPrefix(response, []byte("SIP/2.0 ")) {
		return response
	}
	start := bytes.Index(response, []byte("\r\nVia: "))
	if start < 0 {
		return response
	}
	start += 2
	length := bytes.Index(response[start:], []byte("\r\n"))
	if length < 0 {
		return response
	}
	line := string(response[start : start+length])
	clean := line
	if i := strings.Index(line, ";branch="+cookie+markAdded); i >= 0 {
		clean = line[:i] + after(line[i+1:])
	} else if i := strings.Index(line, markAppended); i >= 0 {
		clean = line[:i] + after(line[i:])
	}
	if clean == line {
		return response
	}
	out := make([]byte, 0, len(response))
	out = append(append(out, response[:start]...), clean...)
	return append(out, response[start+length:]...)
}

// after is what follows the current parameter, with its semicolon.
func after(s string) string {
	if i := strings.IndexByte(s, ';'); i >= 0 {
		return s[i:]
	}
	return ""
}

func hasParam(value, name string) bool {
	for _, p := range strings.Split(value, ";")[1:] {
		if n, _, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(n), name) {
			return true
		}
	}
	return false
}

// sentBy is the address in a tidied Via, invalid for names.
func sentBy(via string) netip.Addr {
	_, rest, _ := strings.Cut(via, " ")
	by, _, _ := strings.Cut(rest, ";")
	if ap, err := netip.ParseAddrPort(by); err == nil {
		return ap.Addr().Unmap()
	}
	a, _ := netip.ParseAddr(strings.Trim(by, "[]"))
	return a.Unmap()
}
