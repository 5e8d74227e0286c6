package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// OIDCOptions say who vouches for people. Issuer, ClientID, RedirectURL,
// RoleClaim and Roles are needed.
type OIDCOptions struct {
	Issuer       string // as the provider names itself, https:// but on loopback
	ClientID     string
	ClientSecret string   // "" for a public client; PKCE is used in any case
	RedirectURL  string   // https://host/anmelden/oidc/zurueck
	Scopes       []string // besides openid; nil is profile and email
	// RoleClaim holds the role, or a list of them; dots lead into objects
	// ("realm_access.roles"). Roles are what its values mean here; who has
	// several gets the highest.
	RoleClaim string
	Roles     map[string]Role
	// NameClaim is the name by which this service knows somebody:
	// preferred_username where it is "".
	NameClaim string
	Title     string            // of the button
	Transport http.RoundTripper // nil is the usual one
}

// OIDC signs people in by the word of an identity provider (OpenID Connect
// Core 1.0 section 3.1, authorization code flow with PKCE, RFC 7636).
type OIDC struct {
	keeper  *Keeper
	opt     OIDCOptions
	client  *http.Client
	pending pending

	mu       sync.Mutex
	provider *provider // nil until the provider has answered
}

// provider is what discovery told.
type provider struct {
	*oidc.Provider
	verifier *oidc.IDTokenVerifier
	oauth    oauth2.Config
	end      string // where to sign out, "" there is none
}

// Errors of Return, as a page tells them apart. Each wraps what happened.
var (
	ErrProvider = errors.New("the identity provider cannot be used")
	ErrRefused  = errors.New("the identity provider did not sign in")
	ErrForged   = errors.New("the answer belongs to no sign-in of this browser, or it came too late")
	ErrNoRole   = errors.New("no role here is meant for this person")
	ErrName     = errors.New("the name belongs to a local account, or is none")
)

// patience is how long the provider may take for one answer.
const patience = 10 * time.Second

// longestAnswer of a provider, bytes.
const longestAnswer = 1 << 20

// NewOIDC checks the options. The provider is asked when somebody signs in: the
// service begins without it.
func NewOIDC(k *Keeper, o OIDCOptions) (*OIDC, error) {
	for name, value := range map[string]string{"issuer": o.Issuer, "client id": o.ClientID, "redirect address": o.RedirectURL, "role claim": o.RoleClaim} {
		if value == "" {
			return nil, fmt.Errorf("OIDC: the %s is missing", name)
		}
	}
	for _, address := range []string{o.Issuer, o.RedirectURL} {
		if err := safe(address); err != nil {
			return nil, fmt.Errorf("OIDC: %w", err)
		}
	}
	if len(o.Roles) == 0 {
		return nil, errors.New("OIDC: no value of the role claim means a role")
	}
	for value, role := range o.Roles {
		if !known(role) {
			return nil, fmt.Errorf("OIDC: %q means the unknown role %q", value, role)
		}
	}
	if o.Scopes == nil {
		o.Scopes = []string{"profile", "email"}
	}
	if !slices.Contains(o.Scopes, oidc.ScopeOpenID) {
		o.Scopes = append([]string{oidc.ScopeOpenID}, o.Scopes...)
	}
	o.NameClaim = cmp.Or(o.NameClaim, "preferred_username")
	transport := o.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &OIDC{keeper: k, opt: o, client: &http.Client{Timeout: patience, Transport: bounded{transport}}}, nil
}

// Title of the button.
func (o *OIDC) Title() string { return o.opt.Title }

// safe wants TLS but on loopback.
func safe(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%q is no address", address)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme != "https" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%q must begin with https://", address)
	}
	return nil
}

// bounded reads no answer to its end that has none.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, longestAnswer), resp.Body}
	}
	return resp, err
}

// connect asks the provider once for its addresses and keys; after a failure
// the next one to sign in tries again.
func (o *OIDC) connect(ctx context.Context) (*provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider != nil {
		return o.provider, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, o.client), o.opt.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProvider, err)
	}
	p := &provider{Provider: found, oauth: oauth2.Config{
		ClientID: o.opt.ClientID, ClientSecret: o.opt.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: o.opt.RedirectURL, Scopes: o.opt.Scopes,
	}}
	var more struct {
		End string `json:"end_session_endpoint"`
	}
	if err := found.Claims(&more); err == nil && safe(more.End) == nil {
		p.end = more.End
	}
	for _, address := range []string{p.oauth.Endpoint.AuthURL, p.oauth.Endpoint.TokenURL} {
		if err := safe(address); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrProvider, err)
		}
	}
	p.verifier = found.VerifierContext(oidc.ClientContext(context.WithoutCancel(ctx), o.client), &oidc.Config{ClientID: o.opt.ClientID, Now: o.keeper.now})
	o.provider = p
	return p, nil
}
