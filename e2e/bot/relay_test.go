package bot

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

// badLine is a SIP proxy of the simplest kind: it forwards datagrams between
// one phone and the service and puts an RTP relay with loss and jitter into
// each direction, by rewriting the port of the audio line in the SDP. Ports
// have five digits, so lengths stay as they are.
type badLine struct {
	socket  *net.UDPConn // towards the phone
	service *net.UDPConn // towards the service
	target  netip.AddrPort
	trouble audiotest.Trouble

	mu     sync.Mutex
	phone  netip.AddrPort
	relays map[int]int // port that was offered -> port of its relay
	tasks  sync.WaitGroup
	ctx    context.Context
}

var audioPort = regexp.MustCompile(`m=audio (\d{5}) `)

func newBadLine(t *testing.T, target string, trouble audiotest.Trouble) *badLine {
	t.Helper()
	loopback := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	a, err := net.ListenUDP("udp4", loopback)
	require.NoError(t, err)
	b, err := net.ListenUDP("udp4", loopback)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	l := &badLine{socket: a, service: b, target: netip.MustParseAddrPort(target), trouble: trouble, relays: map[int]int{}, ctx: ctx}
	l.tasks.Go(func() { l.forward(t, a, b, true) })
	l.tasks.Go(func() { l.forward(t, b, a, false) })
	t.Cleanup(func() {
		a.Close()
		b.Close()
		cancel()
		l.tasks.Wait()
	})
	return l
}

func (l *badLine) address() string { return l.socket.LocalAddr().String() }

func (l *badLine) forward(t *testing.T, from, to *net.UDPConn, outbound bool) {
	buf := make([]byte, 65536)
	for {
		n, src, err := from.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		l.mu.Lock()
		if outbound {
			l.phone = src
		}
		dst := l.phone
		l.mu.Unlock()
		if outbound {
			dst = l.target
		}
		_, _ = to.WriteToUDPAddrPort(l.rewrite(t, buf[:n]), dst)
	}
}

// rewrite puts a relay before the audio port of a message's SDP.
func (l *badLine) rewrite(t *testing.T, msg []byte) []byte {
	m := audioPort.FindSubmatch(msg)
	if m == nil {
		return msg
	}
	port, _ := strconv.Atoi(string(m[1]))
	l.mu.Lock()
	defer l.mu.Unlock()
	relay, ok := l.relays[port]
	if !ok {
		trouble := l.trouble
		trouble.Seed += uint64(len(l.relays))
		r, err := audiotest.NewRelay(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port)), trouble)
		if err != nil {
			t.Errorf("relay: %v", err)
			return msg
		}
		relay = int(r.Addr().Port())
		l.relays[port] = relay
		l.tasks.Go(func() { _ = r.Run(l.ctx) })
	}
	return bytes.Replace(msg, m[1], []byte(strconv.Itoa(relay)), 1)
}

// The line understands and is understood with 3 % loss and 40 ms of jitter.
func TestLossAndJitter(t *testing.T) {
	s := start(t)
	p := newPhone(t)
	bad := newBadLine(t, s.SIP, audiotest.Trouble{
		Loss: 0.03, Delay: 20 * time.Millisecond, Jitter: 40 * time.Millisecond, Seed: 7,
	})
	concerns := []concern{german[0][0], german[1][0], german[2][2]}
	h := p.ask(t, bad.address(), "de", "PCMA", concerns)
	answers := h.answers()
	understood := 0
	for i, c := range concerns {
		if i+1 >= len(answers) {
			break
		}
		text := p.understand(t, "de", answers[i+1])
		t.Logf("%s -> %s", c.question, text)
		if regexp.MustCompile(c.fact).MatchString(text) {
			understood++
		}
	}
	require.GreaterOrEqual(t, understood, 2, "through loss and jitter")
	require.Contains(t, s.Log(), "call ended")
}
