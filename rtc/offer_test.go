package rtc

import (
	"context"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
)

// offered is what a browser sends; the test adds nothing.
func offered(t testing.TB) string {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	require.NoError(t, err)
	defer func() { require.NoError(t, pc.GracefulClose()) }()
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio)
	require.NoError(t, err)
	o, err := pc.CreateOffer(nil)
	require.NoError(t, err)
	return o.SDP
}

func TestBadOffersAreRefusedClearly(t *testing.T) {
	good := offered(t)
	s := newServer(t, Options{}, stay)
	for name, c := range map[string]struct{ sdp, want string }{
		"empty line":   {"\r\n", "no audio"},
		"garbage":      {"hello", "no SDP"},
		"no audio":     {good[:strings.Index(good, "m=audio")], "no audio"},
		"video":        {good + strings.Replace(good[strings.Index(good, "m=audio"):], "m=audio", "m=video", 1), `"video" besides`},
		"two audio":    {good + good[strings.Index(good, "m=audio"):], `"audio" besides`},
		"no ICE":       {strings.ReplaceAll(good, "a=ice-ufrag", "a=x"), "ICE credentials"},
		"no DTLS":      {strings.ReplaceAll(good, "a=fingerprint", "a=x"), "fingerprint"},
		"bad print":    {strings.ReplaceAll(good, "a=fingerprint:sha-256 ", "a=fingerprint:"), "cannot be answered"},
		"large":        {good + strings.Repeat("a=x\r\n", maxOffer/5), "64 KiB"},
		"candidates":   {good + strings.Repeat("a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n", maxCandidates+1), "candidates"},
		"other codecs": {strings.NewReplacer("opus", "speex", "SAVPF 111 9 0 8", "SAVPF 111").Replace(good), "codecs"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := s.Open(context.Background(), leg.Info{}, "", c.sdp)
			require.ErrorIs(t, err, ErrOffer)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "\n")
		})
	}
	require.Zero(t, s.Counters().Active)
	_, answer, err := s.Open(context.Background(), leg.Info{}, "", good)
	require.NoError(t, err)
	for _, want := range []string{"a=setup:active", "a=rtcp-mux", "a=group:BUNDLE", "opus/48000/2", "typ host"} {
		require.Contains(t, answer, want)
	}
	require.NotContains(t, answer, ".local")
}

// Behind a one-to-one NAT browsers hear of the public address alone, with one
// port for all and with a port for each.
func TestThePublicAddressIsTold(t *testing.T) {
	for name, o := range map[string]Options{"one port": {}, "a port each": {Low: 42000, High: 42400}} {
		t.Run(name, func(t *testing.T) {
			o.Advertise = []netip.Addr{netip.MustParseAddr("203.0.113.7")}
			_, answer, err := newServer(t, o, stay).Open(t.Context(), leg.Info{}, "", offered(t))
			require.NoError(t, err)
			told := regexp.MustCompile(`a=candidate:\S+ \d udp \d+ (\S+) \d+ typ host`).FindAllStringSubmatch(answer, -1)
			require.NotEmpty(t, told, answer)
			for _, c := range told {
				require.Equal(t, "203.0.113.7", c[1], answer)
			}
		})
	}
}

// FuzzOffer gives mangled descriptions to the whole of Offer: an answer or one
// clear error, never a panic, and nothing left behind.
func FuzzOffer(f *testing.F) {
	good := offered(f)
	f.Add(good)
	for _, line := range strings.SplitAfter(good, "\r\n")[4:12] {
		f.Add(strings.Replace(good, line, "", 1))
		f.Add(strings.Replace(good, line, line+line, 1))
	}
	f.Add(strings.ReplaceAll(good, "48000", "0"))
	f.Add(strings.ReplaceAll(good, "a=rtpmap:111", "a=rtpmap:300"))
	s := newServer(f, Options{Limits: Limits{Legs: 1 << 20}}, stay)
	f.Fuzz(func(t *testing.T, sdp string) {
		if sdp == "" {
			return // a call in writing
		}
		l, answer, err := s.Open(context.Background(), leg.Info{}, "", sdp)
		if err != nil {
			require.NotContains(t, err.Error(), "panic")
			require.Nil(t, l)
			return
		}
		require.Contains(t, answer, "m=audio")
		require.NoError(t, l.Leave(context.Background()))
		require.Zero(t, s.Counters().Panics)
	})
}
