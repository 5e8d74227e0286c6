package queue

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return nine.Add(time.Duration(seconds) * time.Second) }

// staff makes a queue with people who are ready, the first one idle longest.
func staff(o Options, agents ...Agent) *Queue {
	o.Location = time.UTC
	q := New(o)
	for i, a := range agents {
		now := at(i - len(agents))
		q.Add(now, a)
		q.Device(now, a.Name, true)
		_ = q.Present(now, a.Name, Ready, "")
	}
	q.Events()
	return q
}

func join(t *testing.T, q *Queue, now time.Time, id, department, language string) {
	t.Helper()
	require.NoError(t, q.Join(now, Ticket{ID: id, Department: department, Language: language}))
}

// rings is who is offered a caller.
func rings(q *Queue, id string) string {
	p, _ := q.Place(id)
	if p.State != Offered {
		return ""
	}
	return p.Agent
}

func TestLongestIdleIsOfferedFirst(t *testing.T) {
	q := staff(Options{}, Agent{Name: "zoe"}, Agent{Name: "anna"})
	join(t, q, at(0), "1", "x", "de")
	join(t, q, at(1), "2", "x", "de")
	require.Equal(t, "zoe", rings(q, "1"))
	require.Equal(t, "anna", rings(q, "2"))
	require.NoError(t, q.Accept(at(2), "zoe", "1"))
	require.NoError(t, q.Accept(at(2), "anna", "2"))
	q.Done(at(60), "2")
	q.Finish(at(70), "anna")
	q.Done(at(80), "1")
	q.Finish(at(90), "zoe")
	join(t, q, at(100), "3", "x", "de")
	require.Equal(t, "anna", rings(q, "3"))
}

func TestLanguageFirstThenPatience(t *testing.T) {
	q := staff(Options{Patience: 30 * time.Second}, Agent{Name: "de", Languages: []string{"de"}}, Agent{Name: "tr", Languages: []string{"tr", "de"}})
	join(t, q, at(0), "1", "x", "tr")
	require.Equal(t, "tr", rings(q, "1"), "though de was idle longer")
	require.NoError(t, q.Accept(at(1), "tr", "1"))
	join(t, q, at(10), "2", "x", "tr")
	require.Empty(t, rings(q, "2"), "somebody with the language works")
	require.Equal(t, at(40), q.Next())
	q.Advance(at(40))
	require.Equal(t, "de", rings(q, "2"))

	q = staff(Options{Patience: 30 * time.Second}, Agent{Name: "de", Languages: []string{"de"}})
	join(t, q, at(0), "1", "x", "tr")
	require.Equal(t, "de", rings(q, "1"), "nobody has the language: nothing to wait for")
	q = staff(Options{}, Agent{Name: "de", Languages: []string{"de"}})
	join(t, q, at(0), "1", "x", "de-leicht")
	require.Equal(t, "de", rings(q, "1"))
	q = staff(Options{Interpreted: true}, Agent{Name: "tr", Languages: []string{"tr"}}, Agent{Name: "de", Languages: []string{"de"}})
	require.NoError(t, q.Present(at(0), "tr", Paused, "lunch"))
	join(t, q, at(0), "1", "x", "tr")
	require.Equal(t, "de", rings(q, "1"))
}

func TestDepartmentAndSkillBind(t *testing.T) {
	q := staff(Options{}, Agent{Name: "a", Departments: []string{"x"}}, Agent{Name: "b", Departments: []string{"y"}, Skills: []string{"fax"}})
	join(t, q, at(0), "1", "y", "de")
	require.Equal(t, "b", rings(q, "1"))
	require.ErrorIs(t, q.Accept(at(1), "a", "1"), ErrNotFit)
	require.NoError(t, q.Join(at(1), Ticket{ID: "2", Department: "y", Skills: []string{"latin"}}))
	require.ErrorIs(t, q.Accept(at(1), "b", "2"), ErrNotFit)
	require.False(t, q.Staffed(Ticket{Department: "y", Skills: []string{"latin"}}))
	require.True(t, q.Staffed(Ticket{Department: "y", Skills: []string{"fax"}}))
	require.NoError(t, q.Join(at(1), Ticket{ID: "3", Department: "y", Agent: "a"}), "handed to a colleague of another department")
	require.Equal(t, "a", rings(q, "3"))
}

func TestWhoDoesNotAnswerIsPaused(t *testing.T) {
	q := staff(Options{RingTime: 20 * time.Second}, Agent{Name: "a"}, Agent{Name: "b"})
	join(t, q, at(0), "1", "x", "de")
	require.Equal(t, "a", rings(q, "1"))
	require.Equal(t, at(20), q.Next())
	q.Advance(at(20))
	a, _ := q.Person("a")
	require.Equal(t, Paused, a.Presence)
	require.Equal(t, Missed, a.Reason)
	require.Equal(t, "b", rings(q, "1"))
	join(t, q, at(21), "2", "x", "de")
	q.Advance(at(40))
	b, _ := q.Person("b")
	require.Equal(t, Paused, b.Presence)
	require.Empty(t, rings(q, "1"))
	require.NoError(t, q.Present(at(50), "a", Ready, ""))
	require.Equal(t, "a", rings(q, "1"), "the place is kept")
}

func TestDeclinedGoesToTheNextAndComesBack(t *testing.T) {
	q := staff(Options{Rest: time.Minute}, Agent{Name: "a"}, Agent{Name: "b"})
	join(t, q, at(0), "1", "x", "de")
	require.ErrorIs(t, q.Decline(at(1), "b", "1"), ErrTaken)
	require.NoError(t, q.Decline(at(1), "a", "1"))
	require.Equal(t, "b", rings(q, "1"))
	require.NoError(t, q.Decline(at(2), "b", "1"))
	require.Empty(t, rings(q, "1"))
	require.Equal(t, at(61), q.Next())
	q.Advance(at(61))
	require.Equal(t, "a", rings(q, "1"), "not for ever")
}

func TestTwoAcceptOneWins(t *testing.T) {
	q := staff(Options{}, Agent{Name: "a"}, Agent{Name: "b"})
	join(t, q, at(0), "1", "x", "de")
	require.NoError(t, q.Accept(at(1), "b", "1"), "picked from the list")
	require.ErrorIs(t, q.Accept(at(1), "a", "1"), ErrTaken)
	require.ErrorIs(t, q.Accept(at(1), "b", "1"), ErrTaken)
	join(t, q, at(2), "2", "x", "de")
	require.ErrorIs(t, q.Accept(at(2), "b", "2"), ErrBusy)
	require.Equal(t, "a", rings(q, "2"))
	require.ErrorIs(t, q.Accept(at(2), "nobody", "2"), ErrUnknown)
	require.NoError(t, q.Present(at(3), "a", Offline, ""))
	require.ErrorIs(t, q.Accept(at(3), "a", "2"), ErrPresence)
	require.ErrorIs(t, q.Join(at(3), Ticket{ID: "2"}), ErrTwice)
}

func TestBackKeepsThePlaceAndBlames(t *testing.T) {
	q := staff(Options{}, Agent{Name: "a"}, Agent{Name: "b", Departments: []string{"y"}})
	join(t, q, at(0), "1", "x", "de")
	join(t, q, at(5), "2", "x", "de")
	require.NoError(t, q.Accept(at(10), "a", "1"))
	require.Equal(t, 1, q.Figures(at(10)).Answered)
	q.Back(at(15), "1", "unreachable")
	require.Equal(t, "1", q.Waiting()[0].ID)
	require.Equal(t, at(0), q.Waiting()[0].Since)
	require.Zero(t, q.Figures(at(15)).Answered)
	a, _ := q.Person("a")
	require.Equal(t, "unreachable", a.Reason)
	require.NoError(t, q.Present(at(20), "a", Ready, ""))
	require.Equal(t, "a", rings(q, "1"))
	require.NoError(t, q.Accept(at(50), "a", "1"))
	require.Equal(t, Figures{Waiting: 1, Longest: 45 * time.Second, Busy: 1, Ready: 1, Answered: 1}, q.Figures(at(50)), "after more than 30 s")
}

func TestWrapupHasALimitAndMoreTime(t *testing.T) {
	q := staff(Options{Wrapup: time.Minute}, Agent{Name: "a"})
	join(t, q, at(0), "1", "x", "de")
	require.NoError(t, q.Accept(at(0), "a", "1"))
	require.NoError(t, q.Present(at(5), "a", Paused, "lunch"), "a wish for afterwards")
	require.ErrorIs(t, q.Present(at(5), "a", Wrapup, ""), ErrPresence)
	q.Done(at(100), "1")
	a, _ := q.Person("a")
	require.Equal(t, Wrapup, a.Presence)
	require.NoError(t, q.Present(at(150), "a", Wrapup, ""))
	q.Advance(at(160))
	a, _ = q.Person("a")
	require.Equal(t, Wrapup, a.Presence)
	q.Advance(at(210))
	a, _ = q.Person("a")
	require.Equal(t, Paused, a.Presence)
	require.Equal(t, "lunch", a.Reason)
	require.Equal(t, 1, q.Paces()["x"].Measured)
	require.Equal(t, 4*time.Minute-5*time.Second, q.Paces()["x"].Handling, "(210 s - 240 s) / 6 less")
}

func TestOverflow(t *testing.T) {
	q := staff(Options{Departments: map[string]Department{"*": {After: time.Minute, Length: 2}}})
	for i := range 3 {
		join(t, q, at(i), fmt.Sprint(i), "x", "de")
	}
	kinds := func() (out []string) {
		for _, e := range q.Events() {
			if e.Kind == Overflowed {
				out = append(out, e.Ticket)
			}
		}
		return out
	}
	require.Equal(t, []string{"2"}, kinds(), "two wait already")
	q.Advance(at(59))
	require.Empty(t, kinds())
	q.Advance(at(61))
	require.Equal(t, []string{"0", "1"}, kinds())
	q.Advance(at(62))
	require.Empty(t, kinds(), "once")
}

func TestDesertedCallersAreTold(t *testing.T) {
	q := staff(Options{Deserted: 30 * time.Second}, Agent{Name: "a"})
	join(t, q, at(0), "1", "x", "de")
	require.NoError(t, q.Present(at(1), "a", Paused, "lunch"))
	q.Advance(at(100))
	q.Events()
	require.NoError(t, q.Present(at(100), "a", Offline, ""))
	require.Equal(t, at(130), q.Next())
	q.Advance(at(130))
	require.Contains(t, q.Events(), Event{Kind: Deserted, Ticket: "1"})
	q.Advance(at(131))
	require.NotContains(t, q.Events(), Event{Kind: Deserted, Ticket: "1"})
}

// TestPositionsCountRivalsOnly has callers for different people in one line.
func TestPositionsCountRivalsOnly(t *testing.T) {
	q := staff(Options{}, Agent{Name: "a", Departments: []string{"x"}}, Agent{Name: "b", Departments: []string{"y"}})
	for i, d := range []string{"x", "y", "x", "y", "x"} {
		join(t, q, at(i), fmt.Sprint(i), d, "de")
	}
	require.NoError(t, q.Accept(at(5), "a", "0"))
	require.NoError(t, q.Accept(at(5), "b", "1"))
	s := q.Standings(at(5))
	require.Equal(t, 1, s["2"].Position)
	require.Equal(t, 1, s["3"].Position)
	require.Equal(t, 2, s["4"].Position)
	require.InDelta(t, 245, s["2"].Wait.Seconds(), 1)
	require.InDelta(t, 490, s["4"].Wait.Seconds(), 1)
	require.Equal(t, 5*time.Minute, RoundUp(s["2"].Wait))
	require.NoError(t, q.Present(at(6), "a", Paused, "lunch"))
	s = q.Standings(at(6))
	require.Zero(t, s["2"].Wait, "nobody will take it: unknown")
	require.Equal(t, 2, s["4"].Position)
}

func TestVirtualKeepsItsPlace(t *testing.T) {
	q := staff(Options{}, Agent{Name: "a"})
	require.NoError(t, q.Present(at(0), "a", Paused, ""))
	join(t, q, at(100), "1", "x", "de")
	require.NoError(t, q.Join(at(200), Ticket{ID: "cb", Department: "x", Since: at(50), Virtual: true}))
	require.NoError(t, q.Present(at(300), "a", Ready, ""))
	require.Equal(t, "a", rings(q, "cb"))
	require.Equal(t, 1, q.Figures(at(300)).Waiting)
	require.NoError(t, q.Accept(at(301), "a", "cb"))
	require.Zero(t, q.Figures(at(301)).Answered)
}

func TestFiguresOfTheDay(t *testing.T) {
	q := staff(Options{}, Agent{Name: "a"})
	join(t, q, at(0), "1", "x", "de")
	require.NoError(t, q.Accept(at(10), "a", "1"))
	join(t, q, at(20), "2", "x", "de")
	q.Leave(at(90), "2", true)
	f := q.Figures(at(91))
	require.Equal(t, [3]int{1, 1, 1}, [3]int{f.Answered, f.Within, f.Lost})
	f = q.Figures(at(24 * 3600))
	require.Equal(t, [3]int{0, 0, 0}, [3]int{f.Answered, f.Within, f.Lost})
	q.SetToday(at(24*3600), 3, 2, 1)
	require.Equal(t, 3, q.Figures(at(24*3600)).Answered)
}

func TestOfflineWithACallInHand(t *testing.T) {
	q := staff(Options{}, Agent{Name: "a"})
	join(t, q, at(0), "1", "x", "de")
	require.NoError(t, q.Accept(at(1), "a", "1"))
	require.NoError(t, q.Present(at(2), "a", Offline, ""))
	p, _ := q.Place("1")
	require.Equal(t, Taken, p.State, "the call goes on")
	require.NoError(t, q.Present(at(3), "a", Ready, ""))
	a, _ := q.Person("a")
	require.Equal(t, Busy, a.Presence)
	require.NoError(t, q.Present(at(4), "a", Offline, ""))
	q.Done(at(5), "1")
	a, _ = q.Person("a")
	require.Equal(t, Offline, a.Presence)
	require.NoError(t, q.Present(at(6), "a", Ready, ""))
	a, _ = q.Person("a")
	require.Equal(t, Ready, a.Presence)
	q.Device(at(7), "a", false)
	join(t, q, at(8), "2", "x", "de")
	require.Empty(t, rings(q, "2"), "nobody could be heard")
	require.NoError(t, q.Join(at(8), Ticket{ID: "3", Department: "x", Written: true}))
	require.Equal(t, "a", rings(q, "3"))
}
