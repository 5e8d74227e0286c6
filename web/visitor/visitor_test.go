package visitor

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
)

// asked is what a handler sees of a request from peer; header are names and values.
func asked(t testing.TB, p Proxies, log *slog.Logger, peer string, header ...string) (v Visitor) {
	t.Helper()
	app := fiber.New(fiber.Config{EnableTrustedProxyCheck: true})
	app.Use(p.Handler(log))
	app.Get("/", func(c *fiber.Ctx) error { v = Of(c); return nil })
	var ctx fasthttp.RequestCtx
	var req fasthttp.Request
	req.SetRequestURI("/")
	req.SetHost("amt.example:8080")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	ctx.Init(&req, &net.TCPAddr{IP: net.ParseIP(peer), Port: 4711}, nil)
	app.Handler()(&ctx)
	require.Equal(t, fiber.StatusOK, ctx.Response.StatusCode())
	return v
}

func trusting(prefixes ...string) (p Proxies) {
	for _, text := range prefixes {
		p.Trusted = append(p.Trusted, netip.MustParsePrefix(text))
	}
	return p
}

func TestWhoAsks(t *testing.T) {
	one := []string{"127.0.0.1/32", "10.0.0.0/8", "2001:db8:1::/48"}
	for _, c := range []struct{ peer, header, want string }{
		{"127.0.0.1", "203.0.113.7", "203.0.113.7"},
		{"::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"},
		{"203.0.113.9", "198.51.100.1", "203.0.113.9"}, // not trusted: spoofed
		{"127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"},
		{"127.0.0.1", "198.51.100.1, 203.0.113.7, 10.1.1.1", "203.0.113.7"},
		{"127.0.0.1", "10.2.2.2, 10.1.1.1", "10.2.2.2"}, // all trusted: who began
		{"127.0.0.1", "203.0.113.7:51234", "203.0.113.7"},
		{"127.0.0.1", "[2001:db8::7]:51234", "2001:db8::7"},
		{"127.0.0.1", "[2001:db8::7]", "2001:db8::7"},
		{"127.0.0.1", "2001:db8::7", "2001:db8::7"},
		{"127.0.0.1", "fe80::1%eth0", "fe80::1"},
		{"127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"},
		{"2001:db8:1::5", "203.0.113.7, ::ffff:10.1.1.1", "203.0.113.7"},
		{"127.0.0.1", " , 203.0.113.7 ,, ", "203.0.113.7"},
		{"127.0.0.1", "198.51.100.1, unknown", "127.0.0.1"},
		{"127.0.0.1", "198.51.100.1, unknown, 10.1.1.1", "10.1.1.1"},
		{"127.0.0.1", "unknown, 203.0.113.7", "203.0.113.7"},
		{"127.0.0.1", "<script>, ', 203.0.113.7", "203.0.113.7"},
		{"127.0.0.1", "203.0.113.007", "127.0.0.1"},
		{"127.0.0.1", "[]", "127.0.0.1"},
		{"127.0.0.1", "", "127.0.0.1"},
		{"127.0.0.1", strings.Repeat("198.51.100.1, ", 5000) + "203.0.113.7", "203.0.113.7"},
		{"127.0.0.1", "198.51.100.1, " + strings.Repeat("10.1.1.1, ", 500) + "10.3.3.3", "10.1.1.1"},
	} {
		require.Equal(t, c.want, asked(t, trusting(one...), slog.Default(), c.peer, XForwardedFor, c.header).Address.String(), "%s by %s", c.header, c.peer)
	}
	several := asked(t, trusting(one...), slog.Default(), "127.0.0.1", XForwardedFor, "198.51.100.1", XForwardedFor, "203.0.113.7")
	require.Equal(t, "203.0.113.7", several.Address.String(), "a proxy adds a line of its own")
	require.Equal(t, "127.0.0.1", asked(t, trusting(one...), slog.Default(), "127.0.0.1", RFC7239, "for=198.51.100.1").Address.String(), "the header that is not chosen")
	require.Equal(t, "127.0.0.1", asked(t, Proxies{}, slog.Default(), "127.0.0.1", XForwardedFor, "198.51.100.1").Address.String(), "nobody is believed unasked")
}

func TestWhoAsksByRFC7239(t *testing.T) {
	p := trusting("127.0.0.1/32", "10.0.0.0/8")
	p.Header = RFC7239
	for header, want := range map[string]string{
		`for=203.0.113.7`:                                     "203.0.113.7 http amt.example:8080",
		`For="[2001:db8:cafe::17]:4711"`:                      "2001:db8:cafe::17 http amt.example:8080",
		`for=198.51.100.1, for=203.0.113.7;proto=https;by=_x`: "203.0.113.7 https amt.example:8080",
		`for=203.0.113.7;proto=https;host=amt.example, for=10.1.1.1;proto=http;host=inner`: "203.0.113.7 https amt.example",
		`for=198.51.100.1, proto=https`:                 "127.0.0.1 http amt.example:8080",
		`for=198.51.100.1, for=""`:                      "127.0.0.1 http amt.example:8080",
		`for=198.51.100.1, for=_hidden`:                 "127.0.0.1 http amt.example:8080",
		`for="198.51.100.1, for=203.0.113.7`:            "127.0.0.1 http amt.example:8080", // the client's open quote
		`for=198.51.100.1;x=", for="203.0.113.7"`:       "127.0.0.1 http amt.example:8080",
		`for=198.51.100.1;x=", for=203.0.113.7;by="_y"`: "127.0.0.1 http amt.example:8080",
		`for="203\.0.113.7";host="a<b>"`:                "203.0.113.7 http amt.example:8080",
		` , for=203.0.113.7 ; proto=HTTPS ,`:            "203.0.113.7 https amt.example:8080",
		`203.0.113.7`:                                   "127.0.0.1 http amt.example:8080",
		`for=1 2`:                                       "127.0.0.1 http amt.example:8080",
		`;;;`:                                           "127.0.0.1 http amt.example:8080",
	} {
		v := asked(t, p, slog.Default(), "127.0.0.1", RFC7239, header, XForwardedFor, "6.6.6.6", "X-Forwarded-Host", "evil.example")
		require.Equal(t, want, fmt.Sprint(v.Address, " ", v.Scheme, " ", v.Host), header)
	}
}

func TestAddressOfTheService(t *testing.T) {
	p := trusting("127.0.0.1/32")
	for _, c := range []struct{ peer, proto, want string }{
		{"127.0.0.1", "https", "https://amt.example:8080"},
		{"127.0.0.1", "HTTPS, http", "https://amt.example:8080"},
		{"127.0.0.1", "javascript", "http://amt.example:8080"},
		{"127.0.0.1", "", "http://amt.example:8080"},
		{"203.0.113.9", "https", "http://amt.example:8080"},
	} {
		v := asked(t, p, slog.Default(), c.peer, XForwardedFor, "203.0.113.7", "X-Forwarded-Proto", c.proto, "X-Forwarded-Host", "evil.example")
		require.Equal(t, c.want, v.Origin())
		require.Equal(t, strings.HasPrefix(c.want, "https:"), v.Secure())
	}
}

func TestSources(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "::1": "::1", "fe80::1": "fe80::1",
	} {
		require.Equal(t, want, Visitor{Address: netip.MustParseAddr(address)}.Source())
	}
}

func TestAnOperatorIsTold(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	h := trusting("127.0.0.1/32")
	asked(t, h, log, "203.0.113.9", XForwardedFor, "198.51.100.1")
	require.Contains(t, out.String(), "http.trusted_proxies")
	require.Contains(t, out.String(), "address=203.0.113.9")
	out.Reset()
	asked(t, h, log, "127.0.0.1", "X-Forwarded-Proto", "https")
	require.Contains(t, out.String(), "proxy=127.0.0.1")
	out.Reset()
	asked(t, h, log, "127.0.0.1")
	asked(t, h, log, "127.0.0.1", XForwardedFor, "198.51.100.1")
	asked(t, h, log, "203.0.113.9")
	require.Empty(t, out.String())
}

// FuzzWhatAClientWrites: whatever a client puts before it, the hop that the
// trusted proxy adds decides.
func FuzzWhatAClientWrites(f *testing.F) {
	for _, s := range []string{"", "1.2.3.4", `for="`, `for=1.2.3.4;x="`, `for="\`, "a,b;c=d", "[::1]:x", ",,,", `for="1.2.3.4"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spoofed string) {
		p := trusting("127.0.0.1/32")
		peer, own := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("203.0.113.7")
		got, _ := p.client(peer, strings.Split(spoofed+", 203.0.113.7", ","))
		require.Equal(t, own, got)
		for _, added := range []string{"for=203.0.113.7", `for="203.0.113.7:80";proto=https;by="_x"`, `host="amt.example";for=203.0.113.7`} {
			var hops []string
			for _, h := range parseForwarded([]string{spoofed + ", " + added}) {
				hops = append(hops, h.of)
			}
			got, n := p.client(peer, hops)
			require.Contains(t, []netip.Addr{own, peer}, got, "nobody else")
			require.Equal(t, got == own, n >= 0)
		}
		p.Header = RFC7239
		v := asked(t, p, slog.New(slog.DiscardHandler), "127.0.0.1", RFC7239, spoofed, "X-Forwarded-Proto", spoofed)
		require.Regexp(t, `^https?://[-A-Za-z0-9._:\[\]]+$`, v.Origin())
	})
}
