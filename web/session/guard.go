package session

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// Names of the cookie and of the form field with the token.
const (
	cookie     = "session"
	TokenField = "token"
	header     = "X-Token" // the same for requests of scripts
)

// SignInPage is where Require sends people who are not signed in.
const SignInPage = "/anmelden"

// local is the key of the request's session.
const local = "session"

// Secure says whether cookies of a request are for HTTPS alone: it was
// configured, or the client came by it.
func (k *Keeper) Secure(c *fiber.Ctx) bool { return k.secure || visitor.Of(c).Secure() }

// Enter sets the cookie of a session.
func (k *Keeper) Enter(c *fiber.Ctx, id string) {
	c.Cookie(&fiber.Cookie{Name: cookie, Value: id, Path: "/", HTTPOnly: true, Secure: k.Secure(c), SameSite: "Strict"})
}

// Leave ends the request's session and takes the cookie away.
func (k *Keeper) Leave(c *fiber.Ctx) {
	k.End(strings.Clone(c.Cookies(cookie)))
	c.Cookie(&fiber.Cookie{Name: cookie, Path: "/", HTTPOnly: true, Secure: k.Secure(c), SameSite: "Strict", MaxAge: -1})
}

// Of returns the session of a request, whether a guard has seen it or not.
func (k *Keeper) Of(c *fiber.Ctx) (Session, bool) {
	if s, ok := c.Locals(local).(Session); ok {
		return s, true
	}
	return k.Find(strings.Clone(c.Cookies(cookie)))
}

// Require lets only people with the role pass; everybody else is asked to sign
// in. Requests that change something need the session's token, too.
func (k *Keeper) Require(role Role) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set("Cache-Control", "no-store")
		if k.carriesToken(c) {
			return k.requireMachine(c, role)
		}
		s, ok := k.Of(c)
		if !ok {
			return k.ask(c)
		}
		if !s.Role.Covers(role) {
			return fiber.ErrForbidden
		}
		if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead && !(SameOrigin(c) && s.Genuine(token(c))) {
			return fiber.ErrForbidden
		}
		c.Locals(local, s)
		return c.Next()
	}
}

func (k *Keeper) ask(c *fiber.Ctx) error {
	if strings.HasPrefix(c.Path(), "/api/") || c.Method() != fiber.MethodGet {
		return fiber.ErrUnauthorized
	}
	return c.Redirect(SignInPage+"?next="+url.QueryEscape(c.OriginalURL()), fiber.StatusSeeOther)
}

func token(c *fiber.Ctx) string {
	if t := c.Get(header); t != "" {
		return t
	}
	return c.FormValue(TokenField)
}

// SameOrigin says whether a request came from a page of this server. Browsers
// say so themselves (Sec-Fetch-Site) where the connection is safe; requests of
// programs without either header pass. A page must not have the referrer policy
// no-referrer: its forms have the origin "null".
func SameOrigin(c *fiber.Ctx) bool {
	if site := c.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin" || site == "none"
	}
	origin := c.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == visitor.Of(c).Host
}

// Next is the page to go to after signing in: one of this server's own, or "/".
func Next(address, otherwise string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n") {
		return otherwise
	}
	return u.RequestURI()
}
