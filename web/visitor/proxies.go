package visitor

import (
	"log/slog"
	"net/netip"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
)

// Headers in which proxies say who asks.
const (
	XForwardedFor = "X-Forwarded-For"
	RFC7239       = "Forwarded"
)

// mostHops are looked at, from the nearest on.
const mostHops = 32

// Proxies are those that are believed when they say who asks; the zero value
// believes nobody.
type Proxies struct {
	Trusted []netip.Prefix
	// Header they write, XForwardedFor or RFC7239; "" is the first. The other one
	// is not looked at: a proxy hands on unread what a client wrote there.
	Header string
}

// Handler notes each request's visitor for Of. It says once in the log when
// proxies seem to be configured otherwise.
func (p Proxies) Handler(log *slog.Logger) fiber.Handler {
	var stranger, silent sync.Once
	return func(c *fiber.Ctx) error {
		v := direct(c)
		peer := v.Address
		switch trusted := p.trusts(peer); {
		case trusted && c.Get(p.header()) != "":
			v = p.read(c, v)
		case trusted && Forwarded(c):
			silent.Do(func() {
				log.Warn("a trusted proxy does not say who asks, so all its clients share their limits; let it write the header, or name the one it writes in http.proxy_header", "proxy", peer, "header", p.header())
			})
		case !trusted && Forwarded(c):
			stranger.Do(func() {
				log.Warn("a request was forwarded by an address that is no trusted proxy; if it is yours, list it in http.trusted_proxies, or all its clients share their limits", "address", peer)
			})
		}
		c.Locals(local{}, v)
		return c.Next()
	}
}

func (p Proxies) header() string {
	if p.Header == RFC7239 {
		return RFC7239
	}
	return XForwardedFor
}

func (p Proxies) trusts(a netip.Addr) bool {
	for _, t := range p.Trusted {
		if t.Contains(a) {
			return true
		}
	}
	return false
}

// read is the visitor by the headers of a trusted proxy.
func (p Proxies) read(c *fiber.Ctx, v Visitor) Visitor {
	var lines []string
	for _, line := range c.Request().Header.PeekAll(p.header()) {
		lines = append(lines, string(line))
	}
	scheme, name := "", ""
	if p.header() == RFC7239 {
		hops := parseForwarded(lines)
		addresses := make([]string, len(hops))
		for i, h := range hops {
			addresses[i] = h.of
		}
		var n int
		if v.Address, n = p.client(v.Address, addresses); n >= 0 {
			scheme, name = hops[n].scheme, hops[n].host
		}
	} else {
		v.Address, _ = p.client(v.Address, strings.Split(strings.Join(lines, ","), ","))
		scheme = first(c.Get("X-Forwarded-Proto")) // no X-Forwarded-Host: many proxies hand on what a client wrote there
	}
	if scheme = strings.ToLower(scheme); scheme == "http" || scheme == "https" {
		v.Scheme = scheme
	}
	if host(name) {
		v.Host = name
	}
	return v
}

// first of a list: what the outermost proxy wrote.
func first(list string) string {
	one, _, _ := strings.Cut(list, ",")
	return strings.Clone(strings.TrimSpace(one))
}

// client goes from the nearest hop back to the first that is not trusted, and
// says which of the hops it was. What stands before that one is hearsay.
// Behind a hop that is no address nothing is known; n is below 0 where the
// nearest is one.
func (p Proxies) client(peer netip.Addr, hops []string) (client netip.Addr, n int) {
	client, n = peer, -1
	seen := 0
	for i := len(hops) - 1; i >= 0 && seen < mostHops && p.trusts(client); i-- {
		text := strings.TrimSpace(hops[i])
		if text == "" {
			continue // RFC 9110, section 5.6.1: empty elements of lists count for nothing
		}
		a, ok := parseHop(text)
		if !ok {
			break
		}
		client, n = a, i
		seen++
	}
	return client, n
}

// parseHop reads an address with or without brackets and port. "unknown" and
// names that hide an address (RFC 7239, section 6) are none.
func parseHop(text string) (netip.Addr, bool) {
	if len(text) > 64 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		if within, ok := strings.CutPrefix(text, "["); ok && strings.HasSuffix(within, "]") {
			a, err = netip.ParseAddr(strings.TrimSuffix(within, "]"))
		} else if ap, e := netip.ParseAddrPort(text); e == nil {
			a, err = ap.Addr(), nil
		}
	}
	return a.Unmap().WithZone(""), err == nil
}
