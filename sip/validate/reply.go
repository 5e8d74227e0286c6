package validate

import (
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

// Adapt makes a request from the network fit for our own parser: answers go
// back to where it came from when its Via does not name the source address
// (the sender sits behind NAT or has no address of its own), and requests of
// RFC 2543 senders get the branch that transactions are matched by.
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
		if !hasParam(h.Value, "branch") && !hasParam(m.Get("From"), "tag") {
			number, _, _ := strings.Cut(m.Get("CSeq"), " ")
			h.Value += ";branch=z9hG4bK2543" + hash(m.Get("Call-ID"), m.Get("From"), number, sentBy(h.Value).String())
		}
		return
	}
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
