package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/rtc"
	"github.com/amtsleitung/amtsleitung/web"
)

// openBrowsers prepares what takes the calls of web pages, and the audio of
// the people at the desk and in meetings.
func (s *service) openBrowsers() error {
	c := s.config.Browser
	if !c.Enabled && !s.config.Desk.Enabled && !s.config.Meetings.Enabled {
		return nil
	}
	relays, err := relays(c.ICE)
	if err != nil {
		return err
	}
	o := rtc.Options{
		UDP:    netip.AddrPortFrom(netip.MustParseAddr(c.Address), uint16(c.Port)), // validated
		Limits: rtc.Limits{Legs: c.MaxCalls, PerSource: c.PerSource},
		Relays: relays,
		Log:    s.log,
	}
	if c.Advertise != "" {
		o.Advertise = []netip.Addr{netip.MustParseAddr(c.Advertise)} // validated
	}
	s.rtc, err = rtc.NewServer(o, s.bot.Serve)
	return err
}

func relays(configured []config.ICEServer) ([]rtc.Relay, error) {
	var out []rtc.Relay
	for i, c := range configured {
		r := rtc.Relay{URLs: c.URLs, Username: c.User}
		for env, into := range map[string]*string{c.PasswordEnv: &r.Credential, c.SecretEnv: &r.Secret} {
			if env == "" {
				continue
			}
			if *into = os.Getenv(env); *into == "" {
				return nil, fmt.Errorf("browser.ice[%d]: the environment variable %s is empty", i, env)
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// callers are what the pages of citizens need; nil where no calls are taken.
func (s *service) callers() web.Callers {
	if s.rtc == nil || !s.config.Browser.Enabled {
		return nil
	}
	return browserCalls{s.rtc}
}

func (s *service) citizens() *web.Citizens {
	c := s.config.Browser
	if s.rtc == nil || !c.Enabled {
		return nil
	}
	return &web.Citizens{Languages: s.config.Languages.Offered, Phone: s.base.City().Phone, Sites: c.Sites}
}

// browserCalls lets the pages' API take calls by package rtc.
type browserCalls struct{ server *rtc.Server }

// Begin implements web.Callers.
func (b browserCalls) Begin(ctx context.Context, c web.NewCaller) (web.Caller, string, error) {
	info := leg.Info{Trunk: c.Page, To: c.Page, Language: c.Language}
	l, answer, err := b.server.Open(ctx, info, c.Source, c.SDP)
	if err != nil {
		return nil, "", plainly(err)
	}
	return browserCall{l}, answer, nil
}

// Find implements web.Callers.
func (b browserCalls) Find(call string) (web.Caller, bool) {
	l := b.server.Find(call)
	if l == nil {
		return nil, false
	}
	return browserCall{l}, true
}

// ICEServers implements web.Callers.
func (b browserCalls) ICEServers() []web.ICEServer {
	servers := b.server.ICEServers("")
	out := make([]web.ICEServer, 0, len(servers))
	for _, e := range servers {
		out = append(out, web.ICEServer(e))
	}
	return out
}

// browserCall says the errors of a leg as the pages know them.
type browserCall struct{ *rtc.Leg }

// Offer implements web.Caller.
func (b browserCall) Offer(ctx context.Context, sdp string) (string, error) {
	answer, err := b.Leg.Offer(ctx, sdp)
	return answer, plainly(err)
}

// Write implements web.Caller.
func (b browserCall) Write(text string) error { return plainly(b.Leg.Write(text)) }

// Press implements web.Caller.
func (b browserCall) Press(key rune) error { return plainly(b.Leg.Press(key)) }

func plainly(err error) error {
	for ours, theirs := range map[error]error{
		rtc.ErrFull: web.ErrCallersFull, rtc.ErrClosed: web.ErrCallersFull, rtc.ErrSource: web.ErrCallersSource,
		rtc.ErrOffer: web.ErrCallerOffer, rtc.ErrFragment: web.ErrCallerOffer, rtc.ErrEnded: web.ErrCallerOver,
	} {
		if errors.Is(err, ours) {
			return fmt.Errorf("%w: %w", theirs, err)
		}
	}
	return err
}
