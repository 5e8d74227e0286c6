package session

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/oauth2"
)

// Pages of signing in by the provider.
const (
	OIDCPage   = "/anmelden/oidc"
	OIDCReturn = "/anmelden/oidc/zurueck"
)

// attemptCookie binds an attempt to a browser. It comes back with the answer,
// a visit from another site, and so cannot be strict.
const attemptCookie = "oidc"

// Begin sends the browser to the provider; next is the page to go to afterwards.
func (o *OIDC) Begin(c *fiber.Ctx, next string) error {
	p, err := o.connect(c.UserContext())
	if err != nil {
		return err
	}
	a := attempt{state: random(), nonce: random(), verifier: oauth2.GenerateVerifier(), next: strings.Clone(next), began: o.keeper.now()}
	c.Cookie(&fiber.Cookie{
		Name: attemptCookie, Value: o.pending.put(a), Path: OIDCPage, HTTPOnly: true, Secure: o.keeper.Secure(c), SameSite: "Lax", MaxAge: int(longestSignIn.Seconds()),
	})
	c.Set("Cache-Control", "no-store")
	return c.Redirect(p.oauth.AuthCodeURL(a.state, oidc.Nonce(a.nonce), oauth2.S256ChallengeOption(a.verifier)), fiber.StatusSeeOther)
}

// Return takes the provider's answer and signs the person in. It gives the page
// to go to: by a page of our own, since the browser keeps the session's strict
// cookie back while it follows the provider's redirection.
func (o *OIDC) Return(c *fiber.Ctx) (next string, err error) {
	query := func(name string) string { return strings.Clone(c.Query(name)) }
	a, ok := o.pending.take(strings.Clone(c.Cookies(attemptCookie)), query("state"), o.keeper.now())
	c.Cookie(&fiber.Cookie{Name: attemptCookie, Path: OIDCPage, HTTPOnly: true, Secure: o.keeper.Secure(c), SameSite: "Lax", MaxAge: -1})
	c.Set("Cache-Control", "no-store")
	if !ok {
		return "", ErrForged
	}
	if iss := query("iss"); iss != "" && iss != o.opt.Issuer { // RFC 9207 section 2.4
		return a.next, fmt.Errorf("%w: it came from another provider", ErrForged)
	}
	if code := query("error"); code != "" { // RFC 6749 section 4.1.2.1
		return a.next, fmt.Errorf("%w: %s", ErrRefused, printable(code))
	}
	s, err := o.identify(c.UserContext(), a, query("code"))
	if err != nil {
		return a.next, err
	}
	o.keeper.Enter(c, o.keeper.begin(s))
	return a.next, nil
}

// identify exchanges the code and checks all that comes for it.
func (o *OIDC) identify(ctx context.Context, a attempt, code string) (Session, error) {
	if code == "" {
		return Session{}, fmt.Errorf("%w: there is no code", ErrRefused)
	}
	p, err := o.connect(ctx)
	if err != nil {
		return Session{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, o.client), 2*patience)
	defer cancel()
	token, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(a.verifier))
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.ErrorCode != "" {
		return Session{}, fmt.Errorf("%w: %s", ErrRefused, printable(refused.ErrorCode))
	}
	if err != nil {
		return Session{}, fmt.Errorf("%w: exchange the code: %w", ErrProvider, err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return Session{}, fmt.Errorf("%w: ID token: %w", ErrForged, err)
	}
	claims, err := o.claims(ctx, p, id, token, a)
	if err != nil {
		return Session{}, err
	}
	s, err := o.person(claims, id.Subject)
	s.idToken = raw
	return s, err
}

// claims are those of the ID token, and of the user's page where the role is
// not among them.
func (o *OIDC) claims(ctx context.Context, p *provider, id *oidc.IDToken, token *oauth2.Token, a attempt) (map[string]any, error) {
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return nil, fmt.Errorf("%w: claims: %w", ErrProvider, err)
	}
	switch azp, _ := claims["azp"].(string); {
	case id.Nonce != a.nonce:
		return nil, fmt.Errorf("%w: the nonce is another", ErrForged)
	case len(id.Audience) > 1 && azp != o.opt.ClientID, azp != "" && azp != o.opt.ClientID: // OIDC Core 3.1.3.7
		return nil, fmt.Errorf("%w: the token is for somebody else", ErrForged)
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrForged, err)
		}
	}
	if len(values(claims, o.opt.RoleClaim)) > 0 || p.UserInfoEndpoint() == "" {
		return claims, nil
	}
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProvider, err)
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil || info.Subject != id.Subject { // OIDC Core 5.3.2
		return nil, fmt.Errorf("%w: the user's page is of somebody else", ErrForged)
	}
	for name, value := range more {
		if _, there := claims[name]; !there {
			claims[name] = value
		}
	}
	return claims, nil
}

// person is who the claims tell of.
func (o *OIDC) person(claims map[string]any, subject string) (Session, error) {
	role, ok := o.role(values(claims, o.opt.RoleClaim))
	if !ok {
		return Session{}, ErrNoRole
	}
	name := subject
	for _, claim := range []string{o.opt.NameClaim, "email"} {
		if v, _ := claims[claim].(string); printable(v) != "" && !(claim == "email" && claims["email_verified"] == false) {
			name = v
			break
		}
	}
	name = printable(name)
	if _, local := o.keeper.users[name]; local || name == "" {
		return Session{}, fmt.Errorf("%w: %q", ErrName, name)
	}
	s := Session{User: name, Title: name, Role: role}
	if v, _ := claims["name"].(string); printable(v) != "" {
		s.Title = printable(v)
	}
	return s, nil
}

// role is the highest that the values mean.
func (o *OIDC) role(of []string) (Role, bool) {
	for _, role := range []Role{Admin, Reviewer, Editor, Agent} {
		if slices.ContainsFunc(of, func(v string) bool { return o.opt.Roles[v] == role }) {
			return role, true
		}
	}
	return "", false
}

// values of a claim that holds a text or a list of texts; the whole name goes
// before a path into objects.
func values(claims map[string]any, name string) []string {
	value, ok := claims[name]
	if head, rest, path := strings.Cut(name, "."); !ok && path {
		if inner, is := claims[head].(map[string]any); is {
			return values(inner, rest)
		}
	}
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, one := range v {
			if text, ok := one.(string); ok {
				out = append(out, text)
			}
		}
		return out
	}
	return nil
}

// longestName of a person, letters.
const longestName = 100

// printable is a text of somebody else as it may stand on a page or in a log.
func printable(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)), " ")
	if r := []rune(text); len(r) > longestName {
		text = string(r[:longestName])
	}
	return text
}

// SignedOut is the provider's page that signs somebody out there as well, so
// that the next one at the same desk is not signed in as them; "" there is none.
// back is the page to return to. Ask before the session ends.
func (o *OIDC) SignedOut(s Session, back string) string {
	o.mu.Lock()
	p := o.provider
	o.mu.Unlock()
	if p == nil || p.end == "" || s.idToken == "" {
		return ""
	}
	u, err := url.Parse(p.end)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("id_token_hint", s.idToken)
	q.Set("client_id", o.opt.ClientID)
	if here, err := url.Parse(o.opt.RedirectURL); err == nil {
		q.Set("post_logout_redirect_uri", here.ResolveReference(&url.URL{Path: back}).String())
	}
	u.RawQuery = q.Encode()
	return u.String()
}
