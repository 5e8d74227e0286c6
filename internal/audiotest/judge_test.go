package audiotest

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestToneIsFound(t *testing.T) {
	pcm := Sine(1000, 200*time.Millisecond, 8000)
	require.InDelta(t, 8000, Goertzel(pcm, 16000, 1000), 20)
	require.InDelta(t, 8000/1.4142, RMS(pcm), 20)
	require.Greater(t, SNR(pcm, 16000, 1000), 60.0)
	require.Less(t, SNR(pcm, 16000, 700), -20.0)
	require.InDelta(t, 1000, Peak(pcm, 16000, 300, 3000), 5)
	require.InDelta(t, 8000*2*3.1416*1000/16000, float64(Step(pcm)), 200)
}

func TestWordErrors(t *testing.T) {
	require.Zero(t, WER("Wo ist das Bürgeramt?", "wo ist das bürgeramt"))
	require.InDelta(t, 0.25, WER("Wo ist das Bürgeramt?", "wo ist das Burgeramt"), 1e-9)
	require.InDelta(t, 0.5, WER("eins zwei", "eins zwei drei"), 1e-9)
	require.InDelta(t, 1, WER("", "Untertitel"), 1e-9)
	require.InDelta(t, 1.0/3, WER("a b c", "a c"), 1e-9)
}

func TestRelayLosesAndDoublesBySeed(t *testing.T) {
	target, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer target.Close()
	client, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer client.Close()
	relay, err := NewRelay(target.LocalAddr().(*net.UDPAddr).AddrPort(), Trouble{Loss: 0.2, Duplicate: 0.1, Seed: 7})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- relay.Run(ctx) }()
	buf := make([]byte, 10)
	for i := range 200 {
		_, err = client.WriteToUDPAddrPort([]byte{byte(i)}, relay.Addr())
		require.NoError(t, err)
	}
	require.NoError(t, target.SetReadDeadline(time.Now().Add(200*time.Millisecond)))
	got, from := 0, net.Addr(nil)
	for {
		_, f, err := target.ReadFrom(buf)
		if err != nil {
			break
		}
		got, from = got+1, f
	}
	for range 10 {
		_, err = target.WriteTo([]byte("back"), from)
		require.NoError(t, err)
	}
	require.NoError(t, client.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, _, err = client.ReadFrom(buf)
	cancel()
	require.NoError(t, <-done)
	require.Equal(t, 210, relay.Forwarded+relay.Dropped)
	require.Greater(t, relay.Dropped, 20)
	require.Less(t, relay.Dropped, 60)
	require.Greater(t, relay.Duplicated, 5)
	require.Greater(t, got, 120)
	require.NoError(t, err, "the way back")
}
