package listen

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/sip/validate"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func message(id, extra string) string {
	return "OPTIONS sip:115@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK" + id +
		"\r\nFrom: <sip:a@b.example>;tag=1\r\nTo: <sip:115@example.org>\r\nCall-ID: " + id + "\r\nCSeq: 1 OPTIONS\r\n" + extra + "Content-Length: 0\r\n\r\n"
}

// served runs a stream listener that collects what passes.
type served struct {
	addr   string
	policy *Policy
	mu     sync.Mutex
	got    []string
}

func serve(t *testing.T, p *Policy) *served {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := Stream(inner, p)
	s := &served{addr: inner.Addr().String(), policy: p}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.read(c) })
		}
	})
	<-l.Reading()
	t.Cleanup(func() {
		_ = l.Close()
		p.CloseAll()
		all.Wait()
	})
	return s
}

func (s *served) read(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 65536)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.got = append(s.got, string(buf[:n]))
		s.mu.Unlock()
	}
}

func (s *served) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got)
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	return c
}

// closed waits for the other side to close and returns what it said before.
func closed(t *testing.T, c net.Conn) string {
	t.Helper()
	out, err := io.ReadAll(c)
	var timeout net.Error
	require.False(t, errors.As(err, &timeout) && timeout.Timeout(), "still open")
	return string(out)
}

func TestOneReadGivesOneMessage(t *testing.T) {
	s := serve(t, &Policy{})
	c := dial(t, s.addr)
	_, err := io.WriteString(c, "\r\n\r\n"+message("a", "")+message("b", "")+message("c", "")[:40])
	require.NoError(t, err)
	pong := make([]byte, 2)
	_, err = io.ReadFull(c, pong)
	require.NoError(t, err)
	require.Equal(t, "\r\n", string(pong), "keep-alive is answered")
	_, err = io.WriteString(c, message("c", "")[40:])
	require.NoError(t, err)
	require.Eventually(t, func() bool { return s.count() == 3 }, 10*time.Second, time.Millisecond)
	for i, id := range []string{"a", "b", "c"} {
		require.Contains(t, s.got[i], "Call-ID: "+id)
	}
}

func TestHalfSentHeaderIsClosed(t *testing.T) {
	s := serve(t, &Policy{HeaderTime: 100 * time.Millisecond})
	silent, half := dial(t, s.addr), dial(t, s.addr)
	_, err := io.WriteString(half, "INVITE sip:115@example.org SIP/2.0\r\nVia: SIP/2.0/TCP x.example;branch=z9hG4bK1\r\n")
	require.NoError(t, err)
	require.Empty(t, closed(t, silent))
	require.True(t, strings.HasPrefix(closed(t, half), "SIP/2.0 400 "))
	require.Zero(t, s.count())
}

func TestDrippingDoesNotHoldAConnection(t *testing.T) {
	s := serve(t, &Policy{HeaderTime: 150 * time.Millisecond})
	c := dial(t, s.addr)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	raw := strings.Repeat("X-A: b\r\n", 10000)
	for i := range len(raw) {
		<-tick.C
		if _, err := io.WriteString(c, raw[i:i+1]); err != nil {
			return // closed although bytes kept coming
		}
		require.Less(t, i, 500, "still open")
	}
}

func TestConnectionsOfOneSourceAreLimited(t *testing.T) {
	s := serve(t, &Policy{PerSource: 2})
	a, b := dial(t, s.addr), dial(t, s.addr)
	for i, c := range []net.Conn{a, b} {
		_, err := io.WriteString(c, message(fmt.Sprint(i), ""))
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return s.count() == 2 }, 10*time.Second, time.Millisecond)
	require.Empty(t, closed(t, dial(t, s.addr)))
	require.EqualValues(t, 1, s.policy.Counts().Connections)
	require.NoError(t, a.Close())
	require.Eventually(t, func() bool {
		c := dial(t, s.addr)
		_, err := io.WriteString(c, message("again", ""))
		return err == nil && s.count() >= 2 && func() bool { s.mu.Lock(); defer s.mu.Unlock(); return strings.Contains(s.got[len(s.got)-1], "again") }()
	}, 10*time.Second, 20*time.Millisecond, "the place is free again")
}

func TestTooLargeIsRefused(t *testing.T) {
	s := serve(t, &Policy{MessageSize: 2000})
	for _, raw := range []string{
		message("big", "X: "+strings.Repeat("y", 3000)+"\r\n"),
		strings.Replace(message("body", ""), "Content-Length: 0", "Content-Length: 99999", 1),
	} {
		c := dial(t, s.addr)
		_, err := io.WriteString(c, raw)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(closed(t, c), "SIP/2.0 513 "))
	}
	require.Zero(t, s.count())
}

func TestRubbishIsAnsweredThenClosed(t *testing.T) {
	s := serve(t, &Policy{})
	c := dial(t, s.addr)
	broken := strings.Replace(message("x", ""), "CSeq: 1 OPTIONS", "CSeq: 1 INVITE", 1)
	_, err := io.WriteString(c, strings.Repeat(broken, maxBroken+1))
	require.NoError(t, err)
	require.Equal(t, maxBroken+1, strings.Count(closed(t, c), "SIP/2.0 400 "))
}

func TestStrangersGetOneWord(t *testing.T) {
	s := serve(t, &Policy{Admit: func(m *validate.Message, _ netip.AddrPort) *validate.Problem {
		return &validate.Problem{Code: 403, Reason: "Forbidden"}
	}})
	c := dial(t, s.addr)
	_, err := io.WriteString(c, message("x", ""))
	require.NoError(t, err)
	line, err := bufio.NewReader(c).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "SIP/2.0 403 Forbidden\r\n", line)
	require.Zero(t, s.count())
}

func TestOutboundIsCheckedToo(t *testing.T) {
	there, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer there.Close()
	p := &Policy{}
	o := NewOutbound(p)
	var all sync.WaitGroup
	got := make(chan string, 1)
	all.Go(func() {
		c, err := o.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		buf := make([]byte, 4096)
		n, _ := c.Read(buf)
		got <- string(buf[:n])
	})
	c, err := net.Dial("tcp", there.Addr().String())
	require.NoError(t, err)
	require.NoError(t, o.Add(t.Context(), c))
	remote, err := there.Accept()
	require.NoError(t, err)
	defer remote.Close()
	_, err = io.WriteString(remote, "SIP/2.0 9999 No\r\nContent-Length: 0\r\n\r\n"+message("ok", ""))
	require.NoError(t, err)
	require.Contains(t, <-got, "Call-ID: ok")
	require.NoError(t, o.Close())
	_, err = o.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
	c, err = net.Dial("tcp", there.Addr().String())
	require.NoError(t, err)
	require.ErrorIs(t, o.Add(context.Background(), c), net.ErrClosed)
	all.Wait()
}

func TestDatagramRateOfOneSourceIsLimited(t *testing.T) {
	p := &Policy{Rate: 10}
	now := time.Unix(1000, 0)
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	allowed := 0
	for range 100 {
		if p.allow(a, now) {
			allowed++
		}
	}
	require.Equal(t, 20, allowed, "a burst of twice the rate")
	require.True(t, p.allow(b, now), "others are not touched")
	require.True(t, p.allow(a, now.Add(100*time.Millisecond)))
	require.False(t, p.allow(a, now.Add(100*time.Millisecond)))
	require.EqualValues(t, 81, p.Counts().Throttled)
}

func TestForgedSourcesTakeBoundedMemory(t *testing.T) {
	p := &Policy{}
	now := time.Unix(1000, 0)
	for i := range 3 * maxBuckets {
		p.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	require.LessOrEqual(t, len(p.buckets), maxBuckets)
	require.True(t, p.allow(netip.MustParseAddr("192.0.2.1"), now.Add(time.Minute)), "room again once they are quiet")
}

func TestDatagrams(t *testing.T) {
	inner, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	c := Packet(inner, &Policy{MessageSize: 4000, Parse: func(b []byte) error {
		if strings.Contains(string(b), "poison") {
			return errors.New("parser")
		}
		return nil
	}})
	got := make(chan string, 10)
	var reading sync.WaitGroup
	reading.Go(func() {
		buf := make([]byte, 65536)
		for {
			n, _, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			got <- string(buf[:n])
		}
	})
	defer reading.Wait()
	defer inner.Close()
	phone, err := net.Dial("udp", inner.LocalAddr().String())
	require.NoError(t, err)
	defer phone.Close()
	answer := func(raw string) string {
		_, err := io.WriteString(phone, raw)
		require.NoError(t, err)
		require.NoError(t, phone.SetReadDeadline(time.Now().Add(10*time.Second)))
		buf := make([]byte, 65536)
		n, err := phone.Read(buf)
		require.NoError(t, err)
		line, _, _ := strings.Cut(string(buf[:n]), "\r\n")
		return line
	}
	require.Contains(t, answer(message("big", "X: "+strings.Repeat("y", 4000)+"\r\n")), "513")
	require.Contains(t, answer(message("poison", "")), "400")
	require.Contains(t, answer("OPTIONS nothing\r\n\r\n"), "400")
	_, err = io.WriteString(phone, "\r\n\r\n")
	require.NoError(t, err)
	_, err = io.WriteString(phone, message("fine", ""))
	require.NoError(t, err)
	require.Contains(t, <-got, "Call-ID: fine")
}

func FuzzStream(f *testing.F) {
	f.Add([]byte(message("a", "")+"\r\n\r\n"+message("b", "")), 3)
	f.Add([]byte("INVITE sip:a SIP/2.0\r\nContent-Length: 5\r\n\r\nhello"), 1)
	f.Fuzz(func(t *testing.T, raw []byte, step int) {
		step = 1 + (step&0x7fffffff)%64
		ours, theirs := net.Pipe()
		p := &Policy{HeaderTime: 50 * time.Millisecond}
		c := p.adopt(ours, true)
		var all sync.WaitGroup
		all.Go(func() {
			for i := 0; i < len(raw); i += step {
				if _, err := theirs.Write(raw[i:min(i+step, len(raw))]); err != nil {
					return
				}
			}
			_ = theirs.Close()
		})
		all.Go(func() { _, _ = io.Copy(io.Discard, theirs) })
		buf := make([]byte, 65536)
		for {
			n, err := c.Read(buf)
			if err != nil {
				break
			}
			if _, problem := validate.Parse(buf[:n]); problem != nil {
				t.Fatalf("let through: %q", buf[:n])
			}
		}
		_ = c.Close()
		all.Wait()
	})
}
