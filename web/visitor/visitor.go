// Package visitor says who asks: a request and the proxies that are trusted
// flow in; the address of the client, and the service's address as the client
// sees it, flow out.
package visitor

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Visitor is who asks.
type Visitor struct {
	// Address of the client, or of the nearest proxy that cannot say whose.
	Address netip.Addr
	// Scheme ("http", "https") and Host ("host", "host:port") that the client used.
	Scheme, Host string
}

// local is the key of a request's visitor.
type local struct{}

// Of is who asks; without Proxies.Handler, who has the connection.
func Of(c *fiber.Ctx) Visitor {
	if v, ok := c.Locals(local{}).(Visitor); ok {
		return v
	}
	return direct(c)
}

// Source is what the limits of one client go by: a household has a network of
// 64 bits in IPv6 (RFC 6177), and whoever has one could come from any address
// of it.
func (v Visitor) Source() string {
	a := v.Address
	if a.Is4() || !a.IsValid() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String() // cannot happen: it is an address of 128 bits
	}
	return p.String()
}

// Source of a request, see Visitor.
func Source(c *fiber.Ctx) string { return Of(c).Source() }

// Origin is the service's address as the client sees it, "https://host".
func (v Visitor) Origin() string { return v.Scheme + "://" + v.Host }

// Secure says that the client came by HTTPS.
func (v Visitor) Secure() bool { return v.Scheme == "https" }

// direct is who has the connection.
func direct(c *fiber.Ctx) Visitor {
	a, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		a = netip.IPv4Unspecified()
	}
	v := Visitor{Address: a.Unmap().WithZone(""), Scheme: "http", Host: string(c.Request().Host())}
	if c.Context().IsTLS() {
		v.Scheme = "https"
	}
	return v
}

// Forwarded says that a request carries the mark of some proxy, trusted or not.
func Forwarded(c *fiber.Ctx) bool {
	for _, name := range [...]string{XForwardedFor, RFC7239, "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if c.Get(name) != "" {
			return true
		}
	}
	return false
}

// host is a name or address with or without a port, and nothing that could be
// taken for more in a link.
func host(text string) bool {
	if text == "" || len(text) > 255 {
		return false
	}
	for _, r := range text {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_:[]", r)) {
			return false
		}
	}
	return true
}
