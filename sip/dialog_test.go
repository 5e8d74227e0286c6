package sip

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/icholy/digest"
	"github.com/stretchr/testify/require"
)

// captured is a handler that hands its leg to the test.
func captured() (Handler, <-chan *Leg) {
	legs := make(chan *Leg, 8)
	return func(ctx context.Context, l leg.Leg) {
		legs <- l.(*Leg)
		answering(ctx, l)
	}, legs
}

// settled waits until no transaction is under way.
func (l *Leg) settled(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() (idle bool) {
		l.do(func() { idle = l.invite == nil && !l.offering })
		return idle
	}, 10*time.Second, time.Millisecond)
}

func TestRepeatsTheAnswerUntilTheAck(t *testing.T) {
	h, _ := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}, T1: 20 * time.Millisecond}, h)
	p := newPeer(t, bot.Addr("udp"))
	p.send("INVITE", p.sdp())
	answers := 0
	for {
		m := p.next(10 * time.Second)
		require.NotNil(t, m, "in the end a BYE comes")
		if m.Status == 200 {
			answers++
		}
		if m.Method == "BYE" {
			p.reply(m, "200 OK", "")
			break
		}
	}
	require.GreaterOrEqual(t, answers, 5)
}

func TestCancelRace(t *testing.T) {
	bot := start(t, Options{Trunks: []Trunk{loopback()}, T1: 20 * time.Millisecond}, answering)
	won := map[int]int{}
	for range 40 {
		p := newPeer(t, bot.Addr("udp"))
		p.send("INVITE", p.sdp())
		for p.next(5*time.Second).Status != 180 {
		}
		p.send("CANCEL", "")
		res := p.response("INVITE")
		won[res.Status]++
		switch res.Status {
		case 487:
			p.send("ACK", "")
		case 200:
			p.send("ACK", "")
			p.send("BYE", "")
			require.Equal(t, 200, p.response("BYE").Status)
		default:
			t.Fatal(res.Start)
		}
	}
	require.Equal(t, 40, won[487]+won[200], won)
	require.Eventually(t, func() bool { return bot.Counters().Active == 0 }, 10*time.Second, 10*time.Millisecond)
}

// A CANCEL may overtake its INVITE, on its way or in here.
func TestCancelBeforeTheInviteIsKnown(t *testing.T) {
	bot := start(t, Options{Trunks: []Trunk{loopback()}, T1: 5 * time.Second}, func(context.Context, leg.Leg) { t.Error("nobody calls any more") })
	p := newPeer(t, bot.Addr("udp"))
	p.seq = 1
	p.send("CANCEL", "")
	require.Eventually(t, func() bool { // it is being looked at
		bot.mu.Lock()
		defer bot.mu.Unlock()
		return bot.inflight == 1
	}, 10*time.Second, time.Millisecond)
	p.seq = 0
	p.send("INVITE", p.sdp())
	codes := map[string]int{}
	for len(codes) < 2 {
		m := p.next(10 * time.Second)
		require.NotNil(t, m, codes)
		if m.Status >= 200 {
			codes[m.Get("CSeq")] = m.Status
		}
	}
	require.Equal(t, map[string]int{"1 CANCEL": 200, "1 INVITE": 487}, codes)
	p.send("ACK", "")
	require.Eventually(t, func() bool { return bot.Counters().Active == 0 }, 10*time.Second, time.Millisecond)
	require.Empty(t, bot.awaited)
}

func TestSessionTimerIsGranted(t *testing.T) {
	for _, c := range []struct {
		headers []string
		want    string
		require bool
	}{
		{[]string{"Supported: timer", "Session-Expires: 120;refresher=uac"}, "120;refresher=uac", true},
		{[]string{"Supported: timer", "Session-Expires: 120"}, "120;refresher=uas", false},
		{[]string{"Supported: timer", "x: 600;refresher=uas"}, "600;refresher=uas", false},
		{[]string{"Supported: timer"}, "1800;refresher=uas", false},
		{nil, "", false},
	} {
		h, legs := captured()
		bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
		p := newPeer(t, bot.Addr("udp"))
		res := p.call(c.headers...)
		require.Equal(t, c.want, res.Get("Session-Expires"))
		require.Equal(t, c.require, res.Get("Require") == "timer")
		l := <-legs
		p.send("BYE", "")
		require.Equal(t, 200, p.response("BYE").Status)
		<-l.Done()
	}
}

func TestSessionIsRefreshedByUpdateOrReinvite(t *testing.T) {
	for _, method := range []string{"UPDATE", "INVITE"} {
		t.Run(method, func(t *testing.T) {
			h, legs := captured()
			bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
			p := newPeer(t, bot.Addr("udp"))
			allowed := "Allow: INVITE, ACK, BYE"
			if method == "UPDATE" {
				allowed += ", UPDATE"
			}
			p.call("Supported: timer", "Session-Expires: 90;refresher=uas", allowed)
			l := <-legs
			l.settled(t)
			l.do(func() { l.session.refresh.Reset(0) }) // half of the interval is over
			m := p.request(method)
			require.Equal(t, "90;refresher=uac", m.Get("Session-Expires"))
			body := ""
			if method == "INVITE" {
				body = p.sdp()
			}
			p.reply(m, "200 OK", body, "Session-Expires: 90;refresher=uac")
			if method == "INVITE" {
				p.request("ACK")
			}
			l.settled(t)
			l.do(func() { l.session.expire.Reset(0) }) // and now nobody refreshed
			bye := p.request("BYE")
			p.reply(bye, "200 OK", "")
			<-l.Done()
			require.Contains(t, l.Stats().Ended, "session expired")
		})
	}
}

func TestGlareIsRefused(t *testing.T) {
	h, legs := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
	p := newPeer(t, bot.Addr("udp"))
	p.call("Supported: timer", "Allow: INVITE, ACK, BYE")
	l := <-legs
	l.settled(t)
	l.do(func() { l.session.refresh.Reset(0) })
	ours := p.request("INVITE")
	p.send("INVITE", p.sdp())
	require.Equal(t, 491, p.response("INVITE").Status)
	p.send("ACK", "")
	p.reply(ours, "491 Request Pending", "")
	p.request("ACK")
	l.settled(t)
	p.send("INVITE", p.sdp())
	require.Equal(t, 200, p.response("INVITE").Status, "afterwards it works")
	p.send("ACK", "")
	p.send("BYE", "")
	require.Equal(t, 200, p.response("BYE").Status)
}

func TestOutOfOrderRequestIsRefused(t *testing.T) {
	h, _ := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
	p := newPeer(t, bot.Addr("udp"))
	p.seq = 10
	p.call()
	p.seq = 3
	p.send("INFO", "")
	require.Equal(t, 500, p.response("INFO").Status)
	p.seq = 11
	p.send("MESSAGE", "")
	res := p.response("MESSAGE")
	require.Equal(t, 405, res.Status)
	require.Equal(t, allow, res.Get("Allow"))
	p.send("BYE", "")
	require.Equal(t, 200, p.response("BYE").Status)
}

func TestStrangerCannotTouchACall(t *testing.T) {
	h, legs := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
	p := newPeer(t, bot.Addr("udp"))
	p.call()
	l := <-legs
	forged := newPeer(t, bot.Addr("udp"))
	forged.callID, forged.toTag, forged.seq = p.callID, "guess", 50
	forged.send("BYE", "")
	require.Equal(t, 481, forged.response("BYE").Status)
	select {
	case <-l.Done():
		t.Fatal("ended by a forged BYE")
	default:
	}
	p.send("BYE", "")
	require.Equal(t, 200, p.response("BYE").Status)
}

// dialled starts a call from a server to a peer by hand and returns the INVITE.
func dialled(t *testing.T, o DialOptions) (p *peer, result chan error) {
	t.Helper()
	phone := start(t, Options{}, nil)
	p = newPeer(t, phone.Addr("udp"))
	result = make(chan error, 1)
	got := make(chan *Leg, 1)
	go func() {
		l, err := phone.Dial(within(t), "sip:115@"+p.addr().String(), o)
		got <- l
		result <- err
	}()
	t.Cleanup(func() {
		if l := <-got; l != nil {
			<-l.Done()
		}
	})
	return p, result
}

func TestDialAnswersADigestChallenge(t *testing.T) {
	for _, proxy := range []bool{false, true} {
		p, result := dialled(t, DialOptions{User: "amt", Password: "geheim"})
		first := p.request("INVITE")
		status, challenge, answer := "401 Unauthorized", "WWW-Authenticate", "Authorization"
		if proxy {
			status, challenge, answer = "407 Proxy Authentication Required", "Proxy-Authenticate", "Proxy-Authorization"
		}
		p.reply(first, status, "", challenge+`: Digest realm="city.test", nonce="n1", qop="auth", algorithm=MD5`)
		second := p.request("INVITE")
		require.NotEqual(t, first.Get("CSeq"), second.Get("CSeq"))
		require.Equal(t, first.Get("Call-ID"), second.Get("Call-ID"))
		credentials, err := digest.ParseCredentials(second.Get(answer))
		require.NoError(t, err)
		want, err := digest.Digest(&digest.Challenge{Realm: "city.test", Nonce: "n1", QOP: []string{"auth"}, Algorithm: "MD5"}, digest.Options{
			Method: "INVITE", URI: second.URI, Username: "amt", Password: "geheim", Count: 1, Cnonce: credentials.Cnonce,
		})
		require.NoError(t, err)
		require.Equal(t, want.Response, credentials.Response)
		p.reply(second, "200 OK", p.sdp())
		require.NoError(t, <-result)
		p.toTag = "uas"
		ended(t, p, param(second, "From", "tag"))
	}
}

// ended hangs up from the peer's side of an outbound call.
func ended(t *testing.T, p *peer, tag string) {
	t.Helper()
	ack := p.request("ACK")
	bye := strings.Join([]string{
		"BYE sip:x@127.0.0.1 SIP/2.0", "Via: SIP/2.0/UDP " + p.addr().String() + ";branch=z9hG4bKbye" + ack.Get("Call-ID"),
		"From: " + ack.Get("To"), "To: " + ack.Get("From"), "Call-ID: " + ack.Get("Call-ID"), "CSeq: 1 BYE", "Max-Forwards: 70", "Content-Length: 0", "", "",
	}, "\r\n")
	_, err := p.c.WriteToUDPAddrPort([]byte(bye), p.to)
	require.NoError(t, err)
	require.Equal(t, 200, p.response("BYE").Status)
	require.Equal(t, tag, param(ack, "From", "tag"))
}

func TestDialTellsWrongCredentials(t *testing.T) {
	p, result := dialled(t, DialOptions{User: "amt", Password: "falsch"})
	for range 2 {
		p.reply(p.request("INVITE"), "401 Unauthorized", "", `WWW-Authenticate: Digest realm="city.test", nonce="n1"`)
	}
	err := <-result
	require.ErrorIs(t, err, ErrCredentials)
	require.NotContains(t, err.Error(), "falsch")
}

func TestDialTakesALongerSession(t *testing.T) {
	p, result := dialled(t, DialOptions{})
	first := p.request("INVITE")
	require.Equal(t, "1800;refresher=uac", first.Get("Session-Expires"))
	p.reply(first, "422 Session Interval Too Small", "", "Min-SE: 3600")
	second := p.request("INVITE")
	require.Equal(t, "3600;refresher=uac", second.Get("Session-Expires"))
	p.reply(second, "200 OK", p.sdp(), "Session-Expires: 3600;refresher=uac")
	require.NoError(t, <-result)
	ended(t, p, param(second, "From", "tag"))
}

func TestDialAcknowledgesRepeatedAnswers(t *testing.T) {
	p, result := dialled(t, DialOptions{})
	invite := p.request("INVITE")
	p.reply(invite, "200 OK", p.sdp())
	require.NoError(t, <-result)
	p.request("ACK")
	p.reply(invite, "200 OK", p.sdp())
	ended(t, p, param(invite, "From", "tag"))
}

func TestDialReliableEarlyMedia(t *testing.T) {
	early := make(chan struct{}, 1000)
	p, result := dialled(t, DialOptions{Early: media.SinkFunc(func(media.Frame) error {
		select {
		case early <- struct{}{}:
		default:
		}
		return nil
	})})
	invite := p.request("INVITE")
	p.reply(invite, "183 Session Progress", p.sdp(), "Require: 100rel", "RSeq: 7")
	prack := p.request("PRACK")
	require.Equal(t, "7 "+invite.Get("CSeq"), prack.Get("RAck"))
	p.reply(prack, "200 OK", "")
	select {
	case <-early:
	case <-time.After(10 * time.Second):
		t.Fatal("no early media")
	}
	p.reply(invite, "200 OK", p.sdp())
	require.NoError(t, <-result)
	ended(t, p, param(invite, "From", "tag"))
}

func TestDialRefusesAnAnswerItCannotSpeak(t *testing.T) {
	p, result := dialled(t, DialOptions{Codecs: []string{"PCMU"}})
	invite := p.request("INVITE")
	p.reply(invite, "200 OK", p.sdp()) // PCMA
	p.request("ACK")
	p.reply(p.request("BYE"), "200 OK", "")
	require.ErrorContains(t, <-result, "PCMU")
}
