package web

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/web/session"
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
	s.app.Get("/admin", func(c *fiber.Ctx) error {
		who, ok := s.options.Sessions.Of(c)
		if !ok {
			return c.Redirect(session.SignInPage, fiber.StatusSeeOther)
		}
		return c.Redirect(s.firstPage(who), fiber.StatusSeeOther)
	})
}

func (s *Server) signInPage(c *fiber.Ctx, wrong string) error {
	return s.adminPage(c, "signin", s.text(c, "title_signin"), fiber.Map{
		"Next": session.Next(strings.Clone(c.Query("next")), ""), "Wrong": wrong, "Demo": s.options.DemoUsers,
	})
}

// startPage is where people land after signing in.
const startPage = "/admin/wissen"

func (s *Server) signIn(c *fiber.Ctx) error {
	if !session.SameOrigin(c) {
		return fiber.ErrForbidden
	}
	name, password := strings.Clone(c.FormValue("name")), strings.Clone(c.FormValue("password"))
	id, err := s.options.Sessions.SignIn(name, password, c.IP())
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
	s.options.Sessions.Leave(c)
	return c.Redirect(session.SignInPage, fiber.StatusSeeOther)
}
