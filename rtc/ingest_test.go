package rtc

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	pionmedia "github.com/pion/webrtc/v4/pkg/media"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/opus"
)

// sender is another's peer connection that sends sound, and maybe pictures.
type sender struct {
	pc    *webrtc.PeerConnection
	audio *webrtc.TrackLocalStaticSample
}

// newSender has sections in the order of kinds; direction is that of all.
func newSender(t testing.TB, direction webrtc.RTPTransceiverDirection, kinds ...webrtc.RTPCodecType) *sender {
	t.Helper()
	e := webrtc.SettingEngine{}
	e.SetIncludeLoopbackCandidate(true)
	e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	m := &webrtc.MediaEngine{}
	require.NoError(t, m.RegisterDefaultCodecs())
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(e), webrtc.WithMediaEngine(m)).NewPeerConnection(webrtc.Configuration{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pc.GracefulClose()) })
	s := &sender{pc: pc}
	for _, kind := range kinds {
		mime := webrtc.MimeTypeVP8
		if kind == webrtc.RTPCodecTypeAudio {
			mime = webrtc.MimeTypeOpus
		}
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, kind.String(), "stream")
		require.NoError(t, err)
		_, err = pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: direction})
		require.NoError(t, err)
		if kind == webrtc.RTPCodecTypeAudio {
			s.audio = track
		}
	}
	return s
}

func (s *sender) offer(t testing.TB, o *webrtc.OfferOptions) string {
	t.Helper()
	offer, err := s.pc.CreateOffer(o)
	require.NoError(t, err)
	gathered := webrtc.GatheringCompletePromise(s.pc)
	require.NoError(t, s.pc.SetLocalDescription(offer))
	<-gathered
	return s.pc.LocalDescription().SDP
}

func (s *sender) take(t testing.TB, answer string) {
	t.Helper()
	require.NoError(t, s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
}

// play sends a tone until the test ends.
func (s *sender) play(t testing.TB, hz float64) {
	t.Helper()
	e, err := opus.NewEncoder()
	require.NoError(t, err)
	pcm := sine(hz, time.Second)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer e.Close()
		tick := time.NewTicker(media.FrameDuration)
		defer tick.Stop()
		for i := 0; ; i = (i + media.FrameSamples) % len(pcm) {
			packet, _ := e.Encode(nil, pcm[i:i+media.FrameSamples])
			_ = s.audio.WriteSample(pionSample(packet))
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	t.Cleanup(func() { stop(); <-done })
}

// ingest begins a leg with the sender's offer.
func ingest(t testing.TB, s *Server, from *sender) (*Leg, *recording) {
	t.Helper()
	heard := &recording{}
	l, answer, err := s.Ingest(context.Background(), leg.Info{Trunk: "whip"}, "192.0.2.7", from.offer(t, nil), func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) == nil {
			l.Receive(heard)
			<-l.Done()
		}
	})
	require.NoError(t, err)
	from.take(t, answer)
	return l, heard
}

func kinds(names string) (out []webrtc.RTPCodecType) {
	for _, n := range strings.Fields(names) {
		out = append(out, webrtc.NewRTPCodecType(n))
	}
	return out
}

func TestSenderIsHeard(t *testing.T) {
	s := newServer(t, Options{}, stay)
	for _, sections := range []string{"audio", "audio video", "video audio"} {
		for _, direction := range []webrtc.RTPTransceiverDirection{webrtc.RTPTransceiverDirectionSendonly, webrtc.RTPTransceiverDirectionSendrecv} {
			t.Run(sections+" "+direction.String(), func(t *testing.T) {
				from := newSender(t, direction, kinds(sections)...)
				l, heard := ingest(t, s, from)
				from.play(t, 1000)
				hears(t, heard, 1000)
				require.Equal(t, "opus", l.Stats().Codec)
				require.NoError(t, l.Playout().WriteFrame(media.Frame{PCM: make([]int16, media.FrameSamples)}), "swallowed")
				require.NoError(t, l.Leave(context.Background()))
				require.Equal(t, "normal by party", l.Stats().Ended)
				require.Zero(t, l.Stats().Sent)
				require.Greater(t, audiotest.RMS(heard.last(8000)), 3000.0)
			})
		}
	}
	require.Zero(t, s.Counters().Panics)
}

func pionSample(packet []byte) pionmedia.Sample {
	return pionmedia.Sample{Data: packet, Duration: media.FrameDuration}
}
