package rtpio

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
)

func TestMain(m *testing.M) {
	if os.Getenv(phonesEnv) != "" {
		if err := playPhones(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "phones:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

var (
	pcma = Codec{Name: "PCMA", PayloadType: 8, ClockRate: 8000, SampleRate: 8000}
	pcmu = Codec{Name: "PCMU", PayloadType: 0, ClockRate: 8000, SampleRate: 8000}
	wide = Codec{Name: "G722", PayloadType: 9, ClockRate: 8000, SampleRate: 16000}
	best = Codec{Name: "opus", PayloadType: 111}
)

const eventPT = 101

func listenUDP(t testing.TB) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func addr(c net.PacketConn) netip.AddrPort { return c.LocalAddr().(*net.UDPAddr).AddrPort() }

// end is one side of a call with a recorder as sink.
type end struct {
	*Session
	rtp, rtcp *net.UDPConn
	record    audiotest.Recorder
	digits    chan leg.Event
	cancel    context.CancelFunc
	done      chan error
}

func newEnd(t testing.TB, o Options) *end {
	e := &end{rtp: listenUDP(t), rtcp: listenUDP(t), digits: make(chan leg.Event, 64), done: make(chan error, 1)}
	o.RTP, o.RTCP = e.rtp, e.rtcp
	o.OnEvent = func(ev leg.Event) { e.digits <- ev }
	e.Session = New(o)
	e.Receive(&e.record)
	return e
}

func (e *end) start(t testing.TB, p Params) {
	t.Helper()
	require.NoError(t, e.Update(p))
	ctx, cancel := context.WithCancel(t.Context())
	e.cancel = cancel
	go func() { e.done <- e.Run(ctx) }()
}

func (e *end) stop(t testing.TB) {
	t.Helper()
	e.cancel()
	require.NoError(t, <-e.done)
}

func towards(e *end, c Codec) Params {
	return Params{Remote: addr(e.rtp), RemoteRTCP: addr(e.rtcp), Send: c, Receive: []Codec{pcma, pcmu, wide, best}, EventPT: eventPT}
}

func (e *end) say(t testing.TB, pcm []int16) {
	t.Helper()
	for _, f := range audiotest.Frames(pcm) {
		require.NoError(t, e.Playout().WriteFrame(f))
	}
	require.NoError(t, e.Playout().Drain(t.Context()))
}

// call connects two ends and lets both speak 1 s of their tones at once.
func call(t *testing.T, pa, pb func(*end) Params, a, b *end) {
	t.Helper()
	a.start(t, pa(b))
	b.start(t, pb(a))
	var both sync.WaitGroup
	both.Go(func() { a.say(t, audiotest.Sine(600, time.Second, 8000)) })
	both.Go(func() { b.say(t, audiotest.Sine(1000, time.Second, 8000)) })
	both.Wait()
	a.stop(t)
	b.stop(t)
}

// voiced cuts silence off both ends.
func voiced(pcm []int16) []int16 {
	start, end := 0, len(pcm)
	for start+320 < end && audiotest.RMS(pcm[start:start+320]) < 1000 {
		start += 320
	}
	for end-320 > start && audiotest.RMS(pcm[end-320:end]) < 1000 {
		end -= 320
	}
	return pcm[start:end]
}

// toneSeconds is how many seconds of the test tone the energy amounts to: it
// tells whether words were lost, however a busy machine stretched the time.
func toneSeconds(pcm []int16) float64 {
	rms := audiotest.RMS(pcm)
	return rms * rms / (8000 * 8000 / 2) * media.Duration(len(pcm)).Seconds()
}

func requireTone(t *testing.T, e *end, frequency float64) {
	t.Helper()
	pcm := voiced(e.record.PCM)
	require.InDelta(t, 1, toneSeconds(pcm), 0.2, "1 s of tone arrives")
	require.InDelta(t, frequency, audiotest.Peak(pcm, media.SampleRate, 300, 3000), 5)
}

func TestToneBothWaysWithEveryCodec(t *testing.T) {
	for _, c := range []Codec{pcma, pcmu, wide, best} {
		for _, ptime := range []time.Duration{0, 10 * time.Millisecond, 30 * time.Millisecond, 60 * time.Millisecond} {
			t.Run(c.Name+ptime.String(), func(t *testing.T) {
				t.Parallel()
				a, b := newEnd(t, Options{}), newEnd(t, Options{})
				p := func(e *end) Params { q := towards(e, c); q.Ptime = ptime; return q }
				call(t, p, p, a, b)
				requireTone(t, a, 1000)
				requireTone(t, b, 600)
				stats := a.Stats()
				require.Equal(t, c.Name, stats.Codec)
				require.Zero(t, stats.Strange)
				require.Greater(t, stats.MOS, 4.0)
			})
		}
	}
}

func TestSecureTone(t *testing.T) {
	for _, profile := range []string{"AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_256_GCM"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			_, key, salt, err := profileOf(profile)
			require.NoError(t, err)
			one, two := make([]byte, key+salt), make([]byte, key+salt)
			one[0], two[0] = 1, 2
			a, b := newEnd(t, Options{}), newEnd(t, Options{})
			pa := func(e *end) Params {
				p := towards(e, pcma)
				p.Crypto = &Crypto{Profile: profile, LocalKey: one, RemoteKey: two}
				return p
			}
			pb := func(e *end) Params {
				p := towards(e, pcma)
				p.Crypto = &Crypto{Profile: profile, LocalKey: two, RemoteKey: one}
				return p
			}
			call(t, pa, pb, a, b)
			requireTone(t, a, 1000)
			requireTone(t, b, 600)
		})
	}
}

func TestDigitsByEventAndTone(t *testing.T) {
	for _, how := range []string{"rfc4733", "inband"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			a, b := newEnd(t, Options{}), newEnd(t, Options{InbandDTMF: true})
			p := towards(b, pcma)
			if how == "inband" {
				p.EventPT = 0
			}
			a.start(t, p)
			b.start(t, towards(a, pcma))
			for _, d := range "159*0#" {
				require.NoError(t, a.SendDigit(d))
			}
			for _, want := range "159*0#" {
				got := <-b.digits
				require.Equal(t, leg.Event{Kind: leg.Digit, Digit: want, How: how}, got)
			}
			require.Error(t, a.SendDigit('x'))
			a.stop(t)
			b.stop(t)
			require.Empty(t, b.digits)
		})
	}
}

func TestDeadMediaAndHold(t *testing.T) {
	e, other := newEnd(t, Options{DeadAfter: 100 * time.Millisecond}), newEnd(t, Options{})
	p := towards(other, pcma)
	p.Direction = Inactive
	e.start(t, p)
	require.Never(t, func() bool { return len(e.done) > 0 }, 300*time.Millisecond, 50*time.Millisecond, "hold is not death")
	p.Direction = SendRecv
	require.NoError(t, e.Update(p))
	require.ErrorIs(t, <-e.done, ErrDeadMedia)
	e.cancel()
	require.NoError(t, other.rtp.SetReadDeadline(time.Now().Add(time.Second)))
	n, _, err := other.rtp.ReadFromUDPAddrPort(make([]byte, 2000))
	require.NoError(t, err, "silence is sent once media may flow")
	require.Equal(t, headerSize+160, n)
}

func TestReportsCarryRoundTripAndBye(t *testing.T) {
	a, b := newEnd(t, Options{}), newEnd(t, Options{})
	require.NoError(t, a.Update(towards(b, pcma)))
	require.NoError(t, b.Update(towards(a, pcma)))
	exchange := func(from, to *end, bye bool) {
		from.mu.Lock()
		packet, err := from.compound(from.now(), bye)
		from.mu.Unlock()
		require.NoError(t, err)
		to.fromControl(packet, addr(from.rtcp))
	}
	a.sent, b.reception.started, b.reception.ssrc = 1, true, a.ssrc
	exchange(a, b, false)
	exchange(b, a, true)
	stats := a.Stats()
	require.Zero(t, stats.Strange)
	require.Less(t, stats.RoundTrip, time.Second)
	require.NotZero(t, b.control.lastSR)
	b.fromControl([]byte("rubbish."), addr(a.rtcp))
	require.Equal(t, uint64(1), b.Stats().Strange)
	b.fromControl(nil, netip.MustParseAddrPort("192.0.2.1:5"))
	require.Equal(t, uint64(2), b.Stats().Strange)
}

func TestLastWordsAreDelivered(t *testing.T) {
	e := newEnd(t, Options{})
	peer := listenUDP(t)
	p := Params{Remote: addr(peer), Send: pcma, Receive: []Codec{pcma}}
	require.NoError(t, e.Update(p))
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan struct{})
	var once sync.Once
	e.Receive(media.SinkFunc(func(f media.Frame) error {
		once.Do(func() { close(first) })
		return e.record.WriteFrame(f)
	}))
	go func() { e.done <- e.Run(ctx) }()
	<-first
	out := newSender(newTone(700), 1)
	require.NoError(t, out.use(Params{Send: pcma}))
	defer out.close()
	for range 6 {
		require.NoError(t, out.tick(nil, func(b []byte) { _, _ = peer.WriteToUDPAddrPort(b, addr(e.rtp)) }))
	}
	require.Eventually(t, func() bool { return e.Stats().Received == 6 }, time.Second, time.Millisecond)
	cancel()
	require.NoError(t, <-e.done)
	require.InDelta(t, 0.12, toneSeconds(e.record.PCM), 0.02, "all 120 ms came though the call ended at once")
}

// tone is an endless source.
type tone struct {
	pcm []int16
	at  int
}

// newTone takes a frequency that is a multiple of 1 Hz, so that 1 s repeats.
func newTone(frequency float64) *tone {
	return &tone{pcm: audiotest.Sine(frequency, time.Second, 8000)}
}

func (s *tone) ReadFrame(dst []int16) bool {
	s.at = (s.at + copy(dst, s.pcm[s.at:])) % len(s.pcm)
	return true
}

func TestCodecChangeInMidCall(t *testing.T) {
	a, b := newEnd(t, Options{}), newEnd(t, Options{})
	a.start(t, towards(b, pcma))
	b.start(t, towards(a, pcma))
	a.say(t, audiotest.Sine(600, 500*time.Millisecond, 8000))
	require.NoError(t, a.Update(towards(b, wide)))
	a.say(t, audiotest.Sine(600, 500*time.Millisecond, 8000))
	a.stop(t)
	b.stop(t)
	require.InDelta(t, 600, audiotest.Peak(voiced(b.record.PCM), media.SampleRate, 300, 3000), 5)
	require.InDelta(t, 1, toneSeconds(b.record.PCM), 0.2)
	require.Zero(t, b.Stats().Lost)
}

func TestUpdateRefusesWhatCannotWork(t *testing.T) {
	s := New(Options{})
	require.ErrorContains(t, s.Update(Params{Send: Codec{Name: "opus", ClockRate: 48000}}), "use PCMA")
	require.ErrorContains(t, s.Update(Params{Send: pcma, Crypto: &Crypto{Profile: "NULL"}}), "not supported")
	require.ErrorContains(t, s.Update(Params{Send: pcma, Crypto: &Crypto{Profile: "AES_CM_128_HMAC_SHA1_80", LocalKey: []byte("short")}}), "key has")
}

func TestPanickingSinkEndsRunNotTheReaders(t *testing.T) {
	e, other := newEnd(t, Options{}), newEnd(t, Options{})
	e.Receive(media.SinkFunc(func(media.Frame) error { panic("broken pipeline") }))
	require.NoError(t, e.Update(towards(other, pcma)))
	require.PanicsWithValue(t, "broken pipeline", func() { _ = e.Run(t.Context()) })
}
