package minutes

import (
	"slices"
	"strings"
)

// Kind of a run of words in a comparison.
type Kind string

// Kinds of runs.
const (
	Same    Kind = "same"
	Removed Kind = "removed" // the machine's words
	Added   Kind = "added"   // the editor's words
)

// Run is words that stand together.
type Run struct {
	Kind Kind   `json:"kind"`
	Text string `json:"text"`
}

// Compared is one cue as the machine wrote it and as it was corrected.
type Compared struct {
	ID      string `json:"id"`
	Speaker string `json:"speaker"`
	Runs    []Run  `json:"runs"`
	Changed bool   `json:"changed"`
}

// Comparison of the machine's text with the corrected one, for a page.
type Comparison struct {
	Cues    []Compared `json:"cues"`
	Words   int        `json:"words"`   // of the corrected text
	Changes int        `json:"changes"` // words replaced, added or left out
	// Error is Changes per word: what the word error rate is, if the corrections are right.
	Error float64 `json:"error"`
}

// mostCells bounds the work for one cue: 2,000 words against 2,000.
const mostCells = 4_000_000

// Compare lines up cues by their ids, and their words. Cues that only one side
// has are removed or added as a whole.
func Compare(machine, corrected []Line) Comparison {
	machine, corrected = numbered(machine, ""), numbered(corrected, "")
	after := map[string]Line{}
	for _, l := range corrected {
		after[l.ID] = l
	}
	var c Comparison
	before := map[string]bool{}
	next := 0
	// Cues that were added stand before the one that follows them.
	insert := func(until string) {
		at := slices.IndexFunc(corrected[next:], func(l Line) bool { return l.ID == until })
		if at < 0 {
			return
		}
		for _, l := range corrected[next : next+at] {
			if !before[l.ID] && !slices.ContainsFunc(machine, func(m Line) bool { return m.ID == l.ID }) {
				c.add(l, "", l.Text)
			}
		}
		next += at + 1
	}
	for _, l := range machine {
		if before[l.ID] {
			continue
		}
		insert(l.ID)
		before[l.ID] = true
		c.add(l, l.Text, after[l.ID].Text)
	}
	for _, l := range corrected[next:] {
		if !before[l.ID] {
			c.add(l, "", l.Text)
			before[l.ID] = true
		}
	}
	if c.Words > 0 {
		c.Error = float64(c.Changes) / float64(c.Words)
	}
	return c
}

func (c *Comparison) add(l Line, was, is string) {
	a, b := strings.Fields(was), strings.Fields(is)
	runs := diff(a, b)
	removed, added := 0, 0
	changes := 0
	settle := func() { changes += max(removed, added); removed, added = 0, 0 }
	for _, r := range runs {
		switch n := len(strings.Fields(r.Text)); r.Kind {
		case Removed:
			removed += n
		case Added:
			added += n
		default:
			settle()
		}
	}
	settle()
	c.Words += len(b)
	c.Changes += changes
	c.Cues = append(c.Cues, Compared{ID: l.ID, Speaker: l.Speaker, Runs: runs, Changed: changes > 0})
}

// diff is the longest common subsequence of words, as runs; where both sides
// are too long for that, all is replaced.
func diff(a, b []string) []Run {
	var runs []Run
	put := func(k Kind, word string) {
		if n := len(runs); n > 0 && runs[n-1].Kind == k {
			runs[n-1].Text += " " + word
			return
		}
		runs = append(runs, Run{k, word})
	}
	if len(a)*len(b) > mostCells {
		return []Run{{Removed, strings.Join(a, " ")}, {Added, strings.Join(b, " ")}}
	}
	common := lengths(a, b)
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			put(Same, a[i])
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			put(Removed, a[i])
			i++
		default:
			put(Added, b[j])
			j++
		}
	}
	for ; i < len(a); i++ {
		put(Removed, a[i])
	}
	for ; j < len(b); j++ {
		put(Added, b[j])
	}
	return runs
}

// lengths of the longest common subsequences of all ends of a and b.
func lengths(a, b []string) [][]int32 {
	cells := make([]int32, (len(a)+1)*(len(b)+1))
	rows := make([][]int32, len(a)+1)
	for i := range rows {
		rows[i] = cells[i*(len(b)+1) : (i+1)*(len(b)+1)]
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				rows[i][j] = rows[i+1][j+1] + 1
			} else {
				rows[i][j] = max(rows[i+1][j], rows[i][j+1])
			}
		}
	}
	return rows
}
