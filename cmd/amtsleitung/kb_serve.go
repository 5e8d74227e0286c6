package main

import (
	"context"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/easy"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/knowledge/editing"
	"github.com/amtsleitung/amtsleitung/knowledge/sync"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// openLibrary lets the knowledge base read the articles of the database.
func (s *service) openLibrary(ctx context.Context) error {
	if !s.config.Knowledge.Editing {
		return nil
	}
	var err error
	s.library, err = editing.Open(ctx, editing.Options{Store: s.store, City: cityFiles(s.config), Log: s.log})
	if err == nil {
		s.engines.articles = s.library.FS()
	}
	return err
}

// runLibrary publishes at the dates that were set.
func (s *service) runLibrary(ctx context.Context) error {
	if s.library == nil {
		return nil
	}
	return s.library.Run(ctx)
}

// runSync keeps drafts equal to the configured sources.
func (s *service) runSync(ctx context.Context) error {
	if s.library == nil || len(s.config.Knowledge.Sync) == 0 {
		return nil
	}
	return sync.New(sync.Options{
		Sources: sources(s.config.Knowledge.Sync), Store: s.store, Library: s.library,
		Departments: departmentNames(cityFiles(s.config)), Log: s.log,
	}).Run(ctx)
}

func sources(configured []config.Sync) []sync.Source {
	var out []sync.Source
	for _, c := range configured {
		o := sync.Source{Name: c.Name, Sitemap: c.Sitemap, API: c.API, Below: c.Below, Hosts: c.Hosts, Every: c.Every, Language: c.Language}
		if c.TokenEnv != "" {
			o.Token = os.Getenv(c.TokenEnv)
		}
		out = append(out, o)
	}
	return out
}

// demoPassword is shown on the sign-in page of the demo, which only this
// machine can reach.
const demoPassword = "musterstadt"

// people are those who may sign in, and programs: those of the configuration
// and our own; nobody at all means that there is no sign-in.
func (s *service) people(own ...session.Machine) (*session.Keeper, []web.DemoUser, error) {
	var users []session.User
	for _, u := range s.config.Admin.Users {
		users = append(users, session.User{Name: u.Name, Role: session.Role(u.Role), Hash: u.PasswordHash})
	}
	var demo []web.DemoUser
	if s.config.Admin.Demo && loopback(s.config.HTTP.Listen) {
		demo = []web.DemoUser{
			{Name: "redaktion", Password: demoPassword, Role: session.Editor}, {Name: "pruefung", Password: demoPassword, Role: session.Reviewer},
			{Name: "telefon", Password: demoPassword, Role: session.Agent}, {Name: "telefon2", Password: demoPassword, Role: session.Agent}, {Name: "leitung", Password: demoPassword, Role: session.Admin},
		}
	}
	for _, d := range demo {
		hash, err := session.Hash(d.Password)
		if err != nil {
			return nil, nil, err
		}
		users = append(users, session.User{Name: d.Name, Role: d.Role, Hash: hash})
	}
	programs := append(machines(s.config.Admin.Tokens), own...)
	if len(users) == 0 && len(programs) == 0 && s.config.Admin.OIDC == nil {
		return nil, nil, nil
	}
	keeper, err := session.New(session.Options{Users: users, Machines: programs, Secure: s.config.Admin.SecureCookie})
	return keeper, demo, err
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// editing is what the pages of the editors need; nil without a database of articles.
func (s *service) editing() *web.Editing {
	if s.library == nil {
		return nil
	}
	e := &web.Editing{Library: s.library, Ask: s.said, Translate: s.talk.Translate, KeepsQuestions: s.config.Privacy.KeepQuestions}
	if c := s.config.Knowledge.Easy; c.URL != "" {
		e.Simplify = (&easy.Writer{URL: c.URL, Model: c.Model, Key: c.Key()}).Draft
	}
	for _, source := range s.config.Knowledge.Sync {
		e.Sources = append(e.Sources, source.Name)
	}
	return e
}

// said is what the bot would say to a question, exactly as a call would.
func (s *service) said(ctx context.Context, text, language string) (web.Said, error) {
	o := s.talk
	o.Languages = nil // in writing every language of the articles may be asked
	r, err := dialog.Ask(ctx, o, text, language, time.Now())
	if err != nil {
		return web.Said{}, err
	}
	return web.Said{Outcome: string(r.Outcome), Answer: r.Answer, Language: r.Language, Articles: r.Articles, Sources: r.Sources, Confidence: r.Confidence}, nil
}

// keepQuestions keeps what callers asked when no article answered, if the
// configuration allows it.
func (s *service) keepQuestions(ctx context.Context) error {
	if s.library == nil || !s.config.Privacy.KeepQuestions {
		return nil
	}
	sub := s.journal.Subscribe(64)
	defer sub.Close()
	asked := map[string]journal.Line{} // the last words of each call's caller
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-sub.C:
			s.keepQuestion(ctx, asked, e)
		}
	}
}

func (s *service) keepQuestion(ctx context.Context, asked map[string]journal.Line, e journal.Entry) {
	if !e.Call.Ended.IsZero() {
		delete(asked, e.Call.ID)
	}
	switch {
	case e.Line == nil || !e.Line.Segment.Final:
	case e.Line.Segment.Leg != "bot":
		asked[e.Call.ID] = *e.Line
	case e.Line.Outcome == string(dialog.OutcomeNoAnswer):
		q := asked[e.Call.ID].Segment
		delete(asked, e.Call.ID)
		if err := s.library.Missed(ctx, q.Language, dialog.Mask(q.Text)); err != nil && ctx.Err() == nil {
			s.log.Error("unanswered question not kept", "err", err)
		}
	}
}
