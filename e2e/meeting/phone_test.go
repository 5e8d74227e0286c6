package meeting

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
)

// phone is a telephone in a call.
type phone struct {
	*sip.Leg
	words chan []int16
	mu    sync.Mutex
	heard []int16
}

var ports atomic.Int32

// telephone gives us a telephone exchange of our own.
func telephone(t *testing.T, serve sip.Handler) (*sip.Server, string) {
	t.Helper()
	low := 47000 + int(ports.Add(1)%20)*50
	address := servicetest.FreeAddress(t)
	s, err := sip.NewServer(sip.Options{
		Listen: []sip.Listen{{Network: "udp", Addr: address}}, RTP: sip.RTP{Low: low, High: low + 49},
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

// dial calls the number of the meetings.
func (h *house) dial(t *testing.T) *phone {
	t.Helper()
	server, _ := telephone(t, func(ctx context.Context, l leg.Leg) { _ = l.Hangup(ctx, leg.CauseDeclined) })
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	l, err := server.Dial(ctx, fmt.Sprintf("sip:%s@%s", number, h.SIP), sip.DialOptions{From: "0301234567"})
	require.NoError(t, err)
	return talk(t, l)
}

func talk(t *testing.T, l *sip.Leg) *phone {
	p := &phone{Leg: l, words: make(chan []int16, 8)}
	l.Receive(media.SinkFunc(func(f media.Frame) error {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.heard = append(p.heard, f.PCM...)
		return nil
	}))
	var running sync.WaitGroup
	running.Go(p.run)
	t.Cleanup(func() { _ = p.Hangup(context.Background(), leg.CauseNormal); running.Wait() })
	return p
}

// run says what it is told to, and silence in between.
func (p *phone) run() {
	silence := make([]int16, media.FrameSamples)
	for {
		frames := []media.Frame{{PCM: silence}}
		select {
		case <-p.Done():
			return
		case said := <-p.words:
			frames = audiotest.Frames(said)
		default:
		}
		for _, f := range frames {
			if p.Playout().WriteFrame(f) != nil {
				return
			}
		}
	}
}

func (p *phone) keys(t *testing.T, typed string) {
	t.Helper()
	for _, k := range typed {
		require.NoError(t, p.SendDigit(k))
	}
}

// sound is what was heard so far.
func (p *phone) sound() []int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]int16(nil), p.heard...)
}
