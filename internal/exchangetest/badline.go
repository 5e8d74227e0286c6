package exchangetest

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

// BadLine is a SIP proxy of the simplest kind: it forwards datagrams between
// one phone and the service and puts an RTP relay with loss and jitter into
// each direction, by rewriting the port of the audio line in the SDP. Ports
// have five digits, so lengths stay as they are.
type BadLine struct {
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

// NewBadLine forwards until the test ends.
func NewBadLine(t *testing.T, target string, trouble audiotest.Trouble) *BadLine {
	t.Helper()
	loopback := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	a, err := net.ListenUDP("udp4", loopback)
	require.NoError(t, err)
	b, err := net.ListenUDP("udp4", loopback)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	l := &BadLine{socket: a, service: b, target: netip.MustParseAddrPort(target), trouble: trouble, relays: map[int]int{}, ctx: ctx}
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

// Address is where the phone shall call.
func (l *BadLine) Address() string { return l.socket.LocalAddr().String() }

func (l *BadLine) forward(t *testing.T, from, to *net.UDPConn, outbound bool) {
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
func (l *BadLine) rewrite(t *testing.T, msg []byte) []byte {
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
