package queue

import (
	"math"
	"slices"
	"time"
)

// Standing is how it looks for a caller.
type Standing struct {
	Position int // 1 is next
	// Wait until somebody answers, not rounded; 0 is unknown.
	Wait time.Duration
}

// Standings of all who wait. A position counts those ahead who compete for at
// least one of the same people. The wait comes from playing the queue on with
// the measured times: who will be free when, and whom the rules give them.
func (q *Queue) Standings(now time.Time) map[string]Standing {
	out := make(map[string]Standing, len(q.line))
	free := q.freeing(now)
	servers := make([][]string, len(q.line))
	for i, t := range q.line {
		servers[i] = q.servers(t, free)
		s := Standing{Position: q.position(i, servers)}
		if name, at := q.soonest(t, servers[i], free); name != "" {
			s.Wait = max(at.Sub(now), 0) + q.pickup.value
			free[name] = at.Add(q.pickup.value + q.handling(t.Department))
		}
		out[t.ID] = s
	}
	return out
}

// freeing is when each person who takes calls will be free.
func (q *Queue) freeing(now time.Time) map[string]time.Time {
	free := map[string]time.Time{}
	for _, name := range q.names {
		a := q.agents[name]
		left := time.Duration(0)
		switch a.presence {
		case Busy, Wrapup:
			if a.presence == Busy && a.then != "" {
				continue // goes into a pause
			}
			mean := q.handling(a.department)
			left = max(mean-now.Sub(a.taken), mean/4)
			if a.presence == Wrapup {
				left = min(left, a.until.Sub(now))
			}
		case Ready:
		default:
			continue
		}
		free[name] = now.Add(left)
	}
	return free
}

// servers are those who take calls and may serve the caller.
func (q *Queue) servers(t *ticket, free map[string]time.Time) []string {
	var out []string
	for _, name := range q.names {
		a := q.agents[name]
		if _, ok := free[name]; ok && q.may(t, a) && (a.device || t.Written) {
			out = append(out, name)
		}
	}
	return out
}

func (q *Queue) position(i int, servers [][]string) int {
	n := 1
	for j := range i {
		same := len(servers[i]) == 0 && q.line[j].Department == q.line[i].Department
		if same || slices.ContainsFunc(servers[j], func(name string) bool { return slices.Contains(servers[i], name) }) {
			n++
		}
	}
	return n
}

// soonest is who of the servers will get the caller, and when.
func (q *Queue) soonest(t *ticket, servers []string, free map[string]time.Time) (string, time.Time) {
	if t.state == Offered {
		return t.agent, t.offered
	}
	var who string
	var when time.Time
	for _, name := range servers {
		at := free[name]
		if from := q.from(t, q.agents[name]); from.After(at) {
			at = from
		}
		if who == "" || at.Before(when) {
			who, when = name, at
		}
	}
	return who, when
}

// RoundUp makes a wait one that may be said: full minutes, never too few.
func RoundUp(wait time.Duration) time.Duration {
	return time.Duration(math.Ceil(wait.Minutes())) * time.Minute
}

// mean is an exponentially weighted mean that begins at a value somebody
// thought of and soon follows what is measured.
type mean struct {
	value time.Duration
	n     int
}

// Weights of the prior value and of the past, in measurements.
const (
	prior = 5
	past  = 30
)

func (m *mean) add(d time.Duration) {
	m.n++
	m.value += (d - m.value) / time.Duration(min(m.n+prior, past))
}

func (q *Queue) handling(department string) time.Duration {
	if m := q.pace[department]; m != nil {
		return m.value
	}
	return q.o.Handling
}

// measure notes how long the call that ends now took, wrap-up included.
func (q *Queue) measure(now time.Time, a *agent) {
	if a.taken.IsZero() {
		return
	}
	m := q.pace[a.department]
	if m == nil {
		m = &mean{value: q.o.Handling}
		q.pace[a.department] = m
	}
	m.add(now.Sub(a.taken))
	a.taken = time.Time{}
}

// Pace is what calls of a department take, and how many were measured.
type Pace struct {
	Handling time.Duration `json:"handling"`
	Measured int           `json:"measured"`
}

// Paces hands out what was measured, to be kept over a restart.
func (q *Queue) Paces() map[string]Pace {
	out := map[string]Pace{}
	for name, m := range q.pace {
		out[name] = Pace{m.value, m.n}
	}
	return out
}

// SetPaces takes up what was measured before.
func (q *Queue) SetPaces(p map[string]Pace) {
	for name, m := range p {
		q.pace[name] = &mean{m.Handling, m.Measured}
	}
}
