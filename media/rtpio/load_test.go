package rtpio

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/inference/onnx"
	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/vad"
)

// phonesEnv makes this test binary play the phones instead of testing, so that
// the calls under measurement have a process of their own.
const phonesEnv = "AMTSLEITUNG_TEST_PHONES"

const loadTime = 8 * time.Second

// BenchmarkCallsPerCore holds calls on one core (GOMAXPROCS 1): each plays an
// announcement and hears a caller, G.711 over real UDP. The phones run in
// another process. It prints the processor time of a call and how late frames
// were sent; nothing is asserted about time.
func BenchmarkCallsPerCore(b *testing.B) {
	deaf := func() media.Sink { return media.SinkFunc(func(media.Frame) error { return nil }) }
	for _, calls := range []int{50, 150, 300, 500} {
		b.Run(fmt.Sprint(calls), func(b *testing.B) {
			for range b.N {
				load(b, calls, deaf)
			}
		})
	}
}

// BenchmarkCallsPerCoreWithVAD is the same with voice activity detection on
// every call, the callers making sound two seconds out of five.
func BenchmarkCallsPerCoreWithVAD(b *testing.B) {
	path := audiotest.Model(b, "silero_vad.onnx")
	if _, err := onnx.Find(); err != nil {
		b.Skip("ONNX Runtime is not built: ", err)
	}
	rt, err := onnx.Open("")
	require.NoError(b, err)
	defer func() { require.NoError(b, rt.Close()) }()
	model, err := vad.Load(rt, path)
	require.NoError(b, err)
	defer func() { require.NoError(b, model.Close()) }()
	for _, calls := range []int{50, 150, 200} {
		b.Run(fmt.Sprint(calls), func(b *testing.B) {
			for range b.N {
				load(b, calls, func() media.Sink { return newListener(b, model) })
			}
		})
	}
}

// listener cuts frames into the windows of the detector.
type listener struct {
	stream *vad.Stream
	window []int16
}

func newListener(b *testing.B, model *vad.Model) *listener {
	s, err := model.Stream()
	require.NoError(b, err)
	b.Cleanup(s.Close)
	return &listener{stream: s}
}

func (l *listener) WriteFrame(f media.Frame) error {
	l.window = append(l.window, f.PCM...)
	if len(l.window) < vad.WindowSamples {
		return nil
	}
	_, err := l.stream.Probability(l.window[:vad.WindowSamples])
	l.window = l.window[:copy(l.window, l.window[vad.WindowSamples:])]
	return err
}

func load(b *testing.B, calls int, sink func() media.Sink) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	announcement := audiotest.Frames(audiotest.Sine(440, time.Second, 8000))
	sessions, peers := make([]*Session, calls), make([]string, calls)
	for i := range sessions {
		rtp := listenUDP(b)
		sessions[i] = New(Options{RTP: rtp})
		sessions[i].Receive(sink())
		peers[i] = addr(rtp).String()
	}
	from, hangUp := phones(b, peers)
	defer hangUp()
	for i, s := range sessions {
		require.NoError(b, s.Update(Params{Remote: from[i], Send: pcma, Receive: []Codec{pcma}}))
	}
	ctx, cancel := context.WithTimeout(b.Context(), loadTime)
	defer cancel()
	var all sync.WaitGroup
	before, start := processorTime(b), time.Now()
	for i, s := range sessions {
		all.Go(func() {
			// Calls do not begin in the same millisecond.
			select {
			case <-time.After(time.Duration(i) * time.Second / time.Duration(calls)):
			case <-ctx.Done():
			}
			if err := s.Run(ctx); err != nil {
				b.Error(err)
			}
		})
		all.Go(func() {
			for n := 0; s.Playout().WriteFrame(announcement[n%len(announcement)]) == nil; n++ {
			}
		})
	}
	all.Wait()
	used, wall := processorTime(b)-before, time.Since(start)
	reportLoad(b, sessions, float64(used)/float64(wall))
}

func reportLoad(b *testing.B, sessions []*Session, cores float64) {
	var total pacing
	var received, sent uint64
	for _, s := range sessions {
		for i, n := range s.pace.counts {
			total.counts[i] += n
		}
		total.total += s.pace.total
		total.worst = max(total.worst, s.pace.worst)
		stats := s.Stats()
		received, sent = received+stats.Received, sent+stats.Sent
	}
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.ReportMetric(float64(len(sessions))/cores, "calls/core")
	b.ReportMetric(ms(total.quantile(0.5)), "ms-late-p50")
	b.ReportMetric(ms(total.quantile(0.99)), "ms-late-p99")
	b.ReportMetric(ms(total.worst), "ms-late-max")
	b.ReportMetric(float64(received)/float64(sent), "received/sent")
	b.ReportMetric(0, "ns/op")
}

// processorTime is what this process has used, in user and kernel.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// phones starts the other process and returns the address of each phone.
func phones(b *testing.B, peers []string) (from []netip.AddrPort, hangUp func()) {
	self, err := os.Executable()
	require.NoError(b, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), phonesEnv+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(b, err)
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	_, err = fmt.Fprintln(in, strings.Join(peers, " "))
	require.NoError(b, err)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(b, err)
	for _, a := range strings.Fields(line) {
		from = append(from, netip.MustParseAddrPort(a))
	}
	return from, func() {
		_ = in.Close() // the phones hang up when their input ends
		require.NoError(b, cmd.Wait())
	}
}

// playPhones talks to each address read from the first line of in, from a
// port of its own, until in ends.
func playPhones(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	line, err := lines.ReadString('\n')
	if err != nil {
		return err
	}
	var conns []*net.UDPConn
	var own []string
	for range strings.Fields(line) {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			return err
		}
		conns, own = append(conns, c), append(own, addr(c).String())
	}
	if _, err := fmt.Fprintln(out, strings.Join(own, " ")); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		close(ended)
	}()
	return talk(conns, strings.Fields(line), ended)
}

// talk sends one packet to each peer per 20 ms, each phone at its own place in
// the conversation; what comes back fills the sockets' buffers and is dropped
// there by the kernel.
func talk(conns []*net.UDPConn, peers []string, ended <-chan struct{}) error {
	voice, err := caller()
	if err != nil {
		return err
	}
	to := make([]netip.AddrPort, len(peers))
	for i := range peers {
		to[i] = netip.MustParseAddrPort(peers[i])
	}
	ticker := time.NewTicker(media.FrameDuration)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ended:
			return nil
		case <-ticker.C:
		}
		h := header{typ: 8, seq: uint16(n), timestamp: uint32(n) * frameTicks, ssrc: 1}
		packet := h.append(nil)
		for i, c := range conns {
			payload := voice[(n+i*len(voice)/len(conns))%len(voice)]
			_, _ = c.WriteToUDPAddrPort(append(packet, payload...), to[i])
		}
	}
}

// caller makes 2 s of sound and 3 s of line noise at -66 dBFS, in A-law packets.
func caller() ([][]byte, error) {
	pcm := audiotest.Sine(300, 5*time.Second, 8000)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range pcm[2*media.SampleRate:] {
		pcm[2*media.SampleRate+i] = int16(random.NormFloat64() * 16)
	}
	e, err := newEncoder(pcma)
	if err != nil {
		return nil, err
	}
	defer e.close()
	var packets [][]byte
	for _, f := range audiotest.Frames(pcm) {
		packets = append(packets, e.append(nil, f.PCM))
	}
	return packets, nil
}
