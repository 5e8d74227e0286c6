// Package phonetest are telephones of other people: what they hear flows out of
// a real SIP leg, what they say flows into it.
package phonetest

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/sip"
)

// Each exchange of a process has ports of its own for audio.
var exchanges atomic.Int32

const (
	lowest = 45000
	width  = 50
	most   = 40
)

// Exchange is a telephone exchange on loopback until the test ends: serve
// answers its calls; nil declines them.
func Exchange(t *testing.T, serve sip.Handler) (s *sip.Server, address string) {
	t.Helper()
	if serve == nil {
		serve = func(ctx context.Context, l leg.Leg) { _ = l.Hangup(ctx, leg.CauseDeclined) }
	}
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	address = free.LocalAddr().String()
	require.NoError(t, free.Close())
	low := lowest + int(exchanges.Add(1))%most*width
	s, err = sip.NewServer(sip.Options{
		Listen: []sip.Listen{{Network: "udp", Addr: address}}, RTP: sip.RTP{Low: low, High: low + width - 1},
		Trunks: []sip.Trunk{{Name: "local", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}},
	}, serve)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	<-s.Ready()
	return s, address
}
