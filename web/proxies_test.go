package web

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/web/session"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// behind is a reverse proxy of another address in front of a council.
func behind(t *testing.T, c *council) string {
	t.Helper()
	inner := &url.URL{Scheme: "http", Host: c.addr}
	transport := &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, 1)}}).DialContext}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Transport: transport, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0), Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(inner)
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"] // what a client claims stands before what is true
		r.SetXForwarded()
		r.Out.Host = r.In.Host
		r.Out.Header["X-Forwarded-Host"] = r.In.Header["X-Forwarded-Host"] // as nginx does
		r.Out.Header.Set("X-Forwarded-Proto", "https")
	}})
	t.Cleanup(func() { proxy.Close(); transport.CloseIdleConnections() })
	return proxy.URL
}

// from is a client that comes from an address of this machine.
func from(t *testing.T, address string) *http.Client {
	t.Helper()
	transport := &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}).DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

// TestViewersBehindAProxy: each has limits of their own, whatever they claim.
func TestViewersBehindAProxy(t *testing.T) {
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) {
		o.Proxies = visitor.Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.1.1/32")}}
		o.Meetings.Streams = 2
	})
	h := c.hold(`{"languages":["de"]}`)
	address := behind(t, c)
	open := func(client *http.Client, claims string) (int, *bufio.Reader, http.Header) {
		t.Helper()
		r, err := http.NewRequest(http.MethodGet, address+h.path("/events"), nil)
		require.NoError(t, err)
		if claims != "" {
			r.Header.Set("X-Forwarded-For", claims)
		}
		resp, err := client.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { resp.Body.Close() })
		return resp.StatusCode, bufio.NewReader(resp.Body), resp.Header
	}
	for i := range 50 {
		client := from(t, fmt.Sprintf("127.0.2.%d", i+1))
		for range 2 {
			code, body, head := open(client, "")
			require.Equal(t, 200, code, "viewer %d", i)
			require.Equal(t, "no-store", head.Get("Cache-Control"))
			require.Equal(t, "no", head.Get("X-Accel-Buffering"))
			line, err := body.ReadString('\n')
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(line, "id: "), "the snapshot comes at once: %q", line)
		}
		code, _, _ := open(client, fmt.Sprintf("203.0.113.%d", i+1))
		require.Equal(t, 429, code, "viewer %d has two streams, whoever they claim to be", i)
	}
}

// TestGuessesBehindAProxy: who guesses keys and passwords does not lock others out.
func TestGuessesBehindAProxy(t *testing.T) {
	keeper, err := session.New(session.Options{})
	require.NoError(t, err)
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) {
		o.Proxies = visitor.Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.1.0/24")}}
		o.Sessions = keeper
	})
	h := c.hold(`{}`)
	address := behind(t, c)
	try := func(client *http.Client, path, kind, body, claims string) int {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, address+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", kind)
		if claims != "" {
			r.Header.Set("X-Forwarded-For", claims)
		}
		resp, err := client.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(t, err)
		return resp.StatusCode
	}
	guesser, neighbour := from(t, "127.0.3.1"), from(t, "127.0.3.2")
	key := func(client *http.Client, key, claims string) int {
		return try(client, h.path("/enter"), "application/json", `{"key":"`+key+`"}`, claims)
	}
	sign := func(client *http.Client, claims string) int {
		return try(client, "/anmelden", "application/x-www-form-urlencoded", "name=admin"+claims+"&password=falsch", claims)
	}
	codes := func(do func(i int) int) map[int]bool {
		seen := map[int]bool{}
		for i := range 12 {
			seen[do(i)] = true
		}
		return seen
	}
	require.True(t, codes(func(i int) int { return key(guesser, "falsch", fmt.Sprintf("203.0.113.%d", i)) })[429], "keys are guessed ten times a minute")
	require.Equal(t, 200, key(neighbour, h.keys.Secret, ""))
	require.True(t, codes(func(i int) int { return sign(guesser, fmt.Sprintf("203.0.113.%d", i)) })[429])
	require.Equal(t, 401, sign(neighbour, "x"))
}

// TestLinksBehindAProxy: links, cookies and the origin of pages are those that
// a browser sees; nobody else's claims count.
func TestLinksBehindAProxy(t *testing.T) {
	c := newCouncil(t, func(o *Options, _ *meeting.HallOptions) {
		o.Proxies = visitor.Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.1.1/32")}}
	})
	address := behind(t, c)
	create := func(base, origin string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, base+"/api/v1/rooms", strings.NewReader(`{}`))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", origin)
		r.Header.Set("X-Forwarded-Host", "evil.example")
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Host = "amt.example"
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp, string(text)
	}
	resp, text := create(address, "https://amt.example")
	require.Equal(t, 201, resp.StatusCode, text)
	require.Contains(t, text, `"https://amt.example/s/`)
	require.NotContains(t, text, "evil")
	require.Contains(t, resp.Header.Get("Set-Cookie"), "secure")
	resp, _ = create(address, "https://evil.example")
	require.Equal(t, 403, resp.StatusCode)

	resp, text = create("http://"+c.addr, "http://amt.example")
	require.Equal(t, 201, resp.StatusCode, text)
	require.Contains(t, text, `"http://amt.example/s/`, "not a trusted proxy")
	require.NotContains(t, resp.Header.Get("Set-Cookie"), "secure")
	resp, _ = create("http://"+c.addr, "http://evil.example")
	require.Equal(t, 403, resp.StatusCode, "a foreign page whose host somebody claims")
}
