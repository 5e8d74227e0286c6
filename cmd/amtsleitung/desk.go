package main

import (
	"context"
	"os"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// deskPages are what /desk needs; nil without a desk.
func (s *service) deskPages() *web.Desk {
	if s.floor == nil {
		return nil
	}
	d := &web.Desk{
		Floor: s.floor, Order: s.order, Articles: s.fitting, Names: s.names, Forms: deskForms{s, time.Now},
		Titles: map[string]map[string]string{}, ICE: s.config.Browser.Enabled, Listening: s.config.Desk.Listening,
		Original: s.bot.Original,
	}
	if s.bot.Renderer != nil {
		d.Languages = s.config.Languages.Offered
	}
	if s.rtc != nil {
		d.Audio = s.agentsLine
	}
	for _, t := range s.config.Targets {
		d.Titles[t.Name] = t.Titles
	}
	return d
}

// order brings what somebody at the desk wants to the call in their hand.
func (s *service) order(ctx context.Context, agent, id string, o web.DeskOrder) error {
	return s.floor.Order(ctx, agent, id, call.Order{
		Kind: orderKinds()[o.Kind], On: o.On, Text: o.Text, Lang: o.Language, Target: o.Target, Mode: call.Mode(o.Mode), Digit: o.Digit,
		Interpretation: call.Interpretation{Mode: o.Mode, Caller: o.Caller, Person: o.Person, Guest: o.Guest, Original: o.Original},
	})
}

func orderKinds() map[string]call.OrderKind {
	return map[string]call.OrderKind{
		"hold": call.HoldCaller, "mute": call.MuteSelf, "text": call.Write, "say": call.Speak, "transfer": call.TransferTo,
		"consult": call.Consult, "merge": call.Merge, "drop": call.Drop, "bot_back": call.BackToBot, "bot_with": call.WithBot,
		"digit": call.SendDigit, "finish": call.Finish, "interpret": call.Interpret,
	}
}

// mostFitting is how many articles somebody at the desk is shown.
const mostFitting = 3

// fitting are the articles that follow a conversation, in the page's language
// where there is such a variant.
func (s *service) fitting(ctx context.Context, text, language, page string) ([]web.DeskArticle, error) {
	hits, err := s.base.Search(ctx, knowledge.Query{Text: text, Language: language, Limit: mostFitting})
	if err != nil {
		return nil, err
	}
	var out []web.DeskArticle
	for _, h := range hits {
		if h.Confidence < s.talk.Thresholds.Answer/2 {
			continue
		}
		in := page
		v, ok := h.Article.Variants[in]
		if !ok {
			in, v = "de", h.Article.Variants["de"]
		}
		out = append(out, web.DeskArticle{
			ID: h.Article.ID, Title: v.Title, Answer: v.Answer, Source: h.Article.Source, Language: in, Confidence: h.Confidence,
		})
	}
	return out, nil
}

// agentsLine answers the offer of the page of somebody at the desk; the line
// stands until the page closes.
func (s *service) agentsLine(ctx context.Context, agent, sdp string) (string, error) {
	info := leg.Info{Leg: "agent:" + agent, Trunk: "desk", From: agent}
	_, answer, err := s.rtc.Answer(ctx, info, sdp, func(_ context.Context, l leg.Leg) {
		if err := s.floor.Line(agent, l); err != nil {
			s.log.Info("the line of somebody at the desk ended", "agent", agent, "err", err)
		}
	})
	return answer, plainly(err)
}

// oidc signs people in by the city's identity provider; nil: it does not.
func oidc(c *config.OIDC, keeper *session.Keeper) (*session.OIDC, error) {
	if c == nil || keeper == nil {
		return nil, nil
	}
	roles := map[string]session.Role{}
	for value, role := range c.Roles {
		roles[value] = session.Role(role)
	}
	o := session.OIDCOptions{
		Issuer: c.Issuer, ClientID: c.ClientID, RedirectURL: c.Redirect, Scopes: c.Scopes, RoleClaim: c.RoleClaim, Roles: roles, Title: c.Title,
	}
	if c.ClientSecretEnv != "" {
		o.ClientSecret = os.Getenv(c.ClientSecretEnv)
	}
	return session.NewOIDC(keeper, o)
}
