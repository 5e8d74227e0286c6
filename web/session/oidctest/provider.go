// Package oidctest is an identity provider for tests: it speaks OpenID Connect
// on loopback as a city's does, and forges what it is told to.
package oidctest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Provider has discovery, keys, authorization with PKCE, tokens, the user's
// page and one to sign out. Its fields may be changed between sign-ins.
type Provider struct {
	*httptest.Server
	t        *testing.T
	Key      *rsa.PrivateKey
	ClientID string
	Secret   string
	// Now is when tokens are issued.
	Now func() time.Time

	mu     sync.Mutex
	codes  map[string]url.Values // the authorization request of each code
	Claims map[string]any        // of the next person who signs in
	Info   map[string]any        // what the user's page says
	Forge  func(header, claims map[string]any, sign *func(string) []byte)
	Down   bool
	Asked  int // times that discovery was asked
}

// New starts a provider that ends with the test.
func New(t *testing.T) *Provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	p := &Provider{t: t, Key: key, ClientID: "amtsleitung", Secret: "s3cret+/=", Now: time.Now, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/keys", p.jwks)
	mux.HandleFunc("/authorize", p.authorize)
	mux.HandleFunc("/token", p.token)
	mux.HandleFunc("/userinfo", p.userinfo)
	mux.HandleFunc("/end", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("post_logout_redirect_uri"), http.StatusFound)
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Asked++
	if p.Down {
		http.Error(w, "maintenance", http.StatusServiceUnavailable)
		return
	}
	answer(w, 200, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"userinfo_endpoint": p.URL + "/userinfo", "end_session_endpoint": p.URL + "/end?x=1", "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	answer(w, 200, map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": b64(p.Key.N.Bytes()), "e": b64(big.NewInt(int64(p.Key.E)).Bytes()),
	}}})
}

// authorize signs in whoever asks: a person who clicks "yes".
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 ||
		len(q.Get("nonce")) < 22 || len(q.Get("state")) < 22 {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := rand.Text()
	p.codes[code] = q
	back, err := url.Parse(q.Get("redirect_uri"))
	require.NoError(p.t, err)
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.URL}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	require.NoError(p.t, r.ParseForm())
	p.mu.Lock()
	defer p.mu.Unlock()
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	} else {
		secret, _ = url.QueryUnescape(secret)
	}
	was, ok := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code"))
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	switch {
	case id != p.ClientID || secret != p.Secret:
		answer(w, 401, map[string]string{"error": "invalid_client"})
		return
	case !ok || was.Get("redirect_uri") != r.PostForm.Get("redirect_uri") || was.Get("code_challenge") != b64(sum[:]):
		answer(w, 400, map[string]string{"error": "invalid_grant"})
		return
	}
	now := p.Now()
	claims := map[string]any{"iss": p.URL, "aud": p.ClientID, "sub": "4711", "nonce": was.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	for k, v := range p.Claims {
		claims[k] = v
	}
	answer(w, 200, map[string]any{"access_token": "at-4711", "token_type": "Bearer", "expires_in": 300, "id_token": p.sign(claims)})
}

// sign makes the ID token, as the test forges it.
func (p *Provider) sign(claims map[string]any) string {
	header := map[string]any{"alg": "RS256", "kid": "1", "typ": "JWT"}
	sign := func(text string) []byte { return p.RS256(p.Key, text) }
	if p.Forge != nil {
		p.Forge(header, claims, &sign)
	}
	h, err := json.Marshal(header)
	require.NoError(p.t, err)
	c, err := json.Marshal(claims)
	require.NoError(p.t, err)
	text := b64(h) + "." + b64(c)
	return text + "." + b64(sign(text))
}

// RS256 signs a text with a key.
func (p *Provider) RS256(key *rsa.PrivateKey, text string) []byte {
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	require.NoError(p.t, err)
	return sig
}

// HS256 signs with the public key as if it were a shared secret.
func (p *Provider) HS256(text string) []byte {
	public, err := x509.MarshalPKIXPublicKey(&p.Key.PublicKey)
	require.NoError(p.t, err)
	mac := hmac.New(sha256.New, public)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer at-4711" || p.Info == nil {
		answer(w, 401, map[string]string{"error": "invalid_token"})
		return
	}
	answer(w, 200, p.Info)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
