package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/g711"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/stretchr/testify/require"
)

// rtpBlock gives each SIP server of a test run RTP ports of its own.
var rtpBlock atomic.Int32

// sipServer runs a SIP server on free loopback ports until the test ends.
func sipServer(t *testing.T, o sip.Options, h sip.Handler) *sip.Server {
	t.Helper()
	if len(o.Listen) == 0 {
		o.Listen = []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}, {Network: "tcp", Addr: "127.0.0.1:0"}}
	}
	if len(o.Trunks) == 0 {
		o.Trunks = []sip.Trunk{{Name: "local", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
	}
	low := 40000 + int(rtpBlock.Add(1)%50)*200
	o.RTP.Low, o.RTP.High = low, low+199
	o.Limits.Drain = 2 * time.Second
	if testing.Verbose() {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	s, err := sip.NewServer(o, h)
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

// line is a handler that answers, plays 1,000 Hz and notes what happens.
type line struct {
	delay  time.Duration // before the answer
	mu     sync.Mutex
	events []leg.Event
	ends   []leg.Stats
	errs   []error
	heard  atomic.Int64 // frames in which 600 Hz stands out
	frames atomic.Int64
	open   atomic.Int64
	peak   atomic.Int64
}

func (b *line) serve(ctx context.Context, l leg.Leg) {
	b.peak.Store(max(b.peak.Load(), b.open.Add(1)))
	defer b.open.Add(-1)
	l.Receive(media.SinkFunc(func(f media.Frame) error {
		b.frames.Add(1)
		if share(f.PCM, 600) > 0.5 {
			b.heard.Add(1)
		}
		return nil
	}))
	if b.delay > 0 {
		select {
		case <-time.After(b.delay):
		case <-ctx.Done():
		}
	}
	err := l.Answer(ctx)
	b.mu.Lock()
	b.errs = append(b.errs, err)
	b.mu.Unlock()
	var playing sync.WaitGroup
	if err == nil {
		playing.Go(func() {
			for at := 0; l.Playout().WriteFrame(sine(1000, at)) == nil; at += media.FrameSamples {
			}
		})
	}
	for e := range l.Events() {
		b.mu.Lock()
		b.events = append(b.events, e)
		b.mu.Unlock()
	}
	playing.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ends = append(b.ends, l.Stats())
}

func (b *line) digits(how string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := ""
	for _, e := range b.events {
		if e.Kind == leg.Digit && e.How == how {
			out += string(e.Digit)
		}
	}
	return out
}

func (b *line) kinds() (out []leg.EventKind) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		out = append(out, e.Kind)
	}
	return out
}

// over waits until n calls have ended and gives their counters.
func (b *line) over(t *testing.T, n int) []leg.Stats {
	t.Helper()
	require.Eventually(t, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.ends) == n
	}, 15*time.Second, 10*time.Millisecond)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ends
}

func sine(hz float64, at int) media.Frame {
	pcm := make([]int16, media.FrameSamples)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(at+i)/media.SampleRate))
	}
	return media.Frame{PCM: pcm, At: media.Duration(at)}
}

// share is the part of a frame's power that lies at hz (Goertzel), 0 for near silence.
func share(pcm []int16, hz float64) float64 {
	w := 2 * math.Cos(2*math.Pi*hz/media.SampleRate)
	var s1, s2, total float64
	for _, v := range pcm {
		s1, s2 = float64(v)+w*s1-s2, s1
		total += float64(v) * float64(v)
	}
	if total < 1e6 {
		return 0
	}
	return (s1*s1 + s2*s2 - w*s1*s2) / (total * float64(len(pcm)) / 2)
}

// sipp runs a scenario of e2e/sipp against addr; args are added to the command.
func sipp(t *testing.T, scenario string, addr netip.AddrPort, args ...string) {
	t.Helper()
	program, err := exec.LookPath("sipp")
	if err != nil {
		t.Skip("SIPp is missing: apt-get install sip-tester")
	}
	dir := t.TempDir()
	writeTones(t, dir)
	xml, err := filepath.Abs(filepath.Join("sipp", scenario+".xml"))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	media := freePorts(t, 64)
	command := exec.CommandContext(ctx, program, append([]string{
		addr.String(), "-sf", xml, "-s", "115", "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", strconv.Itoa(freePorts(t, 1)),
		"-mp", strconv.Itoa(media),
		"-m", "1", "-timeout", "30s", "-timeout_error", "-nostdin", "-trace_msg", "-message_file", filepath.Join(dir, "messages"),
		"-trace_err", "-error_file", filepath.Join(dir, "errors"),
	}, args...)...)
	command.Dir = dir
	command.Env = append(os.Environ(), "TERM=dumb")
	if out, err := command.CombinedOutput(); err != nil {
		errors, _ := os.ReadFile(filepath.Join(dir, "errors"))
		messages, _ := os.ReadFile(filepath.Join(dir, "messages"))
		t.Fatalf("sipp %s: %v\n%s\n%s\n%s", scenario, err, tail(out), tail(errors), tail(messages))
	}
}

func tail(b []byte) string { return string(b[max(0, len(b)-6000):]) }

// freePorts finds n UDP ports in a row.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 50 {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		require.NoError(t, err)
		port := c.LocalAddr().(*net.UDPAddr).Port &^ 1
		_ = c.Close()
		if port+n < 65536 && port > 49000 {
			return port
		}
	}
	t.Fatal("no free ports")
	return 0
}

// writeTones writes what scenarios play as A-law: 600 Hz, and the keys 2 8 0.
func writeTones(t *testing.T, dir string) {
	t.Helper()
	write := func(name string, seconds float64, wave func(at float64) float64) {
		pcm := make([]int16, int(8000*seconds))
		for i := range pcm {
			pcm[i] = int16(wave(float64(i) / 8000))
		}
		payload, err := g711.ALaw{}.Encode(nil, pcm)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), payload, 0o600))
	}
	tone := func(hz, at float64) float64 { return math.Sin(2 * math.Pi * hz * at) }
	write("speech.alaw", 2, func(at float64) float64 { return 8000 * tone(600, at) })
	keys := [][2]float64{{697, 1336}, {852, 1336}, {941, 1336}} // 2, 8, 0: ITU-T Q.23
	write("digits.alaw", 1.5, func(at float64) float64 {
		n, in := math.Modf(at / 0.3)
		if k := int(n) - 1; k >= 0 && k < len(keys) && in < 0.27 { // 80 ms each
			return 6000 * (tone(keys[k][0], at) + tone(keys[k][1], at))
		}
		return 0
	})
}

func TestSIPpAnswer(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			var b line
			s := sipServer(t, sip.Options{}, b.serve)
			args := []string{"-t", "u1"}
			if network == "tcp" {
				args = []string{"-t", "t1"}
			}
			sipp(t, "answer", s.Addr(network), args...)
			end := b.over(t, 1)[0]
			require.Greater(t, b.heard.Load(), int64(30), "the caller's tone")
			require.Equal(t, "PCMA", end.Codec)
			require.Contains(t, end.Ended, "caller")
			require.Greater(t, end.Sent, uint64(50))
			require.Zero(t, end.Lost)
		})
	}
}

func TestSIPpHold(t *testing.T) {
	var b line
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "hold", s.Addr("udp"))
	b.over(t, 1)
	require.Equal(t, []leg.EventKind{leg.Hold, leg.Resumed, leg.Hold, leg.Resumed, leg.Hold, leg.Resumed}, b.kinds())
}

func TestSIPpCodecChange(t *testing.T) {
	var b line
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "codec", s.Addr("udp"))
	require.Equal(t, "G722", b.over(t, 1)[0].Codec)
}

func TestSIPpDelayedOffer(t *testing.T) {
	var b line
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "delayed", s.Addr("udp"))
	require.Equal(t, "PCMA", b.over(t, 1)[0].Codec)
}

func TestSIPpCancel(t *testing.T) {
	b := line{delay: 2 * time.Second}
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "cancel", s.Addr("udp"))
	b.over(t, 1)
	require.ErrorIs(t, b.errs[0], sip.ErrEnded)
	require.Zero(t, s.Counters().Answered)
}

func TestSIPpCancelTooLate(t *testing.T) {
	var b line
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "late-cancel", s.Addr("udp"))
	b.over(t, 1)
	require.NoError(t, b.errs[0])
}

func TestSIPpLostAck(t *testing.T) {
	var b line
	s := sipServer(t, sip.Options{T1: 40 * time.Millisecond}, b.serve)
	sipp(t, "lostack", s.Addr("udp"))
	require.Contains(t, b.over(t, 1)[0].Ended, "no ACK")
	require.ErrorIs(t, b.errs[0], sip.ErrNoAck)
}

func TestSIPpReliableRinging(t *testing.T) {
	b := line{delay: 300 * time.Millisecond}
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "prack", s.Addr("udp"))
	b.over(t, 1)
	require.NoError(t, b.errs[0])
}

func TestSIPpMalformedSDP(t *testing.T) {
	var b line
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "malformed", s.Addr("udp"))
	sipp(t, "answer", s.Addr("udp"))
	b.over(t, 1)
}

func TestSIPpDigitsByInfo(t *testing.T) {
	var b line
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "dtmf-info", s.Addr("udp"))
	b.over(t, 1)
	require.Equal(t, "1#5#", b.digits("info"))
}

func TestSIPpDigitsByTelephoneEvent(t *testing.T) {
	c, err := net.ListenPacket("ip4:udp", "127.0.0.1")
	if err != nil {
		t.Skip("SIPp sends telephone-events through a raw socket, which needs root:", err)
	}
	require.NoError(t, c.Close())
	var b line
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "dtmf-rfc4733", s.Addr("udp"))
	b.over(t, 1)
	require.Equal(t, "159#", b.digits("rfc4733"))
}

func TestSIPpDigitsInTheAudio(t *testing.T) {
	var b line
	s := sipServer(t, sip.Options{Trunks: []sip.Trunk{{
		Name: "gateway", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, InbandDTMF: true,
	}}}, b.serve)
	sipp(t, "dtmf-inband", s.Addr("udp"))
	b.over(t, 1)
	require.Equal(t, "280", b.digits("inband"))
}

func TestSIPpTwentyCallsAtOnce(t *testing.T) {
	var b line
	s := sipServer(t, sip.Options{}, b.serve)
	sipp(t, "answer", s.Addr("udp"), "-m", "20", "-l", "20", "-r", "40")
	ends := b.over(t, 20)
	require.Greater(t, b.peak.Load(), int64(15), "they overlap")
	for i, end := range ends {
		require.Contains(t, end.Ended, "caller", fmt.Sprint("call ", i))
		require.Greater(t, end.Received, uint64(50), fmt.Sprint("call ", i))
	}
	require.Zero(t, s.Counters().Refused)
	require.False(t, strings.Contains(fmt.Sprint(b.errs), "err"))
}
