package validate

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func source() netip.AddrPort { return netip.MustParseAddrPort("192.0.2.9:5099") }

// request with one header replaced or added by each "Name: value".
func request(headers ...string) string {
	base := []string{
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKabc", "From: <sip:a@example.net>;tag=1", "To: <sip:115@example.org>",
		"Call-ID: id@example.net", "CSeq: 1 OPTIONS", "Max-Forwards: 70", "Content-Length: 0",
	}
	for _, h := range headers {
		name, _, _ := strings.Cut(h, ":")
		replaced := false
		for i := range base {
			if strings.HasPrefix(base[i], name+":") {
				base[i], replaced = h, true
			}
		}
		if !replaced {
			base = append(base, h)
		}
	}
	return "OPTIONS sip:115@example.org SIP/2.0\r\n" + strings.Join(base, "\r\n") + "\r\n\r\n"
}

func judge(raw string) (*Message, int) {
	m, p := Parse([]byte(raw))
	if p == nil {
		p = m.Check()
	}
	if p == nil {
		return m, 200
	}
	return m, p.Code
}

func TestHeadersAreJudged(t *testing.T) {
	for header, want := range map[string]int{
		"Subject: fine":                                       200,
		"To: Bell, Alexander <sip:a@b.example>":               400,
		`To: "Bell, Alexander" <sip:a@b.example>`:             200,
		`To: "open <sip:a@b.example>`:                         400,
		"To: < sip:a@b.example >":                             400,
		"To: sip:a@b.example?x=y":                             400,
		"To: isbn:123":                                        200,
		"To: nobody":                                          400,
		"From: <sip:a@b.example>;;;":                          400,
		"From: <sip:a@b.example>;":                            400,
		"CSeq: 1 INVITE":                                      400,
		"CSeq: 4294967296 OPTIONS":                            400,
		"CSeq: 0 OPTIONS":                                     200,
		"Max-Forwards: 256":                                   400,
		"Max-Forwards: 0":                                     200,
		"Content-Length: -1":                                  400,
		"Content-Length: 5":                                   400,
		"Via: SIP/2.0/UDP 192.0.2.15;;,;,,":                   400,
		"Via: SIP/7.0/UDP 192.0.2.15":                         400,
		"Via: SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bK1": 200,
		"Via: SIP/2.0/UDP a.example:99999":                    400,
		"Contact: *":                                          200,
		"Contact: <sip:a@b.example>;expires=99999999999":      400,
		"Contact: sip:a@b.example?Route=x":                    400,
		"Date: Sat, 13 Nov 2010 23:29:00 GMT":                 200,
		"Date: Fri, 01 Jan 2010 16:00:00 EST":                 400,
		"Expires: 99999999999":                                400,
		"Call-ID: two words":                                  400,
		"no colon here":                                       400,
		"bad name: x":                                         400,
	} {
		_, got := judge(request(header))
		require.Equal(t, want, got, header)
	}
}

func TestStartLines(t *testing.T) {
	for line, want := range map[string]int{
		"OPTIONS sip:115@example.org SIP/2.0":         200,
		"OPTIONS sip:115@example.org sip/2.0":         200,
		"OPTIONS  sip:115@example.org SIP/2.0":        400,
		"OPTIONS sip:115@example.org SIP/2.0 ":        400,
		"OPTIONS <sip:115@example.org> SIP/2.0":       400,
		"OPTIONS sip:115@example.org SIP/3.0":         505,
		"OPTIONS sip:115@example.org HTTP/1.1":        400,
		"OPTIONS sip:115@example.org":                 400,
		"OPTIONS tel:115 SIP/2.0":                     416,
		"OPTIONS sip:115@example.org?To=x SIP/2.0":    400,
		"OPTIONS sip:%zz@example.org SIP/2.0":         400,
		"OPTIONS sip: SIP/2.0":                        400,
		"":                                            400,
		"SIP/2.0 4294967301 better not break SIP/2.0": 0,
	} {
		_, got := judge(strings.Replace(request(), "OPTIONS sip:115@example.org SIP/2.0", line, 1))
		require.Equal(t, want, got, line)
	}
}

func TestUnusualSpellingIsTidied(t *testing.T) {
	m, code := judge("OPTIONS sip:115@example.org SIP/2.0\r\n" +
		"TO :\r\n sip:vivekg@chair.example ;   tag    = 19\r\n" +
		"f   : \"J \\\\\\\"\"       <sip:jd@example.com>\r\n  ;\r\n  tag = 98\r\n" +
		"MaX-fOrWaRdS: 0068\r\nI: x\r\nl   : 0\r\ncseq: 0009\r\n  OPTIONS\r\n" +
		"v  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390\r\n , SIP / 2.0 / TCP  b.example : 5061 ; branch = z9 ; rport\r\n" +
		"k: timer\r\nx: 90\r\n\r\n")
	require.Equal(t, 200, code)
	got := string(m.Append(nil))
	for _, want := range []string{
		"TO: <sip:vivekg@chair.example>;tag=19\r\n", "From: \"J \\\\\\\"\" <sip:jd@example.com>;tag=98\r\n",
		"MaX-fOrWaRdS: 68\r\n", "cseq: 9 OPTIONS\r\n", "Via: SIP/2.0/UDP 192.0.2.2;branch=390\r\n",
		"Via: SIP/2.0/TCP b.example:5061;branch=z9;rport\r\n", "Supported: timer\r\n", "Session-Expires: 90\r\n",
	} {
		require.Contains(t, got, want)
	}
}

func TestReply(t *testing.T) {
	m, _ := Parse([]byte(request()))
	got := string(m.Reply(&Problem{400, "Bad Request"}, source()))
	require.True(t, strings.HasPrefix(got, "SIP/2.0 400 Bad Request\r\n"), got)
	require.Contains(t, got, "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKabc;received=192.0.2.9;rport=5099\r\n")
	require.Contains(t, got, "To: <sip:115@example.org>;tag=")
	require.Contains(t, got, "CSeq: 1 OPTIONS\r\n")
	require.Nil(t, m.Reply(&Problem{0, "drop"}, source()))
	ack, _ := Parse([]byte(strings.ReplaceAll(request(), "OPTIONS", "ACK")))
	require.Nil(t, ack.Reply(&Problem{400, "x"}, source()), "an ACK is never answered")
	response, _ := Parse([]byte("SIP/2.0 200 OK\r\n\r\n"))
	require.Nil(t, response.Reply(&Problem{400, "x"}, source()))
}

func TestAdaptAndRestoreAreInverse(t *testing.T) {
	for _, via := range []string{
		"SIP/2.0/UDP a.example;branch=z9hG4bKabc;foo=bar", "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK", "SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bK1",
		"SIP/2.0/TCP 192.0.2.9:5060", "SIP/2.0/UDP 192.0.2.9;branch=old",
	} {
		m, code := judge(request("Via: " + via))
		require.Equal(t, 200, code)
		m.Adapt(source(), true)
		adapted := m.Get("Via")
		out := string(Restore([]byte("SIP/2.0 200 OK\r\nVia: " + adapted + "\r\nFrom: x\r\n\r\nbody")))
		require.Equal(t, "SIP/2.0 200 OK\r\nVia: "+restored(via)+"\r\nFrom: x\r\n\r\nbody", out)
	}
}

// restored is what the sender sees of its Via again; where its address cannot
// be told from it, rport was added.
func restored(via string) string {
	if strings.Contains(via, "a.example") {
		return via + ";rport"
	}
	return via
}

func TestBranchesOfOtherSourcesDiffer(t *testing.T) {
	branch := func(source string, datagram bool) string {
		m, _ := judge(request())
		m.Adapt(netip.MustParseAddrPort(source), datagram)
		return m.Get("Via")
	}
	require.Equal(t, branch("192.0.2.9:5060", true), branch("192.0.2.9:5060", true))
	require.NotEqual(t, branch("192.0.2.9:5060", true), branch("192.0.2.8:5060", true))
	require.NotEqual(t, branch("192.0.2.9:5060", true), branch("192.0.2.9:5060", false))
	require.Equal(t, branch("192.0.2.9:5060", false), branch("192.0.2.9:5061", false), "a CANCEL over a new connection")
}

func TestFrame(t *testing.T) {
	one := "INVITE sip:a SIP/2.0\r\nContent-Length : 4\r\n\r\nbody"
	for n := range len(one) {
		got, p := Frame([]byte(one[:n]), 1000)
		require.Nil(t, p)
		require.Zero(t, got)
	}
	got, p := Frame([]byte(one+"NEXT"), 1000)
	require.Nil(t, p)
	require.Equal(t, len(one), got)
	for _, bad := range []string{
		"A\r\nContent-Length: 1\r\nl: 1\r\n\r\n", "A\r\nl: -1\r\n\r\n", "A\r\nl: 99999999999\r\n\r\n", "A\r\nContent-Type: x\r\n\r\n",
		"A\r\nl: 2000\r\n\r\n", strings.Repeat("A", 1001),
	} {
		_, p := Frame([]byte(bad), 1000)
		require.NotNil(t, p, "%.40q", bad)
	}
}

func FuzzMessage(f *testing.F) {
	f.Add([]byte(request()))
	f.Add([]byte("SIP/2.0 200 OK\r\n\r\n"))
	if out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output(); err == nil {
		files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "sip/testdata/torture/*/*.dat"))
		for _, file := range files {
			if raw, err := os.ReadFile(file); err == nil {
				f.Add(raw)
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if n, p := Frame(raw, 1<<16); p == nil {
			require.LessOrEqual(t, n, len(raw))
		}
		m, p := Parse(raw)
		if p == nil {
			p = m.Check()
		}
		if p != nil {
			if reply := m.Reply(p, source()); reply != nil {
				require.True(t, strings.HasPrefix(string(reply), "SIP/2.0 "))
				require.Equal(t, 1, strings.Count(string(reply), "\r\n\r\n"))
			}
			return
		}
		m.Adapt(source(), true)
		clean := m.Append(nil)
		again, p := Parse(clean)
		if p == nil {
			p = again.Check()
		}
		require.Nil(t, p, "tidied: %q", clean)
		require.Equal(t, string(clean), string(again.Append(nil)), "tidying twice changes nothing")
		Restore(clean)
	})
}
