package sip

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/sip/validate"
	"github.com/stretchr/testify/require"
)

// peer is a SIP phone by hand: it sends what a test says, mistakes included.
type peer struct {
	t      *testing.T
	c      *net.UDPConn
	to     netip.AddrPort
	callID string
	toTag  string
	seq    int
	rtp    *net.UDPConn
	tag    string // of our answers, "" is "uas"
}

var peers atomic.Int64

func newPeer(t *testing.T, to netip.AddrPort) *peer {
	t.Helper()
	open := func() *net.UDPConn {
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	return &peer{t: t, c: open(), rtp: open(), to: to, callID: fmt.Sprintf("peer%d@test", peers.Add(1))}
}

func (p *peer) addr() netip.AddrPort { return p.c.LocalAddr().(*net.UDPAddr).AddrPort() }

func (p *peer) sdp(extra ...string) string {
	return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " +
		strconv.Itoa(p.rtp.LocalAddr().(*net.UDPAddr).Port) + " RTP/AVP 8\r\n" + strings.Join(append(extra, ""), "\r\n")
}

// send sends a request; ACK and CANCEL take the number of the last INVITE.
func (p *peer) send(method, body string, headers ...string) {
	p.t.Helper()
	branch := ""
	switch method {
	case "ACK", "CANCEL":
	default:
		p.seq++
	}
	if method == "ACK" {
		branch = "ack"
	}
	to := "<sip:115@127.0.0.1>"
	if p.toTag != "" && method != "CANCEL" {
		to += ";tag=" + p.toTag
	}
	headers = typed(headers, body)
	msg := method + " sip:115@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP " + p.addr().String() + ";branch=z9hG4bK" + p.callID + strconv.Itoa(p.seq) + branch +
		"\r\nFrom: <sip:peer@127.0.0.1>;tag=p\r\nTo: " + to + "\r\nCall-ID: " + p.callID + "\r\nCSeq: " + strconv.Itoa(p.seq) + " " + method +
		"\r\nContact: <sip:peer@" + p.addr().String() + ">\r\nMax-Forwards: 70\r\n" + strings.Join(append(headers, ""), "\r\n") +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
	_, err := p.c.WriteToUDPAddrPort([]byte(msg), p.to)
	require.NoError(p.t, err)
}

// next reads the next message within patience, nil when none comes.
func (p *peer) next(patience time.Duration) *validate.Message {
	p.t.Helper()
	buf := make([]byte, 65536)
	require.NoError(p.t, p.c.SetReadDeadline(time.Now().Add(patience)))
	n, from, err := p.c.ReadFromUDPAddrPort(buf)
	if err != nil {
		return nil
	}
	if !p.to.IsValid() {
		p.to = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	}
	m, problem := validate.Parse(buf[:n])
	require.Nil(p.t, problem, "%s", buf[:n])
	return m
}

// response waits for the final response to a method.
func (p *peer) response(method string) *validate.Message {
	p.t.Helper()
	for {
		m := p.next(10 * time.Second)
		require.NotNil(p.t, m, "no response to %s", method)
		if !m.IsRequest() && m.Status >= 200 && strings.HasSuffix(m.Get("CSeq"), " "+method) {
			if tag := param(m, "To", "tag"); method == "INVITE" && tag != "" && p.toTag == "" && m.Status < 300 {
				p.toTag = tag
			}
			return m
		}
	}
}

// request waits for a request of that method.
func (p *peer) request(method string) *validate.Message {
	p.t.Helper()
	for {
		m := p.next(10 * time.Second)
		require.NotNil(p.t, m, "no %s came", method)
		if m.IsRequest() && m.Method == method {
			return m
		}
	}
}

// reply answers a request.
func (p *peer) reply(m *validate.Message, status, body string, headers ...string) {
	p.t.Helper()
	out := "SIP/2.0 " + status + "\r\n"
	for _, h := range m.Headers {
		switch strings.ToLower(h.Name) {
		case "via", "from", "call-id", "cseq":
			out += h.Name + ": " + h.Value + "\r\n"
		case "to":
			out += "To: " + h.Value
			if param(m, "To", "tag") == "" && !strings.HasPrefix(status, "100") {
				out += ";tag=" + cmp.Or(p.tag, "uas")
			}
			out += "\r\n"
		}
	}
	headers = typed(headers, body)
	out += "Contact: <sip:peer@" + p.addr().String() + ">\r\n" + strings.Join(append(headers, ""), "\r\n") +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
	_, err := p.c.WriteToUDPAddrPort([]byte(out), p.to)
	require.NoError(p.t, err)
}

// typed adds the type of a body that has none: SDP.
func typed(headers []string, body string) []string {
	for _, h := range headers {
		if strings.HasPrefix(h, "Content-Type:") {
			return headers
		}
	}
	if body == "" {
		return headers
	}
	return append(headers, "Content-Type: application/sdp")
}

// call sets a call up.
func (p *peer) call(headers ...string) *validate.Message {
	p.t.Helper()
	p.send("INVITE", p.sdp(), headers...)
	res := p.response("INVITE")
	require.Equal(p.t, 200, res.Status, res.Start)
	p.send("ACK", "")
	return res
}

// param is a parameter of a From or To, "" if there is none.
func param(m *validate.Message, header, name string) string {
	value := m.Get(header)
	if i := strings.LastIndexByte(value, '>'); i >= 0 {
		value = value[i:]
	}
	for _, p := range strings.Split(value, ";")[1:] {
		if n, v, _ := strings.Cut(p, "="); strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}
