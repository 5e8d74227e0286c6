package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/internal/exchangetest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/stretchr/testify/require"
)

// kamailio starts the exchange until the test ends. Registrations last 4 s, so
// that renewals can be seen.
func kamailio(t *testing.T) (port int) {
	t.Helper()
	port = freePorts(t, 2)
	exchangetest.Start(t, port, 4*time.Second)
	return port
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) {
	w(b)
	return len(b), nil
}

func registering(port int, network, password string) sip.Options {
	return sip.Options{Trunks: []sip.Trunk{{Name: "exchange", Codecs: []string{"PCMA"}, Register: &sip.Registration{
		Server: fmt.Sprintf("sip:127.0.0.1:%d;transport=%s", port, network), User: "115", Password: password, Realm: "city.test",
	}}}}
}

func TestKamailioRegistrationAndCall(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			port := kamailio(t)
			var b line
			s := sipServer(t, registering(port, network, "geheim"), b.serve)
			until := func() time.Time { return s.Trunks()[0].RegisteredUntil }
			require.Eventually(t, func() bool { return !until().IsZero() }, 20*time.Second, 20*time.Millisecond, "registered")
			first := until()
			require.WithinDuration(t, time.Now().Add(4*time.Second), first, 2*time.Second, "for as long as the exchange grants")

			phone := sipServer(t, sip.Options{}, nil)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			l, err := phone.Dial(ctx, fmt.Sprintf("sip:115@127.0.0.1:%d", port), sip.DialOptions{})
			require.NoError(t, err)
			heard := make(chan struct{})
			var once sync.Once
			l.Receive(media.SinkFunc(func(f media.Frame) error {
				if share(f.PCM, 1000) > 0.5 {
					once.Do(func() { close(heard) })
				}
				return nil
			}))
			select {
			case <-heard:
			case <-ctx.Done():
				t.Fatal("nothing heard through the exchange")
			}
			require.NoError(t, l.Hangup(ctx, leg.CauseNormal))
			b.over(t, 1)
			require.Eventually(t, func() bool { return until().After(first) }, 10*time.Second, 20*time.Millisecond, "renewed in time")
		})
	}
}

func TestKamailioForgetsWhoLeaves(t *testing.T) {
	port := kamailio(t)
	var b line
	o := registering(port, "udp", "geheim")
	o.Listen = []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}}
	o.RTP.Low, o.RTP.High = 39000, 39099
	s, err := sip.NewServer(o, b.serve)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	require.Eventually(t, func() bool { return !s.Trunks()[0].RegisteredUntil.IsZero() }, 20*time.Second, 20*time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
	phone := sipServer(t, sip.Options{}, nil)
	_, err = phone.Dial(t.Context(), fmt.Sprintf("sip:115@127.0.0.1:%d", port), sip.DialOptions{})
	require.ErrorIs(t, err, sip.ErrNotFound)
}

func TestKamailioRefusesAWrongPassword(t *testing.T) {
	port := kamailio(t)
	s := sipServer(t, registering(port, "udp", "falsch"), func(context.Context, leg.Leg) {})
	require.Eventually(t, func() bool { return strings.Contains(s.Trunks()[0].LastError, "401") }, 20*time.Second, 20*time.Millisecond)
	require.True(t, s.Trunks()[0].RegisteredUntil.IsZero())
	require.NotContains(t, s.Trunks()[0].LastError, "falsch")
}
