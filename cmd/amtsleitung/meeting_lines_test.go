package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/rtc"
	"github.com/amtsleitung/amtsleitung/web"
)

// slowLine takes longer to go than anybody waits.
type slowLine struct{ *rtc.Leg }

func (slowLine) Leave(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestALineThatIsSlowToLeaveHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMeetingLines(nil)
		m.legs["line"] = slowLine{}
		require.True(t, m.End("line"))
		require.False(t, m.End("another"))
	})
}

// microphone is a page's peer connection, and its offer.
func microphone(t *testing.T) (*webrtc.PeerConnection, string) {
	t.Helper()
	e := webrtc.SettingEngine{}
	e.SetIncludeLoopbackCandidate(true)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(e)).NewPeerConnection(webrtc.Configuration{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = pc.GracefulClose() })
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio)
	require.NoError(t, err)
	offer, err := pc.CreateOffer(nil)
	require.NoError(t, err)
	gathered := webrtc.GatheringCompletePromise(pc)
	require.NoError(t, pc.SetLocalDescription(offer))
	<-gathered
	return pc, pc.LocalDescription().SDP
}

// A phone that leaves one network finds the next one in its own time.
func TestALineWaitsForAPhoneThatChangesItsNetwork(t *testing.T) {
	server, err := rtc.NewServer(rtc.Options{Grace: rtc.Grace{Drain: time.Millisecond}}, func(context.Context, leg.Leg) {})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- server.Run(ctx) }()
	defer func() { stop(); require.NoError(t, <-ran) }()
	<-server.Ready()
	m := newMeetingLines(server)
	flows, ended := make(chan struct{}), make(chan struct{})
	wifi, offer := microphone(t)
	id, answer, err := m.Open(ctx, offer, web.LineInfo{Room: "CODE", Page: "speak"}, func(ctx context.Context, l leg.Leg) {
		defer close(ended)
		if l.Answer(ctx) == nil {
			close(flows)
			<-ctx.Done()
		}
	})
	require.NoError(t, err)
	require.NoError(t, wifi.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
	<-flows
	require.NoError(t, wifi.GracefulClose())
	select {
	case <-ended:
		t.Fatal("nobody waited for it")
	case <-time.After(4 * time.Second):
	}
	_, offer = microphone(t)
	_, err = m.Offer(ctx, id, offer)
	require.NoError(t, err)
	require.True(t, m.End(id))
	<-ended
}
