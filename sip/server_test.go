package sip

import (
	"context"
	"log/slog"
	"math"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// portBlock gives each server of a test run its own RTP ports.
var portBlock atomic.Int32

func loopback() Trunk {
	return Trunk{Name: "local", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
}

// start runs a server on free ports of 127.0.0.1 until the test ends.
func start(t *testing.T, o Options, h Handler) *Server {
	t.Helper()
	if len(o.Listen) == 0 {
		o.Listen = []Listen{{"udp", "127.0.0.1:0"}, {"tcp", "127.0.0.1:0"}}
	}
	if o.RTP.Low == 0 {
		low := 30000 + int(portBlock.Add(1)%100)*200
		o.RTP.Low, o.RTP.High = low, low+199
	}
	if o.Limits.Drain == 0 {
		o.Limits.Drain = time.Second
	}
	if testing.Verbose() && o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	s, err := NewServer(o, h)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	select {
	case <-s.Ready():
	case err := <-ended:
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return s
}

func uri(s *Server, network string) string {
	return "sip:115@" + s.Addr(network).String() + ";transport=" + network
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// tone fills a frame with a sine at hz.
func tone(hz float64, at int) media.Frame {
	pcm := make([]int16, media.FrameSamples)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(at+i)/media.SampleRate))
	}
	return media.Frame{PCM: pcm, At: media.Duration(at)}
}

// play writes a tone to a leg until it ends.
func play(l leg.Leg, hz float64) {
	for at := 0; ; at += media.FrameSamples {
		if l.Playout().WriteFrame(tone(hz, at)) != nil {
			return
		}
	}
}

// energy is the power of one frequency in a frame relative to its whole power (Goertzel).
func energy(pcm []int16, hz float64) float64 {
	w := 2 * math.Cos(2*math.Pi*hz/media.SampleRate)
	var s1, s2, total float64
	for _, v := range pcm {
		s := float64(v) + w*s1 - s2
		s1, s2 = s, s1
		total += float64(v) * float64(v)
	}
	if total < 1e6 {
		return 0
	}
	return (s1*s1 + s2*s2 - w*s1*s2) / (total * float64(len(pcm)) / 2)
}

// hear counts frames in which the tone stands out.
func hear(l leg.Leg, hz float64) *atomic.Int64 {
	var heard atomic.Int64
	l.Receive(media.SinkFunc(func(f media.Frame) error {
		if energy(f.PCM, hz) > 0.5 {
			heard.Add(1)
		}
		return nil
	}))
	return &heard
}

func TestHandlerReturnEndsCall(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			infos := make(chan leg.Info, 1)
			bot := start(t, Options{Trunks: []Trunk{loopback()}}, func(ctx context.Context, l leg.Leg) {
				infos <- l.Info()
				_ = l.Answer(ctx)
			})
			phone := start(t, Options{}, nil)
			l, err := phone.Dial(within(t), uri(bot, network), DialOptions{From: "4930115"})
			require.NoError(t, err)
			<-l.Done()
			info := <-infos
			require.Equal(t, "4930115", info.From)
			require.Equal(t, "115", info.To)
			require.Equal(t, "local", info.Trunk)
			require.Equal(t, network, info.Transport)
			require.True(t, info.Inbound)
			require.Contains(t, l.Stats().Ended, "normal")
		})
	}
}

func TestPanicEndsOnlyItsCall(t *testing.T) {
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, func(ctx context.Context, l leg.Leg) {
		if l.Info().To == "panic" {
			_ = l.Answer(ctx)
			panic("handler broke")
		}
		if l.Answer(ctx) == nil {
			<-l.Done()
		}
	})
	phone := start(t, Options{}, nil)
	good, err := phone.Dial(within(t), uri(bot, "udp"), DialOptions{})
	require.NoError(t, err)
	bad, err := phone.Dial(within(t), "sip:panic@"+bot.Addr("udp").String(), DialOptions{})
	require.NoError(t, err)
	<-bad.Done()
	require.EqualValues(t, 1, bot.Counters().Panics)
	select {
	case <-good.Done():
		t.Fatal("the other call ended too")
	default:
	}
	require.NoError(t, good.Hangup(within(t), leg.CauseNormal))
}

func TestRefusalsAreTyped(t *testing.T) {
	causes := map[string]leg.Cause{"busy": leg.CauseBusy, "no": leg.CauseDeclined, "full": leg.CauseOverload}
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, func(ctx context.Context, l leg.Leg) {
		_ = l.Hangup(ctx, causes[l.Info().To])
	})
	phone := start(t, Options{}, nil)
	for user, want := range map[string]error{"busy": ErrBusy, "no": ErrDeclined, "full": ErrUnavailable} {
		_, err := phone.Dial(within(t), "sip:"+user+"@"+bot.Addr("udp").String(), DialOptions{})
		require.ErrorIs(t, err, want)
	}
}
