package minutes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

func (c score) precision() float64 { return float64(c.hit) / float64(max(1, c.hit+c.invented)) }
func (c score) recall() float64    { return float64(c.hit) / float64(max(1, c.hit+c.missed)) }

func (c score) String() string {
	return fmt.Sprintf("precision %.2f, recall %.2f (%d right, %d missed, %d wrong)", c.precision(), c.recall(), c.hit, c.missed, c.invented)
}

// logParts prints what each part of the minutes is worth. A task is found where its words are, with
// owner or date wrong; owners and dates are counted for tasks that were found.
func logParts(t *testing.T, all []script) {
	t.Helper()
	names := []string{"task found", "owner", "due", "decision", "vote", "topic"}
	sum := map[string]score{}
	for _, s := range all {
		m := s.minutes(t)
		one := parts(s, m)
		for _, name := range names {
			sum[name] = sum[name].and(one[name])
		}
	}
	for _, name := range names {
		t.Logf("  %s: %s", name, sum[name])
	}
}

func parts(s script, m minutes.Minutes) map[string]score {
	out := map[string]score{}
	used := map[int]bool{}
	count := func(name string, ok bool) {
		c := out[name]
		if ok {
			c.hit++
		} else {
			c.missed++
			c.invented++
		}
		out[name] = c
	}
	found := score{}
	for _, want := range s.want["task"] {
		if i := nearest(want, m.Tasks, used); i >= 0 {
			used[i] = true
			found.hit++
			_, owner, due := agrees(want, m.Tasks[i])
			count("owner", owner)
			count("due", due)
			continue
		}
		found.missed++
	}
	for i, k := range m.Tasks {
		if !used[i] && !slices.ContainsFunc(s.may["task"], func(w string) bool { word, owner, due := agrees(w, k); return word && owner && due }) {
			found.invented++
		}
	}
	out["task found"] = found
	_, rest := judge(s, m)
	for _, name := range []string{"decision", "vote", "topic"} {
		c := score{hit: len(s.want[name])}
		for _, w := range rest.words {
			if strings.HasPrefix(w, name+" missed") {
				c.hit--
				c.missed++
			} else if strings.HasPrefix(w, name+" not said") {
				c.invented++
			}
		}
		out[name] = c
	}
	return out
}

// agrees says what of a task is as wanted.
func agrees(want string, k minutes.Task) (word, owner, due bool) {
	p := strings.Split(want, "|")
	for i := range p {
		p[i] = strings.TrimSpace(p[i])
	}
	word = says(k.Text+" "+k.Context, p[3])
	owner = p[0] == "" && k.Owner == "" || p[0] != "" && says(k.Owner, p[0])
	due = sameWords(p[1], k.Due.Said) && slices.Contains(strings.Split(p[2], "/"), k.Due.Date)
	return word, owner, due
}

// nearest is the task that agrees most; one without a word of its own needs its owner or its date.
func nearest(want string, tasks []minutes.Task, used map[int]bool) int {
	best, most := -1, 0
	for i, k := range tasks {
		word, owner, due := agrees(want, k)
		points := 1
		if owner {
			points += 2
		}
		if due && k.Due.Said != "" {
			points++
		}
		if strings.HasSuffix(strings.TrimSpace(want), "|") && points == 1 || !word || used[i] {
			continue
		}
		if points > most {
			best, most = i, points
		}
	}
	return best
}
