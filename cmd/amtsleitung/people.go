package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/prompts"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media/music"
	"github.com/amtsleitung/amtsleitung/sip"
)

// handOver lets the bot hand callers to people: those of the desk, and the
// targets outside. The telephone side is made after the bot and is asked late.
func (s *service) handOver(b *call.Bot) error {
	b.Dial = dialler{s}
	b.Targets, b.Permit = s.target, s.permit
	b.Music = music.New
	b.Lines = s.line
	b.Scribe = func(w call.Scribing) call.Scribe {
		return scribe.New(scribe.Options{
			Journal: s.journal, Call: w.Call, Leg: w.Leg, Recognizer: b.Recognizer, Detect: b.Detect,
			Language: w.Language, Languages: b.Languages, Vocabulary: b.Vocabulary, Log: s.log, Heard: w.Heard,
		})
	}
	b.WantsCallback = dialog.WantsCallback
	if !s.config.Desk.Enabled {
		return nil
	}
	if err := s.openFloor(b); err != nil {
		return err
	}
	b.People = s.floor
	return nil
}

func (s *service) openFloor(b *call.Bot) error {
	c := s.config.Desk
	o := floor.Options{
		Anyone: len(c.Agents) == 0, RingTime: c.RingTime, Wrapup: c.Wrapup, Patience: c.Patience, Location: s.schedule.Hours.Location,
		Open: s.open, Dial: b.Dial, Permit: s.permit, Listening: c.Listening,
		Connect: func(ctx context.Context, caller leg.Leg, h call.Handover, p call.Person) {
			b.Connect(ctx, caller, h, p)
		},
		Store: s.store, Desk: s.desk, Journal: s.journal, Lines: dialog.Summary.Lines, Records: c.KeepDays > 0,
		Thumb: s.store.AddThumb, Listen: b.Listen,
		Missed: func(ctx context.Context, language, text string) error {
			return s.store.AddUnanswered(ctx, language, dialog.Mask(text))
		},
		Departments: map[string]floor.DepartmentOptions{}, Log: s.log,
	}
	for _, a := range c.Agents {
		o.Agents = append(o.Agents, floor.AgentOptions{
			Name: a.Name, Title: a.Title, Departments: a.Departments, Languages: a.Languages, Skills: a.Skills, Phone: a.Phone, Supervisor: a.Supervisor,
		})
	}
	for name, d := range c.Departments {
		o.Departments[name] = floor.DepartmentOptions{Overflow: d.Overflow, After: d.After, Callback: d.Callback}
	}
	for _, t := range s.config.Targets {
		o.Targets = append(o.Targets, t.Name)
	}
	var err error
	s.floor, err = floor.New(o)
	return err
}

// dialler calls out by the telephone side.
type dialler struct{ s *service }

var errNoTelephone = errors.New("the telephone side is not there yet")

// Dial implements leg.Dialler.
func (d dialler) Dial(ctx context.Context, to leg.Callee) (leg.Leg, error) {
	if d.s.outward == nil {
		return nil, errNoTelephone
	}
	return d.s.outward.Dial(ctx, to)
}

// target is the one outside that serves a department, or that has this name.
func (s *service) target(name string) (call.Target, bool) {
	if t := s.config.Desk.Department(name).Target; t != "" {
		name = t
	}
	i := slices.IndexFunc(s.config.Targets, func(t config.TransferTarget) bool { return t.Name == name })
	if i < 0 {
		return call.Target{}, false
	}
	t := s.config.Targets[i]
	return call.Target{Name: t.Name, Address: t.Address, Mode: call.Mode(t.Mode), RingTime: t.RingTime, Language: t.Language}, true
}

// permit says whether somebody at the desk may have this called.
func (s *service) permit(name string) (call.Target, error) {
	if t, ok := s.target(name); ok {
		return t, nil
	}
	n, err := s.config.Dialling.Plan().Permit(name)
	if err != nil {
		return call.Target{}, fmt.Errorf("%w: %w", floor.ErrTarget, err)
	}
	return call.Target{Name: n.Dial, Address: n.Dial, Mode: call.Bridged}, nil
}

// open says whether a department has its hours now.
func (s *service) open(department string, now time.Time) bool {
	return !s.config.Desk.Department(department).Closed && s.schedule.Open(department, now)
}

// staffed says whether a caller who is handed to a department now meets somebody.
func (s *service) staffed(department string, now time.Time) bool {
	if !s.open(department, now) {
		return false
	}
	if _, outside := s.target(department); outside {
		return true
	}
	return s.floor != nil && s.attended()
}

// readSchedule reads when people are there, once. What holds for "*" holds for
// every department that is not named.
func (s *service) readSchedule() error {
	service, err := serviceHours(s.config.Requests.Service)
	if err != nil {
		return err
	}
	s.schedule = desk.Schedule{Hours: service, Departments: map[string]desk.Hours{}}
	for name, d := range s.config.Desk.Departments {
		hours := service
		if d.Hours != nil {
			if hours, err = serviceHours(*d.Hours); err != nil {
				return fmt.Errorf("desk.departments.%s.hours: %w", name, err)
			}
		}
		if name == "*" {
			s.schedule.Hours = hours
			continue
		}
		s.schedule.Departments[name] = hours
	}
	return nil
}

// departments are those that callers may be handed to.
func (s *service) departments(city knowledge.City) []dialog.Department {
	out := departments(city)
	for i := range out {
		_, outside := s.target(out[i].Name)
		out[i].Transfers = outside || s.config.Desk.Enabled
	}
	return out
}

// line is what is said on the way to a person; departments and languages are
// named as people know them.
func (s *service) line(lang string, key prompts.Key, pairs ...string) string {
	book, ok := s.talk.Resources.Prompts.Book(lang)
	if !ok {
		book, ok = s.talk.Resources.Prompts.Book(primaryTag(lang))
	}
	if !ok {
		book, _ = s.talk.Resources.Prompts.Book("de")
	}
	said := slices.Clone(pairs)
	for i := 0; i+1 < len(said); i += 2 {
		switch said[i] {
		case "department":
			said[i+1] = s.departmentTitle(said[i+1], book.Language)
		case "language":
			said[i+1] = languageName(said[i+1], book.Language)
		}
	}
	return book.Say(key, 0, said...)
}

// languageName is what a language is called in another one.
func languageName(tag, in string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	name := display.Languages(language.Make(in))
	if name == nil {
		name = display.German.Languages()
	}
	return name.Name(t)
}

func primaryTag(tag string) string {
	primary, _, _ := strings.Cut(tag, "-")
	return primary
}

func (s *service) departmentTitle(name, language string) string {
	for _, t := range s.config.Targets {
		if t.Name == name && t.Titles[language] != "" {
			return t.Titles[language]
		}
	}
	return s.names.Department(name, language)
}

// openOutward makes what calls out; numbers need a trunk for it.
func (s *service) openOutward() error {
	var err error
	s.outward, err = s.sip.Outward(sip.OutwardOptions{})
	return err
}

// runFloor looks after the people of the desk and those who wait.
func (s *service) runFloor(ctx context.Context) error {
	if s.floor == nil {
		return nil
	}
	return s.floor.Run(ctx)
}

func (s *service) runBrowsers(ctx context.Context) error {
	if s.rtc == nil {
		return nil
	}
	return s.rtc.Run(ctx)
}

// attended says whether anybody is at the desk.
func (s *service) attended() bool {
	f := s.floor.Figures()
	return f.Ready+f.Busy+f.Paused > 0
}
