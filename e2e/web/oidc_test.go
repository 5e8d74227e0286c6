package web_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	requests "github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/session"
	"github.com/amtsleitung/amtsleitung/web/session/oidctest"
)

// A browser keeps strict cookies back while it follows redirections of other
// sites, and lets forms lead nowhere but here: signing in and out by a provider
// of another site must work all the same.
func TestSignInByProvider(t *testing.T) {
	t.Parallel()
	provider := oidctest.New(t)
	provider.Claims = map[string]any{"preferred_username": "anna", "name": "Anna Schmidt", "groups": []string{"telefon"}}
	_, port, err := net.SplitHostPort(freeAddress(t))
	require.NoError(t, err)
	here := "http://localhost:" + port // another site than the provider's 127.0.0.1
	db, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	keeper, err := session.New(session.Options{})
	require.NoError(t, err)
	transport := &http.Transport{DisableKeepAlives: true}
	signIn, err := session.NewOIDC(keeper, session.OIDCOptions{
		Issuer: provider.URL, ClientID: provider.ClientID, ClientSecret: provider.Secret, RedirectURL: here + session.OIDCReturn,
		RoleClaim: "groups", Roles: map[string]session.Role{"telefon": session.Agent}, Transport: transport,
	})
	require.NoError(t, err)
	server, err := web.NewServer(web.Options{
		Listen: "127.0.0.1:" + port, City: "Musterstadt", Journal: journal.New(keptCalls), Log: slog.New(slog.DiscardHandler),
		Status: func() web.Status { return web.Status{} }, Sessions: keeper, OIDC: signIn,
		Requests: &web.Requests{Desk: requests.New(requests.Options{Store: db}), Names: requests.Names{City: "Musterstadt"}},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	client := &http.Client{Transport: transport}
	require.Eventually(t, func() bool {
		resp, err := client.Get(here + "/healthz")
		return err == nil && resp.Body.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)

	b := newBrowser(t)
	b.inTab(t, "in and out", desktop, func(p *tab) {
		p.do(chromedp.Navigate(here + "/admin/anliegen?lang=de"))
		p.until(`location.pathname === "/anmelden"`)
		p.do(chromedp.Click(`a[href^="/anmelden/oidc"]`))
		p.until(`location.pathname === "/admin/anliegen"`)
		p.do(chromedp.Click(`form[action="/abmelden"] button`))
		p.until(`location.pathname === "/anmelden"`)
		p.do(chromedp.Navigate(here + "/admin/anliegen"))
		p.until(`location.pathname === "/anmelden"`)
	})
}
