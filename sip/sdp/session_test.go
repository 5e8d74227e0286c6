package sdp

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// offer builds a description with one audio stream.
func offer(media string, attributes ...string) []byte {
	return description("192.0.2.7", media, attributes...)
}

func description(address, media string, attributes ...string) []byte {
	s := "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 " + address + "\r\nt=0 0\r\nm=" + media + "\r\n"
	for _, a := range attributes {
		s += "a=" + a + "\r\n"
	}
	return []byte(s)
}

func local() *Local {
	return &Local{Address: netip.MustParseAddr("198.51.100.1"), Port: 20000, ID: 7, Codecs: []string{"G722", "PCMA", "PCMU"}}
}

func answer(t *testing.T, l *Local, body []byte) (string, Agreed) {
	t.Helper()
	s, err := Parse(body)
	require.NoError(t, err)
	out, a, err := l.Answer(s)
	require.NoError(t, err)
	return string(out), a
}

func TestAnswerPicksOurFavourite(t *testing.T) {
	body, a := answer(t, local(), offer("audio 4000 RTP/AVP 0 8 9 101", "rtpmap:101 telephone-event/8000", "ptime:20"))
	require.Equal(t, Codec{"G722", 9, 8000}, a.Send)
	require.Equal(t, []Codec{a.Send}, a.Receive)
	require.EqualValues(t, 101, a.EventType)
	require.Equal(t, netip.MustParseAddrPort("192.0.2.7:4000"), a.Remote)
	require.Contains(t, body, "m=audio 20000 RTP/AVP 9 101\r\n")
	require.Contains(t, body, "c=IN IP4 198.51.100.1\r\n")
	require.Contains(t, body, "a=sendrecv\r\n")
}

func TestAnswerUsesThePayloadTypesOfTheOffer(t *testing.T) {
	body, a := answer(t, local(), offer("audio 4000 RTP/AVP 97 98", "rtpmap:97 pcma/8000", "rtpmap:98 telephone-event/8000"))
	require.Equal(t, Codec{"PCMA", 97, 8000}, a.Send)
	require.EqualValues(t, 98, a.EventType)
	require.Contains(t, body, "a=rtpmap:97 PCMA/8000")
}

func TestCodecInUseIsKeptWhileItIsPreferred(t *testing.T) {
	l := local()
	l.Current = "PCMU"
	_, a := answer(t, l, offer("audio 4000 RTP/AVP 0 9"))
	require.Equal(t, "PCMU", a.Send.Name)
	_, a = answer(t, l, offer("audio 4000 RTP/AVP 9 0"))
	require.Equal(t, "G722", a.Send.Name)
}

func TestDirectionsAndHold(t *testing.T) {
	for _, c := range []struct {
		address, attribute string
		want               Direction
		sends              bool
	}{
		{"192.0.2.7", "sendrecv", SendRecv, true},
		{"192.0.2.7", "sendonly", RecvOnly, true},
		{"192.0.2.7", "recvonly", SendOnly, true},
		{"192.0.2.7", "inactive", Inactive, true},
		{"0.0.0.0", "sendrecv", RecvOnly, false},
		{"0.0.0.0", "inactive", Inactive, false},
	} {
		body, a := answer(t, local(), description(c.address, "audio 4000 RTP/AVP 8", c.attribute))
		require.Equal(t, c.want, a.Direction, c)
		require.Equal(t, c.sends, a.Remote.IsValid(), c)
		require.Contains(t, body, "a="+string(c.want)+"\r\n")
	}
}

func TestDirectionOfTheSessionCounts(t *testing.T) {
	body := bytes.Replace(offer("audio 4000 RTP/AVP 8"), []byte("t=0 0\r\n"), []byte("t=0 0\r\na=sendonly\r\n"), 1)
	_, a := answer(t, local(), body)
	require.Equal(t, RecvOnly, a.Direction)
}

func TestOtherStreamsAreRefusedInPlace(t *testing.T) {
	body, _ := answer(t, local(), append(offer("video 5000 RTP/AVP 31"), "m=audio 4000 RTP/AVP 8\r\nm=audio 4002 RTP/AVP 8\r\n"...))
	var lines []string
	for l := range strings.Lines(body) {
		if strings.HasPrefix(l, "m=") {
			lines = append(lines, strings.TrimSpace(l))
		}
	}
	require.Equal(t, []string{"m=video 0 RTP/AVP 31", "m=audio 20000 RTP/AVP 8", "m=audio 0 RTP/AVP 8"}, lines)
}

func TestPacketLengthFollowsTheOffer(t *testing.T) {
	for attribute, want := range map[string]time.Duration{
		"ptime:30": 30 * time.Millisecond, "ptime:20": 20 * time.Millisecond, "ptime:240": 20 * time.Millisecond,
		"ptime:x": 20 * time.Millisecond, "ptime:120": 60 * time.Millisecond, "maxptime:40": 20 * time.Millisecond,
	} {
		_, a := answer(t, local(), offer("audio 4000 RTP/AVP 8", attribute))
		require.Equal(t, want, a.Ptime, attribute)
	}
}

func TestRTCPAddress(t *testing.T) {
	_, a := answer(t, local(), offer("audio 4000 RTP/AVP 8", "rtcp:5005"))
	require.Equal(t, netip.MustParseAddrPort("192.0.2.7:5005"), a.RemoteRTCP)
	body, a := answer(t, local(), offer("audio 4000 RTP/AVP 8", "rtcp-mux"))
	require.True(t, a.Mux)
	require.Contains(t, body, "a=rtcp-mux")
}

func TestNotAcceptable(t *testing.T) {
	for name, body := range map[string][]byte{
		"codec":   offer("audio 4000 RTP/AVP 18 4"),
		"opus":    offer("audio 4000 RTP/AVP 96", "rtpmap:96 opus/48000/2"),
		"video":   offer("video 4000 RTP/AVP 31"),
		"port 0":  offer("audio 0 RTP/AVP 8"),
		"dtls":    offer("audio 4000 UDP/TLS/RTP/SAVPF 8"),
		"name":    description("phone.example.net", "audio 4000 RTP/AVP 8"),
		"srtp":    offer("audio 4000 RTP/SAVP 8", "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+base64.StdEncoding.EncodeToString(make([]byte, 30))),
		"family6": []byte("v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"),
	} {
		s, err := Parse(body)
		if err == nil {
			_, _, err = local().Answer(s)
		}
		require.ErrorIs(t, err, ErrNotAcceptable, name)
	}
}

func TestMalformed(t *testing.T) {
	for _, body := range []string{"", "hello", "v=0\r\nm=audio", "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\nm=audio 99999999 RTP/AVP 0\r\n",
		"v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\nm =audio 4000 RTP/AVP 0\r\n", strings.Repeat("a", maxSize+1)} {
		_, err := Parse([]byte(body))
		require.Error(t, err, "%.40q", body)
	}
	_, err := Parse(bytes.Repeat([]byte("x"), maxSize+1))
	require.ErrorIs(t, err, ErrMalformed)
}

func secured(l *Local, s Security) *Local {
	l.Security, l.Crypto = s, NewCrypto()
	return l
}

func TestSRTPKeysAreExchanged(t *testing.T) {
	caller, callee := secured(local(), SecurityRequired), secured(local(), SecurityOptional)
	body := caller.Offer(SendRecv)
	require.Contains(t, string(body), "RTP/SAVP")
	reply, theirs := answer(t, callee, body)
	parsed, err := Parse([]byte(reply))
	require.NoError(t, err)
	ours, err := caller.Accept(parsed)
	require.NoError(t, err)
	require.Equal(t, "AES_CM_128_HMAC_SHA1_80", ours.Suite)
	require.Equal(t, ours.LocalKey, theirs.RemoteKey)
	require.Equal(t, ours.RemoteKey, theirs.LocalKey)
	require.NotEqual(t, ours.LocalKey, ours.RemoteKey)
}

func TestSRTPRequiredRefusesPlainRTP(t *testing.T) {
	s, err := Parse(offer("audio 4000 RTP/AVP 8"))
	require.NoError(t, err)
	_, _, err = secured(local(), SecurityRequired).Answer(s)
	require.ErrorIs(t, err, ErrNotAcceptable)
}

func TestCryptoLines(t *testing.T) {
	key := base64.StdEncoding.EncodeToString(make([]byte, 30))
	for line, fine := range map[string]bool{
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key:                       true,
		"1 AES_CM_128_HMAC_SHA1_32 inline:" + key + "|2^20":             true,
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key + "|2^20|1:4":         false, // MKI
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key + " KDR=1":            false,
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key + " UNENCRYPTED_SRTP": false,
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key[:36]:                  false,
		"1 F8_128_HMAC_SHA1_80 inline:" + key:                           false,
		"x AES_CM_128_HMAC_SHA1_80 inline:" + key:                       false,
		"1 AES_CM_128_HMAC_SHA1_80":                                     false,
		"":                                                              false,
	} {
		_, ok := parseCrypto(line)
		require.Equal(t, fine, ok, line)
	}
}

func TestVersionRisesOnlyWithChange(t *testing.T) {
	l := local()
	require.Equal(t, string(l.Offer(SendRecv)), string(l.Offer(SendRecv)))
	require.Contains(t, string(l.Offer(SendRecv)), "o=- 7 1 ")
	require.Contains(t, string(l.Offer(SendOnly)), "o=- 7 2 ")
}

func TestAcceptTakesTheAnswerersChoice(t *testing.T) {
	l := local()
	l.Offer(SendRecv)
	s, err := Parse(offer("audio 4000 RTP/AVP 0 8 101", "rtpmap:101 telephone-event/8000"))
	require.NoError(t, err)
	a, err := l.Accept(s)
	require.NoError(t, err)
	require.Equal(t, "PCMU", a.Send.Name)
	require.Len(t, a.Receive, 2)
	require.EqualValues(t, 101, a.EventType)
}

func FuzzParse(f *testing.F) {
	f.Add(offer("audio 4000 RTP/AVP 0 8 9 101", "rtpmap:101 telephone-event/8000", "ptime:20"))
	f.Add(offer("audio 4000 RTP/SAVP 8", "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+base64.StdEncoding.EncodeToString(make([]byte, 30))))
	f.Add([]byte("v=0\r\nm =video"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := Parse(body)
		if err != nil {
			return
		}
		l := secured(local(), SecurityOptional)
		out, a, err := l.Answer(s)
		if err != nil {
			return
		}
		require.NotEmpty(t, a.Send.Name)
		again, err := Parse(out)
		require.NoError(t, err, "our answer: %q", out)
		require.Len(t, again.streams, len(s.streams))
	})
}
