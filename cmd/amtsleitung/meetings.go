package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/amtsleitung/amtsleitung/easy"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/llm"
	"github.com/amtsleitung/amtsleitung/media/rtpio"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/meeting/dialin"
	"github.com/amtsleitung/amtsleitung/stt/live"
	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// openMeetings prepares meetings with live subtitles and their telephone.
func (s *service) openMeetings() error {
	c := s.config.Meetings
	if !c.Enabled {
		return nil
	}
	sound, err := s.boothOptions()
	if err != nil {
		return err
	}
	s.hall = meeting.NewHall(meeting.HallOptions{
		Lobby: rooms.LobbyOptions{Rooms: c.Most}, Room: s.roomOptions, Booth: sound, Minutes: s.minutesOptions(), Known: s.knows,
		Dial: s.bot.Dial, Permit: s.permitBridge, Log: s.log,
	})
	if c.Number != "" {
		s.phone = dialin.New(dialin.Options{Dial: s.hall.Dial, Speak: s.bot.Voice.Say, Name: s.base.City().Name + ".", Log: s.log})
	}
	return nil
}

func (s *service) boothOptions() (booth.Options, error) {
	activity, err := s.engines.activity()
	if err != nil {
		return booth.Options{}, err
	}
	router, err := s.engines.router()
	if err != nil {
		return booth.Options{}, err
	}
	c := s.config.Meetings.RTP
	low, high, _ := c.Range() // validated
	ports, err := rtpio.NewPorts(netip.MustParseAddr(c.Address), low, high)
	if err != nil {
		return booth.Options{}, fmt.Errorf("meetings.rtp: %w", err)
	}
	spoken := router.Languages()
	return booth.Options{
		Live: live.Options{
			Recognizer: s.bot.Recognizer, Log: s.log, Voice: liveVoice(activity),
		},
		Languages: s.tongues(), Speak: s.bot.Voice.Say, Ports: ports, Host: c.Address, Log: s.log,
		Speaks: func(language string) bool { return slices.Contains(spoken, transcript.Primary(language)) },
	}, nil
}

func (s *service) roomOptions(meeting.New) rooms.Options {
	c := s.config.Meetings
	o := rooms.Options{Retain: c.Retain, Hub: rooms.HubOptions{Viewers: c.Viewers}, Log: s.log}
	if t := s.engines.renders; t != nil {
		o.Translate = t.Translate
	}
	if m := c.Model; m.URL != "" {
		w := &easy.Writer{URL: m.URL, Model: m.Model, Key: m.Key()}
		o.Simplify = func(ctx context.Context, text, from, _ string) (string, error) {
			if transcript.Primary(from) != "de" {
				return "", errNoEasy
			}
			return w.Draft(ctx, text)
		}
	}
	return o
}

var errNoEasy = errors.New("easy language is drafted for German only")

// longestMinutes is what a language model may write about a meeting, in tokens.
const longestMinutes = 4000

func (s *service) minutesOptions() minutes.Options {
	m := s.config.Meetings.Model
	if m.URL == "" {
		return minutes.Options{}
	}
	client := llm.Client{Address: strings.TrimRight(m.URL, "/") + "/chat/completions", Model: m.Model, Key: m.Key()}
	return minutes.Options{Model: m.Model, Improve: func(ctx context.Context, prompt, lines string) (string, error) {
		return client.Ask(ctx, []llm.Message{{Role: "system", Content: prompt}, {Role: "user", Content: lines}}, llm.Limits{Tokens: longestMinutes, Bytes: 1 << 20})
	}}
}

// tongues are spoken in meetings where nobody says which one it is.
func (s *service) tongues() []string {
	if own := s.config.Meetings.Languages; len(own) > 0 {
		return own
	}
	return s.config.Languages.Offered
}

// knows says whether a meeting may be held in a language: a configured one, or
// one that something translates.
func (s *service) knows(language string) bool {
	for _, l := range s.tongues() {
		if l == language {
			return true
		}
		if t := s.engines.renders; t != nil && (t.Translates(l, language) || t.Translates(language, l)) {
			return true
		}
	}
	return false
}

// permitBridge lets organisers call what anybody at the desk may call.
func (s *service) permitBridge(number string) (leg.Callee, error) {
	t, err := s.permit(number)
	return leg.Callee{Address: t.Address}, err
}

// answer takes a telephone call: to the bot, or to the meetings' number.
func (s *service) answer(ctx context.Context, l leg.Leg) {
	if s.phone != nil && l.Info().To == s.config.Meetings.Number {
		s.phone.Serve(ctx, l)
		return
	}
	s.bot.Serve(ctx, l)
}

// meetings are what the pages of meetings need; nil: none are held.
func (s *service) meetings() *web.Meetings {
	if s.hall == nil {
		return nil
	}
	c := s.config.Meetings
	m := &web.Meetings{
		Hall: s.hall, Known: s.knows, Create: session.Role(c.Create), Number: c.Number, Address: c.Address, Secure: s.config.Admin.SecureCookie, Temp: s.config.Data,
	}
	if s.rtc != nil {
		lines := newMeetingLines(s.rtc)
		m.Lines, m.Ingest = lines, lines
	}
	return m
}

func (s *service) runMeetings(ctx context.Context) error {
	if s.hall == nil {
		return nil
	}
	return s.hall.Run(ctx)
}
