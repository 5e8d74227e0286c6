package e2e

import (
	"context"
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/stretchr/testify/require"
)

// exchange is a Kamailio with our line registered as 115.
type exchange struct {
	port  int
	bot   *sip.Server
	calls chan leg.Leg // answered ones
	heard atomic.Int64 // frames with 600 Hz that the bot got
}

func newExchange(t *testing.T, network string) *exchange {
	t.Helper()
	x := &exchange{port: kamailio(t), calls: make(chan leg.Leg, 8)}
	o := registering(x.port, network, "geheim")
	o.Trunks[0].Outbound = &sip.Outbound{Domain: "city.test", Identity: sip.IdentifyAsserted, Callers: true}
	x.bot = sipServer(t, o, func(ctx context.Context, l leg.Leg) {
		l.Receive(media.SinkFunc(func(f media.Frame) error {
			if share(f.PCM, 600) > 0.5 {
				x.heard.Add(1)
			}
			return nil
		}))
		select { // Kamailio's processes may otherwise pass 180 and 200 on in the other order
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
		if l.Answer(ctx) == nil {
			x.calls <- l
			<-l.Done()
		}
	})
	x.registered(t, x.bot)
	return x
}

func (x *exchange) registered(t *testing.T, s *sip.Server) {
	t.Helper()
	require.Eventually(t, func() bool { return !s.Trunks()[0].RegisteredUntil.IsZero() }, 20*time.Second, 20*time.Millisecond, "registered")
}

// phone registers another line of ours as an agent's telephone.
func (x *exchange) phone(t *testing.T, user, network string, h sip.Handler) *sip.Server {
	t.Helper()
	o := registering(x.port, network, "geheim")
	o.Trunks[0].Register.User = user
	s := sipServer(t, o, h)
	x.registered(t, s)
	return s
}

func (x *exchange) address(user string) string {
	return fmt.Sprintf("sip:%s@127.0.0.1:%d", user, x.port)
}

// citizen is the account of a telephone that has the exchange as its proxy.
func (x *exchange) citizen() string {
	return fmt.Sprintf(`<sip:buerger@127.0.0.1>;regint=0;audio_codecs=pcma;call_transfer=yes;outbound="sip:127.0.0.1:%d"`, x.port)
}

// caller lets a real phone call the line, and returns our leg of it.
func (x *exchange) caller(t *testing.T, seconds int) leg.Leg {
	t.Helper()
	startBaresip(t, x.citizen(), 8000, seconds, "-e", "/dial "+x.address("115"))
	select {
	case l := <-x.calls:
		return l
	case <-time.After(20 * time.Second):
		t.Fatal("no call came")
		return nil
	}
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestBaresipIsTransferredThroughKamailio(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			x := newExchange(t, network)
			var clerk line
			x.phone(t, "4711", network, clerk.serve)
			l := x.caller(t, 12)
			require.NoError(t, l.(leg.Referrer).Refer(soon(t), leg.Referral{Address: "4711", UserToUser: "01JD0000000000000000000000"}))
			require.EqualValues(t, 1, clerk.open.Load(), "nobody says so before the clerk has answered")
			<-l.Done()
			require.Eventually(t, func() bool { return clerk.heard.Load() > 50 }, 10*time.Second, 20*time.Millisecond, "the caller's tone at the clerk's")
			clerk.over(t, 1)
			require.Zero(t, x.bot.Counters().Active)
		})
	}
}

func TestBaresipIsTakenBack(t *testing.T) {
	hangup := func(cause leg.Cause) sip.Handler {
		return func(ctx context.Context, l leg.Leg) { _ = l.Hangup(ctx, cause) }
	}
	for name, c := range map[string]struct {
		clerk sip.Handler // nil: nobody is registered
		want  error
	}{
		"busy":           {hangup(leg.CauseBusy), leg.ErrBusy},
		"declined":       {hangup(leg.CauseDeclined), leg.ErrDeclined},
		"broken":         {hangup(leg.CauseError), leg.ErrUnavailable},
		"unknown":        {nil, leg.ErrNotFound},
		"nobody answers": {func(_ context.Context, l leg.Leg) { <-l.Done() }, leg.ErrNoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			x := newExchange(t, "udp")
			if c.clerk != nil {
				x.phone(t, "4711", "udp", c.clerk)
			}
			l := x.caller(t, 15)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			err := l.(leg.Referrer).Refer(ctx, leg.Referral{Address: "4711"})
			require.ErrorIs(t, err, c.want)
			before := x.heard.Load()
			require.Eventually(t, func() bool { return x.heard.Load() > before+25 }, 10*time.Second, 20*time.Millisecond, "the caller is back")
			require.NoError(t, l.Hangup(soon(t), leg.CauseNormal))
		})
	}
}

func TestSIPpDoesNotGetToTransferUs(t *testing.T) {
	x := newExchange(t, "udp")
	sipp(t, "refer-refused", netip.MustParseAddrPort(fmt.Sprint("127.0.0.1:", x.port)))
	<-(<-x.calls).Done()
}

func TestSIPpIsTransferredThroughKamailio(t *testing.T) {
	for name, c := range map[string]struct {
		scenario, final string
		want            error
	}{
		"reached":  {"refer", "", nil},
		"busy":     {"refer-failed", "486 Busy Here", leg.ErrBusy},
		"declined": {"refer-failed", "603 Decline", leg.ErrDeclined},
		"silence":  {"refer-failed", "480 Temporarily Unavailable", leg.ErrNoAnswer},
		"moved":    {"refer-failed", "302 Moved Temporarily", leg.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			x := newExchange(t, "udp")
			var clerk line
			x.phone(t, "4711", "udp", clerk.serve)
			out, err := x.bot.Outward(sip.OutwardOptions{})
			require.NoError(t, err)
			result := make(chan error, 1)
			go func() {
				result <- func() error {
					l := <-x.calls
					consultation, err := out.Dial(soon(t), leg.Callee{Address: "4711"})
					if err != nil {
						return err
					}
					defer func() { _ = consultation.Hangup(soon(t), leg.CauseNormal) }()
					return l.(leg.Referrer).Refer(soon(t), leg.Referral{Address: "4711", Replaces: consultation})
				}()
			}()
			sipp(t, c.scenario, netip.MustParseAddrPort(fmt.Sprint("127.0.0.1:", x.port)), "-key", "final", c.final, "-key", "refer_to",
				"<sip:4711@city.test.Replaces=[0-9a-f-]+%3Bto-tag%3D[^%]+%3Bfrom-tag%3D[^&]+&Require=replaces>")
			if err := <-result; c.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.want)
			}
			clerk.over(t, 1)
			require.Eventually(t, func() bool { return x.bot.Counters().Active == 0 }, 5*time.Second, 10*time.Millisecond)
		})
	}
}

func TestBaresipIsTheClerksPhone(t *testing.T) {
	x := newExchange(t, "udp")
	startBaresip(t, fmt.Sprintf("<sip:4712@127.0.0.1:%d>;auth_user=4712;auth_pass=geheim;regint=60;answermode=auto;audio_codecs=pcma", x.port), 8000, 10)
	out, err := x.bot.Outward(sip.OutwardOptions{})
	require.NoError(t, err)
	var l leg.Leg
	require.Eventually(t, func() bool { // as soon as it has registered
		l, err = out.Dial(soon(t), leg.Callee{Address: "4712", Leg: "clerk", UserToUser: "01JD0000000000000000000000"})
		return err == nil
	}, 10*time.Second, 100*time.Millisecond)
	var heard atomic.Int64
	l.Receive(media.SinkFunc(func(f media.Frame) error {
		if share(f.PCM, 600) > 0.5 {
			heard.Add(1)
		}
		return nil
	}))
	require.Eventually(t, func() bool { return heard.Load() > 50 }, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, l.Hangup(soon(t), leg.CauseNormal))
}

func TestKamailioForksToTwoPhones(t *testing.T) {
	x := newExchange(t, "udp")
	for round := range 5 {
		var first, second line
		second.delay = time.Duration(round) * 2 * time.Millisecond // both answers cross in some rounds
		x.phone(t, "47"+fmt.Sprint(round), "udp", first.serve)
		x.phone(t, "47"+fmt.Sprint(round), "udp", second.serve)
		out, err := x.bot.Outward(sip.OutwardOptions{Trunk: "exchange"})
		require.NoError(t, err)
		l, err := out.Dial(soon(t), leg.Callee{Address: "47" + fmt.Sprint(round)})
		require.NoError(t, err)
		require.Eventually(t, func() bool { return first.open.Load()+second.open.Load() == 1 }, 10*time.Second, 10*time.Millisecond, "only one stays")
		require.NoError(t, l.Hangup(soon(t), leg.CauseNormal))
		require.Eventually(t, func() bool { return first.open.Load()+second.open.Load() == 0 }, 10*time.Second, 10*time.Millisecond, "no orphan")
	}
}

func TestKamailioCancelsBothPhones(t *testing.T) {
	x := newExchange(t, "udp")
	var open, rang atomic.Int64
	ring := func(_ context.Context, l leg.Leg) {
		rang.Add(1)
		open.Add(1)
		defer open.Add(-1)
		<-l.Done()
	}
	x.phone(t, "4711", "udp", ring)
	x.phone(t, "4711", "tcp", ring)
	out, err := x.bot.Outward(sip.OutwardOptions{RingTime: time.Second})
	require.NoError(t, err)
	_, err = out.Dial(t.Context(), leg.Callee{Address: "4711"})
	require.ErrorIs(t, err, leg.ErrNoAnswer)
	require.EqualValues(t, 2, rang.Load())
	require.Eventually(t, func() bool { return open.Load() == 0 }, 10*time.Second, 10*time.Millisecond)
}

func TestCallersStayWhatTheyAreThroughKamailio(t *testing.T) {
	x := newExchange(t, "udp")
	infos := make(chan leg.Info, 1)
	x.phone(t, "4711", "udp", func(ctx context.Context, l leg.Leg) {
		infos <- l.Info()
		_ = l.Answer(ctx)
		<-l.Done()
	})
	out, err := x.bot.Outward(sip.OutwardOptions{})
	require.NoError(t, err)
	for on, want := range map[string]string{"": "115", "+4930123456": "+4930123456"} {
		l, err := out.Dial(soon(t), leg.Callee{Address: "4711", On: on})
		require.NoError(t, err)
		require.Equal(t, want, (<-infos).From)
		require.NoError(t, l.Hangup(soon(t), leg.CauseNormal))
	}
}
