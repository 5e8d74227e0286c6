package booth

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/opus"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/stt/corpus"
	"github.com/amtsleitung/amtsleitung/stt/wer"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// rough is a way over a network: what is sent while it stands still comes all
// at once behind that; packets get lost, or come behind their successors.
type rough struct {
	every, stall  time.Duration
	loss, reorder float64
}

// arrival of a packet that is sent then; negative: never.
func (r rough) arrival(at time.Duration, random *rand.Rand) time.Duration {
	p := random.Float64()
	if p < r.loss {
		return -1
	}
	if r.stall > 0 {
		if in := (at + r.every/2) % r.every; in < r.stall {
			at += r.stall - in
		}
	}
	if p < r.loss+r.reorder {
		at += 30 * ms
	}
	return at
}

// send sends speech as Opus.
func (r rough) send(t *testing.T, to string, pcm []int16) {
	c, err := net.Dial("udp", to)
	require.NoError(t, err)
	defer c.Close()
	encoder, err := opus.NewEncoder()
	require.NoError(t, err)
	defer encoder.Close()
	random := rand.New(rand.NewPCG(7, 7))
	due := map[int][][]byte{} // by 10 ms
	last := 0
	for i, f := range audiotest.Frames(pcm) {
		payload, err := encoder.Encode(nil, f.PCM)
		require.NoError(t, err)
		b, err := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SSRC: 7, SequenceNumber: uint16(i), Timestamp: uint32(i * 960)}, Payload: payload}).Marshal()
		require.NoError(t, err)
		if at := r.arrival(time.Duration(i)*media.FrameDuration, random); at >= 0 {
			slot := int(at / (10 * ms))
			due[slot], last = append(due[slot], b), max(last, slot)
		}
	}
	began := time.Now()
	for slot := range last + 1 {
		<-time.After(time.Until(began.Add(time.Duration(slot) * 10 * ms)))
		for _, b := range due[slot] {
			_, err = c.Write(b)
			require.NoError(t, err)
		}
	}
}

// Speech that comes in bursts, with loss and out of order, is recognised as
// speech that comes evenly is.
func TestRealSpeechInBursts(t *testing.T) {
	o, _ := real(t)
	ports, err := rtpio.NewPorts(netip.MustParseAddr("127.0.0.1"), 20000, 60000)
	require.NoError(t, err)
	o.Ports = ports
	var pcm []int16
	var words string
	list, err := corpus.Read(audiotest.Shared(t, "speech"), func(c corpus.Clip) bool {
		return c.Text != "" && (strings.HasPrefix(c.File, "de/thorsten-tts") || strings.HasPrefix(c.File, "de/pico"))
	})
	require.NoError(t, err)
	for _, c := range list[:min(len(list), 6)] {
		pcm = append(append(pcm, c.PCM...), make([]int16, media.SampleRate)...)
		words += c.Text + " "
	}
	ways := map[string]rough{
		"even":      {},
		"bursts":    {every: 400 * ms, stall: 200 * ms, loss: 0.01, reorder: 0.03},
		"stalls":    {every: 4 * time.Second, stall: time.Second, loss: 0.01, reorder: 0.03},
		"long ones": {every: 9 * time.Second, stall: 3 * time.Second, loss: 0.01, reorder: 0.03},
	}
	hold(t, rooms.Options{}, o, func(h *hall) {
		require.NoError(t, h.room.Start(h.ctx))
		var tasks sync.WaitGroup
		for name, way := range ways {
			a, err := h.Take(h.ctx, RTP{}, Source{Source: rooms.Source{Name: name, Kind: rooms.Stream, Speaker: name}, Language: "de"})
			require.NoError(t, err)
			tasks.Go(func() { way.send(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(a.Port)), pcm) })
		}
		tasks.Wait()
		require.NoError(t, h.Settle(h.ctx))
		s, err := h.room.Snapshot(h.ctx, rooms.Original, 500)
		require.NoError(t, err)
		said := map[string]string{}
		for _, l := range s.Lines {
			said[l.Speaker] += rooms.Text(l.Cues) + " "
		}
		even := wer.Compare(words, said["even"])
		for name := range ways {
			n := wer.Compare(words, said[name])
			t.Logf("%s: %.1f %% of %d words wrong: %s", name, 100*n.Rate(), n.Words, said[name])
			assert.Less(t, n.Rate(), even.Rate()+0.15, name)
		}
	})
}
