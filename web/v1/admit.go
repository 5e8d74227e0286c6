package v1

import (
	"crypto/rand"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/web/session"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

// Locals of a request's context: its client, and its job.
type (
	who     struct{}
	working struct{}
)

// admit lets those pass who have a key and requests left.
func (a *API) admit(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Request-Id", "req_"+rand.Text())
	header := &c.Context().Request.Header
	a.uploads.arrived(header)
	defer func() {
		if j, ok := c.Locals(working{}).(*job); !ok || !j.streams {
			a.uploads.end(header)
		}
	}()
	k, p := a.authenticate(c)
	if p != nil {
		return p
	}
	left, reset, wait := k.request()
	c.Set("X-Ratelimit-Limit-Requests", strconv.Itoa(k.key.Requests))
	c.Set("X-Ratelimit-Remaining-Requests", strconv.Itoa(left))
	c.Set("X-Ratelimit-Reset-Requests", reset.Round(time.Millisecond).String())
	audio, next := k.audio(0)
	c.Set("X-Ratelimit-Limit-Audio-Seconds", strconv.Itoa(60*k.key.AudioMinutes))
	c.Set("X-Ratelimit-Remaining-Audio-Seconds", strconv.Itoa(max(0, int(audio.Seconds()))))
	c.Set("X-Ratelimit-Reset-Audio-Seconds", next.Round(time.Second).String())
	if wait > 0 {
		p := newProblem(fiber.StatusTooManyRequests, "requests", "rate_limit_exceeded", "The key %q may make %d requests a minute. Try again in %s.", k.key.Name, k.key.Requests, wait.Round(time.Millisecond))
		p.wait = wait
		return p
	}
	c.Locals(who{}, k)
	return c.Next()
}

func (a *API) authenticate(c *fiber.Ctx) (*client, *problem) {
	header := c.Get(fiber.HeaderAuthorization)
	if k := a.clients.find(header); k != nil {
		return k, nil
	}
	if a.clients.local != nil && local(c) {
		return a.clients.local, nil
	}
	refused := func(code, message string) *problem {
		return newProblem(fiber.StatusUnauthorized, "invalid_request_error", code, "%s", message)
	}
	switch {
	case len(a.clients.known) > 0 && header == "":
		return nil, refused("missing_api_key", "Send a key: Authorization: Bearer KEY. The operator of this service gives keys out.")
	case len(a.clients.known) > 0:
		return nil, refused("invalid_api_key", "The key is not known here. Ask the operator of this service for one.")
	case a.clients.local != nil:
		return nil, refused("invalid_api_key", "This service has no keys yet: only programs on its own machine may use it. The operator adds keys under api.keys in the configuration.")
	}
	return nil, refused("invalid_api_key", "This service has no keys yet. The operator adds them under api.keys in the configuration.")
}

// local is a program on this machine that asks us directly: no proxy, no page
// of another site in this machine's browser, and no foreign name that somebody
// has pointed to this machine.
func local(c *fiber.Ctx) bool {
	ip, err := netip.ParseAddr(c.IP())
	if err != nil || !ip.Unmap().IsLoopback() {
		return false
	}
	if visitor.Forwarded(c) || !session.SameOrigin(c) {
		return false
	}
	host := string(c.Context().Host())
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	named, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && named.IsLoopback()
}

// work runs one of the client's jobs; job says when it is finished.
func (a *API) work(do func(*fiber.Ctx, *job) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		k, _ := c.Locals(who{}).(*client)
		if k == nil {
			return fiber.ErrUnauthorized // cannot happen: admit has put it there
		}
		if left, next := k.audio(0); left <= 0 {
			return k.spent(next)
		}
		if !k.start() {
			p := newProblem(fiber.StatusTooManyRequests, "requests", "concurrency_limit_exceeded", "The key %q may do %d things at a time. Wait for one to finish.", k.key.Name, k.key.Concurrent)
			p.wait = time.Second
			return p
		}
		j := a.begin(c, k)
		c.Locals(working{}, j)
		err := errUnfinished
		defer func() {
			if err != nil || !j.streams {
				j.end(err) // also when something panics
			}
		}()
		err = j.reason(do(c, j))
		return err
	}
}

// spent is the answer when a day's audio is used up.
func (c *client) spent(next time.Duration) *problem {
	p := newProblem(fiber.StatusTooManyRequests, "insufficient_quota", "insufficient_quota", "The key %q has used up its %d minutes of audio of today. There are new ones in %s.", c.key.Name, c.key.AudioMinutes, next.Round(time.Minute))
	p.wait = next
	return p
}
