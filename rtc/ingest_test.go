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
	defer e.Close()
	var packets [][]byte
	for _, f := range audiotest.Frames(sine(hz, time.Second)) {
		p, err := e.Encode(nil, f.PCM)
		require.NoError(t, err)
		packets = append(packets, p)
	}
	s.send(t, packets)
}

// send repeats packets of 20 ms until the test ends.
func (s *sender) send(t testing.TB, packets [][]byte) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(media.FrameDuration)
		defer tick.Stop()
		for i := 0; ; i = (i + 1) % len(packets) {
			_ = s.audio.WriteSample(pionmedia.Sample{Data: packets[i], Duration: media.FrameDuration})
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

func TestSenderThatDiesEnds(t *testing.T) {
	s := newServer(t, Options{Grace: Grace{Reconnect: time.Second}}, stay)
	from := newSender(t, webrtc.RTPTransceiverDirectionSendonly, kinds("audio")...)
	l, heard := ingest(t, s, from)
	from.play(t, 1000)
	hears(t, heard, 1000)
	require.NoError(t, from.pc.GracefulClose()) // without DELETE
	select {
	case <-l.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("it goes on")
	}
	require.Equal(t, "dead-media by audio lost", l.Stats().Ended)
	require.Zero(t, s.Counters().Active)
}

func TestSenderThatNeverComesEnds(t *testing.T) {
	s := newServer(t, Options{Grace: Grace{Reconnect: 100 * time.Millisecond, Connect: time.Millisecond}}, stay)
	answered := make(chan error, 1)
	from := newSender(t, webrtc.RTPTransceiverDirectionSendonly, kinds("audio")...)
	l, _, err := s.Ingest(context.Background(), leg.Info{}, "", from.offer(t, nil), func(ctx context.Context, l leg.Leg) {
		answered <- l.Answer(ctx)
	})
	require.NoError(t, err)
	require.Error(t, <-answered, "there is nothing to listen to")
	<-l.Done()
	require.Equal(t, "dead-media by audio that did not come", l.Stats().Ended)
}

func TestBadOffersOfSendersAreRefusedClearly(t *testing.T) {
	good := newSender(t, webrtc.RTPTransceiverDirectionSendonly, kinds("audio video")...).offer(t, nil)
	audio := strings.Index(good, "m=audio")
	video := strings.Index(good, "m=video")
	s := newServer(t, Options{}, stay)
	for name, c := range map[string]struct{ sdp, want string }{
		"empty":         {"", "empty"},
		"garbage":       {"hello", "no SDP"},
		"pictures only": {good[:audio] + good[video:], "no audio"},
		"two sounds":    {good + good[audio:video], "more than one audio"},
		"receive only":  {strings.ReplaceAll(good, "a=sendonly", "a=recvonly"), "offer sendonly"},
		"no ICE":        {strings.ReplaceAll(good, "a=ice-ufrag", "a=x"), "ICE credentials"},
		"sections":      {good + strings.Repeat("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", maxSections), "media sections"},
		"large":         {good + strings.Repeat("a=x\r\n", maxOffer/5), "64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := s.Ingest(context.Background(), leg.Info{}, "", c.sdp, stay)
			require.ErrorIs(t, err, ErrOffer)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "\n")
		})
	}
	require.Zero(t, s.Counters().Active)
	_, _, err := s.Open(context.Background(), leg.Info{}, "", good)
	require.ErrorContains(t, err, `"video" besides`, "calls stay strict")
}

// Sections of a bundle may leave the transport to the first one, and then that
// one must not be declined.
func TestAudioThatHangsOnPictures(t *testing.T) {
	from := newSender(t, webrtc.RTPTransceiverDirectionSendonly, kinds("video audio")...)
	good := from.offer(t, nil)
	at := strings.Index(good, "m=audio")
	var bundled []string
	for line := range strings.Lines(good[at:]) {
		key, _, _ := strings.Cut(line, ":")
		switch key {
		case "a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup", "a=candidate", "a=end-of-candidates":
		default:
			bundled = append(bundled, line)
		}
	}
	sdp := good[:at] + strings.Replace(strings.Join(bundled, ""), "m=audio 9", "m=audio 0", 1) + "a=bundle-only\r\n"
	o, err := readIngest(sdp)
	require.NoError(t, err)
	require.Contains(t, o.text, "m=audio 9")
	require.Contains(t, o.text, "a=ice-pwd:")
	require.NotContains(t, o.text, "m=video")
	s := newServer(t, Options{}, stay)
	_, answer, err := s.Ingest(context.Background(), leg.Info{}, "", sdp, stay)
	require.NoError(t, err)
	require.Contains(t, answer, "a=group:BUNDLE 0 1\r\n")
	require.Contains(t, answer, "m=video 9 ")
	require.Equal(t, 2, strings.Count(answer, "a=ice-ufrag:"))
	from.take(t, answer)
}
