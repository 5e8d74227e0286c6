package rtpio

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
)

func TestLossJitterAndReorderAreSurvived(t *testing.T) {
	a, b := newEnd(t, Options{}), newEnd(t, Options{})
	relay, err := audiotest.NewRelay(addr(b.rtp), audiotest.Trouble{
		Loss: 0.03, Duplicate: 0.02, Reorder: 0.02, Jitter: 40 * time.Millisecond, Seed: 5})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	running := make(chan error, 1)
	go func() { running <- relay.Run(ctx) }()
	p := towards(b, pcma)
	p.Remote = relay.Addr()
	a.start(t, p)
	q := towards(a, pcma)
	q.Remote = netip.AddrPort{}
	b.start(t, q)
	a.say(t, audiotest.Sine(600, 4*time.Second, 8000))
	a.stop(t)
	cancel()
	require.NoError(t, <-running)
	b.stop(t)
	pcm := voiced(b.record.PCM)
	require.InDelta(t, 4, toneSeconds(pcm), 0.5)
	require.Equal(t, 600.0, audiotest.Peak(pcm, media.SampleRate, 300, 3000))
	stats := b.Stats()
	require.Positive(t, stats.Lost)
	require.Positive(t, stats.Concealed)
	require.Greater(t, stats.Jitter, 5*time.Millisecond)
	require.Less(t, stats.MOS, 4.4)
	require.Greater(t, stats.MOS, 2.5)
}

func TestStrangersAndWrongTypesAreOnlyCounted(t *testing.T) {
	e, peer, stranger := newEnd(t, Options{}), listenUDP(t), listenUDP(t)
	e.start(t, Params{Remote: addr(peer), Send: pcma, Receive: []Codec{pcma}})
	send := func(h header) func([]byte) []byte {
		return func(payload []byte) []byte { return append(h.append(nil), payload...) }
	}
	voice, _ := e.encode(t, audiotest.Sine(700, 20*time.Millisecond, 8000))
	for i := range 20 {
		_, err := peer.WriteToUDPAddrPort(send(header{typ: 8, seq: uint16(i), timestamp: uint32(160 * i), ssrc: 1})(voice), addr(e.rtp))
		require.NoError(t, err)
		_, err = stranger.WriteToUDPAddrPort(send(header{typ: 8, seq: uint16(i), timestamp: uint32(160 * i), ssrc: 2})(make([]byte, 160)), addr(e.rtp))
		require.NoError(t, err)
		_, err = peer.WriteToUDPAddrPort(send(header{typ: 96, seq: uint16(i), ssrc: 1})(voice), addr(e.rtp))
		require.NoError(t, err)
		_, err = peer.WriteToUDPAddrPort([]byte("noise"), addr(e.rtp))
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { s := e.Stats(); return s.Received == 20 && s.Strange == 60 }, 2*time.Second, 5*time.Millisecond)
	e.stop(t)
	require.Equal(t, uint64(20), e.Stats().Received)
}

// encode is one payload of A-law.
func (e *end) encode(t *testing.T, pcm []int16) ([]byte, error) {
	enc, err := newEncoder(pcma)
	require.NoError(t, err)
	defer enc.close()
	return enc.append(nil, pcm), nil
}

func TestReplayedAndForgedPacketsAreRefused(t *testing.T) {
	key := make([]byte, 30)
	crypto := &Crypto{Profile: "AES_CM_128_HMAC_SHA1_80", LocalKey: key, RemoteKey: key}
	s := New(Options{})
	require.NoError(t, s.Update(Params{Remote: strangers[0], Send: pcma, Receive: []Codec{pcma}, Crypto: crypto}))
	peer, err := newSecure(crypto)
	require.NoError(t, err)
	plain := append(header{typ: 8, seq: 1, ssrc: 3}.append(nil), make([]byte, 160)...)
	sealed, err := peer.seal(plain)
	require.NoError(t, err)
	s.incoming(sealed, strangers[0])
	s.incoming(sealed, strangers[0])
	s.incoming(plain, strangers[0])
	sealed[20] ^= 1
	s.incoming(sealed, strangers[0])
	stats := s.Stats()
	require.Equal(t, uint64(1), stats.Received)
	require.Equal(t, uint64(3), stats.Strange)
	require.NoError(t, s.Update(Params{Remote: strangers[0], Send: pcma, Receive: []Codec{pcma}, Crypto: crypto}))
	s.incoming(sealed, strangers[0])
	require.Equal(t, uint64(4), s.Stats().Strange, "an update with the same keys keeps the replay window")
}

// Sending, receiving, jitter buffer, codec, in-band DTMF and sink: all of a tick.
func TestHotPathAllocatesNothing(t *testing.T) {
	for _, secure := range []bool{false, true} {
		e, peer := newEnd(t, Options{InbandDTMF: true}), listenUDP(t)
		e.Receive(media.SinkFunc(func(media.Frame) error { return nil }))
		p := Params{Remote: addr(peer), Send: pcma, Receive: []Codec{pcma}, EventPT: eventPT}
		if secure {
			p.Crypto = &Crypto{Profile: "AES_CM_128_HMAC_SHA1_80", LocalKey: make([]byte, 30), RemoteKey: make([]byte, 30)}
		}
		require.NoError(t, e.Update(p))
		l, err := e.newLoop()
		require.NoError(t, err)
		out := newSender(newTone(500), 9)
		require.NoError(t, out.use(p))
		var far *secureEnd
		if secure {
			far = newSecureEnd(t, p.Crypto)
		}
		e.control.due = time.Hour
		hand := func(packet []byte) { e.incoming(far.seal(packet), addr(peer)) }
		step := func() {
			_ = out.tick(nil, hand)
			_ = l.tick(0)
		}
		for range 300 {
			step()
		}
		// SHA-1 and the replay window of the SRTP library cost 2 or 3 a packet, and there are three.
		limit := 0.0
		if secure {
			limit = 8
		}
		require.LessOrEqual(t, testing.AllocsPerRun(500, step), limit, "secure %v", secure)
		require.Greater(t, e.Stats().Received, uint64(700))
		l.close()
		out.close()
	}
}

// secureEnd seals the far side's packets; nil does not.
type secureEnd struct{ *secure }

func newSecureEnd(t testing.TB, c *Crypto) *secureEnd {
	s, err := newSecure(c)
	require.NoError(t, err)
	return &secureEnd{s}
}

func (s *secureEnd) seal(packet []byte) []byte {
	if s == nil {
		return packet
	}
	sealed, _ := s.secure.seal(packet)
	return sealed
}

func TestOpinion(t *testing.T) {
	require.InDelta(t, 4.4, opinion(0, 10*time.Millisecond), 0.05)
	require.InDelta(t, 4.1, opinion(0.02, 50*time.Millisecond), 0.25)
	require.Less(t, opinion(0.1, 100*time.Millisecond), 3.4)
	require.Less(t, opinion(0.02, 600*time.Millisecond), 3.0)
	require.Equal(t, 1.0, opinion(1, 3*time.Second))
}

func TestReceptionReport(t *testing.T) {
	var r reception
	for i := range uint16(100) {
		if i%10 != 5 {
			r.packet(header{seq: 65500 + i, timestamp: uint32(i) * 160, ssrc: 1}, true, time.Duration(i)*20*time.Millisecond)
		}
	}
	require.Equal(t, int32(10), r.lost())
	require.Equal(t, uint8(25), r.fraction())
	require.Equal(t, uint32(65500+99), r.high, "cycles are counted")
	require.Zero(t, r.duration())
	require.Zero(t, r.fraction(), "nothing since the last report")
}

func TestPacingQuantiles(t *testing.T) {
	var p pacing
	for i := range 1000 {
		p.add(time.Duration(i) * 10 * time.Microsecond)
	}
	require.InDelta(t, 5.0, p.quantile(0.5).Seconds()*1000, 0.3)
	require.InDelta(t, 9.9, p.quantile(0.99).Seconds()*1000, 0.3)
	require.Equal(t, p.worst, p.quantile(1))
}

func TestPorts(t *testing.T) {
	ip := netip.MustParseAddr("127.0.0.1")
	base := listenUDP(t)
	low := int(addr(base).Port())&^1 - 20
	ports, err := NewPorts(ip, low, low+5)
	require.NoError(t, err)
	var pairs []*Pair
	for range 3 {
		p, err := ports.Open()
		if err != nil {
			t.Skipf("another program holds a port in %d-%d: %v", low, low+5, err)
		}
		require.Zero(t, p.Port()%2)
		pairs = append(pairs, p)
	}
	_, err = ports.Open()
	require.ErrorIs(t, err, ErrNoPort)
	require.NoError(t, pairs[1].Close())
	again, err := ports.Open()
	require.NoError(t, err)
	require.Equal(t, low+2, again.Port())
	for _, p := range []*Pair{pairs[0], pairs[2], again} {
		require.NoError(t, p.Close())
	}
	for _, c := range [][2]int{{80, 90}, {20000, 20000}, {70000, 70002}} {
		_, err := NewPorts(ip, c[0], c[1])
		require.ErrorContains(t, err, "even/odd pair")
	}
}

func BenchmarkTick(b *testing.B) {
	e, peer := newEnd(b, Options{}), listenUDP(b)
	e.Receive(media.SinkFunc(func(media.Frame) error { return nil }))
	p := Params{Remote: addr(peer), Send: pcma, Receive: []Codec{pcma}}
	require.NoError(b, e.Update(p))
	l, err := e.newLoop()
	require.NoError(b, err)
	defer l.close()
	out := newSender(newTone(500), 9)
	require.NoError(b, out.use(p))
	defer out.close()
	hand := func(packet []byte) { e.incoming(packet, addr(peer)) }
	b.ReportAllocs()
	for b.Loop() {
		_ = out.tick(nil, hand)
		_ = l.tick(0)
	}
}
