package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// Headers in which proxies say who asks.
const (
	xForwardedFor = "X-Forwarded-For"
	forwarded     = "Forwarded"
)

// Proxies parses the reverse proxies that are trusted; a bare address is a
// prefix of one.
func (h HTTP) Proxies() ([]netip.Prefix, error) {
	out := make([]netip.Prefix, 0, len(h.TrustedProxies))
	for _, text := range h.TrustedProxies {
		p, err := proxy(text)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func proxy(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return p, fmt.Errorf("%q is no IP address or prefix such as 10.1.2.3 or 10.1.2.0/24; names are not looked up", text)
	case p.Bits() == 0:
		return p, fmt.Errorf("%q is everybody, so anyone could claim any address; name the proxies", text)
	case p.Addr().Is4In6():
		return p, fmt.Errorf("%q is an IPv4 prefix in IPv6 form; write it as %s/%d", text, p.Addr().Unmap(), max(0, p.Bits()-96))
	case p.Masked() != p:
		return p, fmt.Errorf("%q has bits beyond its length; write %s, or the address alone", text, p.Masked())
	}
	return p, nil
}

func (h HTTP) validate(bad complain) {
	if _, err := h.Proxies(); err != nil {
		bad("http.trusted_proxies", "%v", err)
	}
	switch h.ProxyHeader {
	case "", xForwardedFor, forwarded:
		if h.ProxyHeader != "" && len(h.TrustedProxies) == 0 {
			bad("http.proxy_header", "has no effect without http.trusted_proxies")
		}
	default:
		hint := ""
		for _, name := range []string{xForwardedFor, forwarded} {
			if strings.EqualFold(name, h.ProxyHeader) {
				hint = "; write " + name
			}
		}
		bad("http.proxy_header", "%q is not one of %s, %s%s", h.ProxyHeader, xForwardedFor, forwarded, hint)
	}
}
