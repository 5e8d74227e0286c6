package sip

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/stretchr/testify/require"
)

// none says that no response may come: responses, and what nobody can answer.
const none = 0

// torture is what each message of RFC 4475 must be answered with. We are a
// user agent that serves calls and no registrar: REGISTER and MESSAGE get 405.
func torture() map[string][]int {
	return map[string][]int{
		// Legal ones, RFC 4475 section 3.1.1 and 3.3.
		"valid/dblreq": {400, 405}, // its second message, seen on streams only, has broken SDP
		"valid/esc01":  {200}, "valid/esc02": {405}, "valid/escnull": {405},
		"valid/intmeth": {405}, "valid/longreq": {200}, "valid/lwsdisp": {200}, "valid/mpart01": {405},
		"valid/noreason": {none}, "valid/semiuri": {200}, "valid/transports": {200}, "valid/unreason": {none},
		"valid/wsinv": {481}, // it has a To tag of no dialog of ours
		// The file inv2543 stands among the bad ones but is legal (section 3.4.1),
		// as are the parameters of cparam01 and cparam02, Max-Forwards 0 for whom
		// the request is for, and an unknown scheme of authorization.
		"invalid/inv2543":  {200, 400}, // without Content-Length no stream can hold it
		"invalid/cparam01": {405}, "invalid/cparam02": {405},
		"invalid/zeromf": {200}, "invalid/regaut01": {405}, "invalid/regescrt": {405}, "invalid/unksm2": {405},
		// Broken ones, section 3.1.2.
		"invalid/badaspec": {400}, "invalid/baddate": {400}, "invalid/baddn": {400}, "invalid/badinv01": {400},
		"invalid/badvers": {505}, "invalid/bcast": {none}, "invalid/bigcode": {none}, "invalid/clerr": {400},
		"invalid/escruri": {400}, "invalid/insuf": {400}, "invalid/ltgtruri": {400}, "invalid/lwsruri": {400},
		"invalid/lwsstart": {400}, "invalid/mcl01": {400}, "invalid/mismatch01": {400}, "invalid/mismatch02": {400},
		"invalid/multi01": {400}, "invalid/ncl": {400}, "invalid/quotbal": {400}, "invalid/regbadct": {400},
		"invalid/scalar02": {400}, "invalid/scalarlg": {none}, "invalid/test": {400}, "invalid/trws": {400},
		// Legal syntax that we cannot serve, section 3.2 and 3.3.
		"invalid/badbranch": {200, 400}, "invalid/bext01": {420}, "invalid/invut": {415}, "invalid/novelsc": {416},
		"invalid/sdp01": {406}, "invalid/unkscm": {416},
	}
}

// patience is long where an answer must come and short where none may.
func patience(want []int) time.Duration {
	if want[0] == none {
		return 200 * time.Millisecond
	}
	return 10 * time.Second
}

func tortureDir(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output()
	if err != nil {
		t.Skip("the torture messages need the go command to find them:", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "sip", "testdata", "torture")
}

func tortured(t *testing.T) *Server {
	return start(t, Options{
		Trunks: []Trunk{loopback()}, T1: 10 * time.Millisecond,
		Limits: Limits{HeaderTime: 700 * time.Millisecond, Drain: 50 * time.Millisecond, PerSource: 100},
	}, func(ctx context.Context, l leg.Leg) { _ = l.Answer(ctx) })
}

func TestTortureIsAnswered(t *testing.T) {
	dir := tortureDir(t)
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.dat"))
	require.NoError(t, err)
	want := torture()
	require.Len(t, files, len(want))
	s := tortured(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), ".dat")
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		t.Run("udp/"+name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, want[name], tortureUDP(t, s.Addr("udp"), raw, patience(want[name])))
		})
		t.Run("tcp/"+name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, want[name], tortureTCP(t, s.Addr("tcp"), raw, patience(want[name])))
		})
	}
}

func TestTortureLeavesNothingBehind(t *testing.T) {
	dir := tortureDir(t)
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.dat"))
	require.NoError(t, err)
	s := tortured(t)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		tortureUDP(t, s.Addr("udp"), raw, 50*time.Millisecond)
	}
	require.Eventually(t, func() bool { return s.Counters().Active == 0 }, 10*time.Second, 10*time.Millisecond)
	require.Zero(t, s.Counters().Panics)
}

// probe names a transaction of its own.
func probe() string { return fmt.Sprintf("after%d", probes.Add(1)) }

var probes atomic.Int64

// options is a probe that every healthy server answers with 200.
func options(id string) []byte {
	return []byte("OPTIONS sip:115@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP probe.invalid;branch=z9hG4bK" + id +
		"\r\nFrom: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:115@127.0.0.1>\r\nCall-ID: " + id +
		"\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
}

// tortureUDP returns the final code of the answer; the server must answer
// OPTIONS afterwards.
func tortureUDP(t *testing.T, to netip.AddrPort, raw []byte, wait time.Duration) int {
	t.Helper()
	c, err := net.Dial("udp", to.String())
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Write(raw)
	require.NoError(t, err)
	code := finalCode(datagrams(c), "", wait)
	id := probe()
	_, err = c.Write(options(id))
	require.NoError(t, err)
	require.Equal(t, 200, finalCode(datagrams(c), id, 5*time.Second), "OPTIONS afterwards")
	return code
}

// tortureTCP sends single bytes.
func tortureTCP(t *testing.T, to netip.AddrPort, raw []byte, wait time.Duration) int {
	t.Helper()
	c, err := net.Dial("tcp", to.String())
	require.NoError(t, err)
	defer c.Close()
	for i := range raw {
		if _, err := c.Write(raw[i : i+1]); err != nil {
			break // refused before its end
		}
	}
	code := finalCode(stream(c), "", wait)
	again, err := net.Dial("tcp", to.String())
	require.NoError(t, err)
	defer again.Close()
	id := probe()
	_, err = again.Write(options(id))
	require.NoError(t, err)
	require.Equal(t, 200, finalCode(stream(again), id, 5*time.Second), "OPTIONS afterwards")
	return code
}

// reader reads one message or fails at the deadline.
type reader func(deadline time.Time) (string, error)

func datagrams(c net.Conn) reader {
	buf := make([]byte, 65536)
	return func(deadline time.Time) (string, error) {
		_ = c.SetReadDeadline(deadline)
		n, err := c.Read(buf)
		return string(buf[:n]), err
	}
}

func stream(c net.Conn) reader {
	r := bufio.NewReader(c)
	return func(deadline time.Time) (string, error) {
		_ = c.SetReadDeadline(deadline)
		var head bytes.Buffer
		length := 0
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return "", err
			}
			head.WriteString(line)
			if v, ok := strings.CutPrefix(strings.ToLower(line), "content-length:"); ok {
				length, _ = strconv.Atoi(strings.TrimSpace(v))
			}
			if line == "\r\n" {
				break
			}
		}
		_, err := io.CopyN(&head, r, int64(length))
		return head.String(), err
	}
}

// finalCode is the code of the first final response (with that Call-ID), or none.
func finalCode(next reader, id string, patience time.Duration) int {
	deadline := time.Now().Add(patience)
	for {
		msg, err := next(deadline)
		if err != nil {
			return none
		}
		var code int
		if _, err := fmt.Sscanf(msg, "SIP/2.0 %d", &code); err != nil || code < 200 {
			continue
		}
		if id == "" && !strings.Contains(msg, "Call-ID: after") || id != "" && strings.Contains(msg, "Call-ID: "+id+"\r\n") {
			return code
		}
	}
}

func TestRefusalCarriesWhatTheRFCAsks(t *testing.T) {
	s := tortured(t)
	ask := func(req string) string {
		c, err := net.Dial("udp", s.Addr("udp").String())
		require.NoError(t, err)
		defer c.Close()
		_, err = c.Write([]byte(req))
		require.NoError(t, err)
		for next := datagrams(c); ; {
			msg, err := next(time.Now().Add(5 * time.Second))
			require.NoError(t, err)
			if !strings.HasPrefix(msg, "SIP/2.0 1") {
				return msg
			}
		}
	}
	request := func(method string, headers ...string) string {
		return method + " sip:115@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP x.invalid;branch=z9hG4bK" + strconv.Itoa(time.Now().Nanosecond()) +
			"\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:115@127.0.0.1>\r\nCall-ID: " + strconv.FormatInt(time.Now().UnixNano(), 36) +
			"\r\nCSeq: 1 " + method + "\r\nContact: <sip:a@127.0.0.1>\r\n" + strings.Join(append(headers, ""), "\r\n") + "Content-Length: 0\r\n\r\n"
	}
	for _, c := range []struct{ request, status, header string }{
		{request("PUBLISH"), "405", "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, NOTIFY"},
		{request("INVITE", "Require: magic"), "420", "Unsupported: magic"},
		{request("INVITE", "Supported: timer", "Session-Expires: 30"), "422", "Min-SE: 90"},
		{request("INVITE", "Accept: text/plain"), "406", ""},
		{request("OPTIONS"), "200", "Allow: INVITE"},
		{request("BYE"), "481", ""},
		{request("INFO"), "481", ""},
		{request("CANCEL"), "481", ""},
	} {
		got := ask(c.request)
		require.True(t, strings.HasPrefix(got, "SIP/2.0 "+c.status), got)
		require.Contains(t, got, c.header)
	}
}

func TestStrangersAreForbidden(t *testing.T) {
	s := start(t, Options{Trunks: []Trunk{{Name: "elsewhere", Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}}},
		func(context.Context, leg.Leg) {})
	require.Equal(t, 403, tortureCode(t, s, options(probe())))
	require.Equal(t, none, tortureCode(t, s, []byte("garbage\r\n\r\n")), "strangers learn nothing of our parser")
	require.Zero(t, s.Counters().Invites)
	require.EqualValues(t, 1, s.Counters().Sockets.Strangers)
	require.EqualValues(t, 1, s.Counters().Sockets.Invalid)
}

func tortureCode(t *testing.T, s *Server, raw []byte) int {
	c, err := net.Dial("udp", s.Addr("udp").String())
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Write(raw)
	require.NoError(t, err)
	id := ""
	if bytes.Contains(raw, []byte("Call-ID: after")) {
		id = string(bytes.Fields(raw[bytes.Index(raw, []byte("Call-ID: ")):])[1])
	}
	return finalCode(datagrams(c), id, 300*time.Millisecond)
}
