package session

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/web/session/oidctest"
)

// signIns are a service with a provider, and the browser in between.
type signIns struct {
	t *testing.T
	*oidctest.Provider
	keeper *Keeper
	clock  *clock
	oidc   *OIDC
	app    *fiber.App
	err    error // of the last Begin or Return
}

func newSignIns(t *testing.T, change func(*OIDCOptions)) *signIns {
	t.Helper()
	s := &signIns{t: t, Provider: oidctest.New(t), app: fiber.New()}
	s.Claims = map[string]any{"preferred_username": "anna", "name": "Anna Schmidt", "groups": []string{"alle", "telefon"}}
	s.keeper, s.clock = keeper(t)
	s.Now = s.clock.Now
	opt := OIDCOptions{
		Issuer: s.URL, ClientID: s.ClientID, ClientSecret: s.Secret, RedirectURL: "http://127.0.0.1:8115" + OIDCReturn,
		RoleClaim: "groups", Roles: map[string]Role{"telefon": Agent, "redaktion": Editor, "leitung": Admin}, Title: "Stadt",
	}
	if change != nil {
		change(&opt)
	}
	var err error
	s.oidc, err = NewOIDC(s.keeper, opt)
	require.NoError(t, err)
	s.app.Get(OIDCPage, func(c *fiber.Ctx) error {
		s.err = s.oidc.Begin(c, c.Query("next"))
		return s.err
	})
	s.app.Get(OIDCReturn, func(c *fiber.Ctx) error {
		next, err := s.oidc.Return(c)
		s.err = err
		if err != nil {
			return err
		}
		return c.SendString(next)
	})
	return s
}

// visit is a page of the service, with a browser's cookies.
func (s *signIns) visit(address string, cookies ...*http.Cookie) *http.Response {
	r := httptest.NewRequest("GET", address, nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	resp, err := s.app.Test(r, 15000)
	require.NoError(s.t, err)
	return resp
}

// begin goes as far as the answer of the provider.
func (s *signIns) begin() (back *url.URL, cookie *http.Cookie) {
	resp := s.visit(OIDCPage + "?next=/desk")
	require.NoError(s.t, s.err)
	require.Equal(s.t, 303, resp.StatusCode)
	cookie = cookieOf(resp, attemptCookie)
	require.NotNil(s.t, cookie)
	require.True(s.t, cookie.HttpOnly)
	require.Equal(s.t, http.SameSiteLaxMode, cookie.SameSite)
	asking := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := asking.Get(resp.Header.Get("Location"))
	require.NoError(s.t, err)
	defer answer.Body.Close()
	require.Equal(s.t, 302, answer.StatusCode)
	back, err = url.Parse(answer.Header.Get("Location"))
	require.NoError(s.t, err)
	require.Equal(s.t, OIDCReturn, back.Path)
	return back, cookie
}

func cookieOf(resp *http.Response, name string) *http.Cookie {
	for _, c := range resp.Cookies() {
		if c.Name == name && c.Value != "" {
			return c
		}
	}
	return nil
}

// through signs in as a person would.
func (s *signIns) through() *http.Response {
	back, cookie := s.begin()
	return s.visit(back.RequestURI(), cookie)
}

func TestOIDCSignsIn(t *testing.T) {
	s := newSignIns(t, nil)
	resp := s.through()
	require.NoError(t, s.err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "/desk", string(body))
	c := cookieOf(resp, cookie)
	require.NotNil(t, c, "a session as local accounts have")
	require.Equal(t, http.SameSiteStrictMode, c.SameSite)
	who, ok := s.keeper.Find(c.Value)
	require.True(t, ok)
	require.Equal(t, []any{"anna", "Anna Schmidt", Agent}, []any{who.User, who.Title, who.Role})
	require.True(t, who.Genuine(who.Token))

	away, err := url.Parse(s.oidc.SignedOut(who, SignInPage))
	require.NoError(t, err)
	require.Equal(t, s.URL+"/end", away.Scheme+"://"+away.Host+away.Path)
	require.Equal(t, "http://127.0.0.1:8115/anmelden", away.Query().Get("post_logout_redirect_uri"))
	require.Equal(t, "1", away.Query().Get("x"))
	require.NotEmpty(t, away.Query().Get("id_token_hint"))
	require.Empty(t, s.oidc.SignedOut(Session{User: "erika"}, SignInPage), "a local account is not known there")
	s.keeper.End(c.Value)
	_, ok = s.keeper.Find(c.Value)
	require.False(t, ok)
	require.Equal(t, 1, s.Asked, "discovery is asked once")
}

func TestOIDCRefusesForgedTokens(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for name, forge := range map[string]func(p *oidctest.Provider, header, claims map[string]any, sign *func(string) []byte){
		"another key": func(p *oidctest.Provider, _, _ map[string]any, sign *func(string) []byte) {
			*sign = func(text string) []byte { return p.RS256(other, text) }
		},
		"no signature": func(_ *oidctest.Provider, header, _ map[string]any, sign *func(string) []byte) {
			header["alg"] = "none"
			*sign = func(string) []byte { return nil }
		},
		"signed with the public key": func(p *oidctest.Provider, header, _ map[string]any, sign *func(string) []byte) {
			header["alg"] = "HS256"
			*sign = p.HS256
		},
		"changed after signing": func(p *oidctest.Provider, _, claims map[string]any, sign *func(string) []byte) {
			*sign = func(text string) []byte { return p.RS256(p.Key, text+"x") }
		},
		"another nonce": func(_ *oidctest.Provider, _, claims map[string]any, _ *func(string) []byte) {
			claims["nonce"] = "other"
		},
		"no nonce": func(_ *oidctest.Provider, _, claims map[string]any, _ *func(string) []byte) { delete(claims, "nonce") },
		"another audience": func(_ *oidctest.Provider, _, claims map[string]any, _ *func(string) []byte) {
			claims["aud"] = "intranet"
		},
		"for two, not authorized": func(_ *oidctest.Provider, _, claims map[string]any, _ *func(string) []byte) {
			claims["aud"] = []string{"amtsleitung", "intranet"}
		},
		"authorized for another": func(_ *oidctest.Provider, _, claims map[string]any, _ *func(string) []byte) {
			claims["azp"] = "intranet"
		},
		"another issuer": func(_ *oidctest.Provider, _, claims map[string]any, _ *func(string) []byte) {
			claims["iss"] = "https://evil.example"
		},
		"expired": func(_ *oidctest.Provider, _, claims map[string]any, _ *func(string) []byte) {
			claims["exp"] = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC).Unix()
		},
		"another access token": func(_ *oidctest.Provider, _, claims map[string]any, _ *func(string) []byte) {
			claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA"
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSignIns(t, nil)
			s.Forge = func(header, claims map[string]any, sign *func(string) []byte) {
				forge(s.Provider, header, claims, sign)
			}
			resp := s.through()
			require.ErrorIs(t, s.err, ErrForged)
			require.Nil(t, cookieOf(resp, cookie))
			s.Forge = nil
			require.NotNil(t, cookieOf(s.through(), cookie), "the true one passes")
		})
	}
}

func TestOIDCRefusesForgedAnswers(t *testing.T) {
	for name, change := range map[string]func(s *signIns, q url.Values, c *http.Cookie){
		"another state":    func(_ *signIns, q url.Values, _ *http.Cookie) { q.Set("state", random()) },
		"no state":         func(_ *signIns, q url.Values, _ *http.Cookie) { q.Del("state") },
		"another browser":  func(_ *signIns, _ url.Values, c *http.Cookie) { c.Value = random() },
		"no cookie":        func(_ *signIns, _ url.Values, c *http.Cookie) { c.Name = "x" },
		"another provider": func(_ *signIns, q url.Values, _ *http.Cookie) { q.Set("iss", "https://evil.example") },
		"after a long time": func(s *signIns, _ url.Values, _ *http.Cookie) {
			s.clock.now = s.clock.now.Add(longestSignIn + time.Second)
		},
		"somebody else began": func(s *signIns, q url.Values, _ *http.Cookie) {
			other, _ := s.begin()
			q.Set("state", other.Query().Get("state"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSignIns(t, nil)
			back, c := s.begin()
			q := back.Query()
			change(s, q, c)
			resp := s.visit(OIDCReturn+"?"+q.Encode(), c)
			require.ErrorIs(t, s.err, ErrForged)
			require.Nil(t, cookieOf(resp, cookie))
		})
	}
	t.Run("twice", func(t *testing.T) {
		s := newSignIns(t, nil)
		back, c := s.begin()
		require.NotNil(t, cookieOf(s.visit(back.RequestURI(), c), cookie))
		require.Nil(t, cookieOf(s.visit(back.RequestURI(), c), cookie))
		require.ErrorIs(t, s.err, ErrForged)
	})
	t.Run("code of another attempt", func(t *testing.T) { // PKCE: its verifier is not ours
		s := newSignIns(t, nil)
		stolen, _ := s.begin()
		back, c := s.begin()
		q := back.Query()
		q.Set("code", stolen.Query().Get("code"))
		require.Nil(t, cookieOf(s.visit(OIDCReturn+"?"+q.Encode(), c), cookie))
		require.ErrorIs(t, s.err, ErrRefused)
		require.ErrorContains(t, s.err, "invalid_grant")
	})
	t.Run("cancelled", func(t *testing.T) {
		s := newSignIns(t, nil)
		back, c := s.begin()
		q := url.Values{"state": back.Query()["state"], "error": {"access_denied\r\nX: y"}}
		require.Nil(t, cookieOf(s.visit(OIDCReturn+"?"+q.Encode(), c), cookie))
		require.ErrorIs(t, s.err, ErrRefused)
		require.NotContains(t, s.err.Error(), "\n")
	})
}

func TestOIDCRoles(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*OIDCOptions)
		claims map[string]any
		info   map[string]any
		want   Role
		title  string
		user   string
		err    error
	}{
		"highest of several":   {claims: map[string]any{"preferred_username": "anna", "groups": []string{"telefon", "leitung"}}, want: Admin, user: "anna", title: "anna"},
		"one text":             {claims: map[string]any{"preferred_username": "anna", "groups": "redaktion", "name": " Anna\u202e\n S. "}, want: Editor, user: "anna", title: "Anna S."},
		"none":                 {claims: map[string]any{"preferred_username": "anna", "groups": []string{"gäste"}}, info: nil, err: ErrNoRole},
		"role given as number": {claims: map[string]any{"preferred_username": "anna", "groups": []any{1, true, map[string]any{}}}, info: map[string]any{"sub": "4711"}, err: ErrNoRole},
		"in an object": {
			change: func(o *OIDCOptions) { o.RoleClaim = "realm_access.roles" },
			claims: map[string]any{"preferred_username": "anna", "realm_access": map[string]any{"roles": []string{"telefon"}}}, want: Agent, user: "anna", title: "anna",
		},
		"on the user's page": {
			claims: map[string]any{"email": "anna@stadt.example"}, info: map[string]any{"sub": "4711", "groups": []string{"telefon"}, "name": "Anna S."},
			want: Agent, user: "anna@stadt.example", title: "Anna S.",
		},
		"on somebody else's page": {claims: map[string]any{"preferred_username": "anna"}, info: map[string]any{"sub": "4712", "groups": []string{"leitung"}}, err: ErrForged},
		"no page of the user":     {claims: map[string]any{"preferred_username": "anna"}, err: ErrProvider},
		"address not verified":    {claims: map[string]any{"email": "chef@stadt.example", "email_verified": false, "groups": "telefon"}, want: Agent, user: "4711", title: "4711"},
		"name of a local account": {claims: map[string]any{"preferred_username": "paul", "groups": "leitung"}, err: ErrName},
		"another name": {
			change: func(o *OIDCOptions) { o.NameClaim = "upn" },
			claims: map[string]any{"preferred_username": "paul", "upn": "anna.s", "groups": "telefon"}, want: Agent, user: "anna.s", title: "anna.s",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSignIns(t, tc.change)
			s.Claims, s.Info = tc.claims, tc.info
			if s.Claims["groups"] != nil && errors.Is(tc.err, ErrNoRole) {
				s.Info = map[string]any{"sub": "4711"}
			}
			resp := s.through()
			if tc.err != nil {
				require.ErrorIs(t, s.err, tc.err)
				require.Nil(t, cookieOf(resp, cookie))
				return
			}
			require.NoError(t, s.err)
			who, ok := s.keeper.Find(cookieOf(resp, cookie).Value)
			require.True(t, ok)
			require.Equal(t, []any{tc.user, tc.title, tc.want}, []any{who.User, who.Title, who.Role})
		})
	}
}

// A provider that is down is asked again by the next one who signs in.
func TestOIDCProviderComesBack(t *testing.T) {
	s := newSignIns(t, nil)
	s.Down = true
	s.visit(OIDCPage)
	require.ErrorIs(t, s.err, ErrProvider)
	s.Down = false
	require.NotNil(t, cookieOf(s.through(), cookie))
	s.Secret = "changed"
	require.Nil(t, cookieOf(s.through(), cookie))
	require.ErrorIs(t, s.err, ErrRefused)
	s.Close()
	s.visit(OIDCPage)
	require.NoError(t, s.err, "the addresses are known already")
}

func TestOIDCOptionsAreChecked(t *testing.T) {
	k, _ := keeper(t)
	good := OIDCOptions{Issuer: "https://id.stadt.example", ClientID: "a", RedirectURL: "https://h" + OIDCReturn, RoleClaim: "g", Roles: map[string]Role{"a": Agent}}
	_, err := NewOIDC(k, good)
	require.NoError(t, err)
	for want, change := range map[string]func(*OIDCOptions){
		"issuer is missing": func(o *OIDCOptions) { o.Issuer = "" },
		"must begin with":   func(o *OIDCOptions) { o.Issuer = "http://id.stadt.example" },
		"is no address":     func(o *OIDCOptions) { o.RedirectURL = "anmelden" },
		"unknown role":      func(o *OIDCOptions) { o.Roles = map[string]Role{"a": "boss"} },
		"means a role":      func(o *OIDCOptions) { o.Roles = nil },
	} {
		bad := good
		change(&bad)
		_, err := NewOIDC(k, bad)
		require.ErrorContains(t, err, want)
	}
}

// Attempts that nobody ends do not fill the memory.
func TestOIDCForgetsAttempts(t *testing.T) {
	var p pending
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	first := p.put(attempt{state: "1", began: now})
	for i := range maxPending {
		p.put(attempt{state: "x", began: now.Add(time.Duration(i+1) * time.Millisecond)})
	}
	require.Len(t, p.all, maxPending)
	_, ok := p.take(first, "1", now)
	require.False(t, ok, "the oldest gave way")
	p.put(attempt{began: now.Add(2 * longestSignIn)})
	require.Len(t, p.all, 1)
}

func TestMachineTokens(t *testing.T) {
	token, hash := NewToken()
	other, _ := NewToken()
	require.NotEqual(t, token, other)
	k, err := New(Options{Machines: []Machine{{"fachverfahren", Agent, hash}}})
	require.NoError(t, err)
	a := fiber.New()
	a.Post("/api/v1/desk", k.Require(Agent), func(c *fiber.Ctx) error {
		s, _ := k.Of(c)
		require.True(t, s.Machine)
		return c.SendString(s.User)
	})
	a.Post("/api/v1/users", k.Require(Admin), func(c *fiber.Ctx) error { return c.SendString("in") })
	a.Get("/desk", k.Require(Agent), func(c *fiber.Ctx) error { return c.SendString("in") })
	status := func(method, path, authorization string) int {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Authorization", authorization)
		resp, err := a.Test(r)
		require.NoError(t, err)
		resp.Body.Close()
		return resp.StatusCode
	}
	require.Equal(t, 200, status("POST", "/api/v1/desk", "Bearer "+token))
	require.Equal(t, 403, status("POST", "/api/v1/users", "Bearer "+token), "a role of its own")
	require.Equal(t, 303, status("GET", "/desk", "Bearer "+token), "pages are for people")
	require.Equal(t, 401, status("POST", "/api/v1/desk", "Bearer "+other))
	require.Equal(t, 401, status("POST", "/api/v1/desk", "Bearer "+hash), "the hash is no token")
	require.Equal(t, 401, status("POST", "/api/v1/desk", ""))
	for range maxFailures {
		status("POST", "/api/v1/desk", "Bearer "+strings.Repeat("x", 43))
	}
	_, err = k.Machine(token, "0.0.0.0")
	require.ErrorIs(t, err, ErrTooMany)
	for _, bad := range []Machine{{"", Agent, hash}, {"a", "boss", hash}, {"a", Agent, "geheim"}, {"a", Agent, token}} {
		_, err := New(Options{Machines: []Machine{bad}})
		require.Error(t, err)
		require.False(t, errors.Is(err, ErrToken))
		require.NotContains(t, err.Error(), token)
	}
	_, err = New(Options{Machines: []Machine{{"a", Agent, hash}, {"a", Admin, hash}}})
	require.ErrorContains(t, err, "twice")
}
