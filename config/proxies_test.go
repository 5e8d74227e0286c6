package config

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTrustedProxies(t *testing.T) {
	c, err := Read(strings.NewReader("http: {trusted_proxies: [127.0.0.1, '::1', 10.1.2.0/24, '2001:db8::/32', '::ffff:10.9.9.9'], proxy_header: Forwarded}\n"))
	require.NoError(t, err)
	got, err := c.HTTP.Proxies()
	require.NoError(t, err)
	var want []netip.Prefix
	for _, text := range []string{"127.0.0.1/32", "::1/128", "10.1.2.0/24", "2001:db8::/32", "10.9.9.9/32"} {
		want = append(want, netip.MustParsePrefix(text))
	}
	require.Equal(t, want, got)
	for _, c := range []Config{Default(), Demo()} {
		require.Empty(t, c.HTTP.TrustedProxies, "nobody is believed unasked")
	}
}

func TestTrustedProxyErrors(t *testing.T) {
	for yaml, want := range map[string]string{
		"trusted_proxies: [nginx]":                                  `http.trusted_proxies: "nginx" is no IP address or prefix`,
		"trusted_proxies: ['127.0.0.1:80']":                         `"127.0.0.1:80" is no IP address`,
		"trusted_proxies: ['0.0.0.0/0']":                            `"0.0.0.0/0" is everybody`,
		"trusted_proxies: ['::/0']":                                 `"::/0" is everybody`,
		"trusted_proxies: [10.1.2.3/24]":                            `"10.1.2.3/24" has bits beyond its length; write 10.1.2.0/24`,
		"trusted_proxies: ['::ffff:10.0.0.0/104']":                  "write it as 10.0.0.0/8",
		"trusted_proxies: 127.0.0.1":                                "cannot unmarshal",
		"proxy_header: Forwarded":                                   "http.proxy_header: has no effect without http.trusted_proxies",
		"{trusted_proxies: ['::1'], proxy_header: x-forwarded-for}": "write X-Forwarded-For",
		"{trusted_proxies: ['::1'], proxy_header: X-Real-IP}":       `"X-Real-IP" is not one of X-Forwarded-For, Forwarded`,
	} {
		if !strings.HasPrefix(yaml, "{") {
			yaml = "{" + yaml + "}"
		}
		_, err := Read(strings.NewReader("http: " + yaml + "\n"))
		require.ErrorContains(t, err, want, yaml)
		require.NotContains(t, err.Error(), "\n", "one line")
	}
}
