package minutes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/subtitles/minutes"
)

// script is a meeting with what its minutes must hold.
type script struct {
	name  string
	lines []minutes.Line
	began time.Time
	lang  string
	want  map[string][]string // by kind
	may   map[string][]string // what minutes may hold or not: people would not agree either
}

func scripts(t testing.TB, folder string) []script {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txt"))
	require.NoError(t, err)
	var out []script
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		out = append(out, parse(t, filepath.Base(f), string(raw)))
	}
	return out
}

func parse(t testing.TB, name, text string) script {
	t.Helper()
	s := script{name: name, want: map[string][]string{}, may: map[string][]string{}}
	at := time.Duration(0)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if want, ok := strings.CutPrefix(line, "= "); ok {
			kind, rest, _ := strings.Cut(want, " ")
			s.want[kind] = append(s.want[kind], rest)
			continue
		}
		first, rest, _ := strings.Cut(line, " ")
		switch first {
		case "~":
			kind, rest, _ := strings.Cut(rest, " ")
			s.may[kind] = append(s.may[kind], rest)
			continue
		case "date":
			day, err := time.Parse(time.DateOnly, rest)
			require.NoError(t, err)
			s.began = day.Add(9 * time.Hour)
			continue
		case "language":
			s.lang = rest
			continue
		}
		speaker, words, ok := strings.Cut(line, ": ")
		require.True(t, ok, "%s: %q", name, line)
		end := at + time.Duration(len(strings.Fields(words)))*350*time.Millisecond
		s.lines = append(s.lines, minutes.Line{ID: fmt.Sprintf("c%d", len(s.lines)+1), Speaker: speaker, Text: words, Language: s.lang, Start: at, End: end, Confidence: 0.9})
		at = end + 400*time.Millisecond
	}
	return s
}

func (s script) minutes(t testing.TB) minutes.Minutes {
	t.Helper()
	m, err := minutes.Write(t.Context(), s.lines, minutes.Options{Began: s.began, Language: s.lang})
	require.NoError(t, err)
	return m
}

// score counts what was wanted and found, missed, and made up.
type score struct {
	hit, missed, invented int
	words                 []string
}

func (c *score) add(what string, s script, found []string, fits func(want string, i int) bool) {
	used := map[int]bool{}
	want := s.want[what]
next:
	for _, w := range want {
		for i := range found {
			if !used[i] && fits(w, i) {
				used[i] = true
				c.hit++
				continue next
			}
		}
		c.missed++
		c.words = append(c.words, what+" missed: "+w)
	}
	for i, f := range found {
		may := slices.ContainsFunc(s.may[what], func(w string) bool { return fits(w, i) })
		if !used[i] && !may {
			c.invented++
			c.words = append(c.words, what+" not said: "+f)
		}
	}
}

func (c score) and(o score) score {
	return score{hit: c.hit + o.hit, missed: c.missed + o.missed, invented: c.invented + o.invented}
}

func judge(s script, m minutes.Minutes) (tasks, rest score) {
	var found []string
	for _, k := range m.Tasks {
		found = append(found, fmt.Sprintf("%s | %s | %s | %s", k.Owner, k.Due.Said, k.Due.Date, k.Text))
	}
	tasks.add("task", s, found, func(want string, i int) bool {
		p := strings.Split(want, "|")
		k := m.Tasks[i]
		owner, said, date := strings.TrimSpace(p[0]), strings.TrimSpace(p[1]), strings.TrimSpace(p[2])
		sameOwner := owner == "" && k.Owner == "" || owner != "" && says(k.Owner, owner)
		return sameOwner && sameWords(said, k.Due.Said) && slices.Contains(strings.Split(date, "/"), k.Due.Date) && says(k.Text+" "+k.Context, p[3])
	})
	found = nil
	for _, d := range m.Decisions {
		found = append(found, d.Text)
	}
	rest.add("decision", s, found, func(want string, i int) bool {
		return says(m.Decisions[i].About+" "+m.Decisions[i].Text, want)
	})
	found = nil
	for _, v := range m.Votes {
		found = append(found, number(v.For)+" "+number(v.Against)+" "+number(v.Abstained))
	}
	rest.add("vote", s, found, func(want string, i int) bool { return found[i] == want })
	found = nil
	for _, p := range m.Topics {
		found = append(found, p.Number+" "+p.Title)
	}
	rest.add("topic", s, found, func(want string, i int) bool {
		return says(found[i], want)
	})
	return tasks, rest
}

// says that a text holds what is wanted; "a/b" is either.
func says(text, want string) bool {
	for w := range strings.SplitSeq(strings.ToLower(want), "/") {
		if strings.Contains(strings.ToLower(text), strings.TrimSpace(w)) {
			return true
		}
	}
	return false
}

// sameWords leaves small words at the edges to taste: "bis Freitag" and "Freitag"; "a/b" is either.
func sameWords(want, found string) bool {
	want, found = strings.ReplaceAll(want, ".", ""), strings.ReplaceAll(strings.ToLower(found), ".", "") // "12. März" and "12 März"
	for w := range strings.SplitSeq(strings.ToLower(want), "/") {
		if w == found || w != "" && found != "" && (strings.Contains(found, w) || strings.Contains(w, found)) {
			return true
		}
	}
	return false
}

func number(n *int) string {
	if n == nil {
		return "-"
	}
	return strconv.Itoa(*n)
}

func TestSeenMeetingsAreRight(t *testing.T) {
	all := scripts(t, "seen")
	require.GreaterOrEqual(t, len(all), 12)
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			tasks, rest := judge(s, s.minutes(t))
			require.Empty(t, tasks.words)
			require.Empty(t, rest.words)
		})
	}
}

// Subtitles cut sentences where a line ends: that changes nothing.
func TestCuesMayCutSentences(t *testing.T) {
	for _, s := range scripts(t, "seen") {
		var cut []minutes.Line
		for _, l := range s.lines {
			words := strings.Fields(l.Text)
			step := (l.End - l.Start) / time.Duration(max(1, len(words)))
			for n, chunk := range slices.Collect(slices.Chunk(words, 4)) {
				part := l
				part.ID = fmt.Sprintf("%s-%d", l.ID, n)
				part.Text = strings.Join(chunk, " ")
				part.Start += time.Duration(4*n) * step
				part.End = part.Start + time.Duration(len(chunk))*step
				cut = append(cut, part)
			}
		}
		s.lines = cut
		m := s.minutes(t)
		tasks, rest := judge(s, m)
		require.Empty(t, tasks.words, s.name)
		require.Empty(t, rest.words, s.name)
		nothingInvented(t, cut, m)
	}
}

func TestUnseenMeetings(t *testing.T) {
	for _, folder := range []string{"unseen", "second", "held", "third", "drill", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "turns", "tenth", "eleventh", "twelfth"} {
		t.Run(folder, func(t *testing.T) {
			sum := map[string]score{}
			for _, s := range scripts(t, folder) {
				k, r := judge(s, s.minutes(t))
				sum["tasks"], sum["rest"] = sum["tasks"].and(k), sum["rest"].and(r)
				if os.Getenv("MINUTES_SHOW") == folder {
					t.Log(s.name, strings.Join(append(k.words, r.words...), "\n"))
				}
			}
			logParts(t, scripts(t, folder))
			for name, c := range sum {
				t.Logf("%s: %s", name, c)
				precision, recall := c.precision(), c.recall()
				require.GreaterOrEqual(t, precision, floors[folder][name].precision, name)
				require.GreaterOrEqual(t, recall, floors[folder][name].recall, name)
			}
		})
	}
}

type floor struct{ precision, recall float64 }

// floors are what the meetings of each folder must not fall below; "rest" is topics, votes and decisions.
var floors = map[string]map[string]floor{
	"unseen":   {"tasks": {0.95, 0.95}, "rest": {0.98, 0.98}},
	"second":   {"tasks": {0.97, 0.90}, "rest": {0.98, 0.98}},
	"held":     {"tasks": {0.78, 0.78}, "rest": {0.98, 0.98}},
	"third":    {"tasks": {0.97, 0.97}, "rest": {0.98, 0.98}},
	"drill":    {"tasks": {0.95, 0.93}, "rest": {0.98, 0.98}},
	"fourth":   {"tasks": {0.85, 0.83}, "rest": {0.98, 0.90}},
	"fifth":    {"tasks": {0.97, 0.92}, "rest": {0.98, 0.98}},
	"sixth":    {"tasks": {0.97, 0.90}, "rest": {0.98, 0.93}},
	"seventh":  {"tasks": {0.94, 0.90}, "rest": {0.98, 0.92}},
	"eighth":   {"tasks": {0.97, 0.92}, "rest": {0.98, 0.85}},
	"ninth":    {"tasks": {0.97, 0.90}, "rest": {0.98, 0.98}},
	"tenth":    {"tasks": {0.84, 0.67}, "rest": {0.98, 0.89}},
	"eleventh": {"tasks": {0.91, 0.84}, "rest": {0.94, 0.75}},
	"twelfth":  {"tasks": {0.97, 0.98}, "rest": {0.98, 0.98}},
	"turns":    {"tasks": {0.97, 0.86}, "rest": {0.98, 0.97}},
}
