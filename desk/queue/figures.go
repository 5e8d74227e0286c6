package queue

import "time"

// Figures of a queue now and since midnight.
type Figures struct {
	Waiting             int
	Longest             time.Duration
	Ready, Busy, Paused int // Busy includes those who write down what was
	Answered, Within    int // today; within the goal
	Lost                int // gave up waiting
}

// day counts what has happened since midnight.
type day struct {
	date                   string
	answered, within, lost int
}

func (q *Queue) today(now time.Time) *day {
	if date := now.In(q.o.Location).Format(time.DateOnly); q.day.date != date {
		q.day = day{date: date}
	}
	return &q.day
}

// SetToday takes up the counts of the day from before a restart.
func (q *Queue) SetToday(now time.Time, answered, within, lost int) {
	d := q.today(now)
	d.answered, d.within, d.lost = answered, within, lost
}

// count notes an answered call; who was put back and is answered again counts once.
func (q *Queue) count(now time.Time, t *ticket) {
	if t.Virtual || t.Inner {
		return
	}
	d := q.today(now)
	d.answered++
	t.counted, t.within = true, now.Sub(t.Since) <= q.o.Goal
	if t.within {
		d.within++
	}
}

func (q *Queue) uncount(now time.Time, t *ticket) {
	d := q.today(now)
	if !t.counted {
		return
	}
	t.counted = false
	d.answered = max(d.answered-1, 0)
	if t.within {
		d.within = max(d.within-1, 0)
	}
}

// Figures as they are now.
func (q *Queue) Figures(now time.Time) Figures {
	d := q.today(now)
	f := Figures{Answered: d.answered, Within: d.within, Lost: d.lost}
	for _, t := range q.line {
		if t.Virtual {
			continue
		}
		f.Waiting++
		f.Longest = max(f.Longest, now.Sub(t.Since))
	}
	for _, a := range q.agents {
		switch a.presence {
		case Ready:
			f.Ready++
		case Busy, Wrapup:
			f.Busy++
		case Paused:
			f.Paused++
		}
	}
	return f
}
