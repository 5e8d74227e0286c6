package queue

import (
	"container/heap"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// day in the life of a desk: callers come, wait, give up; people answer, miss
// calls, talk and write. Only the queue decides who gets whom.
type shift struct {
	t     *testing.T
	r     *rand.Rand
	q     *Queue
	now   time.Time
	heap  events
	n     int
	load  load
	calls map[string]*caller
}

// load says how much there is to do.
type load struct {
	callers int
	every   time.Duration // mean time between two
	talk    time.Duration // mean
	give    time.Duration // mean patience of callers; 0: endless
}

type caller struct {
	joined    time.Time
	estimate  time.Duration // at joining, 0: unknown
	position  int
	answered  int
	lost      bool
	waited    time.Duration
	done      bool
	immediate bool
}

type event struct {
	at  time.Time
	seq int
	do  func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at.Before(e[j].at) || e[i].at.Equal(e[j].at) && e[i].seq < e[j].seq
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

func (s *shift) after(d time.Duration, do func()) {
	s.n++
	heap.Push(&s.heap, event{s.now.Add(d), s.n, do})
}

func (s *shift) exp(mean time.Duration) time.Duration {
	return time.Duration(s.r.ExpFloat64() * float64(mean))
}

// talks has the shape of real handling times: log-normal, half of the mean as deviation.
func (s *shift) talks() time.Duration {
	sigma := math.Sqrt(math.Log(1.25))
	return time.Duration(float64(s.load.talk) * math.Exp(sigma*s.r.NormFloat64()-sigma*sigma/2))
}

// people of two departments with four languages and one skill.
func people() []Agent {
	return []Agent{
		{Name: "a", Languages: []string{"de"}}, {Name: "b", Languages: []string{"de", "en"}}, {Name: "c", Languages: []string{"de", "tr"}},
		{Name: "d", Departments: []string{"buergeramt"}, Languages: []string{"de"}}, {Name: "e", Departments: []string{"buergeramt"}, Languages: []string{"de", "en"}},
		{Name: "f", Departments: []string{"buergeramt"}, Languages: []string{"de", "uk"}}, {Name: "g", Departments: []string{"buergeramt"}, Languages: []string{"de"}, Skills: []string{"kfz"}},
		{Name: "h", Departments: []string{"sozialamt"}, Languages: []string{"de"}}, {Name: "i", Departments: []string{"sozialamt"}, Languages: []string{"de", "tr"}},
		{Name: "j", Languages: []string{"de"}, Skills: []string{"kfz"}},
	}
}

func newShift(t *testing.T, seed uint64, l load) *shift {
	s := &shift{t: t, r: rand.New(rand.NewPCG(seed, 5)), q: staff(Options{}, people()...), now: nine, load: l, calls: map[string]*caller{}}
	return s
}

func (s *shift) run() {
	s.arrive(0)
	for s.heap.Len() > 0 {
		if next := s.q.Next(); !next.IsZero() && next.Before(s.heap[0].at) {
			s.now = next
			s.q.Advance(s.now)
		} else {
			e := heap.Pop(&s.heap).(event)
			s.now = e.at
			e.do()
		}
		s.follow()
	}
}

func (s *shift) arrive(i int) {
	if i == s.load.callers {
		return
	}
	id := fmt.Sprint(i)
	tk := Ticket{ID: id, Department: "buergeramt", Language: "de"}
	if s.r.Float64() < 0.3 {
		tk.Department = "sozialamt"
	}
	switch p := s.r.Float64(); {
	case p < 0.1:
		tk.Language = "tr"
	case p < 0.15:
		tk.Language = "uk"
	case p < 0.2:
		tk.Language = "en"
	case p < 0.3 && tk.Department == "buergeramt":
		tk.Skills = []string{"kfz"}
	}
	c := &caller{joined: s.now}
	s.calls[id] = c
	require.NoError(s.t, s.q.Join(s.now, tk))
	place, _ := s.q.Place(id)
	c.immediate = place.State == Offered
	standing := s.q.Standings(s.now)[id]
	c.estimate, c.position = standing.Wait, standing.Position
	if s.load.give > 0 {
		s.after(s.exp(s.load.give), func() { s.giveUp(id) })
	}
	s.after(s.exp(s.load.every), func() { s.arrive(i + 1) })
}

func (s *shift) giveUp(id string) {
	if p, ok := s.q.Place(id); ok && p.State != Taken {
		s.calls[id].lost = true
		s.q.Leave(s.now, id, true)
	}
}

// follow lets people react to what the queue did.
func (s *shift) follow() {
	for _, e := range s.q.Events() {
		switch e.Kind {
		case Rings:
			s.inOrder(e)
			if s.r.Float64() < 0.03 { // away from the desk
				s.after(25*time.Second, func() {})
				continue
			}
			s.after(2*time.Second+s.exp(3*time.Second), func() { s.answer(e.Agent, e.Ticket) })
		case Changed:
			if e.Why == string(Paused) {
				s.after(time.Minute, func() { require.NoError(s.t, s.q.Present(s.now, e.Agent, Ready, "")) })
			}
		}
	}
}

// inOrder: nobody who stands before the caller could have been offered.
func (s *shift) inOrder(e Event) {
	if s.q.tickets[e.Ticket] == nil {
		return
	}
	for _, tk := range s.q.line {
		if tk.ID == e.Ticket {
			return
		}
		a := s.q.agents[e.Agent]
		require.False(s.t, tk.state == Queued && s.q.may(tk, a) && !s.q.from(tk, a).After(s.now), "%s was passed over by %s", tk.ID, e.Ticket)
	}
}

func (s *shift) answer(name, id string) {
	p, ok := s.q.Place(id)
	if !ok || p.State != Offered || p.Agent != name {
		return // gave up, or rang too long
	}
	require.NoError(s.t, s.q.Accept(s.now, name, id))
	c := s.calls[id]
	c.answered++
	c.waited = s.now.Sub(c.joined)
	s.after(s.talks(), func() {
		s.q.Done(s.now, id)
		c.done = true
		s.after(min(s.exp(25*time.Second), 59*time.Second), func() { s.q.Finish(s.now, name) })
	})
}

// judged compares what was said with what happened.
type judged struct {
	n              int
	bias, p50, p90 time.Duration
	good           float64 // share within 50 % or 60 s
	early          float64 // share that was answered by the time that was said, in full minutes
}

func (s *shift) judge() judged {
	var j judged
	var errs []time.Duration
	good, early := 0, 0
	for _, c := range s.calls {
		if c.immediate || c.answered == 0 || c.estimate == 0 {
			continue
		}
		diff := c.estimate - c.waited
		j.n++
		j.bias += diff
		errs = append(errs, diff.Abs())
		if diff.Abs() <= time.Minute || diff.Abs() <= c.waited/2 {
			good++
		}
		if c.waited <= RoundUp(c.estimate) {
			early++
		}
	}
	if j.n == 0 {
		return j
	}
	slices.Sort(errs)
	j.bias /= time.Duration(j.n)
	j.p50, j.p90 = errs[j.n/2], errs[j.n*9/10]
	j.good, j.early = float64(good)/float64(j.n), float64(early)/float64(j.n)
	return j
}

func (s *shift) settled() (answered, lost int) {
	for id, c := range s.calls {
		require.False(s.t, c.lost && c.answered > 0, "caller %s", id)
		require.LessOrEqual(s.t, c.answered, 1, "caller %s was answered twice", id)
		if c.lost {
			lost++
			continue
		}
		require.True(s.t, c.done, "caller %s was forgotten", id)
		answered++
	}
	require.Empty(s.t, s.q.tickets)
	require.Len(s.t, s.calls, s.load.callers)
	return answered, lost
}

// TestThousandCallers prints how honest the estimates are in a busy week.
func TestThousandCallers(t *testing.T) {
	for name, l := range map[string]load{
		"quiet":      {1000, 40 * time.Second, 4 * time.Minute, 6 * time.Minute},
		"busy":       {1000, 30 * time.Second, 4 * time.Minute, 6 * time.Minute},
		"overloaded": {1000, 24 * time.Second, 4 * time.Minute, 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(3) {
				s := newShift(t, seed, l)
				s.run()
				answered, lost := s.settled()
				j := s.judge()
				t.Logf("seed %d: %d answered, %d gave up, %d waited: bias %+.0f s, error p50 %.0f s p90 %.0f s, within 50 %% or 60 s: %.0f %%, answered by what was said: %.0f %%",
					seed, answered, lost, j.n, j.bias.Seconds(), j.p50.Seconds(), j.p90.Seconds(), j.good*100, j.early*100)
				require.GreaterOrEqual(t, j.good, 0.8, "estimates are not honest")
			}
		})
	}
}

// TestFiftyWaitTenServe begins with 50 callers at once.
func TestFiftyWaitTenServe(t *testing.T) {
	s := newShift(t, 1, load{callers: 50, every: 0, talk: 4 * time.Minute})
	s.run()
	answered, lost := s.settled()
	require.Equal(t, 50, answered)
	require.Zero(t, lost)
	j := s.judge()
	t.Logf("%d waited: bias %+.0f s, error p50 %.0f s p90 %.0f s, within 50 %% or 60 s: %.0f %%", j.n, j.bias.Seconds(), j.p50.Seconds(), j.p90.Seconds(), j.good*100)
	require.GreaterOrEqual(t, j.good, 0.8)
}
