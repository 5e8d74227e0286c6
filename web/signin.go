package web

import (
	"cmp"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/web/session"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// DemoUser is an account that the sign-in page shows, with its password.
type DemoUser struct {
	Name, Password string
	Role           session.Role
}

// signInRoutes are there when anybody can sign in.
func (s *Server) signInRoutes() {
	s.app.Get(session.SignInPage, func(c *fiber.Ctx) error { return s.signInPage(c, "") })
	s.app.Post(session.SignInPage, s.signIn)
	s.app.Post("/abmelden", s.signOut)
	if s.options.OIDC != nil {
		s.app.Get(session.OIDCPage, s.oidcBegin)
		s.app.Get(session.OIDCReturn, s.oidcReturn)
	}
	s.app.Get("/admin", func(c *fiber.Ctx) error {
		who, ok := s.options.Sessions.Of(c)
		if !ok {
			return c.Redirect(session.SignInPage, fiber.StatusSeeOther)
		}
		return c.Redirect(s.firstPage(who), fiber.StatusSeeOther)
	})
}

func (s *Server) signInPage(c *fiber.Ctx, wrong string) error {
	view := fiber.Map{"Next": session.Next(strings.Clone(c.Query("next")), ""), "Wrong": wrong, "Demo": s.options.DemoUsers}
	if o := s.options.OIDC; o != nil {
		view["OIDC"], view["OIDCTitle"] = session.OIDCPage, cmp.Or(o.Title(), s.text(c, "signin_oidc"))
	}
	return s.adminPage(c, "signin", s.text(c, "title_signin"), view)
}

// startPage is where people land after signing in.
const startPage = "/admin/wissen"

func (s *Server) signIn(c *fiber.Ctx) error {
	if !session.SameOrigin(c) {
		return fiber.ErrForbidden
	}
	name, password := strings.Clone(c.FormValue("name")), strings.Clone(c.FormValue("password"))
	id, err := s.options.Sessions.SignIn(name, password, visitor.Source(c))
	switch {
	case errors.Is(err, session.ErrTooMany):
		c.Status(fiber.StatusTooManyRequests)
		return s.signInPage(c, s.text(c, "signin_too_many"))
	case err != nil:
		c.Status(fiber.StatusUnauthorized)
		return s.signInPage(c, s.text(c, "signin_wrong"))
	}
	s.options.Sessions.Enter(c, id)
	who, _ := s.options.Sessions.Find(id)
	return c.Redirect(session.Next(strings.Clone(c.FormValue("next")), s.firstPage(who)), fiber.StatusSeeOther)
}

// firstPage is the one that somebody works with.
func (s *Server) firstPage(who session.Session) string {
	switch {
	case who.Role.Covers(session.Editor) && s.options.Editing != nil:
		return startPage
	case who.Role.Covers(session.Agent) && s.options.Desk != nil:
		return deskPage
	case who.Role.Covers(session.Agent) && s.options.Requests != nil:
		return requestsPage
	}
	return "/"
}

// signOut needs no token: nothing is lost by it but the session.
func (s *Server) signOut(c *fiber.Ctx) error {
	if !session.SameOrigin(c) {
		return fiber.ErrForbidden
	}
	away := ""
	if who, ok := s.options.Sessions.Of(c); ok && s.options.OIDC != nil {
		away = s.options.OIDC.SignedOut(who, session.SignInPage)
	}
	s.options.Sessions.Leave(c)
	if away != "" {
		return s.goOn(c, away)
	}
	return c.Redirect(session.SignInPage, fiber.StatusSeeOther)
}

func (s *Server) oidcBegin(c *fiber.Ctx) error {
	if err := s.options.OIDC.Begin(c, session.Next(strings.Clone(c.Query("next")), "")); err != nil {
		return s.oidcFailed(c, err)
	}
	return nil
}

func (s *Server) oidcReturn(c *fiber.Ctx) error {
	next, err := s.options.OIDC.Return(c)
	if err != nil {
		return s.oidcFailed(c, err)
	}
	if next == "" {
		next = "/admin" // which knows the first page of each role
	}
	return s.goOn(c, next)
}

// oidcFailed says what somebody can do about it; the log has the rest.
func (s *Server) oidcFailed(c *fiber.Ctx, err error) error {
	s.options.Log.Warn("sign-in by the identity provider", "err", err)
	for _, f := range []struct {
		err    error
		status int
		text   string
	}{
		{session.ErrProvider, fiber.StatusBadGateway, "signin_oidc_provider"},
		{session.ErrRefused, fiber.StatusUnauthorized, "signin_oidc_refused"},
		{session.ErrNoRole, fiber.StatusForbidden, "signin_oidc_role"},
		{session.ErrName, fiber.StatusForbidden, "signin_oidc_name"},
	} {
		if errors.Is(err, f.err) {
			c.Status(f.status)
			return s.signInPage(c, s.text(c, f.text))
		}
	}
	c.Status(fiber.StatusBadRequest)
	return s.signInPage(c, s.text(c, "signin_oidc_forged"))
}

// goOn is a page that leads on by itself: the browser then comes from here, with
// the session's cookie, and leaves for elsewhere as by a link.
func (s *Server) goOn(c *fiber.Ctx, address string) error {
	return s.adminPage(c, "signin_on", s.text(c, "title_signin"), fiber.Map{"Address": address})
}
