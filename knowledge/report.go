package knowledge

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"
)

// Report says how well a base answers questions.
type Report struct {
	Title    string
	Rows     []Row // by language and kind, then by language, last the total
	Bins     [10]Bin
	Mistakes []Mistake
	Median   time.Duration // of one search, embedding included
	P95      time.Duration
}

// Row counts what happened to questions of one kind.
type Row struct {
	Kind      string
	Questions int
	First     int // in scope: the right article ranked first
	InScope   int
	Right     int // answered with the right article
	// Good is the first-answer count: answered rightly, or asked back among the
	// right ones when several are.
	Good      int
	Wrong     int // answered with a wrong article, out-of-scope ones included
	Asked     int // asked back
	AskedWell int // asked back with the right article among the options
	Silent    int // no answer, human offered
	Elsewhere int // out of scope in all
	Invented  int // out of scope answered with an article
}

// Bin is one step of the reliability table: questions whose first hit had a
// confidence in [i/10, (i+1)/10).
type Bin struct {
	Questions  int
	Confidence float64 // sum
	Right      int
}

// Mistake is a question answered wrongly, or left though it has an answer.
type Mistake struct {
	Question   Question
	Choice     Choice
	Got        string
	Confidence float64
}

// Test searches all questions with the weights in use. On the questions the
// weights were learned from it flatters; Calibrate reports held-out figures.
func (b *Base) Test(ctx context.Context, questions []Question, t Thresholds) (Report, error) {
	r := newReport("weights in use")
	times := make([]time.Duration, 0, len(questions))
	for _, q := range questions {
		start := time.Now()
		hits, err := b.Search(ctx, Query{Text: q.Text, Language: q.Lang})
		if err != nil {
			return r.Report, fmt.Errorf("question %s: %w", q.ID, err)
		}
		times = append(times, time.Since(start))
		r.count(q, hits, t)
	}
	r.finish()
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	if n := len(times); n > 0 {
		r.Median, r.P95 = times[n/2], times[n*95/100]
	}
	return r.Report, nil
}

// allKinds opens the name of a row that counts a whole language; it sorts last.
const allKinds = "~ "

type reporter struct {
	Report
	byKind map[string]*Row
	total  Row
}

func newReport(title string) *reporter {
	return &reporter{Report: Report{Title: title}, byKind: map[string]*Row{}, total: Row{Kind: "total"}}
}

func (r *reporter) count(q Question, hits []Hit, t Thresholds) {
	choice, about := t.Decide(hits)
	for _, kind := range []string{q.Lang + " " + q.Kind, allKinds + q.Lang} {
		if r.byKind[kind] == nil {
			r.byKind[kind] = &Row{Kind: kind}
		}
		r.byKind[kind].count(q, hits, choice, about)
	}
	r.total.count(q, hits, choice, about)
	if len(hits) == 0 {
		return
	}
	right := contains(q.Expect, hits[0].Article.ID)
	bin := &r.Bins[min(9, int(hits[0].Confidence*10))]
	bin.Questions++
	bin.Confidence += hits[0].Confidence
	if right {
		bin.Right++
	}
	if (choice == Answer && !right) || (choice == NoAnswer && len(q.Expect) > 0) {
		r.Mistakes = append(r.Mistakes, Mistake{q, choice, hits[0].Article.ID, hits[0].Confidence})
	}
}

func (row *Row) count(q Question, hits []Hit, choice Choice, about []Hit) {
	row.Questions++
	if len(q.Expect) == 0 {
		row.Elsewhere++
	} else {
		row.InScope++
		if len(hits) > 0 && contains(q.Expect, hits[0].Article.ID) {
			row.First++
		}
	}
	switch choice {
	case Answer:
		if contains(q.Expect, about[0].Article.ID) {
			row.Right++
			row.Good++
			return
		}
		row.Wrong++
		if len(q.Expect) == 0 {
			row.Invented++
		}
	case Clarify:
		row.Asked++
		right := 0
		for _, h := range about {
			if contains(q.Expect, h.Article.ID) {
				right++
			}
		}
		if right > 0 {
			row.AskedWell++
		}
		if len(q.Expect) > 1 && right > 0 && contains(q.Expect, about[0].Article.ID) {
			row.Good++
		}
	case NoAnswer:
		row.Silent++
	}
}

func (r *reporter) finish() {
	kinds := make([]string, 0, len(r.byKind))
	for k := range r.byKind {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	for _, k := range kinds {
		r.Rows = append(r.Rows, *r.byKind[k])
	}
	r.Rows = append(r.Rows, r.total)
	sort.SliceStable(r.Mistakes, func(i, j int) bool { return r.Mistakes[i].Confidence > r.Mistakes[j].Confidence })
}

// Total is the last row.
func (r Report) Total() Row {
	if len(r.Rows) == 0 {
		return Row{}
	}
	return r.Rows[len(r.Rows)-1]
}

// String prints the tables of amtsleitung kb test.
func (r Report) String() string {
	var b strings.Builder
	b.WriteString(r.Figures())
	b.WriteString("\nmistakes (answered wrongly, or left without answer)\n")
	for _, m := range r.Mistakes {
		fmt.Fprintf(&b, "%-8s %-8s %.2f got %-28s want %-28s %s\n", m.Question.ID, m.Choice, m.Confidence, m.Got,
			strings.Join(m.Question.Expect, ","), m.Question.Text)
	}
	return b.String()
}

// Figures prints the tables without single questions.
func (r Report) Figures() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%-18s %5s %7s %7s %7s %7s %7s %9s %7s %9s\n", r.Title,
		"kind", "n", "first", "good", "right", "wrong", "asked", "(well)", "silent", "invented")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "%-18s %5d %7s %7s %7s %7s %7s %9s %7s %9s\n", strings.TrimPrefix(row.Kind, allKinds), row.Questions,
			percent(row.First, row.InScope), percent(row.Good, row.InScope), percent(row.Right, row.InScope), percent(row.Wrong, row.Questions),
			percent(row.Asked, row.Questions), percent(row.AskedWell, row.Asked), percent(row.Silent, row.Questions),
			percent(row.Invented, row.Elsewhere))
	}
	b.WriteString("\nreliability: confidence of the first hit, how often it was right\n")
	for i, bin := range r.Bins {
		if bin.Questions > 0 {
			fmt.Fprintf(&b, "%.1f-%.1f %5d  said %5.1f %%  was %6s\n", float64(i)/10, float64(i+1)/10,
				bin.Questions, 100*bin.Confidence/float64(bin.Questions), percent(bin.Right, bin.Questions))
		}
	}
	if r.Median > 0 {
		fmt.Fprintf(&b, "\nsearch p50 %v, p95 %v\n", r.Median.Round(time.Microsecond), r.P95.Round(time.Microsecond))
	}
	return b.String()
}

func percent(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}
