package floor

import (
	"time"

	"github.com/amtsleitung/amtsleitung/desk/queue"
)

// Snapshot is what somebody sees, with words in a language.
func (f *Floor) Snapshot(agent, lang string) (Snapshot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.o.Now()
	s, err := f.seat(now, agent)
	if err != nil {
		return Snapshot{}, err
	}
	out := Snapshot{Me: f.agent(s), Queue: f.waiting(now, s), Figures: f.figures(now), Callbacks: f.counted(s), Hand: f.hand(s, lang), Listening: s.hears()}
	out.Me.Reason = cmpOr(out.Me.Reason, s.problem)
	who, _ := f.q.Person(agent)
	if p, ok := f.q.Place(who.Ticket); ok && p.State == queue.Offered {
		if v := f.visits[who.Ticket]; v != nil {
			preview := f.preview(s, v, lang)
			out.Offer = &preview
		}
	}
	if s.Supervisor {
		for _, p := range f.q.People() {
			out.Agents = append(out.Agents, f.agent(f.seats[p.Name]))
		}
	}
	return out, nil
}

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func (f *Floor) agent(s *seat) Agent {
	p, _ := f.q.Person(s.Name)
	a := Agent{
		Name: s.Name, Title: s.Title, Departments: list(s.Departments), Languages: list(s.Languages), Skills: list(s.Skills),
		State: Presence(p.Presence), Reason: p.Reason, Since: p.Since, Supervisor: s.Supervisor,
		Device: Device{Kind: s.kind, Ready: f.able(s), Phone: s.Phone != "" && f.o.Dial != nil},
	}
	if v := f.visits[s.hand]; v != nil && v.ended.IsZero() {
		a.Call = v.h.Call
	}
	return a
}

// list is never null in JSON.
func list(of []string) []string {
	if of == nil {
		return []string{}
	}
	return of
}

// waiting are the callers somebody may see: those of their departments.
func (f *Floor) waiting(now time.Time, s *seat) []Waiting {
	out := []Waiting{}
	standings := f.q.Standings(now)
	for _, p := range f.q.Waiting() {
		v := f.visits[p.ID]
		if v == nil || !f.sees(s, v) {
			continue
		}
		w := Waiting{
			Call: v.h.Call, Department: v.h.Department, Language: v.h.Language, Concern: v.h.Concern, Since: p.Since, Position: standings[p.ID].Position,
			State: "waiting", Written: v.h.Written, Interpreted: f.interpreted(s, v.h), Mine: f.q.May(s.Name, p.ID),
		}
		if v.back != nil {
			w.State = "callback"
		}
		if p.State == queue.Offered {
			w.State, w.OfferedTo = "offered", f.seats[p.Agent].Title
		}
		out = append(out, w)
	}
	return out
}

// sees says whether somebody may know of a caller: supervisors of all.
func (f *Floor) sees(s *seat, v *visit) bool {
	return s.Supervisor || v.id == s.hand || f.q.May(s.Name, v.id)
}

func (f *Floor) figures(now time.Time) Figures {
	q := f.q.Figures(now)
	out := Figures{
		Waiting: q.Waiting, LongestS: int(q.Longest.Seconds()), Ready: q.Ready, Busy: q.Busy, Paused: q.Paused,
		AnsweredToday: q.Answered, LostToday: q.Lost,
	}
	out.ServiceLevel = level(q, f.late.today(now, f.o.Location))
	return out
}

// Figures of the desk now.
func (f *Floor) Figures() Figures {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.figures(f.o.Now())
}

// hand is the call somebody has, or writes down.
func (f *Floor) hand(s *seat, lang string) *Hand {
	v := f.visits[s.hand]
	if v == nil {
		return nil
	}
	h := &Hand{
		Call: v.h.Call, Phase: v.state.Phase, Since: v.answered, Muted: v.state.Muted, Held: v.state.Phase == "held", Voice: v.state.Voice,
		Parties: list(v.state.Parties), Problem: v.state.Problem, Preview: f.preview(s, v, lang), Notes: v.notes, Listened: v.ended.IsZero() && f.listened(v.h.Call),
		Interpretation: v.state.Interpretation,
	}
	if !v.ended.IsZero() {
		h.Phase, h.Since, h.Interpretation = "wrapup", v.ended, nil
		if h.Problem == "" && v.state.Phase == "ended" {
			h.Problem = v.state.Problem
		}
	}
	return h
}

// Target is whom a caller may be handed to from the desk.
type Target struct {
	Name  string `json:"name"` // what orders take: a department, "@" and a colleague, a name of the configuration
	Kind  string `json:"kind"` // "department", "colleague", "outside"
	Title string `json:"title"`
	Ready int    `json:"ready"` // people who are free
	Open  bool   `json:"open"`
}

// Targets are those somebody may choose from; numbers can be typed as well,
// where the dial plan permits them.
func (f *Floor) Targets(agent string) ([]Target, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.o.Now()
	if _, err := f.seat(now, agent); err != nil {
		return nil, err
	}
	out := []Target{}
	for _, name := range f.departments() {
		t := Target{Name: name, Kind: "department", Title: name, Open: f.o.Open(name, now)}
		for _, p := range f.q.People() {
			if p.Presence == queue.Ready && works(p.Departments, name) {
				t.Ready++
			}
		}
		out = append(out, t)
	}
	for _, p := range f.q.People() {
		if p.Name == agent || p.Presence == queue.Offline {
			continue
		}
		t := Target{Name: colleague + p.Name, Kind: "colleague", Title: f.seats[p.Name].Title, Open: true}
		if p.Presence == queue.Ready {
			t.Ready = 1
		}
		out = append(out, t)
	}
	for _, name := range f.o.Targets {
		out = append(out, Target{Name: name, Kind: "outside", Title: name, Open: true})
	}
	return out, nil
}
