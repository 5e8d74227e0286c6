package rtc

import (
	"context"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/opus"
)

// listener is a browser's peer connection that only receives, and what it hears.
func newListener(t *testing.T) (*sender, *recording) {
	t.Helper()
	s, heard := newSender(t, webrtc.RTPTransceiverDirectionRecvonly), &recording{}
	_, err := s.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	require.NoError(t, err)
	done := make(chan struct{})
	began := make(chan struct{})
	s.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		close(began)
		defer close(done)
		d, err := opus.NewDecoder()
		if err != nil {
			return
		}
		defer d.Close()
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			pcm, _ := d.Decode(nil, p.Payload)
			_ = heard.WriteFrame(media.Frame{PCM: pcm})
		}
	})
	t.Cleanup(func() {
		require.NoError(t, s.pc.GracefulClose())
		select {
		case <-began:
			<-done
		default:
		}
	})
	return s, heard
}

// A page that only listens has no microphone: we must not wait for its sound.
func TestLineThatOnlyListens(t *testing.T) {
	s := newServer(t, Options{}, stay)
	page, heard := newListener(t)
	l, answer, err := s.Answer(context.Background(), leg.Info{Call: "room", Leg: "listener-1"}, page.offer(t, nil), stay)
	require.NoError(t, err)
	require.Contains(t, answer, "a=sendonly")
	page.take(t, answer)
	require.NoError(t, l.Answer(context.Background()))
	require.True(t, l.Voice())
	play(t, l, 600)
	hears(t, heard, 600)
	require.Positive(t, l.Stats().Sent)
	require.Zero(t, l.Stats().Received)

	// Another language is another offer on the same line.
	page.take(t, offerAgain(t, l, page))
	heard.forget()
	hears(t, heard, 600)
	require.NoError(t, l.Leave(context.Background()))
}

func offerAgain(t *testing.T, l *Leg, s *sender) string {
	t.Helper()
	answer, err := l.Offer(context.Background(), s.offer(t, &webrtc.OfferOptions{ICERestart: true}))
	require.NoError(t, err)
	return answer
}

// A page that only speaks says so; its line is heard like any other, and what
// is said to it is swallowed.
func TestLineThatOnlySpeaks(t *testing.T) {
	s := newServer(t, Options{}, stay)
	page, heard := newSender(t, webrtc.RTPTransceiverDirectionSendonly, kinds("audio")...), &recording{}
	l, answer, err := s.Answer(context.Background(), leg.Info{Call: "room", Leg: "speaker-1"}, page.offer(t, nil), stay)
	require.NoError(t, err)
	require.Contains(t, answer, "a=recvonly")
	l.Receive(heard)
	page.take(t, answer)
	require.NoError(t, l.Answer(context.Background()))
	page.play(t, 1000)
	hears(t, heard, 1000)
	swallowed := make(chan struct{})
	go func() {
		defer close(swallowed)
		for range 200 {
			_ = l.Playout().WriteFrame(media.Frame{PCM: make([]int16, media.FrameSamples)})
		}
	}()
	select {
	case <-swallowed:
	case <-time.After(2 * time.Second):
		t.Fatal("it waits for somebody to hear it")
	}

	page.take(t, offerAgain(t, l, page))
	heard.forget()
	hears(t, heard, 1000)
	require.NoError(t, l.Leave(context.Background()))
}

// A microphone that is switched off (replaceTrack(null)) sends nothing: the
// line stands.
func TestLineWithoutItsMicrophone(t *testing.T) {
	s := newServer(t, Options{Grace: Grace{Reconnect: 100 * time.Millisecond, Silent: 100 * time.Millisecond}}, stay)
	page := newSender(t, webrtc.RTPTransceiverDirectionSendrecv, kinds("audio")...)
	l, answer, err := s.Answer(context.Background(), leg.Info{Call: "room"}, page.offer(t, nil), stay)
	require.NoError(t, err)
	page.take(t, answer)
	require.NoError(t, l.Answer(context.Background()))
	frames := &recording{}
	l.Receive(frames)
	require.Eventually(t, func() bool { return frames.length() > media.SampleRate }, 10*time.Second, 20*time.Millisecond, "silence is sound")
	require.True(t, l.Voice())
}
