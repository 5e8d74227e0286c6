package queue

import "time"

// settle offers callers in their order to who is free.
func (q *Queue) settle(now time.Time) {
	for _, t := range q.line {
		q.watch(now, t)
		if t.state != Queued {
			continue
		}
		if a := q.best(now, t); a != nil {
			q.offer(now, t, a)
		}
	}
}

// best is who has the caller's language, and of those who was idle longest.
func (q *Queue) best(now time.Time, t *ticket) *agent {
	var best *agent
	for _, name := range q.names {
		a := q.agents[name]
		if !a.idle(t) || !q.may(t, a) || q.from(t, a).After(now) {
			continue
		}
		if best == nil || rather(t, a, best) {
			best = a
		}
	}
	return best
}

func rather(t *ticket, a, b *agent) bool {
	if own, other := a.speaks(t.Language), b.speaks(t.Language); own != other {
		return own
	}
	return a.idleSince.Before(b.idleSince)
}

func (q *Queue) offer(now time.Time, t *ticket, a *agent) {
	ring := q.department(t.Department).RingTime
	if ring == 0 {
		ring = q.o.RingTime
	}
	t.state, t.agent, t.offered, t.until = Offered, a.Name, now, now.Add(ring)
	a.ticket = t.ID
	q.tell(Rings, t.ID, a.Name, "")
}

// release takes an offer back; the caller keeps the place.
func (q *Queue) release(now time.Time, t *ticket, why string) {
	if t.state != Offered {
		return
	}
	if a := q.agents[t.agent]; a != nil && a.ticket == t.ID {
		a.ticket = ""
		if why == "declined" {
			a.idleSince = now // the next one first
		}
	}
	q.tell(Stops, t.ID, t.agent, why)
	t.state, t.agent = Queued, ""
}

// watch notes since when nobody is there for a caller, and tells it in time.
func (q *Queue) watch(now time.Time, t *ticket) {
	if t.Virtual || q.staffed(t) {
		t.deserted, t.told = time.Time{}, false
		return
	}
	if t.deserted.IsZero() {
		t.deserted = now
	}
	if !t.told && !t.deserted.Add(q.o.Deserted).After(now) {
		t.told = true
		q.tell(Deserted, t.ID, "", "")
	}
}

func (q *Queue) staffed(t *ticket) bool {
	for _, a := range q.agents {
		if a.there() && q.may(t, a) {
			return true
		}
	}
	return false
}

// Staffed says whether anybody who works could serve such a caller.
func (q *Queue) Staffed(t Ticket) bool { return q.staffed(&ticket{Ticket: t}) }
