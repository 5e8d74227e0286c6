package booth

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/g711"
	"github.com/amtsleitung/amtsleitung/media/g722"
	"github.com/amtsleitung/amtsleitung/media/opus"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// sender is what somebody sends: 20 ms of a tone in each packet.
type sender struct {
	codec  string
	typ    uint8
	rate   int // of the audio
	ticks  uint32
	encode media.Encoder
}

func senders(t *testing.T) []sender {
	wide, err := g722.NewEncoder()
	require.NoError(t, err)
	t.Cleanup(wide.Close)
	full, err := opus.NewEncoder()
	require.NoError(t, err)
	t.Cleanup(full.Close)
	return []sender{
		{"PCMU", 0, 8000, 160, g711.MuLaw{}}, {"pcma", 8, 8000, 160, g711.ALaw{}},
		{"G722", 9, 16000, 160, wide}, {"opus", 96, 16000, 960, full}, {"L16", 97, 16000, 320, linear{}},
	}
}

type linear struct{}

func (linear) Encode(dst []byte, pcm []int16) ([]byte, error) {
	for _, s := range pcm {
		dst = binary.BigEndian.AppendUint16(dst, uint16(s))
	}
	return dst, nil
}

// send sends a tone; the timestamps wrap on the way.
func (s sender) send(t *testing.T, to string, d time.Duration) {
	c, err := net.Dial("udp", to)
	require.NoError(t, err)
	defer c.Close()
	pcm := audiotest.SineAt(s.rate, 440, d, 9000)
	n := s.rate / 50
	began := time.Now()
	for i := 0; (i+1)*n <= len(pcm); i++ {
		payload, err := s.encode.Encode(nil, pcm[i*n:(i+1)*n])
		require.NoError(t, err)
		p := rtp.Packet{Header: rtp.Header{
			Version: 2, PayloadType: s.typ, SSRC: 7, SequenceNumber: uint16(65520 + i), Timestamp: uint32(math.MaxUint32) - 30*s.ticks + uint32(i)*s.ticks,
		}, Payload: payload}
		b, err := p.Marshal()
		require.NoError(t, err)
		<-time.After(time.Until(began.Add(time.Duration(i) * media.FrameDuration)))
		_, err = c.Write(b)
		require.NoError(t, err)
	}
}

func TestStreamsOfOthers(t *testing.T) {
	ports, err := rtpio.NewPorts(netip.MustParseAddr("127.0.0.1"), 20000, 60000)
	require.NoError(t, err)
	o := hearsBy(&reader{tale: tell("de", time.Second, council...)})
	o.Ports = ports
	hold(t, rooms.Options{}, o, func(h *hall) {
		require.NoError(t, h.room.Start(h.ctx))
		var tasks sync.WaitGroup
		for _, s := range senders(t) {
			a, err := h.Take(h.ctx, RTP{Codec: s.codec}, Source{Source: rooms.Source{Name: s.codec, Kind: rooms.Stream}})
			require.NoError(t, err)
			require.Contains(t, a.SDP, "c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio "+fmt.Sprint(a.Port)+" RTP/AVP "+fmt.Sprint(s.typ)+"\r\n")
			require.Contains(t, strings.ToUpper(a.SDP), fmt.Sprintf("A=RTPMAP:%d %s/", s.typ, strings.ToUpper(s.codec)))
			in := h.Booth.input(a.Input)
			tasks.Go(func() {
				var rec audiotest.Recorder
				heard := &tapSink{recorder: &rec}
				h.drain(t, in, heard, func() { s.send(t, fmt.Sprintf("127.0.0.1:%d", a.Port), 2*time.Second) })
				require.Greater(t, clearest(rec.PCM, 440), 0.9, s.codec)
				require.NoError(t, h.Remove(h.ctx, a.Input))
				<-in.Done()
				require.NoError(t, in.Err())
			})
		}
		tasks.Wait()
	})
	pair, err := ports.Open() // all were given back
	require.NoError(t, err)
	require.NoError(t, pair.Close())
}

// drain records what an input hears while something happens.
func (h *hall) drain(t *testing.T, in *Input, to media.Sink, during func()) {
	c := newChannel(h.Booth, Original)
	c.tap(in)
	defer c.untap(in)
	l := &listener{frames: make(chan sound, listenerMost)}
	c.add(l)
	ctx, cancel := context.WithCancel(h.ctx)
	var tasks sync.WaitGroup
	tasks.Go(func() { c.run(ctx) })
	tasks.Go(func() { _ = l.pump(ctx, c, to) })
	during()
	cancel()
	tasks.Wait()
}

type tapSink struct{ recorder *audiotest.Recorder }

func (s *tapSink) WriteFrame(f media.Frame) error { return s.recorder.WriteFrame(f) }

// clearest is how much of a tone is in the 200 ms that have most of it: a busy
// machine may lose others.
func clearest(pcm []int16, hertz float64) (best float64) {
	const length = media.SampleRate / 5
	for i := 0; i+length <= len(pcm); i += media.FrameSamples {
		best = max(best, audiotest.Share(pcm[i:i+length], media.SampleRate, hertz))
	}
	return best
}

func TestTakeSaysWhatIsMissing(t *testing.T) {
	h := New(unopened(), Options{})
	_, err := h.Take(t.Context(), RTP{Codec: "MP3<b>"}, Source{})
	require.ErrorIs(t, err, ErrCodec)
	require.ErrorContains(t, err, `"MP3<b>"`)
	_, err = h.Take(t.Context(), RTP{}, Source{})
	require.ErrorIs(t, err, ErrPorts)
}

func TestDescriptionOverIPv6(t *testing.T) {
	f, err := formatOf("")
	require.NoError(t, err)
	require.Equal(t, "v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=Amtsleitung\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n"+
		"m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 minptime=10;useinbandfec=1\r\na=ptime:20\r\na=recvonly\r\n",
		f.describe(RTPAddress{Host: "2001:db8::1", Port: 5004}))
}

func TestTimestampsOverTheirWrap(t *testing.T) {
	w := &wire{scale: 6}
	first := w.inner(math.MaxUint32 - 1000)
	require.Equal(t, uint32(160), w.inner(math.MaxUint32-1000+960)-first)
	require.Equal(t, uint32(320), w.inner(919)-first)
	require.Equal(t, uint32(160), w.inner(math.MaxUint32-40)-first, "one that was late")
	require.Equal(t, uint32(480), w.inner(1879)-first)
}

// FuzzWire gives damaged packets to a stream of linear samples.
func FuzzWire(f *testing.F) {
	good, err := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 97, Timestamp: 4}, Payload: make([]byte, 640)}).Marshal()
	require.NoError(f, err)
	f.Add(good)
	f.Add(good[:13])
	f.Add([]byte{0xBF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3})
	g, err := g722.NewEncoder()
	require.NoError(f, err)
	f.Cleanup(g.Close)
	w := &wire{scale: 2, linear: g}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 12 {
			return
		}
		buffer := make([]byte, 1500)
		n := w.encode(buffer, copy(buffer, b))
		require.True(t, n == 0 || n >= 12 && n <= max(12, len(b)))
	})
}

// unopened is a room that nobody runs.
func unopened() *rooms.Room {
	r, _ := rooms.NewRoom(rooms.Options{}, "TEST22")
	return r
}
