package session

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

// identityProvider is one that speaks OpenID Connect on loopback: discovery,
// keys, authorization with PKCE, tokens, the user's page.
type identityProvider struct {
	*httptest.Server
	t        *testing.T
	key      *rsa.PrivateKey
	clientID string
	secret   string

	mu     sync.Mutex
	codes  map[string]url.Values // the authorization request of each code
	claims map[string]any        // of the next person who signs in
	info   map[string]any        // what the user's page says
	forge  func(header, claims map[string]any, sign *func(string) []byte)
	down   bool
	asked  int // times that discovery was asked
}

func newProvider(t *testing.T) *identityProvider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	p := &identityProvider{t: t, key: key, clientID: "amtsleitung", secret: "s3cret+/=", codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/keys", p.keys)
	mux.HandleFunc("/authorize", p.authorize)
	mux.HandleFunc("/token", p.token)
	mux.HandleFunc("/userinfo", p.userinfo)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (p *identityProvider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if p.down {
		http.Error(w, "maintenance", http.StatusServiceUnavailable)
		return
	}
	answer(w, 200, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"userinfo_endpoint": p.URL + "/userinfo", "end_session_endpoint": p.URL + "/end?x=1", "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (p *identityProvider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, 200, map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": b64(p.key.N.Bytes()), "e": b64(big.NewInt(int64(p.key.E)).Bytes()),
	}}})
}

// authorize signs in whoever asks: a person who clicks "yes".
func (p *identityProvider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.clientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 ||
		len(q.Get("nonce")) < 22 || len(q.Get("state")) < 22 {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := random()
	p.codes[code] = q
	back, err := url.Parse(q.Get("redirect_uri"))
	require.NoError(p.t, err)
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.URL}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *identityProvider) token(w http.ResponseWriter, r *http.Request) {
	require.NoError(p.t, r.ParseForm())
	p.mu.Lock()
	defer p.mu.Unlock()
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	} else {
		secret, _ = url.QueryUnescape(secret)
	}
	asked, ok := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code"))
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	switch {
	case id != p.clientID || secret != p.secret:
		answer(w, 401, map[string]string{"error": "invalid_client"})
		return
	case !ok || asked.Get("redirect_uri") != r.PostForm.Get("redirect_uri") || asked.Get("code_challenge") != b64(sum[:]):
		answer(w, 400, map[string]string{"error": "invalid_grant"})
		return
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	claims := map[string]any{"iss": p.URL, "aud": p.clientID, "sub": "4711", "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	for k, v := range p.claims {
		claims[k] = v
	}
	answer(w, 200, map[string]any{"access_token": "at-4711", "token_type": "Bearer", "expires_in": 300, "id_token": p.sign(claims)})
}

// sign makes the ID token, as the test forges it.
func (p *identityProvider) sign(claims map[string]any) string {
	header := map[string]any{"alg": "RS256", "kid": "1", "typ": "JWT"}
	sign := func(text string) []byte { return p.rs256(p.key, text) }
	if p.forge != nil {
		p.forge(header, claims, &sign)
	}
	h, err := json.Marshal(header)
	require.NoError(p.t, err)
	c, err := json.Marshal(claims)
	require.NoError(p.t, err)
	text := b64(h) + "." + b64(c)
	return text + "." + b64(sign(text))
}

func (p *identityProvider) rs256(key *rsa.PrivateKey, text string) []byte {
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	require.NoError(p.t, err)
	return sig
}

// hs256 signs with the public key as if it were a shared secret.
func (p *identityProvider) hs256(text string) []byte {
	public, err := x509.MarshalPKIXPublicKey(&p.key.PublicKey)
	require.NoError(p.t, err)
	mac := hmac.New(sha256.New, public)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func (p *identityProvider) userinfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer at-4711" || p.info == nil {
		answer(w, 401, map[string]string{"error": "invalid_token"})
		return
	}
	answer(w, 200, p.info)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
