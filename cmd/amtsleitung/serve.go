package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/crisis"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/delivery"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/dialin"
	"github.com/amtsleitung/amtsleitung/metrics"
	"github.com/amtsleitung/amtsleitung/rtc"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/amtsleitung/amtsleitung/sip/sdp"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/visitor"
)

func newServe() *cobra.Command {
	var city cityFlags
	var data, sipListen, httpListen string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer calls until stopped",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := city.load()
			if err != nil {
				return err
			}
			if data != "" {
				c.Data = data
			}
			if httpListen != "" {
				c.HTTP.Listen = httpListen
			}
			if sipListen != "" {
				c.SIP.Listen = []config.Listen{{Network: "udp", Address: sipListen}, {Network: "tcp", Address: sipListen}}
			}
			if err := c.Validate(); err != nil {
				return usageError{err}
			}
			return serve(cmd.Context(), c)
		},
	}
	city.register(cmd)
	cmd.Flags().StringVar(&data, "data", "", "folder for everything that lasts")
	cmd.Flags().StringVar(&sipListen, "sip-listen", "", "address of the SIP sockets (UDP and TCP)")
	cmd.Flags().StringVar(&httpListen, "http-listen", "", "address of pages, API and metrics")
	return cmd
}

// service is what runs: parts are started in order and stopped in reverse,
// so that calls end before the engines they use.
type service struct {
	config  config.Config
	log     *slog.Logger
	engines *engines
	journal *journal.Journal
	metrics *metrics.Metrics
	store   *store.Store
	library *editing.Library // nil: articles are files
	base    *knowledge.Base
	crisis  *crisis.Switch
	surge   *crisis.Surge
	talk    dialog.Options
	desk    *desk.Desk
	outbox  *delivery.Outbox
	names   desk.Names
	bot     *call.Bot
	floor   *floor.Floor // nil: nobody is at the desk
	sip     *sip.Server
	outward *sip.Outward
	rtc     *rtc.Server   // nil: no calls from browsers
	hall    *meeting.Hall // nil: no meetings are held
	phone   *dialin.Desk  // nil: nobody takes part in them by telephone
	web     *web.Server

	schedule desk.Schedule // when the departments work
}

func serve(ctx context.Context, c config.Config) (err error) {
	log := newLog(c.Log)
	began := time.Now()
	s := &service{config: c, log: log, journal: journal.New(c.Privacy.KeepCalls), metrics: metrics.New()}
	s.surge = s.newSurge()
	s.engines = newEngines(c, log, s.waited)
	defer func() { err = errors.Join(err, s.engines.Close()) }()
	if s.store, err = store.Open(ctx, c.Data, time.Now); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.store.Close()) }()
	if err = s.openLibrary(ctx); err != nil {
		return err
	}
	if s.base, err = s.engines.knowledge(ctx); err != nil {
		return err
	}
	if s.library != nil {
		s.library.OnChange(s.base.Reload)
	}
	if err := s.openDesk(); err != nil {
		return err
	}
	if err = s.openCrisis(); err != nil {
		return err
	}
	if s.bot, err = s.newBot(); err != nil {
		return err
	}
	if err := s.openMeetings(); err != nil {
		return err
	}
	if s.sip, err = sip.NewServer(s.sipOptions(), s.answer); err != nil {
		return err
	}
	if err := s.openOutward(); err != nil {
		return err
	}
	if err := s.openBrowsers(); err != nil {
		return err
	}
	s.countSIP()
	pages, err := s.webOptions()
	if err != nil {
		return err
	}
	if s.web, err = web.NewServer(pages); err != nil {
		return err
	}
	log.Info("starting", "city", s.base.City().Name, "articles", len(s.base.Articles()),
		"recognition", s.bot.Recognizer.Name(), "loaded_ms", time.Since(began).Milliseconds())
	return s.run(ctx)
}

// countSIP shows what the SIP server counts.
func (s *service) countSIP() {
	s.metrics.Total("amtsleitung_sip_invites_total", "Calls that were asked for.", func() uint64 { return s.sip.Counters().Invites })
	s.metrics.Total("amtsleitung_sip_answered_total", "Calls that were answered.", func() uint64 { return s.sip.Counters().Answered })
	s.metrics.Total("amtsleitung_sip_refused_total", "Calls refused by limits, trunks, SDP or the handler.", func() uint64 { return s.sip.Counters().Refused })
	s.metrics.Total("amtsleitung_sip_panics_total", "Panics in handlers and request handling.", func() uint64 { return s.sip.Counters().Panics })
}

// run serves until ctx ends or a part fails; then all parts stop.
func (s *service) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var parts sync.WaitGroup
	part := func(name string, run func(context.Context) error) {
		parts.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				cancel(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	part("sip", s.sip.Run)
	part("browsers", s.runBrowsers)
	part("floor", s.runFloor)
	part("meetings", s.runMeetings)
	part("web", s.web.Run)
	part("knowledge", s.watchKnowledge)
	part("crisis", s.crisis.Run)
	part("desk", s.desk.Run)
	part("outbox", s.outbox.Run)
	part("editing", s.runLibrary)
	part("sync", s.runSync)
	part("questions", s.keepQuestions)
	part("languages", s.runTongues)
	select {
	case <-s.sip.Ready():
		s.log.Info("ready", "sip", s.config.SIP.Listen, "http", "http://"+s.config.HTTP.Listen)
	case <-ctx.Done():
	}
	parts.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// watchKnowledge takes over changed articles of a city's folder; broken ones
// leave the last good set.
func (s *service) watchKnowledge(ctx context.Context) error {
	if demoCity(s.config) || s.library != nil {
		return nil
	}
	return s.base.Watch(ctx)
}

func (s *service) sipOptions() sip.Options {
	c := s.config.SIP
	low, high, _ := c.RTP.Range() // validated
	o := sip.Options{
		RTP:    sip.RTP{IP: netip.MustParseAddr(c.RTP.Address), Low: low, High: high, DeadAfter: c.RTP.DeadAfter},
		Limits: sip.Limits{Calls: c.MaxCalls},
		Log:    s.log,
	}
	if s.config.Desk.Enabled {
		o.CallPage = s.config.Desk.Page
	}
	if ip, err := netip.ParseAddr(c.Advertise); err == nil {
		o.AdvertiseIP = ip
	}
	for _, l := range c.Listen {
		o.Listen = append(o.Listen, sip.Listen{Network: l.Network, Addr: l.Address})
	}
	if c.TLS.Certificate != "" {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			cert, err := tls.LoadX509KeyPair(c.TLS.Certificate, c.TLS.Key) // read anew, so that a renewed one is used
			return &cert, err
		}}
	}
	for _, t := range c.Trunks {
		o.Trunks = append(o.Trunks, sipTrunk(t))
	}
	return o
}

func sipTrunk(t config.Trunk) sip.Trunk {
	prefixes, _ := t.Prefixes() // validated
	out := sip.Trunk{Name: t.Name, Addresses: prefixes, Codecs: t.Codecs, Language: t.Language, SRTP: sdp.Security(t.SRTP)}
	if o := t.Outbound; o != nil {
		out.Outbound = &sip.Outbound{
			Gateway: o.Gateway, User: o.User, Password: o.Password(), From: o.From, Identity: sip.Identify(o.Identity), Callers: o.Callers,
			Domain: o.Domain, Private: o.Private,
		}
	}
	if r := t.Register; r != nil {
		out.Register = &sip.Registration{Server: r.Server, User: r.User, Password: os.Getenv(r.PasswordEnv), Expiry: r.Expiry}
	}
	return out
}

func (s *service) webOptions() (web.Options, error) {
	city := s.base.City()
	need, own, err := s.watchers()
	if err != nil {
		return web.Options{}, err
	}
	sessions, demo, err := s.people(own...)
	if err != nil {
		return web.Options{}, err
	}
	programs, err := s.programs()
	if err != nil {
		return web.Options{}, err
	}
	proxies, err := s.config.HTTP.Proxies()
	if err != nil {
		return web.Options{}, err
	}
	provider, err := oidc(s.config.Admin.OIDC, sessions)
	return web.Options{
		Proxies: visitor.Proxies{Trusted: proxies, Header: s.config.HTTP.ProxyHeader},
		V1:      programs, ReadAloud: s.readAloud(),
		CallsNeed: need,
		OIDC:      provider, Desk: s.deskPages(),
		Sessions: sessions, DemoUsers: demo, Editing: s.editing(), Crisis: &web.Crisis{Switch: s.crisis, Languages: s.config.Languages.Offered}, Requests: &web.Requests{Desk: s.desk, Names: s.names},
		Callers: s.callers(), Citizens: s.citizens(), Meetings: s.meetings(),
		Listen: s.config.HTTP.Listen, City: city.Name, Notice: city.Notice,
		Phone: "sip:115@" + s.dialled(), Journal: s.journal,
		Metrics: s.metrics.Handler(), Ready: s.ready, Status: s.status, Log: s.log,
	}, err
}

// dialled is the address that phones call: the advertised one where the
// socket listens on all.
func (s *service) dialled() string {
	address := s.config.SIP.Listen[0].Address
	if _, port, err := net.SplitHostPort(address); err == nil && s.config.SIP.Advertise != "" {
		return net.JoinHostPort(s.config.SIP.Advertise, port)
	}
	return address
}

func (s *service) ready() error {
	select {
	case <-s.sip.Ready():
		return nil
	default:
		return errors.New("SIP is not listening yet")
	}
}

func (s *service) status() web.Status {
	st := web.Status{
		Version: version, City: s.base.City().Name, Languages: s.config.Languages.Offered,
		Recognition: s.bot.Recognizer.Name(), Embeddings: s.config.Knowledge.Embedder,
		Articles: len(s.base.Articles()), Calls: s.journal.Active(),
	}
	for _, t := range s.sip.Trunks() {
		st.Trunks = append(st.Trunks, webTrunk(t))
	}
	return st
}

func webTrunk(t sip.TrunkStatus) web.Trunk {
	return web.Trunk{Name: t.Name, Registered: !t.RegisteredUntil.IsZero(), Until: t.RegisteredUntil, Error: t.LastError}
}
