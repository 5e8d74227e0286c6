package rtc

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/leg"
)

// split takes the candidates out of an offer and makes a fragment of what a
// sender would trickle.
func split(offer string) (rest, fragment string) {
	var head, candidates []string
	for line := range strings.Lines(offer) {
		switch {
		case strings.HasPrefix(line, "a=candidate:"), strings.HasPrefix(line, "a=end-of-candidates"):
			candidates = append(candidates, line)
		case strings.HasPrefix(line, "a=ice-ufrag:"), strings.HasPrefix(line, "a=ice-pwd:"):
			fragment += line
			fallthrough
		default:
			head = append(head, line)
		}
	}
	return strings.Join(head, ""), fragment + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n" + strings.Join(candidates, "")
}

func TestCandidatesAreTrickled(t *testing.T) {
	s := newServer(t, Options{}, stay)
	from := newSender(t, webrtc.RTPTransceiverDirectionSendonly, kinds("audio")...)
	offer, fragment := split(from.offer(t, nil))
	heard := &recording{}
	l, answer, err := s.Ingest(context.Background(), leg.Info{}, "", offer, func(ctx context.Context, l leg.Leg) {
		l.Receive(heard)
		stay(ctx, l)
	})
	require.NoError(t, err)
	reply, err := l.Trickle(t.Context(), fragment)
	require.NoError(t, err)
	require.Empty(t, reply)
	from.take(t, answer)
	from.play(t, 1000)
	hears(t, heard, 1000)
	pair, err := l.newest().pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	require.NoError(t, err)
	require.Equal(t, webrtc.ICECandidateTypeHost, pair.Remote.Typ, "it was told, and not found by itself")
	require.NoError(t, l.Leave(t.Context()))
	_, err = l.Trickle(t.Context(), fragment)
	require.ErrorIs(t, err, ErrEnded)
}

func TestNewCredentialsRestartICE(t *testing.T) {
	s := newServer(t, Options{}, stay)
	from := newSender(t, webrtc.RTPTransceiverDirectionSendonly, kinds("audio video")...)
	l, heard := ingest(t, s, from)
	from.play(t, 1000)
	hears(t, heard, 1000)
	before, answer := l.newest(), from.pc.RemoteDescription().SDP
	_, fragment := split(from.offer(t, &webrtc.OfferOptions{ICERestart: true}))
	reply, err := l.Trickle(t.Context(), fragment)
	require.NoError(t, err)
	require.Contains(t, reply, "a=candidate:")
	for line := range strings.Lines(reply) { // as a sender does: RFC 9725 section 4.3.3
		key, _, _ := strings.Cut(line, ":")
		for old := range strings.Lines(answer) {
			if (key == "a=ice-ufrag" || key == "a=ice-pwd") && strings.HasPrefix(old, key+":") {
				require.NotEqual(t, old, line)
				answer = strings.Replace(answer, old, line, 1)
			}
		}
	}
	from.take(t, answer)
	require.Same(t, before, l.newest())
	heard.forget()
	hears(t, heard, 1000)
}

func TestBadFragmentsAreRefusedClearly(t *testing.T) {
	s := newServer(t, Options{}, stay)
	from := newSender(t, webrtc.RTPTransceiverDirectionSendonly, kinds("audio")...)
	l, _, err := s.Ingest(context.Background(), leg.Info{}, "", from.offer(t, nil), stay)
	require.NoError(t, err)
	many := ""
	for i := range maxCandidates + 1 {
		many += fmt.Sprintf("a=candidate:1 1 udp %d 127.0.0.1 9 typ host\r\n", i)
	}
	for text, want := range map[string]string{
		"":                                   "neither",
		"hello":                              "neither",
		many:                                 "more than 40",
		strings.Repeat("x", maxFragment+1):   "16 KiB",
		"a=candidate:nonsense\r\n":           "nonsense",
		"a=ice-ufrag:abcd\r\n":               "without its ice-pwd",
		"a=ice-ufrag:a b\r\na=ice-pwd:\r\n":  "without its ice-pwd",
		"a=candidate:1 1 udp 1 x 9 typ host": "",
	} {
		_, err := l.Trickle(t.Context(), text)
		if want == "" {
			continue // not an address of ours to judge
		}
		require.ErrorIs(t, err, ErrFragment, text)
		require.ErrorContains(t, err, want)
	}
	_, err = l.Trickle(t.Context(), "a=candidate:1 1 udp 1 8f3c2d0e-5a1b-4a53-9d5e-0c1f7e6a2b4d.local 9 typ host\r\na=end-of-candidates\r\n")
	require.NoError(t, err, "a hidden address")
}

func FuzzTrickle(f *testing.F) {
	f.Add("a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n")
	f.Add("a=candidate:1 1 tcp 1 ::1 9 typ host tcptype active\n")
	s := newServer(f, Options{}, stay)
	from := newSender(f, webrtc.RTPTransceiverDirectionSendonly, kinds("audio")...)
	offer := from.offer(f, nil)
	f.Fuzz(func(t *testing.T, text string) {
		l, _, err := s.Ingest(context.Background(), leg.Info{}, "", offer, stay)
		require.NoError(t, err)
		reply, err := l.Trickle(context.Background(), text)
		if err != nil {
			require.NotContains(t, err.Error(), "panic")
			require.Empty(t, reply)
		}
		require.NoError(t, l.Leave(context.Background()))
		require.Zero(t, s.Counters().Panics)
	})
}
