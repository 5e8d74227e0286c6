package sip

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/sip/validate"
	"github.com/stretchr/testify/require"
)

// transfer is a caller by hand whom a test asks to call somebody else.
type transfer struct {
	*peer
	l      *Leg
	refer  *validate.Message
	result chan error
}

// transferred sets a call up and sends its caller a REFER.
func transferred(t *testing.T, ctx context.Context, r leg.Referral) *transfer {
	t.Helper()
	h, legs := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
	x := &transfer{peer: newPeer(t, bot.Addr("udp")), result: make(chan error, 1)}
	x.call()
	x.l = <-legs
	x.l.settled(t)
	x.again(ctx, r)
	t.Cleanup(x.over)
	return x
}

func (x *transfer) again(ctx context.Context, r leg.Referral) {
	x.t.Helper()
	go func() { x.result <- x.l.Refer(ctx, r) }()
	x.refer = x.request("REFER")
}

// over hangs up unless that has happened.
func (x *transfer) over() {
	select {
	case <-x.l.Done():
		return
	default:
	}
	x.send("BYE", "")
	require.Equal(x.t, 200, x.response("BYE").Status)
	<-x.l.Done()
}

// report sends a NOTIFY and returns the status it got.
func (x *transfer) report(status, state string, headers ...string) int {
	x.t.Helper()
	x.send("NOTIFY", "SIP/2.0 "+status+"\r\n", append(headers, "Event: refer", "Subscription-State: "+state, "Content-Type: message/sipfrag;version=2.0")...)
	return x.response("NOTIFY").Status
}

// undecided fails when Refer has returned.
func (x *transfer) undecided() {
	x.t.Helper()
	x.l.do(func() { require.True(x.t, x.l.referring()) })
	select {
	case err := <-x.result:
		x.t.Fatal("returned early: ", err)
	default:
	}
}

func (x *transfer) alive() {
	x.t.Helper()
	select {
	case <-x.l.Done():
		x.t.Fatal("the leg has ended")
	default:
	}
}

const ends = "terminated;reason=noresource"

var blind = leg.Referral{Address: "sip:4711@127.0.0.1:9;transport=tcp", UserToUser: "01JD0000000000000000000000"}

func TestTransferSucceeds(t *testing.T) {
	x := transferred(t, within(t), blind)
	require.Equal(t, "<sip:4711@127.0.0.1:9;transport=tcp?User-to-User=04"+
		"30314a4430303030303030303030303030303030303030303030%3Bencoding%3Dhex%3Bpurpose%3Disdn-uui%3Bcontent%3Disdn-uui>", x.refer.Get("Refer-To"))
	require.Equal(t, "<sip:115@127.0.0.1>", x.refer.Get("Referred-By"))
	require.NotEmpty(t, x.refer.Get("Contact"))
	x.reply(x.refer, "202 Accepted", "")
	for _, status := range []string{"100 Trying", "180 Ringing", "183 Session Progress"} {
		require.Equal(t, 200, x.report(status, "active;expires=60"))
		x.undecided()
	}
	require.Equal(t, 200, x.report("200 OK", ends))
	require.NoError(t, <-x.result)
	x.reply(x.request("BYE"), "200 OK", "") // when the party does not
	<-x.l.Done()
	require.Contains(t, x.l.Stats().Ended, "after the transfer")
}

func TestPartyHangsUpAfterTheTransfer(t *testing.T) {
	x := transferred(t, within(t), blind)
	x.reply(x.refer, "202 Accepted", "")
	require.Equal(t, 200, x.report("200 OK", ends))
	require.NoError(t, <-x.result)
	x.send("BYE", "")
	require.Equal(t, 200, x.response("BYE").Status)
	<-x.l.Done()
	require.Contains(t, x.l.Stats().Ended, "caller")
}

func TestTransferFails(t *testing.T) {
	for status, want := range map[string]error{
		"486 Busy Here": leg.ErrBusy, "600 Busy": leg.ErrBusy, "603 Decline": leg.ErrDeclined, "404 Not Found": leg.ErrNotFound,
		"480 Temporarily Unavailable": leg.ErrNoAnswer, "408 Request Timeout": leg.ErrNoAnswer, "487 Request Terminated": leg.ErrNoAnswer,
		"403 Forbidden": leg.ErrForbidden, "503 Service Unavailable": leg.ErrUnavailable, "302 Moved": leg.ErrUnavailable, "488": leg.ErrUnavailable,
	} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			x := transferred(t, within(t), blind)
			x.reply(x.refer, "202 Accepted", "")
			require.Equal(t, 200, x.report("180 Ringing", "active"))
			require.Equal(t, 200, x.report(status, ends))
			require.ErrorIs(t, <-x.result, want)
			require.Equal(t, 481, x.report("200 OK", ends), "the subscription is over")
			x.again(within(t), blind)
			x.reply(x.refer, "202 Accepted", "")
			require.Equal(t, 200, x.report("200 OK", ends))
			require.NoError(t, <-x.result, "another attempt")
		})
	}
}

func TestReportMayComeBeforeTheResponse(t *testing.T) {
	x := transferred(t, within(t), blind)
	require.Equal(t, 200, x.report("486 Busy Here", ends))
	require.ErrorIs(t, <-x.result, ErrBusy)
	x.reply(x.refer, "202 Accepted", "")
	x.alive()
}

func TestPartyRefusesToTransfer(t *testing.T) {
	for _, status := range []string{"405 Method Not Allowed", "501 Not Implemented", "603 Decline", "403 Forbidden", "401 Unauthorized"} {
		x := transferred(t, within(t), blind)
		x.reply(x.refer, status, "")
		err := <-x.result
		require.ErrorIs(t, err, ErrNoRefer)
		require.ErrorIs(t, err, leg.ErrForbidden)
		require.NotErrorIs(t, err, leg.ErrDeclined, "that would be the other one's word")
		x.alive()
	}
}

func TestTransferWithoutReport(t *testing.T) {
	for name, report := range map[string]func(*transfer){
		"no subscription": func(x *transfer) { x.reply(x.refer, "200 OK", "", "Refer-Sub: false") },
		"silence": func(x *transfer) {
			x.reply(x.refer, "202 Accepted", "")
			require.Equal(x.t, 200, x.report("100 Trying", "active"))
			require.Eventually(x.t, func() bool { // the response to the REFER may be taken later than the report, and begins the wait anew
				x.l.do(func() {
					if x.l.referring() {
						x.l.silence.Reset(0)
					}
				})
				return len(x.result) > 0
			}, 10*time.Second, 20*time.Millisecond)
		},
		"given up": func(x *transfer) {
			x.reply(x.refer, "202 Accepted", "")
			require.Equal(x.t, 200, x.report("180 Ringing", "terminated;reason=timeout"))
		},
		"given up without a word": func(x *transfer) {
			x.reply(x.refer, "202 Accepted", "")
			x.send("NOTIFY", "", "Event: refer", "Subscription-State: terminated")
			require.Equal(x.t, 200, x.response("NOTIFY").Status)
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := transferred(t, within(t), blind)
			report(x)
			err := <-x.result
			require.ErrorIs(t, err, ErrNoReport)
			require.ErrorIs(t, err, leg.ErrUnavailable)
			x.alive()
		})
	}
}

func TestPartyHangsUpDuringTheTransfer(t *testing.T) {
	for name, last := range map[string]string{"without a word": "", "while it rings": "180 Ringing"} {
		t.Run(name, func(t *testing.T) {
			x := transferred(t, within(t), blind)
			x.reply(x.refer, "202 Accepted", "")
			if last != "" {
				require.Equal(t, 200, x.report(last, "active"))
			}
			x.send("BYE", "")
			require.Equal(t, 200, x.response("BYE").Status)
			require.ErrorIs(t, <-x.result, ErrEnded)
			<-x.l.Done()
		})
	}
}

func TestReportMayFollowTheBye(t *testing.T) {
	x := transferred(t, within(t), blind)
	x.reply(x.refer, "202 Accepted", "")
	x.send("BYE", "")
	require.Equal(t, 200, x.response("BYE").Status)
	require.Equal(t, 200, x.report("200 OK", ends))
	require.NoError(t, <-x.result)
	<-x.l.Done()
}

func TestTransferIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(within(t))
	x := transferred(t, ctx, blind)
	x.reply(x.refer, "202 Accepted", "")
	require.Equal(t, 200, x.report("180 Ringing", "active"))
	cancel()
	err := <-x.result
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, leg.ErrNoAnswer)
	require.Equal(t, 200, x.report("486 Busy Here", ends), "nobody waits for it, but it is no error")
	x.alive()
}

func TestLateReportsAreNotOfTheNextTransfer(t *testing.T) {
	ctx, cancel := context.WithCancel(within(t))
	x := transferred(t, ctx, blind)
	x.reply(x.refer, "202 Accepted", "")
	require.Equal(t, 200, x.report("180 Ringing", "active"))
	cancel()
	require.ErrorIs(t, <-x.result, context.Canceled)
	x.again(within(t), blind)
	x.reply(x.refer, "202 Accepted", "")
	require.Equal(t, 200, x.report("183 Session Progress", "active"))
	require.Equal(t, 200, x.report("200 OK", ends), "the first one's")
	x.undecided()
	require.Equal(t, 200, x.report("486 Busy Here", ends))
	require.ErrorIs(t, <-x.result, leg.ErrBusy)
}

func TestHangupEndsTheTransfer(t *testing.T) {
	x := transferred(t, within(t), blind)
	x.reply(x.refer, "202 Accepted", "")
	go func() { _ = x.l.Hangup(within(t), leg.CauseNormal) }()
	x.reply(x.request("BYE"), "200 OK", "")
	require.ErrorIs(t, <-x.result, ErrEnded)
	require.ErrorIs(t, x.l.Refer(within(t), blind), ErrEnded)
	<-x.l.Done() // else over might call a leg that is just ending
}

func TestOneTransferAtATime(t *testing.T) {
	x := transferred(t, within(t), blind)
	require.ErrorIs(t, x.l.Refer(within(t), blind), ErrReferring)
	x.reply(x.refer, "202 Accepted", "")
	require.Equal(t, 200, x.report("603 Decline", ends))
	require.ErrorIs(t, <-x.result, ErrDeclined)
}

func TestStrangeReportsAreRefused(t *testing.T) {
	x := transferred(t, within(t), blind)
	x.reply(x.refer, "202 Accepted", "")
	seq, _, _ := strings.Cut(x.refer.Get("CSeq"), " ")
	n, err := strconv.Atoi(seq)
	require.NoError(t, err)
	const frag = "Content-Type: message/sipfrag"
	for _, c := range []struct {
		body    string
		headers []string
		want    int
	}{
		{"SIP/2.0 200 OK\r\n", []string{"Event: presence", "Subscription-State: active", frag}, 489},
		{"SIP/2.0 200 OK\r\n", []string{"Subscription-State: active", frag}, 489},
		{"SIP/2.0 200 OK\r\n", []string{"Event: refer;id=" + strconv.Itoa(n+1), "Subscription-State: active", frag}, 481},
		{"SIP/2.0 200 OK\r\n", []string{"Event: refer", "Subscription-State: active", "Content-Type: text/plain"}, 415},
		{"", []string{"Event: refer", "Subscription-State: active"}, 415},
		{"SIP/2.0 OK\r\n", []string{"Event: refer", "Subscription-State: active", frag}, 400},
		{"INVITE sip:a@b SIP/2.0\r\n", []string{"Event: refer", "Subscription-State: active", frag}, 400},
	} {
		x.send("NOTIFY", c.body, c.headers...)
		require.Equal(t, c.want, x.response("NOTIFY").Status, c)
		x.undecided()
	}
	require.Equal(t, 200, x.report("200 OK", ends, "Event: refer;id="+seq)) // the first Event counts
	require.NoError(t, <-x.result)
}

func TestTransferAnswersAChallenge(t *testing.T) {
	h, legs := captured()
	trunk := loopback()
	trunk.Outbound = &Outbound{Gateway: "sip:127.0.0.1:9", Domain: "city.test", User: "115", Password: "geheim"}
	bot := start(t, Options{Trunks: []Trunk{trunk}}, h)
	x := &transfer{peer: newPeer(t, bot.Addr("udp")), result: make(chan error, 1)}
	x.call()
	x.l = <-legs
	t.Cleanup(x.over)
	x.l.settled(t)
	x.again(within(t), leg.Referral{Address: "030 90-1820"})
	require.Equal(t, "<sip:030901820@city.test>", x.refer.Get("Refer-To"), "a number of the trunk")
	x.reply(x.refer, "407 Proxy Authentication Required", "", `Proxy-Authenticate: Digest realm="city.test", nonce="n1"`)
	second := x.request("REFER")
	require.Contains(t, second.Get("Proxy-Authorization"), `username="115"`)
	x.reply(second, "202 Accepted", "")
	seq, _, _ := strings.Cut(second.Get("CSeq"), " ")
	x.send("NOTIFY", "SIP/2.0 200 OK", "Event: refer;id="+seq, "Subscription-State: "+ends, "Content-Type: message/sipfrag")
	require.Equal(t, 200, x.response("NOTIFY").Status)
	require.NoError(t, <-x.result)
}

func TestAttendedTransferNamesTheConsultation(t *testing.T) {
	h, legs := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
	x := &transfer{peer: newPeer(t, bot.Addr("udp")), result: make(chan error, 1)}
	x.call()
	x.l = <-legs
	t.Cleanup(x.over)
	x.l.settled(t)

	clerk := newPeer(t, bot.Addr("udp"))

	clerk.tag = "clerk*~1"
	consultation := make(chan *Leg, 1)
	go func() {
		l, _ := bot.Dial(within(t), "sip:amt@"+clerk.addr().String(), DialOptions{})
		consultation <- l
	}()
	invite := clerk.request("INVITE")
	clerk.reply(invite, "200 OK", clerk.sdp())
	clerk.request("ACK")
	c := <-consultation

	x.again(within(t), leg.Referral{Address: "sip:amt@" + clerk.addr().String(), Replaces: c})
	to := strings.Trim(x.refer.Get("Refer-To"), "<>")
	uri, query, _ := strings.Cut(to, "?")
	require.Equal(t, "sip:amt@"+clerk.addr().String(), uri)
	headers, err := url.ParseQuery(query)
	require.NoError(t, err)
	require.Equal(t, "replaces", headers.Get("Require"))
	r, err := parseReplaces(headers.Get("Replaces"))
	require.NoError(t, err)
	require.Equal(t, replaces{invite.Get("Call-ID"), "clerk*~1", param(invite, "From", "tag")}, r, "as the clerk's phone sees it")

	x.reply(x.refer, "202 Accepted", "")
	require.Equal(t, 200, x.report("200 OK", ends))
	require.NoError(t, <-x.result)
	clerk.reply(clerk.request("BYE"), "200 OK", "") // the replaced call does not stay
	<-c.Done()
}

func TestAttendedTransferNeedsALegOfOurs(t *testing.T) {
	h, legs := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
	p := newPeer(t, bot.Addr("udp"))
	p.call()
	l := <-legs
	require.ErrorIs(t, l.Refer(within(t), leg.Referral{Replaces: struct{ leg.Leg }{}}), leg.ErrForbidden)
	require.ErrorIs(t, l.Refer(within(t), leg.Referral{Address: "hallo"}), leg.ErrNotFound)
	p.send("BYE", "")
	require.Equal(t, 200, p.response("BYE").Status)
	require.ErrorIs(t, l.Refer(within(t), leg.Referral{Address: "sip:a@b", Replaces: l}), ErrEnded)
}

func TestCallersCannotTransferUs(t *testing.T) {
	h, _ := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
	p := newPeer(t, bot.Addr("udp"))
	p.send("REFER", "", "Refer-To: <sip:0900@example.org>")
	require.Equal(t, 603, p.response("REFER").Status, "out of dialog")
	p.send("NOTIFY", "SIP/2.0 200 OK", "Event: refer", "Subscription-State: active", "Content-Type: message/sipfrag")
	require.Equal(t, 481, p.response("NOTIFY").Status, "out of dialog")
	p.call()
	p.send("REFER", "", "Refer-To: <sip:0900@example.org>")
	require.Equal(t, 603, p.response("REFER").Status)
	p.send("NOTIFY", "SIP/2.0 200 OK", "Event: refer", "Subscription-State: active", "Content-Type: message/sipfrag")
	require.Equal(t, 481, p.response("NOTIFY").Status, "nothing was asked")
	p.send("BYE", "")
	require.Equal(t, 200, p.response("BYE").Status)
}

func TestCallersCannotTakeACallOver(t *testing.T) {
	h, legs := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, h)
	p := newPeer(t, bot.Addr("udp"))
	res := p.call()
	l := <-legs
	for value, want := range map[string]int{
		"nobody@test;to-tag=a;from-tag=b":                                       481,
		p.callID + ";to-tag=" + param(res, "To", "tag") + ";from-tag=wrong":     481,
		p.callID + ";to-tag=" + param(res, "To", "tag") + ";from-tag=p":         501,
		p.callID + ";from-tag=p":                                                400,
		p.callID + ";to-tag=x;to-tag=y;from-tag=p":                              400,
		p.callID + ";from-tag=p;early-only;to-tag=" + param(res, "To", "tag"):   501,
		"\r\nReplaces: " + p.callID + ";to-tag=1;from-tag=2\r\nReplaces: a;b=c": 400,
	} {
		q := newPeer(t, bot.Addr("udp"))
		q.send("INVITE", q.sdp(), strings.TrimPrefix("Replaces: "+value, "Replaces: \r\n"))
		require.Equal(t, want, q.response("INVITE").Status, value)
		q.send("ACK", "")
	}
	select {
	case <-l.Done():
		t.Fatal("taken over")
	default:
	}
	p.send("BYE", "")
	require.Equal(t, 200, p.response("BYE").Status)
}
