package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// loaderTexts are what the loader shows on a foreign page, by their keys in it.
var loaderTexts = [...][2]string{{"open", "chat_open"}, {"more", "chat_more"}, {"title", "chat_title"}}

// prepareChat writes the loader with its texts and the policy of the frame.
func (z *citizens) prepareChat() error {
	script, err := static.ReadFile("static/chat.js")
	if err != nil {
		return fmt.Errorf("chat loader: %w", err)
	}
	texts := map[string]map[string]string{}
	for _, l := range z.offered {
		texts[l] = map[string]string{"dir": z.texts[l]["dir"]}
		for _, pair := range loaderTexts {
			texts[l][pair[0]] = z.texts[l][pair[1]]
		}
	}
	data, err := json.Marshal(texts)
	if err != nil {
		return fmt.Errorf("chat loader: %w", err)
	}
	z.loader = bytes.Replace(script, []byte("/* TEXTS */ {}"), data, 1)
	ancestors := "'self'"
	for _, site := range z.Sites {
		u, err := url.Parse(site)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" || strings.ContainsAny(site, " ;,'\"*") {
			return fmt.Errorf("chat: site %q is no origin (write it as https://www.musterstadt.example)", site)
		}
		ancestors += " " + u.Scheme + "://" + u.Host
	}
	z.framing = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors " + ancestors
	return nil
}

// chat is the page inside the frame; it works on its own, too.
func (z *citizens) chat(c *fiber.Ctx) error {
	c.Set("Content-Security-Policy", z.framing)
	return z.show(c, "chat", nil)
}

// chatLoader is the script that sites put into their pages.
func (z *citizens) chatLoader(c *fiber.Ctx) error {
	c.Set("Content-Type", "text/javascript; charset=utf-8")
	c.Set("Cache-Control", "public, max-age=300")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return c.Send(z.loader)
}
