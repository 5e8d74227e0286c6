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
// one phone and the service and puts one RTP relay with loss and jitter between
// the two, by rewriting the port of the audio line in the SDP. Ports have five
// digits, so lengths stay as they are.
type BadLine struct {
	socket  *net.UDPConn // towards the phone
	service *net.UDPConn // towards the service
	target  netip.AddrPort
	trouble audiotest.Trouble

	mu     sync.Mutex
	phone  netip.AddrPort
	relays map[string]*audiotest.Relay // by Call-ID
	tasks  sync.WaitGroup
	ctx    context.Context
}

var (
	audioPort = regexp.MustCompile(`m=audio (\d{5}) `)
	callID    = regexp.MustCompile(`(?im)^(?:call-id|i)[ \t]*:[ \t]*(\S+)`)
)

// NewBadLine forwards until the test ends.
func NewBadLine(t *testing.T, target string, trouble audiotest.Trouble) *BadLine {
	t.Helper()
	loopback := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	a, err := net.ListenUDP("udp4", loopback)
	require.NoError(t, err)
	b, err := net.ListenUDP("udp4", loopback)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	l := &BadLine{socket: a, service: b, target: netip.MustParseAddrPort(target), trouble: trouble, relays: map[string]*audiotest.Relay{}, ctx: ctx}
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
		_, _ = to.WriteToUDPAddrPort(l.rewrite(t, buf[:n], outbound), dst)
	}
}

// rewrite puts the call's relay into a message's SDP: each side sees the other
// one where the relay is.
func (l *BadLine) rewrite(t *testing.T, msg []byte, outbound bool) []byte {
	m, id := audioPort.FindSubmatch(msg), callID.FindSubmatch(msg)
	if m == nil || id == nil {
		return msg
	}
	port, _ := strconv.Atoi(string(m[1]))
	side := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
	l.mu.Lock()
	defer l.mu.Unlock()
	relay := l.relays[string(id[1])]
	if relay == nil {
		trouble := l.trouble
		trouble.Seed += uint64(len(l.relays))
		var err error
		if relay, err = audiotest.NewRelay(netip.AddrPort{}, trouble); err != nil {
			t.Errorf("relay: %v", err)
			return msg
		}
		l.relays[string(id[1])] = relay
		l.tasks.Go(func() { _ = relay.Run(l.ctx) })
	}
	seen := relay.Addr()
	if outbound {
		relay.Between(side, netip.AddrPort{})
		seen = relay.Far()
	} else {
		relay.Between(netip.AddrPort{}, side)
	}
	return bytes.Replace(msg, m[1], []byte(strconv.Itoa(int(seen.Port()))), 1)
}
