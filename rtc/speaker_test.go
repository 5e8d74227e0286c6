package rtc

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/media/playout"
)

func frame() media.Frame { return media.Frame{PCM: make([]int16, media.FrameSamples)} }

func TestWithoutAudioNothingWaits(t *testing.T) {
	s := &speaker{queue: playout.New()}
	for range 1000 { // far more than the queue holds
		require.NoError(t, s.WriteFrame(frame()))
	}
	require.Zero(t, s.Buffered())
	require.NoError(t, s.Drain(context.Background()))
	s.close()
	require.ErrorIs(t, s.WriteFrame(frame()), playout.ErrClosed)
}

func TestWriterIsFreedWhenAudioEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &speaker{queue: playout.New()}
		s.flow()
		written := make(chan error, 1)
		go func() {
			for range 30 {
				if err := s.WriteFrame(frame()); err != nil {
					written <- err
					return
				}
			}
			written <- nil
		}()
		synctest.Wait()
		require.Empty(t, written, "20 frames fit, then it waits")
		s.stop()
		require.NoError(t, <-written)
	})
}

func TestBrokenNetworkHoldsTheQueue(t *testing.T) {
	s := &speaker{queue: playout.New()}
	s.flow()
	for range 10 {
		require.NoError(t, s.WriteFrame(frame()))
	}
	dst := make([]int16, media.FrameSamples)
	require.True(t, s.queue.ReadFrame(dst))
	s.hang()
	require.False(t, s.queue.ReadFrame(dst))
	s.Resume() // who speaks does not know of the network
	require.False(t, s.queue.ReadFrame(dst))
	s.Pause()
	s.flow() // the network is back, but who speaks holds on
	require.False(t, s.queue.ReadFrame(dst))
	s.Resume()
	require.True(t, s.queue.ReadFrame(dst))
	s.hang()
	s.Flush()
	require.NoError(t, s.WriteFrame(frame()))
	require.False(t, s.queue.ReadFrame(dst), "a flush does not mend the network")
	s.flow()
	require.True(t, s.queue.ReadFrame(dst))
}

func TestCredentialsOfRelays(t *testing.T) {
	// echo -n "1700003600:kiosk" | openssl dgst -sha1 -hmac north -binary | base64
	r := Relay{URLs: []string{"turn:turn.example.org"}, Secret: "north", TTL: time.Hour}
	s, err := NewServer(Options{
		Relays: []Relay{{URLs: []string{"stun:stun.example.org"}}, r, {URLs: []string{"turns:b.example.org"}, Username: "u", Credential: "p"}},
		Now:    func() time.Time { return time.Unix(1700000000, 0) },
	}, stay)
	require.NoError(t, err)
	require.Equal(t, []ICEServer{
		{URLs: []string{"stun:stun.example.org"}},
		{URLs: []string{"turn:turn.example.org"}, Username: "1700003600:kiosk", Credential: "omSM7/8kW7RaYQGgJEnkuT7X8Oo="},
		{URLs: []string{"turns:b.example.org"}, Username: "u", Credential: "p"},
	}, s.ICEServers("kiosk"))
}
