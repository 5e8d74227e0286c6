package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/call/scribe"
	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media/music"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/amtsleitung/amtsleitung/store"
)

// handOver lets the bot hand callers to people: those of the desk, and the
// targets outside. The telephone side is made after the bot and is asked late.
func (s *service) handOver(b *call.Bot) error {
	b.Dial = dialler{s}
	b.Targets, b.Permit = s.target, s.permit
	b.Music = music.New
	named := slices.Clone(s.talk.Departments)
	for _, t := range s.config.Targets {
		named = append(named, dialog.Department{Name: t.Name, Titles: t.Titles})
	}
	var err error
	if b.Lines, err = dialog.Lines(s.talk.Resources, named); err != nil {
		return err
	}
	b.Scribe = func(w call.Scribing) call.Scribe {
		among := w.Languages
		if len(among) == 0 {
			among = b.Languages
		}
		return scribe.New(scribe.Options{
			Journal: w.Journal, Call: w.Call, Leg: w.Leg, Recognizer: b.Recognizer, Detect: b.Detect,
			Language: w.Language, Languages: among, Vocabulary: b.Vocabulary, OpenEnds: b.OpenEnds, Log: s.log,
			Heard: w.Heard, Hearing: w.Hearing, Speaking: w.Speaking,
		})
	}
	b.WantsCallback = dialog.WantsCallback
	b.Ended = s.ended
	if !s.config.Desk.Enabled {
		return nil
	}
	if err := s.openFloor(b); err != nil {
		return err
	}
	b.People, b.Handed = s.floor, s.floor.Handed
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
		Store: s.store, Desk: s.desk, Journal: s.journal, Lines: dialog.Summary.Lines, Records: c.KeepDays > 0, Numbers: c.KeepNumbersDays > 0, Summaries: c.KeepSummaries,
		Thumb: s.store.AddThumb, Listen: b.Listen, Improve: improver(s.config.Summary.OpenAI),
		Departments: map[string]floor.DepartmentOptions{}, Log: s.log,
	}
	if r := b.Renderer; r != nil {
		o.Interpreted = b.Interpretation.Automatic
		o.Interprets = func(caller, person string, spoken bool) bool {
			return r.Renders(caller, person, spoken) && r.Renders(person, caller, spoken)
		}
	}
	if s.config.Privacy.KeepQuestions {
		o.Missed = s.store.AddUnanswered
	}
	for _, a := range c.Agents {
		o.Agents = append(o.Agents, floor.AgentOptions{
			Name: a.Name, Title: a.Title, Departments: a.Departments, Languages: a.Languages, Skills: a.Skills, Phone: a.Phone, Supervisor: a.Supervisor,
		})
	}
	for name, d := range c.Departments {
		o.Departments[name] = floor.DepartmentOptions{Overflow: d.Overflow, After: d.After, Length: d.Length, RingTime: d.RingTime, Callback: d.Callback}
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

// opens is when a department has its hours next; the zero time when it never does.
func (s *service) opens(department string, now time.Time) time.Time {
	if s.config.Desk.Department(department).Closed {
		return time.Time{}
	}
	return s.schedule.For(department).Next(now)
}

// staffed says whether a caller who is handed to a department now meets somebody.
func (s *service) staffed(department string, now time.Time) bool {
	if !s.open(department, now) {
		return false
	}
	if _, outside := s.target(department); outside {
		return true
	}
	return s.floor != nil && s.floor.Staffed(department)
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
			if hours, err = serviceHours(d.Hours.Over(s.config.Requests.Service)); err != nil {
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

// recordTime bounds the writing of a call's record, after its end.
const recordTime = 10 * time.Second

// ended keeps what became of a call, if records are kept, and has the targets told.
func (s *service) ended(info leg.Info, c journal.Call) {
	if s.config.Desk.KeepDays == 0 {
		return
	}
	r := store.CallRecord{
		Call: c.ID, Kind: "in", From: c.From, Department: c.Department, Language: c.Language, Started: c.Started, Ended: c.Ended, Agent: c.Agent, Ending: c.Reason,
	}
	if s.floor != nil {
		r.Kind, r.Request = s.floor.Origin(c.ID)
	}
	if s.config.Desk.KeepNumbersDays > 0 {
		r.From = info.From
	}
	ctx, cancel := context.WithTimeout(context.Background(), recordTime)
	defer cancel()
	if err := s.desk.CallEnded(ctx, r); err != nil {
		s.log.Error("the record of a call was not kept", "call", c.ID, "err", err)
	}
}
