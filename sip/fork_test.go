package sip

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip/validate"
	"github.com/stretchr/testify/require"
)

// forking is a call from a server to a peer by hand who stands for all whom a
// proxy forks it to.
type forking struct {
	*peer
	server *Server
	invite *validate.Message
	leg    chan *Leg
	err    chan error
}

func dialledFork(t *testing.T, ctx context.Context, o DialOptions) *forking {
	t.Helper()
	s := start(t, Options{}, nil)
	f := &forking{peer: newPeer(t, s.Addr("udp")), server: s, leg: make(chan *Leg, 1), err: make(chan error, 1)}
	go func() {
		l, err := s.Dial(ctx, "sip:115@"+f.addr().String(), o)
		f.leg <- l
		f.err <- err
	}()
	f.invite = f.request("INVITE")
	return f
}

// as answers as the one with that tag.
func (f *forking) as(tag, status, body string, headers ...string) {
	f.t.Helper()
	f.tag = tag
	f.reply(f.invite, status, body, headers...)
}

// of waits for a request inside the dialog of that tag.
func (f *forking) of(tag, method string) *validate.Message {
	f.t.Helper()
	for {
		m := f.request(method)
		if param(m, "To", "tag") == tag {
			return m
		}
	}
}

// speaking is a phone's SDP at a socket of its own.
func (f *forking) speaking() (body string, rtp *net.UDPConn) {
	f.t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(f.t, err)
	f.t.Cleanup(func() { _ = c.Close() })
	mine := f.rtp
	f.rtp = c
	body = f.sdp()
	f.rtp = mine
	return body, c
}

// gets waits until RTP comes to a phone.
func gets(t *testing.T, rtp *net.UDPConn) {
	t.Helper()
	require.NoError(t, rtp.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err := rtp.Read(make([]byte, 1500))
	require.NoError(t, err, "no RTP")
}

func (f *forking) hangUp(tag string) {
	f.t.Helper()
	l := <-f.leg
	require.NoError(f.t, <-f.err)
	go func() { _ = l.Hangup(context.Background(), leg.CauseNormal) }()
	f.reply(f.of(tag, "BYE"), "200 OK", "")
	<-l.Done()
}

func TestOnlyTheFirstOfManyAnswersStays(t *testing.T) {
	f := dialledFork(t, within(t), DialOptions{})
	f.as("a", "180 Ringing", "")
	f.as("b", "180 Ringing", "")
	f.as("a", "200 OK", f.sdp())
	f.of("a", "ACK")
	for _, tag := range []string{"b", "b", "c"} { // b's ACK got lost
		f.as(tag, "200 OK", f.sdp())
	}
	acks, byes := map[string]int{}, map[string]int{}
	for byes["c"] == 0 || acks["c"] == 0 || byes["b"] == 0 || acks["b"] < 2 {
		m := f.next(10 * time.Second)
		require.NotNil(t, m, "%v %v", acks, byes)
		switch m.Method {
		case "ACK":
			acks[param(m, "To", "tag")]++
		case "BYE":
			byes[param(m, "To", "tag")]++
			f.reply(m, "200 OK", "")
		}
	}
	require.Zero(t, byes["a"], "the first one talks")
	require.Equal(t, 1, byes["b"], "hung up once")
	f.as("a", "200 OK", f.sdp())
	f.of("a", "ACK")
	f.hangUp("a")
}

func TestEarlyMediaOfTheNewestFork(t *testing.T) {
	f := dialledFork(t, within(t), DialOptions{Early: media.SinkFunc(func(media.Frame) error { return nil })})
	first, one := f.speaking()
	second, two := f.speaking()
	f.as("a", "183 Session Progress", first)
	gets(t, one)
	f.as("b", "183 Session Progress", second)
	gets(t, two)
	f.as("a", "183 Session Progress", first) // again: no newer for that
	f.as("a", "200 OK", "")
	f.of("a", "ACK")
	for n := len(drained(t, one)); n == 0; n = len(drained(t, one)) {
		gets(t, one) // the answer is the first phone's: its early SDP stands
	}
	f.hangUp("a")
}

// drained empties a socket.
func drained(t *testing.T, rtp *net.UDPConn) (sizes []int) {
	t.Helper()
	buf := make([]byte, 1500)
	for {
		require.NoError(t, rtp.SetReadDeadline(time.Now().Add(30*time.Millisecond)))
		n, err := rtp.Read(buf)
		if err != nil || len(sizes) > 20 {
			return sizes
		}
		sizes = append(sizes, n)
	}
}

func TestReliableRingingOfForks(t *testing.T) {
	f := dialledFork(t, within(t), DialOptions{})
	for _, tag := range []string{"a", "b"} { // each dialog counts by itself
		f.as(tag, "180 Ringing", "", "Require: 100rel", "RSeq: 5")
		prack := f.of(tag, "PRACK")
		require.Equal(t, "5 "+f.invite.Get("CSeq"), prack.Get("RAck"))
		f.reply(prack, "200 OK", "")
	}
	f.as("a", "180 Ringing", "", "Require: 100rel", "RSeq: 5") // repeated: no PRACK
	f.as("b", "200 OK", f.sdp())
	require.Equal(t, "ACK", f.next(10*time.Second).Method)
	f.hangUp("b")
}

func TestTooManyForksAreForgotten(t *testing.T) {
	f := dialledFork(t, within(t), DialOptions{})
	for i := range maxForks + 10 {
		f.as("t"+strconv.Itoa(i), "183 Session Progress", f.sdp())
	}
	f.as("last", "200 OK", f.sdp())
	f.of("last", "ACK")
	f.hangUp("last")
}

func TestRefusalsOfCalls(t *testing.T) {
	for status, want := range map[string]error{
		"302 Moved Temporarily": leg.ErrUnavailable, "486 Busy Here": leg.ErrBusy, "600 Busy Everywhere": leg.ErrBusy,
		"603 Decline": leg.ErrDeclined, "404 Not Found": leg.ErrNotFound, "484 Address Incomplete": leg.ErrNotFound,
		"403 Forbidden": leg.ErrForbidden, "408 Request Timeout": leg.ErrNoAnswer, "480 Temporarily Unavailable": leg.ErrNoAnswer,
		"500 Server Internal Error": leg.ErrUnavailable, "503 Service Unavailable": leg.ErrUnavailable,
		"488 Not Acceptable Here": leg.ErrUnavailable, "407 Proxy Authentication Required": ErrCredentials,
	} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			f := dialledFork(t, within(t), DialOptions{})
			f.as("a", "182 Queued", "")
			f.as("a", "181 Call Is Being Forwarded", "")
			f.as("a", status, "", "Contact: <sip:0900@127.0.0.1>")
			f.request("ACK")
			require.Nil(t, <-f.leg)
			err := <-f.err
			require.ErrorIs(t, err, want)
			if strings.HasPrefix(status, "302") {
				require.ErrorContains(t, err, "not followed")
				f.as("a", status, "") // our ACK got lost; the library takes 4 s to repeat it
				f.request("ACK")
			}
		})
	}
}

func TestGivenUpBeforeAnySign(t *testing.T) {
	ctx, cancel := context.WithCancel(within(t))
	f := dialledFork(t, ctx, DialOptions{})
	cancel()
	require.Nil(t, <-f.leg, "at once")
	require.ErrorIs(t, <-f.err, context.Canceled)
	f.as("a", "180 Ringing", "") // only now the phone is reached
	f.reply(f.request("CANCEL"), "200 OK", "")
	f.as("a", "487 Request Terminated", "")
	f.request("ACK")
}

func TestAnswersThatCrossTheCancelAreHungUp(t *testing.T) {
	ctx, cancel := context.WithCancel(within(t))
	f := dialledFork(t, ctx, DialOptions{})
	f.as("a", "180 Ringing", "")
	f.as("b", "180 Ringing", "")
	cancel()
	f.reply(f.request("CANCEL"), "200 OK", "")
	require.Nil(t, <-f.leg)
	require.ErrorIs(t, <-f.err, ErrNoAnswer)
	for _, tag := range []string{"a", "b"} {
		f.as(tag, "200 OK", f.sdp())
		f.of(tag, "ACK")
		f.reply(f.of(tag, "BYE"), "200 OK", "")
	}
	require.Equal(t, 0, f.server.Counters().Active)
}

func TestAnswerAfterTheCallIsHungUp(t *testing.T) {
	f := dialledFork(t, within(t), DialOptions{})
	f.as("a", "200 OK", f.sdp())
	f.of("a", "ACK")
	f.hangUp("a")
	f.as("b", "200 OK", f.sdp()) // another fork, when the call is over already
	f.of("b", "ACK")
	f.reply(f.of("b", "BYE"), "200 OK", "")
}

func TestNobodyIsThere(t *testing.T) {
	s := start(t, Options{}, nil)
	_, err := s.Dial(within(t), "sip:115@does-not-exist.invalid", DialOptions{})
	require.ErrorIs(t, err, leg.ErrUnavailable)
	p := newPeer(t, netip.AddrPort{})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = s.Dial(ctx, "sip:115@"+p.addr().String(), DialOptions{})
	require.ErrorIs(t, err, leg.ErrNoAnswer)
}
