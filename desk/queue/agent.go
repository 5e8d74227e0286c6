package queue

import (
	"slices"
	"time"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Agent is somebody who serves callers.
type Agent struct {
	Name        string
	Departments []string // none: all
	Languages   []string // none: all
	Skills      []string
}

// Presence is whether somebody takes calls.
type Presence string

// Presences.
const (
	Offline Presence = "offline"
	Ready   Presence = "ready"
	Busy    Presence = "busy"
	Wrapup  Presence = "wrapup"
	Paused  Presence = "paused"
)

// Missed is the reason of the pause of who did not answer an offer.
const Missed = "missed"

type agent struct {
	Agent
	presence   Presence
	reason     string
	since      time.Time // of the presence
	idleSince  time.Time
	device     bool // can hear and speak
	ticket     string
	taken      time.Time // when the work on the last call began
	department string    // of that call
	until      time.Time // of the wrap-up
	then       Presence  // wished for after the call
	thenWhy    string
}

// Person is an agent as others see them.
type Person struct {
	Agent
	Presence Presence
	Reason   string
	Since    time.Time
	Device   bool
	Ticket   string // offered or in hand
	Until    time.Time
	Then     Presence // wished for after the call, "" is ready
}

// Add lets somebody work here; who is known already only gets other skills.
func (q *Queue) Add(now time.Time, a Agent) {
	if old := q.agents[a.Name]; old != nil {
		old.Agent = a
		return
	}
	q.agents[a.Name] = &agent{Agent: a, presence: Offline, since: now}
	i, _ := slices.BinarySearch(q.names, a.Name)
	q.names = slices.Insert(q.names, i, a.Name)
}

// Person finds one.
func (q *Queue) Person(name string) (Person, bool) {
	a := q.agents[name]
	if a == nil {
		return Person{}, false
	}
	return Person{a.Agent, a.presence, a.reason, a.since, a.device, a.ticket, a.until, a.then}, true
}

// People are all, by name.
func (q *Queue) People() []Person {
	out := make([]Person, 0, len(q.names))
	for _, name := range q.names {
		p, _ := q.Person(name)
		out = append(out, p)
	}
	return out
}

// Present sets somebody's presence. During a call it is a wish for afterwards,
// except Offline, which holds at once: the call itself goes on.
func (q *Queue) Present(now time.Time, name string, p Presence, reason string) error {
	a := q.agents[name]
	if a == nil {
		return ErrUnknown
	}
	switch p {
	case Wrapup: // more time to write
		if a.presence != Wrapup {
			return ErrPresence
		}
		a.until = now.Add(max(q.o.Wrapup, 0))
		return nil
	case Offline, Paused, Ready:
	default:
		return ErrPresence
	}
	if a.presence == Busy && p != Offline {
		a.then, a.thenWhy = p, reason
		if p == Ready {
			a.then, a.thenWhy = "", ""
		}
		return nil
	}
	if t := q.tickets[a.ticket]; t != nil && t.state == Offered && p != Ready {
		q.release(now, t, "presence")
	}
	if a.presence == Wrapup {
		q.measure(now, a)
	}
	if a.presence == Offline && q.tickets[a.ticket] != nil && p != Offline { // came back with the call still in hand
		q.become(now, a, Busy, "")
		if p == Paused {
			a.then, a.thenWhy = p, reason
		}
		return nil
	}
	if a.presence == Ready && p == Ready {
		return nil // keeps the turn
	}
	q.become(now, a, p, reason)
	q.settle(now)
	return nil
}

// Device says whether somebody can hear and speak now.
func (q *Queue) Device(now time.Time, name string, ready bool) {
	a := q.agents[name]
	if a == nil || a.device == ready {
		return
	}
	a.device = ready
	if t := q.tickets[a.ticket]; !ready && t != nil && t.state == Offered && !t.Written {
		q.release(now, t, "device")
	}
	q.settle(now)
}

// Finish ends a wrap-up before its time.
func (q *Queue) Finish(now time.Time, name string) {
	if a := q.agents[name]; a != nil && a.presence == Wrapup {
		q.rested(now, a)
		q.settle(now)
	}
}

// rested ends a wrap-up.
func (q *Queue) rested(now time.Time, a *agent) {
	q.measure(now, a)
	q.free(now, a)
}

// free makes somebody ready, or what they wished for.
func (q *Queue) free(now time.Time, a *agent) {
	a.ticket = ""
	if a.presence == Offline {
		return
	}
	p, why := a.then, a.thenWhy
	if p == "" {
		p = Ready
	}
	q.become(now, a, p, why)
}

func (q *Queue) become(now time.Time, a *agent, p Presence, reason string) {
	if p == Ready {
		a.idleSince = now
	}
	if p != Busy && p != Wrapup {
		a.then, a.thenWhy = "", ""
	}
	a.presence, a.reason, a.since = p, reason, now
	q.tell(Changed, "", a.Name, string(p))
}

// there says whether somebody works: a pause ends, going home does not.
func (a *agent) there() bool { return a.presence != Offline }

// idle says whether the caller could be offered to somebody now.
func (a *agent) idle(t *ticket) bool {
	return a.presence == Ready && a.ticket == "" && (a.device || t.Written)
}

func (a *agent) speaks(language string) bool {
	return language == "" || len(a.Languages) == 0 || slices.ContainsFunc(a.Languages, func(l string) bool { return transcript.Primary(l) == transcript.Primary(language) })
}

// may says whether somebody has the right and the skills for a caller.
func (q *Queue) may(t *ticket, a *agent) bool {
	if t.Agent != "" {
		return t.Agent == a.Name
	}
	if len(a.Departments) > 0 && !slices.Contains(a.Departments, t.Department) {
		return false
	}
	for _, s := range t.Skills {
		if !slices.Contains(a.Skills, s) {
			return false
		}
	}
	return true
}

// from is since when somebody who may serve a caller is offered them: at once
// with the language, or while nobody who has it works.
func (q *Queue) from(t *ticket, a *agent) time.Time {
	at := t.Since
	if !q.o.Interpreted && q.o.Patience > 0 && t.Agent == "" && !a.speaks(t.Language) && q.spoken(t) {
		at = t.Since.Add(q.o.Patience)
	}
	if rest := t.rests[a.Name]; rest.After(at) {
		at = rest
	}
	return at
}

// spoken says whether somebody who works has the caller's language.
func (q *Queue) spoken(t *ticket) bool {
	for _, a := range q.agents {
		if a.there() && a.presence != Paused && a.speaks(t.Language) && q.may(t, a) {
			return true
		}
	}
	return false
}

// May says whether somebody may take a caller from the list.
func (q *Queue) May(name, id string) bool {
	a, t := q.agents[name], q.tickets[id]
	return a != nil && t != nil && q.may(t, a)
}

// Then is what somebody will be after the wrap-up.
func (q *Queue) Then(name string, p Presence, reason string) {
	if a := q.agents[name]; a != nil && (a.presence == Busy || a.presence == Wrapup) {
		a.then, a.thenWhy = p, reason
	}
}
