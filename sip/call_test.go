package sip

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/stretchr/testify/require"
)

// answering is a handler that answers and stays until the other side leaves.
func answering(ctx context.Context, l leg.Leg) {
	if l.Answer(ctx) == nil {
		<-l.Done()
	}
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLSWithSRTP(t *testing.T) {
	cert, roots := certificate(t)
	var there atomic.Pointer[atomic.Int64]
	secure := loopback()
	secure.SRTP = sdp.SecurityRequired
	bot := start(t, Options{
		Listen: []Listen{{"tls", "127.0.0.1:0"}}, TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Trunks: []Trunk{secure},
	}, func(ctx context.Context, l leg.Leg) {
		there.Store(hear(l, 600))
		if l.Answer(ctx) == nil {
			play(l, 1000)
		}
	})
	phone := start(t, Options{TLS: &tls.Config{RootCAs: roots}}, nil)
	_, err := phone.Dial(within(t), uri(bot, "tls"), DialOptions{})
	var status *StatusError
	require.ErrorAs(t, err, &status, "plain RTP is refused")
	require.Equal(t, 488, status.Code)

	l, err := phone.Dial(within(t), uri(bot, "tls"), DialOptions{SRTP: sdp.SecurityRequired})
	require.NoError(t, err)
	here := hear(l, 1000)
	sent := make(chan struct{})
	go func() { defer close(sent); play(l, 600) }()
	require.Eventually(t, func() bool { return here.Load() > 10 && there.Load().Load() > 10 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, l.Hangup(within(t), leg.CauseNormal))
	<-sent
}

func TestUnknownCertificateIsRefused(t *testing.T) {
	cert, _ := certificate(t)
	bot := start(t, Options{
		Listen: []Listen{{"tls", "127.0.0.1:0"}}, TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Trunks: []Trunk{loopback()},
	}, answering)
	phone := start(t, Options{}, nil)
	_, err := phone.Dial(within(t), uri(bot, "tls"), DialOptions{})
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "certificate")
}

func TestDelayedOfferOut(t *testing.T) {
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, func(ctx context.Context, l leg.Leg) {
		if l.Answer(ctx) == nil {
			play(l, 1000)
		}
	})
	phone := start(t, Options{}, nil)
	l, err := phone.Dial(within(t), uri(bot, "udp"), DialOptions{DelayedOffer: true, Codecs: []string{"PCMU"}})
	require.NoError(t, err)
	here := hear(l, 1000)
	require.Eventually(t, func() bool { return here.Load() > 5 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, l.Hangup(within(t), leg.CauseNormal))
	require.Equal(t, "PCMU", l.Stats().Codec)
}

func TestCallerGivesUp(t *testing.T) {
	answered := make(chan error, 1)
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, func(_ context.Context, l leg.Leg) {
		<-l.Done()
		answered <- l.Answer(context.Background())
	})
	phone := start(t, Options{}, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := phone.Dial(ctx, uri(bot, "udp"), DialOptions{})
	require.ErrorIs(t, err, ErrNoAnswer)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorIs(t, <-answered, ErrEnded)
}

func TestNothingListens(t *testing.T) {
	phone := start(t, Options{}, nil)
	_, err := phone.Dial(within(t), "sip:115@127.0.0.1:1;transport=tcp", DialOptions{})
	require.ErrorIs(t, err, ErrUnavailable)
}

func TestLimits(t *testing.T) {
	bot := start(t, Options{Trunks: []Trunk{loopback()}, Limits: Limits{Calls: 1}}, answering)
	phone := start(t, Options{}, nil)
	first, err := phone.Dial(within(t), uri(bot, "udp"), DialOptions{})
	require.NoError(t, err)
	p := newPeer(t, bot.Addr("udp"))
	p.send("INVITE", p.sdp())
	res := p.response("INVITE")
	require.Equal(t, 503, res.Status)
	require.NotEmpty(t, res.Get("Retry-After"))
	require.NoError(t, first.Hangup(within(t), leg.CauseNormal))
	require.Eventually(t, func() bool {
		l, err := phone.Dial(within(t), uri(bot, "udp"), DialOptions{})
		return err == nil && l.Hangup(within(t), leg.CauseNormal) == nil
	}, 10*time.Second, 20*time.Millisecond, "free again")
}

func TestNoPortLeft(t *testing.T) {
	bot := start(t, Options{Trunks: []Trunk{loopback()}, RTP: RTP{Low: 29990, High: 29991}}, answering)
	phone := start(t, Options{}, nil)
	first, err := phone.Dial(within(t), uri(bot, "udp"), DialOptions{})
	require.NoError(t, err)
	p := newPeer(t, bot.Addr("udp"))
	p.send("INVITE", p.sdp())
	res := p.response("INVITE")
	require.Equal(t, 503, res.Status)
	require.NotEmpty(t, res.Get("Retry-After"))
	require.NoError(t, first.Hangup(within(t), leg.CauseNormal))
}

func TestLastWordsAreNotCut(t *testing.T) {
	const frames = 40
	heard := make(chan int64, 1)
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, func(ctx context.Context, l leg.Leg) {
		n := hear(l, 600)
		_ = l.Answer(ctx)
		<-l.Done()
		heard <- n.Load()
	})
	phone := start(t, Options{}, nil)
	l, err := phone.Dial(within(t), uri(bot, "udp"), DialOptions{Codecs: []string{"PCMA"}})
	require.NoError(t, err)
	for i := range frames {
		require.NoError(t, l.Playout().WriteFrame(tone(600, i*media.FrameSamples)))
	}
	require.NoError(t, l.Playout().Drain(within(t)))
	require.NoError(t, l.Hangup(within(t), leg.CauseNormal))
	require.GreaterOrEqual(t, <-heard, int64(frames-2))
}

func TestDeadMediaEndsTheCall(t *testing.T) {
	ended := make(chan string, 1)
	bot := start(t, Options{Trunks: []Trunk{loopback()}, RTP: RTP{DeadAfter: 200 * time.Millisecond}}, func(ctx context.Context, l leg.Leg) {
		answering(ctx, l)
		ended <- l.Stats().Ended
	})
	p := newPeer(t, bot.Addr("udp"))
	p.call()
	bye := p.request("BYE")
	p.reply(bye, "200 OK", "")
	require.Contains(t, <-ended, string(leg.CauseDeadMedia))
}

func TestDeadMediaDoesNotCountOnHold(t *testing.T) {
	bot := start(t, Options{Trunks: []Trunk{loopback()}, RTP: RTP{DeadAfter: 200 * time.Millisecond}}, answering)
	p := newPeer(t, bot.Addr("udp"))
	p.send("INVITE", p.sdp("a=inactive"))
	require.Equal(t, 200, p.response("INVITE").Status)
	p.send("ACK", "")
	require.Nil(t, p.next(600*time.Millisecond), "no BYE while on hold")
	p.send("BYE", "")
	require.Equal(t, 200, p.response("BYE").Status)
}

func TestDrainLetsCallsGoOnAndRefusesNewOnes(t *testing.T) {
	s, err := NewServer(Options{
		Listen: []Listen{{"udp", "127.0.0.1:0"}}, Trunks: []Trunk{loopback()}, RTP: RTP{Low: 29970, High: 29979}, Limits: Limits{Drain: 10 * time.Second},
	}, answering)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	<-s.Ready()
	p := newPeer(t, s.Addr("udp"))
	p.call()
	cancel()
	require.Eventually(t, func() bool {
		q := newPeer(t, s.Addr("udp"))
		q.send("OPTIONS", "")
		return q.response("OPTIONS").Status == 503
	}, 5*time.Second, 10*time.Millisecond)
	q := newPeer(t, s.Addr("udp"))
	q.send("INVITE", q.sdp())
	require.Equal(t, 503, q.response("INVITE").Status)
	require.Equal(t, 1, s.Counters().Active)
	p.send("BYE", "")
	require.Equal(t, 200, p.response("BYE").Status)
	require.NoError(t, <-ended)
}

func TestDrainHangsUpInTheEnd(t *testing.T) {
	s, err := NewServer(Options{
		Listen: []Listen{{"udp", "127.0.0.1:0"}}, Trunks: []Trunk{loopback()}, RTP: RTP{Low: 29960, High: 29969}, Limits: Limits{Drain: 50 * time.Millisecond},
	}, answering)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	<-s.Ready()
	p := newPeer(t, s.Addr("udp"))
	p.call()
	cancel()
	p.reply(p.request("BYE"), "200 OK", "")
	require.NoError(t, <-ended)
}

func TestPortInUse(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer c.Close()
	s, err := NewServer(Options{Listen: []Listen{{"tcp", "127.0.0.1:0"}, {"udp", c.LocalAddr().String()}}}, answering)
	require.NoError(t, err)
	require.ErrorContains(t, s.Run(t.Context()), "port is in use")
}

func TestOptionsAreChecked(t *testing.T) {
	for want, o := range map[string]Options{
		"none of udp, tcp, tls": {Listen: []Listen{{"sctp", "127.0.0.1:0"}}},
		"certificate":           {Listen: []Listen{{"tls", "127.0.0.1:0"}}},
		"name of its own":       {Trunks: []Trunk{{Name: "a"}, {Name: "a"}}},
		"none of G722":          {Trunks: []Trunk{{Name: "a", Codecs: []string{"G729"}}}},
		"none of off":           {Trunks: []Trunk{{Name: "a", SRTP: "maybe"}}},
		"needs a user":          {Trunks: []Trunk{{Name: "a", Register: &Registration{Server: "sip:x"}}}},
		"no SIP address":        {Trunks: []Trunk{{Name: "a", Register: &Registration{Server: "sip:", User: "u"}}}},
		"at least one even/odd": {RTP: RTP{Low: 20001, High: 20001}},
	} {
		_, err := NewServer(o, answering)
		require.ErrorContains(t, err, want)
	}
}

func TestTargets(t *testing.T) {
	for s, want := range map[string]string{
		"115@192.0.2.1":                 "udp 192.0.2.1 5060",
		"sip:115@192.0.2.1:5070":        "udp 192.0.2.1 5070",
		"sip:pbx.example;transport=tcp": "tcp pbx.example 5060",
		"sips:115@pbx.example":          "tls pbx.example 5061",
		"sip:115@[2001:db8::1]:5062":    "udp 2001:db8::1 5062",
		"sip:a@b;transport=tls":         "tls b 5061",
		"":                              "",
		"sip:a b@c":                     "",
		"sip:a@b;transport=sctp":        "",
		"sip:a@b:99999":                 "",
	} {
		got, err := parseTarget(s)
		if want == "" {
			require.Error(t, err, s)
			continue
		}
		require.NoError(t, err, s)
		require.Equal(t, want, got.network+" "+got.host+" "+netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(got.port)).String()[8:], s)
	}
}
