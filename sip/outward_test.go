package sip

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/sip/validate"
	"github.com/stretchr/testify/require"
)

// gateway is a trunk whose other end is a peer by hand.
func gateway(p *peer) Trunk {
	return Trunk{
		Name: "city", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Codecs: []string{"PCMA"},
		Outbound: &Outbound{Gateway: "sip:" + p.addr().String(), From: "+49999115"},
	}
}

// invited calls somebody through the trunk and returns the INVITE that the
// gateway gets; the gateway says busy.
func invited(t *testing.T, change func(*Outbound), to leg.Callee) *validate.Message {
	t.Helper()
	p := newPeer(t, netip.AddrPort{})
	trunk := gateway(p)
	if change != nil {
		change(trunk.Outbound)
	}
	s := start(t, Options{Trunks: []Trunk{trunk}}, nil)
	out, err := s.Outward(OutwardOptions{})
	require.NoError(t, err)
	result := make(chan error, 1)
	go func() {
		l, err := out.Dial(within(t), to)
		if l != nil {
			t.Error("a leg besides an error")
		}
		result <- err
	}()
	m := p.request("INVITE")
	p.reply(m, "486 Busy Here", "")
	require.ErrorIs(t, <-result, leg.ErrBusy)
	return m
}

// The page about a call is for the people who shall serve it.
func TestPeopleGetThePageOfTheCall(t *testing.T) {
	for _, c := range []struct{ leg, want string }{
		{"agent", "<https://amt.test/desk?call=01JD0000000000000000000000>;purpose=info"}, {"caller", ""},
	} {
		p := newPeer(t, netip.AddrPort{})
		s := start(t, Options{Trunks: []Trunk{gateway(p)}, CallPage: "https://amt.test/desk"}, nil)
		out, err := s.Outward(OutwardOptions{})
		require.NoError(t, err)
		result := make(chan error, 1)
		go func() {
			_, err := out.Dial(within(t), leg.Callee{Address: "4711", Leg: c.leg, UserToUser: "01JD0000000000000000000000"})
			result <- err
		}()
		m := p.request("INVITE")
		require.Equal(t, c.want, m.Get("Call-Info"))
		p.reply(m, "486 Busy Here", "")
		require.ErrorIs(t, <-result, leg.ErrBusy)
	}
}

func TestTheReferredPartyPassesThePageOn(t *testing.T) {
	l := &Leg{server: &Server{options: Options{CallPage: "https://amt.test/desk?lang=de"}}}
	to, _, err := l.referTo(leg.Referral{Address: "sip:4711@127.0.0.1:9", UserToUser: "01JD"})
	require.NoError(t, err)
	u, err := url.Parse(strings.Trim(to, "<>"))
	require.NoError(t, err)
	require.Equal(t, "<https://amt.test/desk?call=01JD&lang=de>;purpose=info", u.Query().Get("Call-Info"))
}

func TestNumbersGoOutByTheTrunk(t *testing.T) {
	m := invited(t, nil, leg.Callee{Address: "+49 30 / 90 18-20", UserToUser: "01JD0000000000000000000000"})
	require.Contains(t, m.URI, "sip:+4930901820@127.0.0.1:")
	require.Contains(t, m.Get("From"), "<sip:+49999115@127.0.0.1>")
	require.Empty(t, m.Get("P-Asserted-Identity"))
	text, err := ParseUserToUser(m.Get("User-to-User"))
	require.NoError(t, err)
	require.Equal(t, "01JD0000000000000000000000", text)

	m = invited(t, func(o *Outbound) { o.Domain = "city.test" }, leg.Callee{Address: "4711"})
	require.Equal(t, "sip:4711@city.test", m.URI)
	require.Contains(t, m.Get("From"), "<sip:+49999115@city.test>")
	require.Equal(t, "<sip:4711@city.test>", m.Get("To"))

	m = invited(t, func(o *Outbound) { o.Domain = "city.test" }, leg.Callee{Address: "sip:amt@city.test"})
	require.Equal(t, "sip:amt@city.test", m.URI, "an address of the trunk's domain goes to its gateway")
}

func TestIdentityOfTrunks(t *testing.T) {
	const own, caller = "+49999115", "+49301234567"
	for name, c := range map[string]struct {
		change                                 func(*Outbound)
		from, asserted, preferred, privacy, on string
	}{
		"own number":              {func(o *Outbound) {}, own, "", "", "", caller},
		"of the caller":           {func(o *Outbound) { o.Callers = true }, caller, "", "", "", caller},
		"caller withheld":         {func(o *Outbound) { o.Callers = true }, own, "", "", "", ""},
		"hostile caller":          {func(o *Outbound) { o.Callers = true }, own, "", "", "", "x>\r\nTo: <sip:0900@example.org"},
		"asserted":                {func(o *Outbound) { o.Identity = IdentifyAsserted }, own, own, "", "", caller},
		"asserted is always ours": {func(o *Outbound) { o.Identity, o.Callers = IdentifyAsserted, true }, caller, own, "", "", caller},
		"preferred":               {func(o *Outbound) { o.Identity = IdentifyPreferred }, own, "", own, "", caller},
		"private":                 {func(o *Outbound) { o.Identity, o.Private, o.Callers = IdentifyAsserted, true, true }, "anonymous", own, "", "id", caller},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := invited(t, c.change, leg.Callee{Address: "4711", On: c.on})
			require.Contains(t, m.Get("From"), "<sip:"+c.from+"@")
			require.Equal(t, c.privacy, m.Get("Privacy"))
			for header, want := range map[string]string{"P-Asserted-Identity": c.asserted, "P-Preferred-Identity": c.preferred} {
				if want != "" {
					want = "<sip:" + want + "@127.0.0.1>"
				}
				require.Equal(t, want, m.Get(header))
			}
			require.Contains(t, m.URI, "sip:4711@")
		})
	}
}

func TestOutwardAnswersTheTrunksChallenge(t *testing.T) {
	p := newPeer(t, netip.AddrPort{})
	trunk := gateway(p)
	trunk.Outbound.User, trunk.Outbound.Password = "amt", "geheim"
	s := start(t, Options{Trunks: []Trunk{trunk}}, nil)
	out, err := s.Outward(OutwardOptions{Trunk: "city"})
	require.NoError(t, err)
	got := make(chan leg.Leg, 1)
	go func() {
		l, _ := out.Dial(within(t), leg.Callee{Address: "4711", Call: "01JD0000000000000000000000", Leg: "clerk", Language: "de"})
		got <- l
	}()
	p.reply(p.request("INVITE"), "407 Proxy Authentication Required", "", `Proxy-Authenticate: Digest realm="city.test", nonce="n1"`)
	second := p.request("INVITE")
	require.Contains(t, second.Get("Proxy-Authorization"), `username="amt"`)
	p.reply(second, "200 OK", p.sdp())
	l := <-got
	require.Equal(t, leg.Info{
		Call: "01JD0000000000000000000000", Leg: "clerk", From: "4711", To: "4711", Trunk: "city", Transport: "udp", Language: "de",
	}, l.Info())
	ended(t, p, param(second, "From", "tag"))
	<-l.Done()
}

func TestSIPAddressesAreCalledDirectly(t *testing.T) {
	bot := start(t, Options{Trunks: []Trunk{loopback()}}, answering)
	s := start(t, Options{}, nil)
	out, err := s.Outward(OutwardOptions{})
	require.NoError(t, err)
	l, err := out.Dial(within(t), leg.Callee{Address: uri(bot, "tcp")})
	require.NoError(t, err)
	require.NoError(t, l.Hangup(within(t), leg.CauseNormal))
	_, err = out.Dial(within(t), leg.Callee{Address: "030 901820"})
	require.ErrorIs(t, err, leg.ErrForbidden)
	require.ErrorContains(t, err, "outbound")
	for _, bad := range []string{"", "tel:115", "*21*0900#", "amt", "sip:a b@c", "http://example.org"} {
		_, err = out.Dial(within(t), leg.Callee{Address: bad})
		require.ErrorIs(t, err, leg.ErrNotFound, bad)
	}
	_, err = s.Outward(OutwardOptions{Trunk: "elsewhere"})
	require.ErrorContains(t, err, "elsewhere")
}

func TestRingingEndsInTime(t *testing.T) {
	p := newPeer(t, netip.AddrPort{})
	s := start(t, Options{Trunks: []Trunk{gateway(p)}}, nil)
	out, err := s.Outward(OutwardOptions{RingTime: 100 * time.Millisecond})
	require.NoError(t, err)
	result := make(chan error, 1)
	go func() { _, err := out.Dial(context.Background(), leg.Callee{Address: "4711"}); result <- err }()
	invite := p.request("INVITE")
	p.reply(invite, "180 Ringing", "")
	p.reply(p.request("CANCEL"), "200 OK", "")
	require.ErrorIs(t, <-result, leg.ErrNoAnswer)
	p.reply(invite, "487 Request Terminated", "")
	p.request("ACK")
}

func TestOutboundOptions(t *testing.T) {
	for want, trunk := range map[string]Trunk{
		"none of from, pai, ppi": {Name: "a", Outbound: &Outbound{Gateway: "sip:a", Identity: "rpid"}},
		"is no number":           {Name: "a", Outbound: &Outbound{Gateway: "sip:a", From: "1>2"}},
		"gateway":                {Name: "a", Outbound: &Outbound{}},
		"domain":                 {Name: "a", Outbound: &Outbound{Gateway: "sip:a", Domain: "a b"}},
	} {
		_, err := NewServer(Options{Trunks: []Trunk{trunk}}, nil)
		require.ErrorContains(t, err, want)
	}
	s, err := NewServer(Options{Trunks: []Trunk{{Name: "a", Register: &Registration{Server: "sip:pbx.test;transport=tcp", User: "115", Password: "p"}, Outbound: &Outbound{}}}}, nil)
	require.NoError(t, err)
	o := s.trunks[0].Outbound
	require.Equal(t, []string{"sip:pbx.test;transport=tcp", "115", "p", "115", "sip:4711@pbx.test"}, []string{o.Gateway, o.User, o.Password, o.From, o.uri("4711")},
		"the registration's where nothing is said")
}
