package sip

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/dtmf"
	"github.com/amtsleitung/amtsleitung/media/g711"
	"github.com/amtsleitung/amtsleitung/sip/validate"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
)

func TestCallCarriesAudioBothWays(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		for _, codec := range []string{"G722", "PCMA", "PCMU"} {
			t.Run(network+" "+codec, func(t *testing.T) {
				var there atomic.Pointer[atomic.Int64]
				bot := start(t, Options{Trunks: []Trunk{loopback()}}, func(ctx context.Context, l leg.Leg) {
					there.Store(hear(l, 600))
					if l.Answer(ctx) == nil {
						play(l, 1000)
					}
				})
				phone := start(t, Options{}, nil)
				l, err := phone.Dial(within(t), uri(bot, network), DialOptions{Codecs: []string{codec}})
				require.NoError(t, err)
				here := hear(l, 1000)
				sent := make(chan struct{})
				go func() { defer close(sent); play(l, 600) }()
				require.Eventually(t, func() bool { return here.Load() > 10 && there.Load() != nil && there.Load().Load() > 10 },
					10*time.Second, 10*time.Millisecond)
				require.NoError(t, l.Hangup(within(t), leg.CauseNormal))
				<-sent
				require.Equal(t, codec, l.Stats().Codec)
			})
		}
	}
}

// speak sends 8 kHz sound as PCMA, at its own pace, to where an answer says.
func (p *peer) speak(answer *validate.Message, pcm []int16) {
	p.t.Helper()
	var port uint16
	_, audio, _ := strings.Cut(string(answer.Body), "m=audio ")
	_, err := fmt.Sscan(audio, &port)
	require.NoError(p.t, err)
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	for n := range len(pcm) / 160 {
		packet := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: uint16(n), Timestamp: uint32(160 * n), SSRC: 1}}
		packet.Payload, err = g711.ALaw{}.Encode(nil, pcm[160*n:160*(n+1)])
		require.NoError(p.t, err)
		data, err := packet.Marshal()
		require.NoError(p.t, err)
		_, err = p.rtp.WriteToUDPAddrPort(data, netip.AddrPortFrom(p.to.Addr(), port))
		require.NoError(p.t, err)
		<-tick.C
	}
}

// Who offers no telephone-event has no other way to send keys in the audio, and
// types a PIN by tones; to who offers it, tones are sound.
func TestTonesAreKeysWhereThereAreNoEvents(t *testing.T) {
	events := "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000"
	for name, c := range map[string]struct {
		sdp  func(p *peer) string
		want []leg.Event
	}{
		"without": {func(p *peer) string { return p.sdp() }, []leg.Event{{Kind: leg.Digit, Digit: '7', How: "inband"}}},
		"with":    {func(p *peer) string { return strings.Replace(p.sdp(events), "RTP/AVP 8", "RTP/AVP 8 101", 1) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h, legs := captured()
			bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
			p := newPeer(t, bot.Addr("udp"))
			p.send("INVITE", c.sdp(p))
			ok := p.response("INVITE")
			require.Equal(t, 200, ok.Status)
			p.send("ACK", "")
			l := <-legs
			l.settled(t)
			g, err := dtmf.NewGenerator()
			require.NoError(t, err)
			defer g.Close()
			require.NoError(t, g.Put('7'))
			pcm := make([]int16, dtmf.ToneRate/2)
			require.Positive(t, g.Read(pcm[1600:]))
			p.speak(ok, pcm)
			p.send("BYE", "")
			require.Equal(t, 200, p.response("BYE").Status)
			<-l.Done()
			var got []leg.Event
			for e := range l.Events() {
				got = append(got, e)
			}
			require.Equal(t, c.want, got)
		})
	}
}
