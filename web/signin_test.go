package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/web/session"
)

// What people see of signing in by a provider that cannot be reached, or with
// an answer that is not theirs; web/session has the rest.
func TestSignInByProvider(t *testing.T) {
	keeper, err := session.New(session.Options{})
	require.NoError(t, err)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	provider, err := session.NewOIDC(keeper, session.OIDCOptions{
		Issuer: gone.URL, ClientID: "a", RedirectURL: "http://127.0.0.1" + session.OIDCReturn, RoleClaim: "groups", Roles: map[string]session.Role{"a": session.Agent},
	})
	require.NoError(t, err)
	s := newServer(t, func(o *Options) { o.Sessions, o.OIDC, o.Log = keeper, provider, slog.New(slog.DiscardHandler) })
	page := func(address string) (int, string) {
		r := httptest.NewRequest("GET", address, nil)
		r.Header.Set("Accept-Language", "de")
		resp, err := s.app.Test(r, 15000)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(body)
	}
	status, body := page("/anmelden?next=/desk%3Fa%3D1")
	require.Equal(t, 200, status)
	require.Contains(t, body, `href="/anmelden/oidc?next=%2fdesk%3fa%3d1"`)
	require.Contains(t, body, "Mit dem Konto der Stadt anmelden")
	status, body = page("/anmelden/oidc")
	require.Equal(t, 502, status)
	require.Contains(t, body, "nicht erreichbar")
	status, body = page("/anmelden/oidc/zurueck?code=x&state=y")
	require.Equal(t, 400, status)
	require.Contains(t, body, "gehört nicht zu diesem Browser")
}
