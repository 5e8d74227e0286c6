package queue

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// check holds what must be true after every event, whatever happened.
func check(t *testing.T, q *Queue, expected map[string]bool) {
	t.Helper()
	require.Len(t, q.tickets, len(expected), "no caller is forgotten or made up")
	holders := map[string]string{}
	for id, tk := range q.tickets {
		require.True(t, expected[id])
		inLine := slices.Contains(q.line, tk)
		require.Equal(t, tk.state != Taken, inLine, "caller %s is in the line unless taken", id)
		if tk.state == Queued {
			require.Empty(t, tk.agent)
			continue
		}
		a := q.agents[tk.agent]
		require.NotNil(t, a)
		require.Equal(t, id, a.ticket, "who has caller %s knows", id)
		require.Empty(t, holders[tk.agent], "one call for one person")
		holders[tk.agent] = id
		if tk.state == Offered {
			require.Equal(t, Ready, a.presence)
		} else {
			require.Contains(t, []Presence{Busy, Offline}, a.presence)
		}
	}
	for name, a := range q.agents {
		if a.presence == Busy {
			require.NotEmpty(t, holders[name], "%s is busy with nothing", name)
		}
		if a.ticket != "" && a.presence != Wrapup {
			require.Equal(t, holders[name], a.ticket, "%s holds a call that is gone", name)
		}
	}
	require.True(t, slices.IsSortedFunc(q.line, before))
}

// fair: nobody who is free is withheld from somebody who could be offered them.
func fair(t *testing.T, q *Queue, now time.Time) {
	t.Helper()
	for _, tk := range q.line {
		if tk.state == Queued {
			require.Nil(t, q.best(now, tk), "%s waits while somebody is free", tk.ID)
		}
	}
}

// step plays one event, chosen by three bytes.
func step(q *Queue, now time.Time, what, who, which byte, n *int, expected map[string]bool) {
	names := []string{"a", "b", "c", "d"}
	name := names[int(who)%len(names)]
	var ids []string
	for id := range expected {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	id := ""
	if len(ids) > 0 {
		id = ids[int(which)%len(ids)]
	}
	switch what % 12 {
	case 0, 1:
		*n++
		t := Ticket{ID: fmt.Sprint(*n), Department: []string{"x", "y"}[which%2], Language: []string{"de", "tr", "pl"}[who%3], Priority: int(which % 7 / 6),
			Virtual: which%11 == 0, Written: which%5 == 0}
		if q.Join(now, t) == nil {
			expected[t.ID] = true
		}
	case 2:
		q.Leave(now, id, which%2 == 0)
		delete(expected, id)
	case 3, 4:
		_ = q.Accept(now, name, id)
	case 5:
		_ = q.Decline(now, name, id)
	case 6:
		q.Back(now, id, []string{"", "unreachable"}[who%2])
	case 7:
		if p, ok := q.Place(id); ok && p.State == Taken {
			delete(expected, id)
		}
		q.Done(now, id)
	case 8:
		_ = q.Present(now, name, []Presence{Offline, Ready, Ready, Paused, Wrapup}[which%5], "x")
	case 9:
		q.Device(now, name, which%4 != 0)
	case 10:
		q.Finish(now, name)
	case 11:
		q.Then(name, Paused, "y")
	}
}

func play(t *testing.T, data []byte) {
	q := staff(Options{Departments: map[string]Department{"x": {After: time.Minute, Length: 5}}},
		Agent{Name: "a", Languages: []string{"de"}}, Agent{Name: "b", Languages: []string{"tr", "de"}},
		Agent{Name: "c", Departments: []string{"y"}}, Agent{Name: "d", Departments: []string{"x"}, Languages: []string{"pl"}})
	now, n, expected := nine, 0, map[string]bool{}
	for i := 0; i+3 < len(data); i += 4 {
		now = now.Add(time.Duration(data[i+3]) * 100 * time.Millisecond)
		if next := q.Next(); !next.IsZero() && !next.After(now) {
			q.Advance(now)
		}
		step(q, now, data[i], data[i+1], data[i+2], &n, expected)
		check(t, q, expected)
		fair(t, q, now)
		for id, s := range q.Standings(now) {
			require.Positive(t, s.Position, id)
			require.GreaterOrEqual(t, s.Wait, time.Duration(0))
		}
		q.Events()
	}
	q.Advance(now.Add(time.Hour))
	check(t, q, expected)
}

// TestRandomEvents plays 30 shifts of 300 events.
func TestRandomEvents(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 7))
		data := make([]byte, 1200)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		play(t, data)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 3, 1, 0, 9, 6, 1, 0, 2, 7, 0, 0, 255, 8, 0, 0, 20})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 4000 {
			play(t, data)
		}
	})
}
