package floor

import (
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/desk/queue"
)

// goal of the 115: an answer within 30 s.
const goal = 30 * time.Second

// late counts since midnight who hung up after having waited longer than the goal.
type late struct {
	date string
	n    int
}

func (l *late) today(now time.Time, loc *time.Location) int {
	if l.date != date(now, loc) {
		return 0
	}
	return l.n
}

func (l *late) set(now time.Time, loc *time.Location, n int) { *l = late{date(now, loc), n} }

func date(now time.Time, loc *time.Location) string {
	if loc == nil {
		loc = time.Local
	}
	return now.In(loc).Format(time.DateOnly)
}

// level is the service level, see Figures: 1 while nobody has waited too long.
func level(q queue.Figures, late int) float64 {
	if q.Answered+late == 0 {
		if q.Lost > 0 {
			return 1
		}
		return 0 // nobody has called
	}
	return float64(q.Within) / float64(q.Answered+late)
}

// part takes a caller out of the queue; lost is one who gave up.
func (f *Floor) part(now time.Time, v *visit, lost bool) {
	if p, ok := f.q.Place(v.id); ok && lost && !p.Virtual && !p.Inner && now.Sub(p.Since) > goal {
		f.late.set(now, f.o.Location, f.late.today(now, f.o.Location)+1)
	}
	f.q.Leave(now, v.id, lost)
}

// Staffed says whether somebody is there who may serve a department: ready,
// with a call, writing one down or in a pause.
func (f *Floor) Staffed(department string) bool {
	t := queue.Ticket{Department: department}
	if name, ok := strings.CutPrefix(department, colleague); ok {
		t.Agent = name
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.q.Staffed(t)
}
